"""Names of profiles from templates: what is taken, what is refused, what becomes of unsafe characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.aws.config.writing.name_template import DEFAULT, PLACEHOLDERS, Template, Wrong


def name(
    template: str, account: str = "Payments Prod (EU)", role: str = "AdministratorAccess", region: str = ""
) -> str:
    values = {
        "account_name": account,
        "account_id": "012345678901",
        "role_name": role,
        "session": "acme",
        "region": region,
    }
    return Template(template).name(values).name


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        (DEFAULT, "Payments-Prod-EU.AdministratorAccess"),
        ("{account_name}/{role_name}", "Payments-Prod-EU/AdministratorAccess"),
        ("{ account_name | lower }:{role_name|upper}", "payments-prod-eu:ADMINISTRATORACCESS"),
        ("{account_name|lower|replace: :_}", "payments_prod_-eu"),
        ("{account_name|replace:Payments :|lower}", "prod-eu"),
        ("{role_name|replace:Administrator:Admin|replace:Access:}-{account_id}", "Admin-012345678901"),
        ("{session}.{account_id}.{region}", "acme.012345678901.eu-west-1"),
    ],
)
def test_placeholders_and_filters(template: str, wanted: str) -> None:
    assert name(template, region="eu-west-1") == wanted


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "the template is empty"),
        ("  ", "the template is empty"),
        ("{account_name", "a { stands alone"),
        ("account_name}", "a } stands alone"),
        ("{{account_name}}", "a { stands alone"),
        ("{}", "{} is no placeholder: there are account_name, account_id, role_name, session, region"),
        ("{AccountName}", "{AccountName} is no placeholder"),
        ("{account_name|}", "| is no filter: there are lower, upper and replace:OLD:NEW"),
        ("{account_name|Lower}", "|Lower is no filter"),
        ("{account_name|lower:x}", "|lower:x is no filter"),
        ("{account_name|replace}", "replace says what is replaced and by what"),
        ("{account_name|replace:a}", "replace says what is replaced and by what"),
        ("{account_name|replace::a}", "replace says what is replaced and by what"),
        ("{account_name|replace:a:b:c}", "replace says what is replaced and by what"),
        ("{account_name} {role_name}", "a blank cannot stand in a profile's name"),
        ("{account_name}'{role_name}", "' cannot stand in a profile's name"),
        ("{account_name}é", "é cannot stand in a profile's name"),
        ("{account_name}%x", "% cannot stand in a profile's name"),
    ],
)
def test_what_is_wrong_is_said(template: str, reason: str) -> None:
    with pytest.raises(Wrong, match=re.escape(reason)):
        Template(template)


@pytest.mark.parametrize(
    ("account", "wanted", "replaced"),
    [
        ("prod_1.eu-west@x+y/z:w", "prod_1.eu-west@x+y/z:w", False),
        ("Prod  -  EU", "Prod-EU", True),
        ("Büro Zürich", "Buro-Zurich", True),
        ("漢字", "012345678901", True),
        ("🔑 keys", "keys", True),
        ("", "012345678901", False),
        ("--help", "help", True),
        ("\x1b]0;owned\x07[red]\u202e", "0-owned-red", True),
        ("a'b\"c`d$(e)", "a-b-c-d-e", True),
        ("x" * 200, "x" * 200, False),
    ],
)
def test_what_no_shell_or_sdk_would_take_is_replaced_and_told(account: str, wanted: str, replaced: bool) -> None:
    found = Template("{account_name}").name({"account_name": account, "account_id": "012345678901"})
    assert found == (wanted, replaced)


def test_an_account_of_nothing_but_what_is_replaced_has_its_number() -> None:
    assert name("{account_name}.{role_name}", account="…", role="=") == "012345678901.x"
    assert name("{account_name|replace:x:}", account="x") == "profile"
    assert name("{role_name}", role="漢字") == "x"


@given(
    parts=st.lists(st.sampled_from([*(f"{{{each}}}" for each in PLACEHOLDERS), "{account_name|lower}", "-", "/", "."])),
    account=st.text(max_size=30),
    role=st.text(max_size=20),
    region=st.sampled_from(["", "eu-west-1"]),
)
def test_every_name_is_safe(parts: list[str], account: str, role: str, region: str) -> None:
    text = "".join(parts)
    if not text:
        return
    found = name(text, account, role, region)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.@+:/-]*", found)
    assert name(text, account, role, region) == found
