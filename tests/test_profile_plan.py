"""Plans of profiles for roles: what is added, changed, taken away and left; carried out, nothing is left to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.aws.config.writing import sections
from tui.aws.config.writing.name_template import Template
from tui.aws.config.writing.profile_plan import (
    ADD,
    BY_HAND,
    KEEP,
    LEAVE,
    REFUSE,
    RENAME,
    UPDATE,
    Choices,
    Existing,
    ProfilePlan,
    Role,
    Wanted,
    make_plan,
)
from tui.aws.config.writing.sections import PROFILE, SESSION, Refused, is_ours, named
from tui.aws.model import LEGACY, SSO_SESSION, Session

from .config_texts import CORP, sso_profile, texts

URL = "https://corp.awsapps.com/start"
SESSION_CORP = Session("corp", SSO_SESSION, URL, "us-east-1")

PROD, OTHER = "111111111111", "222222222222"
ADMIN = Wanted(PROD, "prod", "Admin")
READER = Wanted(PROD, "prod", "ReadOnly")
OTHER_ADMIN = Wanted(OTHER, "prod", "Admin")

CHOICES = Choices(Template("{account_name}.{role_name}"), "eu-west-1", "json")


def plan(
    text: str,
    *wanted: Wanted,
    choices: Choices = CHOICES,
    credentials: tuple[str, ...] = (),
    offered: set[Role] | None = None,
    session: Session = SESSION_CORP,
) -> ProfilePlan:
    return make_plan(Existing(text, credentials), session, wanted, choices, offered)


def written(text: str, *wanted: Wanted, choices: Choices = CHOICES) -> str:
    return plan(text, *wanted, choices=choices).edit(text)


def what(found: ProfilePlan) -> list[tuple[str, str]]:
    return [(it.what, it.name) for it in found.roles]


OURS = """
[profile prod.Admin]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Admin
region = eu-west-1
output = json
ssotui_profile = d07f3a14
"""


def test_a_new_role_gets_a_section_at_the_end() -> None:
    mark = written(CORP, ADMIN).rpartition(" ")[2]
    assert written(CORP, ADMIN) == CORP + OURS.replace("d07f3a14\n", mark)


def test_the_second_time_nothing_changes() -> None:
    text = written(CORP, ADMIN, READER, OTHER_ADMIN)
    again = plan(text, OTHER_ADMIN, READER, ADMIN)
    assert what(again) == [(KEEP, "prod.Admin-2"), (KEEP, "prod.ReadOnly"), (KEEP, "prod.Admin")]
    assert again.edit(text) == text


def test_names_that_are_equal_are_numbered_and_stay_as_they_are() -> None:
    text = written(CORP, OTHER_ADMIN)
    found = plan(text, ADMIN, OTHER_ADMIN)
    assert what(found) == [(ADD, "prod.Admin-2"), (KEEP, "prod.Admin")]
    assert [it.numbered for it in found.roles] == [True, False]


def test_a_name_that_is_another_profiles_is_numbered() -> None:
    text = CORP + sso_profile("prod.Admin", account=OTHER) + "[profile prod.Admin-2]\nregion = x\n"
    assert what(plan(text, ADMIN)) == [(ADD, "prod.Admin-3")]
    assert what(plan(CORP + "[profile 'prod.Admin']\nregion = x\n", ADMIN)) == [(ADD, "prod.Admin-2")]


def test_no_name_makes_a_profile_the_default_one() -> None:
    assert what(plan(CORP, Wanted(PROD, "default", "x"), choices=Choices(Template("{account_name}")))) == [
        (ADD, "default-2")
    ]


def test_a_name_in_the_credentials_file_is_refused() -> None:
    found = plan(CORP, ADMIN, READER, credentials=("prod.Admin",))
    assert what(found) == [(REFUSE, ""), (ADD, "prod.ReadOnly")]
    assert found.roles[0].why == "prod.Admin stands in the credentials file"
    assert "prod.Admin]" not in found.edit(CORP)


def test_a_role_that_has_a_profile_is_left_and_the_profile_named() -> None:
    text = CORP + sso_profile("mine")
    found = plan(text, ADMIN)
    assert [(it.what, it.name, it.why) for it in found.roles] == [(LEAVE, "mine", "configured already")]
    assert found.edit(text) == text
    beside = plan(text, ADMIN, choices=CHOICES._replace(beside=True))
    assert what(beside) == [(ADD, "prod.Admin")]
    assert what(plan(beside.edit(text), ADMIN, choices=CHOICES._replace(beside=True))) == [(KEEP, "prod.Admin")]


def test_what_is_ours_and_unchanged_gets_another_region_line_by_line() -> None:
    text = written(CORP, ADMIN).replace("region = eu", "# where\nregion = eu") + "# the end\n"
    choices = CHOICES._replace(region="us-west-2", output="", changing=frozenset(("region", "output")))
    found = plan(text, ADMIN, choices=choices)
    assert what(found) == [(UPDATE, "prod.Admin")]
    changed = found.edit(text)
    before, after = text.splitlines(), changed.splitlines()
    assert [line for line in after if line not in before] == ["region = us-west-2", after[-2]]
    assert after[-2].startswith("ssotui_profile = ")
    assert [line for line in before if line not in after] == ["region = eu-west-1", "output = json", before[-2]]
    assert what(plan(changed, ADMIN, choices=choices)) == [(KEEP, "prod.Admin")]


def test_a_region_that_was_not_chosen_now_is_left_as_it_is() -> None:
    text = written(CORP, ADMIN)
    found = plan(text, ADMIN, READER, choices=CHOICES._replace(region="us-west-2"))
    assert what(found) == [(KEEP, "prod.Admin"), (ADD, "prod.ReadOnly")]
    assert found.edit(text).startswith(text)


def test_an_entry_of_ours_that_lacks_a_key_gets_it_before_the_mark() -> None:
    text = written(CORP, ADMIN, choices=CHOICES._replace(region="", output=""))
    found = plan(text, ADMIN, choices=CHOICES._replace(changing=frozenset(("region", "output"))))
    assert found.edit(text) == written(CORP, ADMIN)


def test_what_somebody_has_changed_is_left_and_named() -> None:
    text = written(CORP, ADMIN, READER).replace("region = eu-west-1", "region = us-east-2")
    choices = CHOICES._replace(changing=frozenset(("region",)), prune=True)
    found = plan(text, ADMIN, choices=choices, offered=set())
    assert [(it.what, it.name, it.why) for it in found.roles] == [(LEAVE, "prod.Admin", BY_HAND)]
    assert found.gone == []
    assert found.staying == ["prod.Admin", "prod.ReadOnly"]
    assert found.edit(text) == text


def test_another_template_renames_only_where_that_is_wanted() -> None:
    text = written(CORP, ADMIN)
    other = CHOICES._replace(template=Template("{role_name}-{account_id}"))
    found = plan(text, ADMIN, choices=other)
    assert [(it.what, it.name, it.why) for it in found.roles] == [(LEAVE, "prod.Admin", "has another name")]
    assert found.edit(text) == text
    renaming = plan(text, ADMIN, choices=other._replace(prune=True), offered={ADMIN.key})
    assert what(renaming) == [(RENAME, "Admin-111111111111")]
    assert renaming.edit(text) == text.replace("[profile prod.Admin]", "[profile Admin-111111111111]")


def test_a_template_with_the_region_makes_a_profile_for_each_region() -> None:
    choices = CHOICES._replace(template=Template("{account_name}.{role_name}.{region}"), prune=True)
    text = written(CORP, ADMIN, choices=choices)
    found = plan(text, ADMIN, choices=choices._replace(region="us-east-1"), offered={ADMIN.key})
    assert what(found) == [(ADD, "prod.Admin.us-east-1")]
    both = found.edit(text)
    assert plan(both, ADMIN, choices=choices, offered={ADMIN.key}).edit(both) == both
    with pytest.raises(Refused, match="there is none"):
        plan(text, ADMIN, choices=choices._replace(region=""))


def test_pruning_takes_away_what_is_ours_and_not_offered_any_more() -> None:
    text = written(CORP + sso_profile("mine", account=OTHER, role="Gone"), ADMIN, READER)
    prune = CHOICES._replace(prune=True)
    found = plan(text, ADMIN, choices=prune, offered={ADMIN.key})
    assert [name for name, _header in found.gone] == ["prod.ReadOnly"]
    assert found.edit(text) == written(CORP + sso_profile("mine", account=OTHER, role="Gone"), ADMIN)
    assert plan(text, ADMIN, choices=prune, offered=None).gone == []  # not everything is known
    assert plan(text, ADMIN, offered={ADMIN.key}).gone == []  # nor has it been asked for


def test_pruning_leaves_the_profiles_of_other_sessions() -> None:
    lab = "[sso-session lab]\nsso_start_url = https://lab.awsapps.com/start\nsso_region = us-east-1\n"
    session = Session("lab", SSO_SESSION, "https://lab.awsapps.com/start", "us-east-1")
    text = plan(CORP + lab, ADMIN, session=session).edit(CORP + lab)
    prune = CHOICES._replace(prune=True)
    assert plan(text, choices=prune, offered=set()).gone == []
    assert len(plan(text, choices=prune, offered=set(), session=session).gone) == 1


def test_a_session_without_a_section_of_its_own_has_its_keys_in_the_profile() -> None:
    session = Session(URL, LEGACY, URL, "us-east-1")
    text = plan("", ADMIN, session=session).edit("")
    assert text.startswith(f"[profile prod.Admin]\nsso_start_url = {URL}\nsso_region = us-east-1\nsso_account_id = ")
    assert what(plan(text, ADMIN, session=session)) == [(KEEP, "prod.Admin")]


def test_a_session_that_is_gone_or_has_another_region_is_refused() -> None:
    with pytest.raises(Refused, match=r"there is no \[sso-session corp\] any more"):
        plan("[default]\n", ADMIN)
    with pytest.raises(Refused, match="region = us-east-1, and the AWS CLI refuses"):
        plan(CORP + "region = us-east-1\n", ADMIN)
    assert what(plan(CORP + "region = eu-west-1\n", ADMIN)) == [(ADD, "prod.Admin")]


SHAPES = {
    "nested s3": "[default]\nregion = us-east-1\ns3 =\n    max_queue_size = 20\n\n    addressing_style = path\n",
    "tabs": "[default]\n\tregion\t=\tus-east-1\n",
    "comment at the end": "[default]\nregion = us-east-1\n\n# that was all\n",
    "comment at the end, no line end": "[default]\nregion = us-east-1\n; bye",
    "no line end": "[default]\nregion=us-east-1",
    "blank lines at the end": "[default]\nregion=us-east-1\n\n\n\n",
    "CRLF": "[default]\r\nregion = us-east-1\r\n\r\n# x\r\n",
    "plugins and services": "[plugins]\ncli_legacy_plugin_path = /x\n[services local]\ns3 =\n  endpoint_url = http://x\n",
    "comments above headers": "# mine, do not touch\n[default]\nregion = us-east-1\n\n##### prod #####\n",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_byte_outside_stays(shape: str, bom: str) -> None:
    end = "\r\n" if "\r\n" in SHAPES[shape] else "\n"
    text = bom + CORP.replace("\n", end) + SHAPES[shape]
    made = written(text, ADMIN, READER)
    assert made.startswith(text)
    assert "\n" not in made.replace("\r\n", "") if end == "\r\n" else "\r" not in made
    choices = CHOICES._replace(region="us-west-1", changing=frozenset(("region",)))
    changed = plan(made, ADMIN, READER, choices=choices).edit(made)
    assert changed.startswith(text)
    assert changed == made.replace("eu-west-1", "us-west-1").replace(*marks(made, changed, "Admin")).replace(
        *marks(made, changed, "ReadOnly")
    )
    back = plan(changed, choices=CHOICES._replace(prune=True), offered=set()).edit(changed)
    assert back.rstrip("\r\n") == text.rstrip("\r\n")


def marks(before: str, after: str, role: str) -> tuple[str, str]:
    found = [sections.read(text).sections[f"profile prod.{role}"]["ssotui_profile"] for text in (before, after)]
    return found[0], found[1]


@pytest.mark.parametrize("text", ["[default]\n[default]\n", "stray\n" + CORP, "[profile a]\nregion = x\nregion = y\n"])
def test_a_file_that_the_aws_cli_refuses_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="the AWS CLI refuses the whole file"):
        Existing(text)


WANTED = st.builds(
    Wanted,
    st.sampled_from([PROD, OTHER, "333333333333"]),
    st.sampled_from(["prod", "a", "a b", "b", "é", ""]),
    st.sampled_from(["Admin", "ReadOnly", "a"]),
)
TEMPLATES = st.sampled_from(
    ["{account_name}.{role_name}", "{account_name}", "{role_name|lower}", "{session}", "{account_id}/{region}"]
).map(Template)


@given(text=texts(), bom=st.booleans(), wanted=st.lists(WANTED, max_size=5), template=TEMPLATES, beside=st.booleans())
def test_any_text_keeps_its_bytes_and_the_second_time_changes_nothing(
    text: str, bom: bool, wanted: list[Wanted], template: Template, beside: bool
) -> None:
    text = "\ufeff" * bom + text
    session = Session(URL, LEGACY, URL, "us-east-1")
    choices = Choices(template, "eu-west-1", "", beside=beside)
    try:
        found = plan(text, *wanted, choices=choices, session=session)
        made = found.edit(text)
    except Refused:
        return
    assert made.startswith(text)
    again = plan(made, *wanted, choices=choices, session=session)
    assert {it.what for it in again.roles} <= {KEEP, LEAVE}
    assert again.edit(made) == made
    names = [it.name for it in found.of(ADD)]
    assert len(set(names)) == len(names)
    contents = sections.read(made).sections
    for it in found.of(ADD):
        assert is_ours(PROFILE, contents[f"profile {it.name}"])
        assert contents[f"profile {it.name}"]["sso_account_id"] == it.wanted.account_id
    back = plan(made, choices=choices._replace(prune=True), offered=set(), session=session).edit(made)
    assert back.rstrip() == text.rstrip()


@given(
    text=texts(),
    wanted=st.lists(WANTED, min_size=1, max_size=4),
    first=TEMPLATES,
    second=TEMPLATES,
    region=st.sampled_from(["us-east-1", "eu-west-1"]),
)
def test_any_change_of_ours_touches_nothing_else(
    text: str, wanted: list[Wanted], first: Template, second: Template, region: str
) -> None:
    session = Session(URL, LEGACY, URL, "us-east-1")
    try:
        made = plan(text, *wanted, choices=Choices(first, "eu-west-1"), session=session).edit(text)
        choices = Choices(second, region, "json", frozenset(("region", "output")), prune=True, beside=True)
        offered = {it.key for it in wanted[1:]}
        found = plan(made, *wanted[1:], choices=choices, session=session, offered=offered)
        changed = found.edit(made)
    except Refused:
        return
    assert changed.startswith(text.rstrip())
    before, after = (sections.read(each).sections for each in (text, changed))
    assert {header: after.get(header) for header in before} == before
    for header in after.keys() - before.keys():
        assert named(header)[0] == PROFILE
        assert sections.is_unchanged(PROFILE, after[header])
    once_more = plan(changed, *wanted[1:], choices=choices, session=session, offered=offered)
    assert once_more.edit(changed) == changed


def test_three_thousand_roles_are_planned_and_written_at_once() -> None:
    """Not one after another through the whole text: that took as long as a coffee."""
    wanted = [Wanted(f"{number:012}", f"account {number}", "Admin") for number in range(3000)]
    text = written(CORP, *wanted)
    assert text.count("[profile ") == 3000
    assert plan(text, *wanted).edit(text) == text
    assert plan(text, choices=CHOICES._replace(prune=True), offered=set()).edit(text) == CORP
    assert SESSION in text
