"""What one picks on the board: the copy menu, the console's service and region, and what is done with marked rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from tui.aws.model import Profile, Session
from tui.aws.requests.regions import regions_like
from tui.aws.role.caller_identity import Identity
from tui.aws.role.console_services import TITLES
from tui.screens.picking.copy_menu import of_many, of_profile, of_session
from tui.screens.picking.service_picker import ServicePicker, region_choices, search, service_choices

from .board import Driver, board

pytestmark = pytest.mark.usefixtures("organisation")


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("n",), "dev-admin"),
        (("a",), "111111111111"),
        (("s",), "https://acme.awsapps.com/start"),
        (("p",), "--profile dev-admin"),
        (("j", "enter"), "111111111111"),
        (("G", "enter"), "--profile dev-admin"),
    ],
)
async def test_c_copies_by_a_letter_or_enter(keys: tuple[str, ...], copied: str) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("c")
        await it.until("Copy of dev-admin")
        await it.press(*keys)
        await it.until("sent to the terminal, cannot be confirmed")
        assert it.app.clipboard == copied
        assert it.app.screen is it.board


async def test_the_role_s_arn_is_asked_of_aws() -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("c")
        await it.until("AWS is asked for it")
        await it.press("r")
        await it.until("The role ARN of dev-admin")
        start = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_"
        assert it.app.clipboard.startswith(start)


async def test_a_role_that_is_refused_has_no_arn_to_copy() -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("c", "r")
        await it.until(lambda: it.app.screen is it.board)
        assert it.app.clipboard == ""


async def test_c_on_a_session() -> None:
    async with board() as it:
        await it.press("tab", "c")
        await it.until("Copy of acme")
        assert "account" not in it.words().split("Copy of acme")[1].split("esc Back")[0]
        await it.press("s")
        await it.until("The start URL of acme")
        assert it.app.clipboard == "https://acme.awsapps.com/start"


def test_what_there_is_to_copy() -> None:
    session = Session("acme", "sso-session", "https://acme.example/start", "eu-west-1")
    chained = Profile("it's", "acme", via="dev", options={"role_arn": "arn:aws:iam::1:role/x/Deploy"})
    assert [(item.letter, item.text) for item in of_profile(chained, session)] == [
        ("n", "it's"),
        ("r", "arn:aws:iam::1:role/x/Deploy"),
        ("s", "https://acme.example/start"),
        ("p", "--profile 'it'\"'\"'s'"),
    ]
    broken = Profile("broken", None, problems=["no such session"])
    assert [item.letter for item in of_profile(broken, None)] == ["n", "p"]
    assert [item.letter for item in of_session(session)] == ["n", "s"]
    two = [Profile("a", "acme", "1"), Profile("b", "acme", "1"), Profile("c", "acme", "2")]
    assert [item.text for item in of_many(two, [session, session])] == ["a\nb\nc", "1\n2", "https://acme.example/start"]


@pytest.mark.parametrize(
    ("arn", "region", "role"),
    [
        (
            "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/me",
            "eu-west-1",
            "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
        ),
        (
            "arn:aws-cn:sts::1:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/me",
            "us-east-1",
            "arn:aws-cn:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        ),
        ("arn:aws:sts::1:assumed-role/Deploy/me", "eu-west-1", "arn:aws:iam::1:role/Deploy"),
        ("arn:aws:iam::1:user/me", "eu-west-1", ""),
    ],
)
def test_the_arn_of_a_role(arn: str, region: str, role: str) -> None:
    assert Identity("X:me", "1", arn).role_arn(region) == role


async def mark(it: Driver, *names: str) -> None:
    for name in names:
        await it.highlight(name)
        await it.press("space")


async def test_i_on_marked_rows_is_a_table_with_what_was_refused() -> None:
    async with board(110, 30) as it:
        await mark(it, "dev-admin", "billing", "staging", "legacy-typo")
        await it.press("i")
        await it.until("3 of 4 are who they should be")
        words = it.words()
        for text in (
            "dev-admin",
            "demo@example.com",
            "billing",
            " ms",
            "legacy-typo",
            "failed: Profile legacy-typo",
        ):
            assert text in words
        await it.press("c")
        await it.until("The identities, as JSON")
        records = {record["Profile"]: record for record in json.loads(it.app.clipboard)}
        assert set(records) == {"legacy-typo", "billing", "dev-admin", "staging"}
        assert records["dev-admin"]["Account"] == "111111111111"
        assert records["dev-admin"]["Problem"] is None
        assert records["legacy-typo"]["Arn"] is None
        assert records["legacy-typo"]["Problem"]
        await it.press("v")
        await it.until("The identities, as CSV")
        lines = it.app.clipboard.splitlines()
        assert lines[0].startswith("Profile,ProfileAccount,Account,AccountName,Role,User,Arn,UserId,LatencyMs,State,")
        assert len(lines) == 5
        await it.press("escape")
        await it.until("4 marked")


async def test_y_and_the_pin_work_on_all_marked_rows() -> None:
    async with board() as it:
        await mark(it, "staging", "billing")
        await it.press("y")
        await it.until("The names of 2 profiles")
        assert it.app.clipboard == "billing\nstaging"
        await it.press("asterisk")
        assert set(it.app.state.pinned) == {"billing", "staging"}
        assert it.board.profiles.shown[:2] == ["billing", "staging"]
        await it.press("asterisk")
        assert it.app.state.pinned == []
        await it.press("c")
        await it.until("Copy of 2 marked profiles")
        await it.press("a")
        await it.until("The account numbers of 2 marked profiles")
        assert it.app.clipboard == "777777777777\n555555555555"
        await it.press("escape")
        await it.until(lambda: not it.board.panes.marked)


async def test_the_console_opens_where_one_has_picked(opened: Path) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("O")
        await it.until("Console of dev-admin")
        await it.until("ap-east-1")
        await it.type("lam")
        await it.press("tab")
        await it.type("ireland")
        await it.until(lambda: it.app.screen.query_one("#regions", OptionList).option_count < 5)
        await it.press("enter")
        await it.until("at Lambda in eu-west-1")
        await it.until(opened.exists)
        assert (
            "https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Flambda%2Fhome%3Fregion%3Deu-west-1" in opened.read_text()
        )
        assert (it.app.state.services, it.app.state.regions) == (["lambda"], ["eu-west-1"])
        await it.press("O")
        await it.until("the profile's")
        await it.until(lambda: str(it.app.screen.query_one("#regions", OptionList).options[1].id) == "eu-west-1")
        services, regions = (it.app.screen.query_one(name, OptionList) for name in ("#services", "#regions"))
        assert services.options[0].id == "lambda"
        assert [each.id for each in regions.options[:2]] == ["us-east-1", "eu-west-1"]
        await it.press("down", "up", "enter")
        await it.until("at Lambda in us-east-1")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (130, 40)])
async def test_regions_are_told_whole_and_the_help_has_its_key(size: tuple[int, int]) -> None:
    async with board(*size) as it:
        await it.highlight("dev-admin")
        await it.press("O")
        await it.until("the profile's, N. Virginia")
        await it.until("Hong Kong, Asia Pacific")
        assert "? Help" in it.words()
        await it.press("question_mark")
        await it.until("Keys and states")
        await it.press("escape")
        await it.until("Hong Kong, Asia Pacific")
        assert it.app.screen.query_one(Input).value == ""


async def test_what_matches_nothing_opens_nothing(opened: Path) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("O")
        await it.until("Console of dev-admin")
        await it.type("qqqq")
        await it.press("enter")
        await it.until("Nothing matches")
        assert isinstance(it.app.screen, ServicePicker)
        await it.press("escape")
        await it.until(lambda: it.app.screen is it.board)
    assert not opened.exists()


async def test_a_profile_without_a_link_says_so_before_anything_is_picked() -> None:
    async with board(width=110) as it:
        await it.highlight("prod-deploy")
        await it.press("O")
        await it.until("has no link for profile prod-deploy")
        await it.press("tab", "O")
        await it.until("Highlight a profile first")


def test_the_order_of_services_and_regions() -> None:
    choices = service_choices(["sqs", "unheard-of"])
    assert [choice.name for choice in choices[:2]] == ["sqs", "unheard-of"]
    assert sorted(choice.name for choice in choices[2:]) == sorted(set(TITLES) - {"sqs"})
    for typed, found in (("sfn", "states"), ("step fun", "states"), ("dynamo", "dynamodbv2"), ("LAMBDA", "lambda")):
        assert search(choices, typed)[0].name == found, typed
    known = {"eu-west-1": "Ireland", "eu-west-2": "London", "us-east-1": "Virginia"}
    ordered = region_choices("us-east-1", ["cn-north-1", "eu-west-2", "us-east-1"], known)
    assert [choice.name for choice in ordered] == ["us-east-1", "eu-west-2", "eu-west-1"]
    assert [choice.name for choice in region_choices("us-east-1", ["eu-west-2"], {})] == ["us-east-1"]


@pytest.mark.parametrize(
    ("home_region", "others"),
    [("eu-west-1", "us-east-1"), ("cn-north-1", "cn-northwest-1"), ("us-gov-west-1", "us-gov-east-1")],
)
def test_regions_are_those_of_the_partition(home_region: str, others: str) -> None:
    known = regions_like(home_region)
    assert {home_region, others} <= known.keys()
    assert len({name.partition("-")[0] == "cn" for name in known}) == 1
    assert not any("global" in name for name in known)
    assert regions_like("nowhere") == {}
