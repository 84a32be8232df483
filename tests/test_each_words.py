"""`ssotui each`, as functions over values: what is replaced, which profiles of an account, what is said at the end."""

from __future__ import annotations

import pytest

from tui.aws.model import Profile
from tui.cli.verbs.each.choosing import once_an_account
from tui.cli.verbs.each.placeholders import Missing, filled, safe
from tui.cli.verbs.each.telling import Tally
from tui.desktop.children.running import CommandResult


@pytest.mark.parametrize(
    ("word", "made"),
    [
        ("{profile}/{account_id}", "dev/111111111111"),
        ("{{profile}", "{profile}"),
        ('{"a": {"b": "{region}"}}', '{"a": {"b": "eu-west-1"}}'),
        ("Reservations[].{Id:InstanceId,A:{B:C}}", "Reservations[].{Id:InstanceId,A:{B:C}}"),
        ("{{{{ .Name }}", "{{ .Name }}"),
        ("{unknown} {}", "{unknown} {}"),
        ("{account_name}.json", "Prod-EU.json"),
    ],
)
def test_placeholders(word: str, made: str) -> None:
    values = {"profile": "dev", "account_id": "111111111111", "account_name": "Prod-EU", "region": "eu-west-1"}
    assert filled(["x", word], values) == ("x", made)


def test_a_value_with_braces_is_not_replaced_again_and_one_that_is_missing_is_told() -> None:
    values = dict.fromkeys(("account_id", "account_name", "region"), "") | {"profile": "{account_id}"}
    assert filled(["{profile}"], values) == ("{account_id}",)
    with pytest.raises(Missing, match="region"):
        filled(["{region}"], values)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Prod (EU) / main", "Prod-EU-main"),
        ("--delete", "delete"),
        ("../../etc", "etc"),
        ("a$(rm -rf ~)`b`;c", "a-rm-rf-b-c"),
        ("Zürich_1.2", "Zürich_1.2"),
        ("\x1b]0;x\x07", "0-x"),
    ],
)
def test_names_of_accounts_are_safe_in_paths_and_shells(name: str, made: str) -> None:
    assert safe(name) == made


def profile(name: str, account: str, role: str, *problems: str) -> Profile:
    return Profile(name, "acme", account, role, problems=list(problems))


def test_once_an_account_by_the_order_of_roles() -> None:
    chained = Profile("c", "acme", "3", "Audit", via="a")
    found = [
        profile("a-admin", "1", "AdministratorAccess"),
        profile("a-read", "1", "AWSReadOnlyAccess"),
        profile("b-admin", "2", "AdministratorAccess"),
        profile("b-power", "2", "PowerUser"),
        profile("broken", "4", "ReadOnly", "no session"),
        profile("d-admin", "4", "AdministratorAccess"),
        chained,
    ]

    def names(*roles: str) -> tuple[list[str], list[str]]:
        chosen, left_out = once_an_account(found, roles)
        return [it.name for it in chosen], [it.name for it in left_out]

    assert names("*readonly*", "*audit*", "*") == (["a-read", "b-admin", "d-admin", "c"], [])
    assert names("poweruser", "*Read*") == (["a-read", "b-power"], ["d-admin", "c"])
    assert names("Admin*") == (["a-admin", "b-admin", "d-admin"], ["c"])


def test_the_summary_breaks_between_names() -> None:
    tally = Tally([f"name-{number}" for number in range(6)])
    for number in range(5):
        tally.ended(CommandResult(f"name-{number}", number, 1.0))
    tally.rest()
    assert tally.summary() == [
        "6 profiles: 1 ok, 4 failed, 1 not started",
        "failed: name-1 (exit 1), name-2 (exit 2), name-3 (exit 3), name-4 (exit 4)",
        "not started: name-5",
    ]
    assert tally.summary(50)[1:3] == [
        "failed: name-1 (exit 1), name-2 (exit 2),",
        "        name-3 (exit 3), name-4 (exit 4)",
    ]
