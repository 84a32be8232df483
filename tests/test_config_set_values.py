"""Single keys of a section are set, and every other line stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.aws.config.writing.sections import (
    MARKS,
    SESSION,
    Refused,
    Section,
    add,
    is_ours,
    is_unchanged,
    read,
    set_values,
)

from .config_texts import texts
from .test_config_sections import KEYS, VALUES

NEW = Section(SESSION, "new", {"sso_start_url": "https://new.awsapps.com/start", "sso_region": "eu-west-1"})
REGION = {"sso_region": "eu-central-1"}


def test_only_the_lines_of_these_keys_are_another() -> None:
    text = (
        "# mine\n[sso-session a]\n  # why\nSSO_Region : us-east-1\nsso_start_url=https://a.b\n\n[default]\nregion = x\n"
    )
    text = text.replace("\n", "\r\n")
    made = set_values(text, "sso-session a", REGION)
    assert made == text.replace("SSO_Region : us-east-1", "sso_region = eu-central-1")


def test_what_is_missing_is_put_behind_the_others() -> None:
    assert set_values("[sso-session a]", "sso-session a", REGION) == "[sso-session a]\nsso_region = eu-central-1\n"
    text = "[sso-session a]\nb = 1\n\n[default]\n"
    assert (
        set_values(text, "sso-session a", REGION) == "[sso-session a]\nb = 1\nsso_region = eu-central-1\n\n[default]\n"
    )


def test_a_section_of_ours_stays_one_unless_somebody_else_has_changed_it() -> None:
    ours = set_values(add("", [NEW]), NEW.header, REGION)
    options = read(ours).sections[NEW.header]
    assert options["sso_region"] == "eu-central-1"
    assert is_ours(SESSION, options)
    assert is_unchanged(SESSION, options)
    theirs = add("", [NEW]).replace("new.awsapps", "other.awsapps")
    options = read(set_values(theirs, NEW.header, REGION)).sections[NEW.header]
    assert not is_unchanged(SESSION, options)
    foreign = read(set_values("[sso-session a]\n", "sso-session a", REGION)).sections["sso-session a"]
    assert MARKS[SESSION] not in foreign


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", REGION),
        ("[sso-session b]\n", REGION),
        ("[sso-session a]\n", {"sso_region": "a\nb"}),
        ("[sso-session a]\n[sso-session a]\n", REGION),
        ("[sso-session a]\nsso_region =\n  us-east-1\n", REGION),
    ],
)
def test_what_cannot_be_done_is_refused(text: str, values: dict[str, str]) -> None:
    with pytest.raises(Refused):
        set_values(text, "sso-session a", values)


@given(text=texts(), values=st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), data=st.data())
def test_all_else_is_read_as_before(text: str, values: dict[str, str], data: st.DataObject) -> None:
    try:
        before = read(text).sections
    except Refused:
        assume(False)
    assume(before)
    header = data.draw(st.sampled_from(sorted(before)))
    try:
        after = read(set_values(text, header, values)).sections
    except Refused:
        return
    mark = set(MARKS.values())
    assert {key: value for key, value in after[header].items() if key not in mark} == {
        key: value for key, value in {**before[header], **values}.items() if key not in mark
    }
    assert {**after, header: {}} == {**before, header: {}}
