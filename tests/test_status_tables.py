"""The tables of `ssotui status` at any width: nothing is cut, no two rows read alike, and what matters stays."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import pytest
from rich.cells import cell_len

from tui.aws import model
from tui.aws.model import Profile, Session
from tui.cli.environment import Environment
from tui.cli.verbs.status.layout import Cell, Table, fitted, painted
from tui.cli.verbs.status.tables import ProfileStatus, profile_forms, session_forms
from tui.demo.large.names import PARTS, number, profiles

NOW = 1_800_000_000
SIGNED_IN = (model.SIGNED_IN, NOW + 5 * 3600)
VALID = (model.VALID, NOW + 42 * 60)
SESSIONS = {part.session: Session(part.session, model.SSO_SESSION, part.start_url, part.region) for part in PARTS}


def shown(
    name: str = "dev", session: str = "acme", account: str = "111111111111", role: str = "Admin"
) -> ProfileStatus:
    return ProfileStatus(
        Profile(name, session, account, role),
        SESSIONS.get(session) or Session(session, model.SSO_SESSION, "https://x.awsapps.com/start", "eu-west-1"),
        False,
        SIGNED_IN,
        VALID,
    )


def large() -> list[ProfileStatus]:
    return [shown(each.name, each.part.session, number(each.account), each.role) for each in profiles()]


def lines(forms: Iterable[Table], width: int | None, colours: bool = False) -> list[str]:
    return [painted(line, colours) for line in fitted(forms, width)]


@pytest.mark.parametrize("width", [60, 80, 100, 130, 200, None])
def test_three_hundred_names_are_whole_at_any_width_and_no_line_is_wider(width: int | None) -> None:
    every = large()
    text = lines(profile_forms(every, NOW), width)
    assert [each.profile.name for each in every] == [line.split()[0] for line in text[1:] if line[2] != " "]
    names = max(len(each.profile.name) for each in every) + 2
    assert max(map(cell_len, text)) <= max(width or 999, names)
    assert sum("valid 42m" in line or re.search(r"valid +42m", line) is not None for line in text) == len(every)


def test_a_wider_terminal_never_shows_less() -> None:
    forms = list(profile_forms(large(), NOW))

    def columns(width: int) -> int:
        return len(re.split(r"  +", lines(forms, width)[0].strip()))

    counts = [columns(width) for width in range(60, 220)]
    assert counts == sorted(counts)
    assert counts[-1] == 8


def test_what_gives_way_first_is_what_is_said_elsewhere() -> None:
    forms = list(profile_forms([shown("payments-prod.Admin"), shown("dev-111111111111")], NOW))
    heads = [lines(forms, width)[0].split() for width in (130, 85, 75, 40)]
    assert heads[0] == ["PROFILE", "ACCOUNT", "ROLE", "SESSION", "STATE", "LEFT", "CREDENTIALS", "LEFT"]
    assert heads[1] == ["PROFILE", "ACCOUNT", "ROLE", "SESSION", "LEFT", "CREDENTIALS", "LEFT"]
    assert heads[2] == ["PROFILE", "ACCOUNT", "ROLE", "SESSION", "CREDENTIALS"]
    assert heads[3] == ["PROFILE", "SESSION", "CREDENTIALS"]


def test_a_name_without_room_has_its_account_and_role_below_it() -> None:
    long = "globex-customer-portal-incident-responder-breakglass-eu-central-1"
    text = lines(profile_forms([shown("dev"), shown(long, role="Breakglass")], NOW), 80)
    assert text[2] == f"  {long}"
    assert text[3].split() == ["111111111111", "Breakglass", "●", "5h", "00m", "valid", "42m"]
    assert text[1].index("●") == text[3].index("●")


def test_a_reason_stands_beside_its_name_or_below_it() -> None:
    broken = Profile("typo", None, problems=['sso_session "nowhere" does not exist, and this is a long story'])
    rows = [shown("dev-one"), ProfileStatus(broken, None, True, ("", None), (model.NONE, None))]
    assert lines(profile_forms(rows, NOW), 120)[2].startswith('* typo     ! sso_session "nowhere"')
    narrow = lines(profile_forms(rows, NOW), 50)
    assert narrow[2] == "* typo"
    assert narrow[3].startswith('    ! sso_session "nowhere"')
    assert max(map(len, narrow)) <= 50


def test_sessions_keep_their_clocks_where_their_urls_have_no_room() -> None:
    rows = [(session, SIGNED_IN) for session in SESSIONS.values()]
    wide, middle, narrow = (lines(session_forms(rows, NOW), width) for width in (120, 85, 60))
    assert "https://acme.awsapps.com/start" in wide[1]
    assert "https" not in middle[1]
    assert "acme.awsapps.com" in middle[1]
    assert "awsapps" not in narrow[1]
    assert all("5h 00m" in text[1] for text in (wide, middle, narrow))


def test_every_state_has_its_word_or_its_time_in_the_short_form() -> None:
    states = [
        (model.EXPIRING, NOW + 60),
        (model.REFRESHABLE, NOW - 60),
        (model.SIGNED_OUT, None),
        (model.UNREADABLE, None),
    ]
    rows = [shown()._replace(clock=state, credentials=(model.NONE, None)) for state in states]
    text = " ".join(lines(profile_forms(rows, NOW), 30))
    assert [word for word in ("◔ 1m 00s", "◐ refreshable", "○ signed-out", "! unreadable") if word not in text] == []


def test_colours_are_around_the_words_alone() -> None:
    line = [Cell("  a  "), Cell("  42m", "list--good"), Cell("   ", "faint")]
    assert painted(line, True) == "  a    \x1b[32m42m\x1b[0m"
    assert painted(line, False) == "  a    42m"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "colours"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_are_for_terminals_whose_user_wants_them(environ: dict[str, str], colours: bool) -> None:
    assert Environment(environ, stdout=Screen()).has_colours is colours
    assert Environment(environ, stdout=io.StringIO()).has_colours is False


def test_a_pipe_has_no_width_but_the_one_that_is_asked_for() -> None:
    assert Environment({}, stdout=io.StringIO()).width is None
    assert Environment({"COLUMNS": "80"}, stdout=io.StringIO()).width == 80
    assert Environment({"COLUMNS": "wide"}, stdout=io.StringIO()).width is None
