"""One profile without reading the others: the same answer as from reading all, or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.aws.config import loading

from .config_texts import CORP, load, sso_profile, texts

LAB = "[sso-session lab]\nsso_start_url = https://lab/start\nsso_region = us-east-1\n"
INLINE = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
ROLE = "sso_account_id = 111111111111\nsso_role_name = Admin\n"


PADDING = "".join(sso_profile(f"padding-{number}") for number in range(900))
"""More than the program looks at in one piece."""


def compare(folder: Path, text: str, credentials: str | None = None) -> list[str]:
    """Asserts that each answer is that of `load`, with and without line numbers; the names answered with them."""
    full = load(folder, text, credentials)
    answered = []
    for name in {*full.all_names, "a", "dev", "default", "corp", "nobody"}:
        if name.startswith("padding"):
            continue
        for lines in (True, False):
            found = loading.find_profile(name, {"HOME": str(folder)}, lines=lines)
            if found is None:
                continue
            expected = full.profiles[name]
            assert expected.session is not None
            pairs = (found[0], expected), (found[1], full.sessions[expected.session])
            for one, other in pairs:
                for slot in other.__slots__:
                    value = 0 if slot == "line" and not lines else getattr(other, slot)
                    assert slot == "profile_count" or getattr(one, slot) == value, slot
            if lines:
                answered.append(name)
    return sorted(answered)


def test_plain_files_are_answered(tmp_path: Path) -> None:
    text = f"# It's ours\n{CORP}sso_registration_scopes = a:b\n\n{sso_profile('dev')}region = eu-west-1\n"
    text += f"# c\n[default]\n{INLINE}{ROLE}\n{sso_profile('corp')}services = s\n[profile x]\ns3 =\n  k = v\n{LAB}"
    assert compare(tmp_path, text.replace(f"[default]\n{INLINE}", "[default]\nsso_session = lab\n")) == [
        "default",
        "dev",
    ]
    assert compare(tmp_path, text.replace("\n", "\r\n"), "[other]\n[x]\nregion = y\n") == ["dev"]


def test_legacy_profiles_are_answered_where_all_have_one_region(tmp_path: Path) -> None:
    text = f"[profile a]\n{INLINE}{ROLE}[profile dev]\n{INLINE}{ROLE}"
    assert compare(tmp_path, text) == ["a", "dev"]
    assert compare(tmp_path, text + CORP.replace("us-east-1", "eu-west-1")) == []


def test_the_credentials_file_is_merged(tmp_path: Path) -> None:
    text = CORP + LAB + sso_profile("dev") + sso_profile("a")
    assert compare(tmp_path, text, "[dev]\nsso_session = lab\nregion = eu-west-1\n[x]\n") == ["a", "dev"]
    assert compare(tmp_path, text, "[dev]\nregion = eu-west-1\n[dev]\n") == ["a"]


@pytest.mark.parametrize(
    "more",
    [
        "[profile  dev]\nregion = x\n",
        "[profile\tdev]\nregion = x\n",
        "[profile dev ]\nregion = x\n",
        "[profile dev\t]\nregion = x\n",
        "[profilefoo dev]\nregion = x\n",
        "[profile 'dev']\nregion = x\n",
        '[profile d"e"v]\nregion = x\n',
        "[profile d\\ev]\nregion = x\n",
        " [profile 'dev']\nregion = x\n",
        "[profile dev] # again\nregion = x\n",
        "[profile dev]\nregion = x\n",
        "[sso-session  corp]\nsso_region = x\n",
        "[sso-session corp]\nsso_region = x\n",
        "[DEFAULT]\nregion = x\n",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_another_spelling_is_left_to_the_full_parser(tmp_path: Path, more: str, first: bool) -> None:
    text = CORP + sso_profile("dev")
    assert compare(tmp_path, text) == ["dev"]
    assert compare(tmp_path, more + text if first else text + more) == []


@pytest.mark.parametrize(
    "section",
    [
        sso_profile("dev") + "  continued\n",
        sso_profile("dev") + "stray\n",
        sso_profile("dev") + "sso_session = corp\n",
        sso_profile("dev") + "[oops\n",
        sso_profile("dev") + "role_arn = x\n",
        sso_profile("dev") + "region = us-east-1 # x\n",
        sso_profile("dev") + " [profile inner]\n",
        sso_profile("dev", session="nowhere"),
        sso_profile("dev", account="1"),
        "[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = a\n",
        "[profile dev]\nlogin_session = x\n",
        "[profile dev]\nregion = us-east-1\n",
        "[profile dev]",
    ],
)
def test_what_is_not_plain_is_left_to_the_full_parser(tmp_path: Path, section: str) -> None:
    assert "dev" not in compare(tmp_path, CORP + sso_profile("a") + section)


@pytest.mark.parametrize("name", ["", "a b", "a'b", "a\\b", "a]b", "a\nb", "a\tb", "a\x1bb"])
def test_unusual_names_are_left_to_the_full_parser(tmp_path: Path, name: str) -> None:
    load(tmp_path, CORP + sso_profile(name) + sso_profile(f'"{name}"'))
    assert loading.find_profile(name, {"HOME": str(tmp_path)}) is None


@pytest.mark.parametrize("lines", [True, False])
def test_a_name_within_others_is_found_among_many(tmp_path: Path, lines: bool) -> None:
    text = CORP + "".join(sso_profile(f"x-{number}-dev") for number in range(500)) + sso_profile("dev")
    text += "".join(sso_profile(f"dev-{number}") for number in range(500)) + PADDING
    load(tmp_path, text)
    found = loading.find_profile("dev", {"HOME": str(tmp_path)}, lines=lines)
    assert found is not None
    assert found[0].line == (3 + 500 * 4 + 1 if lines else 0)


@given(text=texts(), credentials=st.one_of(st.none(), texts()))
def test_any_file_agrees(tmp_path_factory: pytest.TempPathFactory, text: str, credentials: str | None) -> None:
    compare(tmp_path_factory.mktemp("find"), text, credentials)


_SECTIONS = st.lists(
    st.sampled_from(
        [
            sso_profile("a"),
            sso_profile("dev") + "region = eu-west-1\n",
            sso_profile("corp", "lab"),
            "[default]\nsso_session = lab\n" + ROLE,
            sso_profile("default"),
            f"[profile old]\n{INLINE}{ROLE}",
            f"[profile older]\n{INLINE}{ROLE}region = eu-west-1\n",
            PADDING,
        ]
    ),
    unique=True,
).map(lambda sections: [*sections, CORP, LAB])
_DAMAGE = st.sampled_from(
    ["\n", " ", "\t", "#", "'", '"', "[", "]", "\n ", "\n[", " ]", "\x1c", "\nsso_region = eu-west-1\n", "=", ":", "é"]
)
_CREDENTIALS = st.sampled_from(
    [
        None,
        "",
        "[a]\nregion = eu-west-1\n",
        "[old]\nsso_region = eu-west-1\n",
        "[dev]\nsso_session = lab\n",
        "[DEFAULT]\nx=1\n[a]\n",
    ]
)


@given(
    sections=_SECTIONS.flatmap(st.permutations),
    damage=st.lists(st.tuples(st.floats(0, 1), _DAMAGE), max_size=2),
    credentials=_CREDENTIALS,
)
@example(sections=[CORP, sso_profile("a")], damage=[], credentials=None)
@example(sections=[sso_profile("a"), PADDING, "[profile 'a']\n", CORP], damage=[], credentials=None)
@example(sections=[sso_profile("a"), PADDING, "[DEFAULT]\nregion = x\n", CORP], damage=[], credentials=None)
@example(sections=[CORP, sso_profile("a"), PADDING, " [profile a]\n"], damage=[], credentials=None)
@example(sections=[CORP, PADDING, sso_profile("a"), "[oops\nregion = x\n", PADDING], damage=[], credentials=None)
def test_damaged_files_agree(
    tmp_path_factory: pytest.TempPathFactory,
    sections: list[str],
    damage: list[tuple[float, str]],
    credentials: str | None,
) -> None:
    text = "\n".join(sections)
    for where, what in damage:
        at = int(where * len(text))
        text = text[:at] + what + text[at:]
    compare(tmp_path_factory.mktemp("find"), text, credentials)
