"""What is suggested to somebody who mistyped a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.config.similar import alike, similar
from tui.cli.output import near
from tui.cli.table import VERBS

from .aws_home import configure
from .commands import check, ssotui

NAMES = [
    *(f"payments-{env}.{role}" for env in ("prod", "prod-eu", "dev") for role in ("Admin", "ReadOnly")),
    "checkout-prod.Admin",
    "AWSReadOnlyAccess-100000000036",
    "sandbox",
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("payments-prod", "payments-prod.Admin"),  # its beginning
        ("checkout", "checkout-prod.Admin"),
        ("PAYMENTS-DEV.admin", "payments-dev.Admin"),  # capitals
        ("000036", "AWSReadOnlyAccess-100000000036"),  # a part of it
        ("prod-checkout", "checkout-prod.Admin"),  # its words, in another order
        ("paymnts-dev", "payments-dev.Admin"),  # one of them mistyped
        ("sandbxo", "sandbox"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_name_that_was_meant_comes_first(typed: str, first: str | None) -> None:
    assert next(iter(similar(typed, NAMES)), None) == first


def test_of_those_with_the_same_words_the_one_with_one_wrong_letter_comes_first() -> None:
    names = [
        f"{team}-{stage}.SecurityAudit" for team in ("pay", "payments", "payouts") for stage in ("dev", "prod", "test")
    ]
    assert similar("paymentsprod.SecurityAudit", names)[0] == "payments-prod.SecurityAudit"


def test_all_that_begin_alike_are_counted_and_three_are_named() -> None:
    assert len(alike("payments", NAMES)) == 6
    assert len(similar("payments", NAMES)) == 3
    assert near("payments", NAMES).endswith("? 3 more: ssotui status payments")
    assert near("sandbo", NAMES) == "did you mean sandbox?"
    assert near("zzz", NAMES) == "see: ssotui status --all"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stats", "did you mean status?"),
        ("log", "did you mean login or logout?"),
        ("xyz", "to see them all: ssotui help"),
    ],
)
def test_a_mistyped_command_says_which_was_meant(typed: str, meant: str) -> None:
    for arguments in ([typed], ["help", typed]):
        done = check(ssotui(*arguments), 2)
        assert f"there is no command {typed}" in done.stderr
        assert meant in done.stderr
        assert "choose from" not in done.stderr


def test_commands_that_exist_are_not_suggested_for_themselves() -> None:
    assert all(similar(name, VERBS) == [name] for name in VERBS)


def test_a_profile_in_place_of_a_command_is_told_how_it_is_used(home: Path) -> None:
    configure()
    said = check(ssotui("sandbox"), 2).stderr
    assert "there is no command sandbox; to use the profile of that name: sso sandbox, or ssotui shell sandbox" in said
