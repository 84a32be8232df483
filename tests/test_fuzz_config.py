"""Configuration files of any content, as a whole: nothing is lost in silence, and a terminal may show it all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.aws import clock
from tui.aws.state.store import Store
from tui.cli.output import table
from tui.cli.verbs.status.answer import profile_json
from tui.demo.organisation import ACME
from tui.text import clean

from .aws_home import CONFIG, known
from .config_texts import CORP, load, sso_profile, texts
from .strategies import damaged, few, foreign
from .test_config_botocore import botocore_config
from .test_fuzz_files import assert_documented, ssotui

_JUNK_LINES = st.one_of(
    st.sampled_from(
        ["stray", "=", "= x", "key", "[", "]", "[]", "  indented = 1", "\tstray", "[profile", "# c", "; c", "\x00", ":"]
    ),
    foreign(3).map(lambda text: text.replace("\n", " ").replace("\r", " ")),
)


@few(60)
@given(
    data=damaged(CONFIG.encode()), again=st.booleans(), credentials=st.one_of(st.just(b""), damaged(b"[dev]\nx = y\n"))
)
@example(data=CONFIG.encode().replace(b"[profile dev]", b"[profile \xff]"), again=False, credentials=b"")
def test_a_damaged_file_is_read_as_botocore_reads_it_or_told(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, again: bool, credentials: bytes
) -> None:
    folder = tmp_path_factory.mktemp("config")
    if again:
        data += b"\n[profile last]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\n"
    found = load(folder, data, credentials)
    expected = botocore_config(folder)
    if expected is None:
        assert any("refuse this whole file" in problem.message for problem in found.problems)
        assert all(problem.line for problem in found.problems if "refuse" not in problem.message)
    else:
        assert found.all_names == list(expected["profiles"])
        assert set(found.sessions) >= set(expected["sso_sessions"])
        for name, profile in found.profiles.items():
            theirs = expected["profiles"][name]
            assert profile.account_id == theirs.get("sso_account_id", "") or profile.via or profile.problems
            assert profile.role_name == theirs.get("sso_role_name", "") or profile.via or profile.problems


@few(60)
@given(st.lists(st.tuples(st.integers(0, 3), _JUNK_LINES), max_size=6))
def test_a08_a11_wrong_lines_take_no_good_section_with_them(
    tmp_path_factory: pytest.TempPathFactory, junk: list[tuple[int, str]]
) -> None:
    """Junk stands before the sections, or at the end of one of them: the other sections are as they were."""
    parts = ["", CORP, sso_profile("a"), sso_profile("b", account="222222222222")]
    touched = set()
    for at, line in junk:
        parts[at] += line + "\n"
        touched.add(at)
    found = load(tmp_path_factory.mktemp("junk"), "".join(parts).encode("utf-8", "surrogatepass"))
    for at, name in ((2, "a"), (3, "b")):
        if at not in touched:
            profile = found.profiles[name]
            assert (profile.account_id, profile.role_name) == (f"{at - 1}" * 12, "Admin")
            if 1 not in touched:
                assert (profile.session, profile.problems) == ("corp", [])
    if 1 not in touched:
        assert found.sessions["corp"].start_url == "https://corp.awsapps.com/start"


@few(40)
@given(text=st.one_of(texts(), texts().map(lambda text: CONFIG + text)))
@example(text=CONFIG.replace("dev", "\x1b]0;owned\x07\u202e"))
@example(
    text=f"[profile '\ud800']\nsso_start_url = {ACME}\nsso_account_id = \x9b2J\n[profile \x85]\nsso_session=\x1b\n"
)
def test_a16_what_commands_print_of_any_configuration_is_harmless(text: str) -> None:
    folder = Path(os.environ["HOME"], ".aws")
    folder.mkdir(exist_ok=True)
    (folder / "config").write_bytes(text.encode("utf-8", "surrogatepass"))
    code, output, errors = ssotui("status")
    assert code == 0
    assert {char for char in output + errors if not char.isprintable()} <= {"\n"}
    code, output, _errors = ssotui("status", "--json")
    assert code == 0
    assert output.isascii()
    answer = assert_documented(output)
    store = Store()
    assert [profile["name"] for profile in answer["profiles"]] == list(store.config.profiles)
    code, output, _errors = ssotui("completion", "--names")
    assert code == 0
    assert set(output.split("\n")) <= {*store.config.all_names, ""}
    for profile in list(store.config.profiles.values())[:3]:
        assert profile_json(known(store), profile, clock.now()) in answer["profiles"]
        code, output, errors = ssotui("status", profile.name)
        assert code in ((1,) if profile.problems else (0, 3))
        assert {char for char in output + errors if not char.isprintable()} <= {"\n"}


@given(st.lists(st.tuples(foreign(3), foreign(3)), max_size=4))
@example([("\U0001f3f7\ufe0f", "e\u0301"), ("漢字", "\u202e")])
def test_a14_columns_are_aligned_whatever_is_in_them(rows: list[tuple[str, str]]) -> None:
    header, *lines = table(["ONE", "TWO", "END"], [[*map(clean, row), "|"] for row in rows], right=(1,)).split("\n")
    assert {(line[-1], cell_len(line[:-1])) for line in lines} <= {("|", header.index("END"))}
