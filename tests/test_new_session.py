"""What somebody types or copies for a start URL, and what it tells."""

from __future__ import annotations

import pytest
from hypothesis import given

from tui.aws.config.checks import is_region, url_problems
from tui.aws.config.writing.new_session import likely_regions, name_for, region_in, session_section, start_url_from
from tui.aws.config.writing.sections import add, read
from tui.words.differences import differences

from .strategies import foreign

ACME = "https://acme.awsapps.com/start"


@pytest.mark.parametrize(
    "typed",
    [
        ACME,
        "acme.awsapps.com",
        "acme.awsapps.com/start",
        "  https://ACME.awsapps.com/start/  ",
        "https://acme.awsapps.com/start#/",
        "https://acme.awsapps.com/start/#/?tab=accounts",
        "https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH",
        "https://acme.awsapps.com:443//start//",
        "http://acme.awsapps.com/start",
        "<https://acme.awsapps.com/start>",
        '"https://acme.awsapps.com/start"',
        "https://acme.awsapps.com./start",
    ],
)
def test_every_spelling_is_one_start_url(typed: str) -> None:
    assert start_url_from(typed) == ACME


@pytest.mark.parametrize(
    ("typed", "url", "region", "name"),
    [
        ("d-9667182f21", "https://d-9667182f21.awsapps.com/start", "", "d-9667182f21"),
        ("acme.awsapps.cn", "https://acme.awsapps.cn/start", "", "acme"),
        (
            "https://start.us-gov-home.awsapps.com/directory/acme#/",
            "https://start.us-gov-home.awsapps.com/directory/acme",
            "",
            "acme",
        ),
        (
            "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/d-9667182f21",
            "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/d-9667182f21",
            "us-gov-east-1",
            "d-9667182f21",
        ),
        (
            "https://start.cn-north-1.home.awsapps.cn/directory/acme",
            "https://start.cn-north-1.home.awsapps.cn/directory/acme",
            "cn-north-1",
            "acme",
        ),
        (
            "ssoins-1234.portal.eu-west-1.app.aws/",
            "https://ssoins-1234.portal.eu-west-1.app.aws",
            "eu-west-1",
            "ssoins-1234",
        ),
        (
            "https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu",
            "https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu",
            "eusc-de-east-1",
            "ssoins-1",
        ),
        (
            "https://identitycenter.amazonaws.com/ssoins-722301/",
            "https://identitycenter.amazonaws.com/ssoins-722301",
            "",
            "ssoins-722301",
        ),
        ("https://sso.example.com/aws/", "https://sso.example.com/aws", "", "example"),
        ("https://aws.login.example.co.uk:8443", "https://aws.login.example.co.uk:8443", "", "example"),
        # A company's own host is not AWS's, whatever it is called.
        ("https://us-east-1.example.com", "https://us-east-1.example.com", "", "example"),
    ],
)
def test_what_an_address_tells(typed: str, url: str, region: str, name: str) -> None:
    assert start_url_from(typed) == url
    assert region_in(url) == region
    assert name_for(url) == name


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "acme", "https://", "https:///start", "a b.awsapps.com", "https://me@acme.awsapps.com/start"),
        *("ftp://acme.awsapps.com", "https://acme.awsapps.com\x1b[2J", "https://acme.awsapps.com:x/", "https://[::1"),
        *("https://аcme.awsapps.com/start", "javascript:alert(1)", "https://127.0.0.1:x", "-a.awsapps.com"),
    ],
)
def test_what_is_no_start_url_is_told_so(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not a start URL|does not begin with https://"):
        start_url_from(typed)


@given(typed=foreign())
def test_whatever_is_typed_is_refused_or_can_be_written(typed: str) -> None:
    try:
        url = start_url_from(typed)
    except ValueError:
        return
    assert url_problems(url) == []
    assert start_url_from(url) == url
    section = session_section(name_for(url), url, "us-east-1")
    assert read(add("", [section])).sections[section.header]["sso_start_url"] == url


def test_a_name_that_is_taken_is_numbered() -> None:
    assert name_for(ACME, {"acme"}) == "acme-2"
    assert name_for(ACME, {"acme", "acme-2"}) == "acme-3"


def test_the_regions_that_are_named_are_those_of_the_partition() -> None:
    assert likely_regions("https://start.us-gov-home.awsapps.com/directory/x") == ("us-gov-west-1", "us-gov-east-1")
    assert likely_regions("https://acme.awsapps.cn/start") == ("cn-north-1", "cn-northwest-1")
    assert all(map(is_region, likely_regions(ACME)))


def test_a_change_is_shown_with_three_lines_around_and_where_it_is() -> None:
    before = "".join(f"{number}\n" for number in range(100))
    after = before.replace("50\n", "fifty\n").replace("90\n", "")
    assert [line for _, line in differences(before, after)] == [
        *("@ line 48", "  47", "  48", "  49", "- 50", "+ fifty", "  51", "  52", "  53"),
        *("@ line 88", "  87", "  88", "  89", "- 90", "  91", "  92", "  93"),
    ]


def test_many_sections_with_other_names_are_compared_at_once() -> None:
    """Of a thousand renamed profiles most lines are those of all others: each with each took difflib many minutes."""

    def text(prefix: str) -> str:
        return "".join(f"[profile {prefix}{n}]\nsso_role_name = Admin\nsum = {n}\n\n" for n in range(1000))

    shown = [line for _, line in differences(text("a"), text("b"))]
    first = [
        "@ line 1",
        "- [profile a0]",
        "+ [profile b0]",
        "  sso_role_name = Admin",
        "  sum = 0",
        "",
        "- [profile a1]",
    ]
    assert shown[:7] == first
    assert sum(line[0:1] in "+-" for line in shown if line) == 2000


def test_a_change_among_lines_that_are_all_alike_is_still_whole() -> None:
    before = "".join(f"{number % 7}\n" for number in range(2000))
    after = before.replace("3\n", "0\n")
    shown = differences(before, after)
    for text, kind in ((before, "-"), (after, "+")):
        assert [line[2:] for mark, line in shown if mark in (kind, " ")][3:-2] == text.split()[3:-2]


def test_what_is_shown_of_a_file_cannot_reach_the_terminal() -> None:
    shown = differences("\x1b[2J\n", "a\tb\x9b\n")
    assert [line for _, line in shown] == ["@ line 1", r"- \x1b[2J", r"+ a    b\x9b"]
