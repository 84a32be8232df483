"""Sections are added to the text of the config file and taken away, and everything else stays byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.configloader import load_config
from botocore.exceptions import ConfigParseError
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.aws.config.writing import sections
from tui.aws.config.writing.sections import (
    PROFILE,
    SESSION,
    Refused,
    Section,
    add,
    change,
    is_ours,
    is_unchanged,
    named,
    remove,
)

from .config_texts import CORP, sso_profile, texts

URL = "https://new.awsapps.com/start"
NEW = Section(SESSION, "new", {"sso_start_url": URL, "sso_region": "eu-west-1"})
ADMIN = Section(
    PROFILE, "new-admin", {"sso_session": "new", "sso_account_id": "111111111111", "sso_role_name": "Admin"}
)

NAMES = st.one_of(
    st.sampled_from(["a", "new", "a b", "it's", 'say "x"', "back\\slash", "é", "漢字", "a/b", "a=b", "a:b", "#a", ";"]),
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="[]"), min_size=1, max_size=12),
)
VALUES = st.one_of(
    st.sampled_from(
        ["us-east-1", "https://x.awsapps.com/start", "111111111111", "a # b", "a = b", "[x]", "é", "#", '"q"']
    ),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12),
)
KEYS = st.sampled_from(["sso_start_url", "sso_region", "sso_account_id", "sso_role_name", "region", "output"])
SECTIONS = st.builds(Section, st.sampled_from([SESSION, PROFILE]), NAMES, st.dictionaries(KEYS, VALUES, max_size=4))


def botocore_reads(folder: Path, text: str) -> dict[str, Any] | None:
    """Profiles and sessions as botocore has them, None when it refuses the file."""
    path = folder / "config"
    path.write_bytes(text.removeprefix("\ufeff").encode())
    try:
        return load_config(str(path))
    except ConfigParseError:
        return None


@given(text=texts(), bom=st.booleans(), new=st.lists(SECTIONS, min_size=1, max_size=3))
def test_adding_keeps_all_there_was_and_botocore_reads_the_rest_as_meant(
    tmp_path_factory: pytest.TempPathFactory, text: str, bom: bool, new: list[Section]
) -> None:
    folder = tmp_path_factory.mktemp("added")
    text = "\ufeff" * bom + text
    before = botocore_reads(folder, text)
    try:
        made = add(text, new)
    except Refused:
        return
    assert made.startswith(text)
    assert before is not None
    after = botocore_reads(folder, made)
    assert after is not None
    for section in new:
        found = after["profiles" if section.kind == PROFILE else "sso_sessions"].pop(section.name)
        assert is_ours(section.kind, found)
        assert is_unchanged(section.kind, found)
        assert found | section.options == found
        assert len(found) == len(section.options) + 1
    assert {key: after[key] for key in ("profiles", "sso_sessions")} == {
        key: before[key] for key in ("profiles", "sso_sessions")
    }


@given(text=texts(), bom=st.booleans(), data=st.data())
def test_removing_takes_the_lines_of_the_section_and_botocore_reads_the_rest_as_before(
    tmp_path_factory: pytest.TempPathFactory, text: str, bom: bool, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("removed")
    text = "\ufeff" * bom + text
    try:
        there = sections.read(text)
    except Refused:
        return
    assume(there.sections)
    header = data.draw(st.sampled_from(sorted(there.sections)))
    try:
        made = remove(text, [header])
    except Refused:
        return
    assert made.startswith("\ufeff") is bom
    lines, left = (each.removeprefix("\ufeff").splitlines(keepends=True) for each in (text, made))
    rest = iter(lines)
    assert all(line in rest for line in left)  # what is left stands in the same order, line by line
    after = botocore_reads(folder, made)
    assert after is not None
    assert header not in sections.read(made).sections
    before = botocore_reads(folder, text)
    assert before is not None
    kind, name = named(header)
    same_meaning = [other for other in there.sections if named(other) == (kind, name)]
    if kind and len(same_meaning) == 1:
        before["profiles" if kind == PROFILE else "sso_sessions"].pop(name, None)
        assert after["profiles"] == before["profiles"]
        assert after["sso_sessions"] == before["sso_sessions"]


@given(text=texts(), new=st.lists(SECTIONS, min_size=1, max_size=3))
def test_what_was_added_can_be_removed_without_a_trace(text: str, new: list[Section]) -> None:
    try:
        made = add(text, new)
    except Refused:
        return
    back = remove(made, [section.header for section in new])
    assert back.rstrip() == text.rstrip()
    assert sections.read(back).sections == sections.read(text).sections


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_those_of_the_file(end: str) -> None:
    made = add(f"# mine{end}[default]{end}region = x{end}", [NEW])
    assert made == end.join(
        [
            "# mine",
            "[default]",
            "region = x",
            "",
            "[sso-session new]",
            f"sso_start_url = {URL}",
            "sso_region = eu-west-1",
            "ssotui_session = " + made.rstrip().rpartition(" ")[2],
            "",
        ]
    )


def test_a_last_line_without_an_end_gets_one() -> None:
    assert add("[default]\nregion = x", [NEW]).startswith("[default]\nregion = x\n\n[sso-session new]\n")


def test_an_empty_file_begins_with_the_section() -> None:
    assert add("", [NEW]).startswith("[sso-session new]\n")
    assert add("\ufeff", [NEW]).startswith("\ufeff[sso-session new]\n")


def test_the_mark_of_a_session_stands_in_no_way_of_its_profiles() -> None:
    """botocore refuses a profile that has a key of its session with another value."""
    found = sections.read(add("", [NEW, ADMIN])).sections
    assert found["sso-session new"].keys() & found["profile new-admin"].keys() == set()


def test_what_somebody_has_changed_is_told_apart() -> None:
    text = add("", [NEW, ADMIN])
    found = sections.read(text.replace("= Admin", "= ReadOnly") + "output = json\n").sections
    assert is_unchanged(SESSION, found["sso-session new"])
    assert is_ours(PROFILE, found["profile new-admin"])
    assert not is_unchanged(PROFILE, found["profile new-admin"])
    assert not is_ours(SESSION, sections.read(CORP).sections["sso-session corp"])


@pytest.mark.parametrize("other", ["[sso-session new]", "[sso-session 'new']", '[sso-session\t"new"]'])
def test_a_section_that_is_there_in_any_spelling_is_not_added(other: str) -> None:
    with pytest.raises(Refused, match="is there already"):
        add(f"{other}\nsso_region = x\n", [NEW])


@pytest.mark.parametrize("name", ["", " a", "a]", "[a", "a\nb", "a\x1b", "a\u2028b", "a\u202eb"])
def test_names_that_the_file_cannot_have_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="cannot be a name"):
        add("", [Section(PROFILE, name, {"region": "x"})])


@pytest.mark.parametrize("value", ["a\nb", "a\rb", " a", "a\x00", "a\x85b"])
def test_values_that_the_file_cannot_have_are_refused(value: str) -> None:
    with pytest.raises(Refused, match="cannot have such a value"):
        add("", [Section(PROFILE, "a", {"region": value})])


@pytest.mark.parametrize("text", ["stray\n", "[a]\n[a]\n", "[profile a]\nx\n", "[a]\nx = 1\nx = 2\n"])
def test_a_file_that_the_aws_cli_refuses_is_not_changed(text: str) -> None:
    with pytest.raises(Refused, match="the AWS CLI refuses the whole file"):
        add(text, [NEW])
    with pytest.raises(Refused, match="the AWS CLI refuses the whole file"):
        remove(text, ["a"])


def test_comments_and_blocks_of_other_tools_stay_when_a_section_goes() -> None:
    ours = add(CORP, [NEW])
    text = ours + "\n# BEGIN_AWS_SSO_CLI\n" + sso_profile("theirs") + "# END_AWS_SSO_CLI\n"
    assert remove(text, ["sso-session new"]) == CORP + text.removeprefix(ours)


def test_a_value_of_several_lines_goes_with_its_section() -> None:
    text = "[default]\ns3 =\n  a = 1\n\n  b = 2\n\n[profile a]\nregion = x\n"
    assert remove(text, ["default"]) == "[profile a]\nregion = x\n"


def test_a_section_called_default_is_the_default_profile() -> None:
    assert add("", [Section(PROFILE, "default", {"region": "x"})]).startswith("[default]\n")
    with pytest.raises(Refused, match="is there already"):
        add("[profile default]\n", [Section(PROFILE, "default", {"region": "x"})])


def test_defaults_that_are_there_twice_stay_both() -> None:
    text = "[DEFAULT]\na = 1\n[profile a]\nb = 2\n[DEFAULT]\nb = 1\n"
    assert remove(text, ["profile a"]) == text.replace("[profile a]\nb = 2\n", "")
    assert change(text, {"profile a": Section(PROFILE, "a", {"b": "3"})}).endswith("\n[DEFAULT]\nb = 1\n")


def test_a_section_is_changed_line_by_line() -> None:
    text = "# x\n[profile  a]\n# why\nregion=x\n\n; out\nOutput : json\nother = 1\n\n# end\n[default]\n"
    made = change(text, {"profile  a": Section(PROFILE, "b c", {"region": "y", "output": "json", "new": "z"})})
    mark = made.partition("ssotui_profile = ")[2].partition("\n")[0]
    ours = f"new = z\nssotui_profile = {mark}\n"
    assert made == (f"# x\n[profile 'b c']\n# why\nregion = y\n\n; out\nOutput : json\n{ours}\n# end\n[default]\n")


def test_a_last_line_without_an_end_is_changed_too() -> None:
    made = change("[profile a]\r\nregion = x", {"profile a": Section(PROFILE, "a", {"region": "y"})})
    assert made.startswith("[profile a]\r\nregion = y\r\nssotui_profile = ")
    assert change("[profile a]", {"profile a": Section(PROFILE, "b", {})}).startswith("[profile b]\nssotui_profile = ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[profile a]\ns3 =\n  x = y\n", "has values of several lines"),
        ("[profile b]\n", r"\[profile a\] is not there"),
        ("[profile a]\n[profile c]\n", r"\[profile c\] is there already"),
    ],
)
def test_what_cannot_be_changed_line_by_line_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        change(text, {"profile a": Section(PROFILE, "c", {"region": "y"})})
