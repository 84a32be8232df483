"""What the entries of a new session come to."""

from __future__ import annotations

import pytest

from tui.aws.errors import SsoError
from tui.aws.model import LEGACY, SSO_SESSION, Session
from tui.aws.requests.start_url import NOT_OF_AWS, NOT_REACHED
from tui.screens.sessions.typed_session import (
    NAME,
    REGION,
    START_URL,
    Entries,
    asks_page,
    explained,
    read,
    region_choices,
)

ACME = "https://acme.awsapps.com/start"
NEW = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws"
SESSIONS = {
    "acme": Session("acme", SSO_SESSION, ACME, "us-east-1"),
    "https://old.awsapps.com/start": Session(
        "https://old.awsapps.com/start", LEGACY, "https://old.awsapps.com/start", "eu-west-2"
    ),
}


@pytest.mark.parametrize(
    ("typed", "start_url", "region", "name"),
    [
        ("acme.awsapps.com", ACME, "", "acme"),
        (f" <{ACME}/#/saml?x=1> ", ACME, "", "acme"),
        ("d-9667182f21", "https://d-9667182f21.awsapps.com/start", "", "d-9667182f21"),
        (NEW, NEW, "eu-west-1", "ssoins-1234567890abcdef"),
        (
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-1",
            "https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-1",
            "us-gov-west-1",
            "d-1",
        ),
        ("ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", None, "cn-north-1", "ssoins-1"),
        ("ssoins-1.eusc-de-east-1.portal.amazonaws.eu", None, "eusc-de-east-1", "ssoins-1"),
        ("sso.globex.example", "https://sso.globex.example", "", "globex"),
    ],
)
def test_every_spelling_comes_to_a_start_url_its_region_and_a_name(
    typed: str, start_url: str | None, region: str, name: str
) -> None:
    found = read(Entries(typed), {})
    assert found.start_url == (start_url or f"https://{typed}")
    assert (found.region, found.name, found.wrong) == (region, name, {})
    assert found.complete is bool(region)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type the start URL"),
        ("acme", '"acme" is not a whole start URL: is it acme.awsapps.com?'),
        ("acme awsapps com", "is not a start URL: it looks like https://acme.awsapps.com/start"),
        ("me@example.com", "is not a start URL"),
        ("http://sso.globex.example", "does not begin with https://"),
        ("ftp://acme.awsapps.com", "does not begin with https://"),
    ],
)
def test_what_is_no_start_url_is_told_with_what_one_looks_like(typed: str, told: str) -> None:
    found = read(Entries(typed), {})
    assert told in found.wrong[START_URL]
    assert not found.complete


def test_what_somebody_has_chosen_wins_over_what_is_proposed() -> None:
    found = read(Entries(NEW, "eu-west-2", " work "), {}, found="eu-west-3")
    assert (found.region, found.name, found.why) == ("eu-west-2", "work", "")
    assert read(Entries(NEW), {}, found="eu-west-3").why == "the portal tells it"


def test_names_and_regions_that_cannot_be_are_told() -> None:
    assert "There is a session acme already, for https://acme" in read(Entries(NEW, "", "acme"), SESSIONS).wrong[NAME]
    assert "cannot be a name" in read(Entries(NEW, "", "a]b"), SESSIONS).wrong[NAME]
    assert '"mars" is not a region' in read(Entries(ACME, "mars"), {}).wrong[REGION]


def test_a_start_url_that_is_there_already_is_told() -> None:
    assert read(Entries("ACME.awsapps.com/start/"), SESSIONS).there == "acme"
    found = read(Entries("old.awsapps.com"), SESSIONS)  # of inline profiles: a session of its own is worth having
    assert (found.there, found.region, found.name) == ("", "eu-west-2", "old")


def test_the_portal_is_asked_where_nothing_else_tells() -> None:
    assert asks_page(read(Entries("acme.awsapps.com"), {}))
    assert asks_page(read(Entries("sso.globex.example", "eu-west-1"), {}))  # it may lead anywhere
    assert not asks_page(read(Entries(NEW), {}))
    assert not asks_page(read(Entries("acme.awsapps.com", "eu-west-1"), {}))
    assert not asks_page(read(Entries("acme"), {}))


@pytest.mark.parametrize(
    ("error", "typed", "entry", "told"),
    [
        (SsoError("x", code="InvalidRequestException"), Entries(ACME, "eu-west-1"), REGION, "choose another region"),
        (SsoError("x", code="InvalidRequestException"), Entries(NEW), START_URL, "compare it letter by letter"),
        (
            SsoError("x", code=NOT_OF_AWS),
            Entries("sso.globex.example"),
            START_URL,
            "take the address that the browser shows",
        ),
        (
            SsoError("x", code=NOT_REACHED),
            Entries("sso.globex.example"),
            START_URL,
            "cannot be reached",
        ),
        (SsoError("x", code="EndpointConnectionError"), Entries(ACME, "eu-west-9"), REGION, "answers in eu-west-9"),
        (SsoError("Something else", "try again"), Entries(ACME, "eu-west-1"), "", "Something else. Try again"),
    ],
)
def test_why_a_sign_in_could_not_begin_is_told_with_what_to_change(
    error: SsoError, typed: Entries, entry: str, told: str
) -> None:
    where, said = explained(error, read(typed, {}))
    assert where == entry
    assert told in said


def test_likely_regions_come_first() -> None:
    known = {
        "af-south-1": "Africa (Cape Town)",
        "eu-west-1": "Europe (Ireland)",
        "us-gov-west-1": "AWS GovCloud (US-West)",
    }
    names = [choice.name for choice in region_choices(ACME, SESSIONS.values(), known)]
    assert names[:4] == ["us-east-1", "eu-west-2", "eu-west-1", "eu-central-1"]
    assert names[-2:] == ["af-south-1", "us-gov-west-1"]
    assert len(set(names)) == len(names)
    government = region_choices("https://start.us-gov-home.awsapps.com/directory/x", [], known)
    assert [choice.name for choice in government][:2] == ["us-gov-west-1", "us-gov-east-1"]


def test_what_would_be_written_is_shown_while_it_is_typed() -> None:
    lines = read(Entries("acme.awsapps.com"), {}).lines()
    assert lines[:3] == ["[sso-session acme]", f"sso_start_url = {ACME}", "sso_region = …"]
    assert "ssotui_session" not in lines[-1]
    assert read(Entries("acme.awsapps.com", "eu-west-1"), {}).lines()[-1].startswith("ssotui_session = ")
