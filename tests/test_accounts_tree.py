"""Accounts and roles as the lines of a tree, and what is said of them: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Collection

import pytest

from tui.aws.cache.account_list import Account, AccountList
from tui.aws.errors import SignInNeeded, SsoError
from tui.demo.organisation import ACME
from tui.screens.accounts import telling
from tui.screens.accounts.branches import HEAD, LOST, ROLE, Branches, Line, Role, new_ones
from tui.screens.accounts.listing_bar import _beside
from tui.screens.accounts.telling import Progress
from tui.screens.accounts.tree import AccountTree, TreeColumns, _natural
from tui.widgets.cells import cuts, width_of
from tui.words.marks import Mark

from .aws_home import CONFIG, configure, session_named

NOW = 1_800_000_000
ACCOUNTS = (
    Account("111111111111", "Development", "aws+dev@example.com", ("Admin", "ReadOnly"), NOW),
    Account("222222222222", "Production", "aws+prod@example.com", ("ReadOnly",), NOW),
    Account("555555555555", "Staging", "ops@example.com", ("PowerUser", "ReadOnly"), NOW),
    Account("666666666666", "analytics", "", ("DataScientist",), NOW),
)


def known(*accounts: Account, at: int = NOW) -> AccountList:
    return AccountList({it.account_id: it for it in accounts}, at)


def branches(*accounts: Account, at: int = NOW, failures: dict[str, str] | None = None) -> Branches:
    store = configure(CONFIG)
    return Branches(store.snapshot, session_named(store, "acme"), known(*accounts, at=at), failures)


def lines(found: Branches, query: str = "", marked: Collection[Role] = (), opened: Collection[str] = ()) -> list[str]:
    """The lines as their labels, roles and profiles that are gone with a blank in front."""
    got, _ = found.lines(lambda key, of_itself: of_itself != (key in opened), query, marked)
    return [f" {line.label}" if line.kind in (ROLE, LOST) else line.label for line in got]


def test_accounts_stand_by_their_names_and_open_to_their_roles() -> None:
    found = branches(*ACCOUNTS)
    gone = "No longer offered: 2 profiles"
    assert lines(found) == ["analytics", "Development", "Production", "Staging", gone]
    opened = lines(found, opened=["111111111111", HEAD])
    assert opened[:3] == ["analytics", "Development", " Admin"]
    assert opened[-3:] == [gone, " forbidden", " nowhere"]


def test_a_role_says_its_profiles_or_that_it_is_new() -> None:
    got, _ = branches(*ACCOUNTS).lines(lambda _key, _of_itself: True)
    said = {(line.account_id, line.role): telling.state_of(line)[0] for line in got if line.kind == ROLE}
    assert said["111111111111", "Admin"] == "dev"
    assert said["111111111111", "ReadOnly"] == "new"
    accounts = {line.label: telling.state_of(line)[0] for line in got if line.kind not in (ROLE, LOST, HEAD)}
    assert accounts == {
        "analytics": "1 role, 1 new",
        "Development": "2 roles, 1 new",
        "Production": "1 role",
        "Staging": "2 roles, 2 new",
    }


def test_nothing_is_gone_before_all_is_listed() -> None:
    waiting = Account("777777777777", "Later")
    assert not branches(*ACCOUNTS, waiting).lost
    got, _ = branches(*ACCOUNTS, waiting).lines(lambda _key, _of_itself: False)
    assert {line.label: telling.state_of(line)[0] for line in got}["Later"] == "not listed yet"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # By itself: closed, and with all of its roles.
        ("stag", ["Staging"]),
        ("ops@", ["Staging"]),
        ("5555", ["Staging"]),
        # By its roles: open, with those.
        ("power", ["Staging", " PowerUser"]),
        ("po", ["Staging", " PowerUser"]),  # and not Production, whose letters are scattered
        # Where nothing else is found they count.
        ("prd", ["Production", " ReadOnly", "No longer offered: 1 profile", " forbidden"]),
        ("dev admin", ["Development", " Admin"]),
        ("readonly !prod", ["Development", " ReadOnly", "Staging", " ReadOnly"]),
        # By a profile's name, also of one that is gone.
        ("audit", ["Production", " ReadOnly"]),
        ("nowh", ["No longer offered: 1 profile", " nowhere"]),
        ("gone", ["No longer offered: 2 profiles", " forbidden", " nowhere"]),
        ("configured", ["Development", " Admin", "Production", " ReadOnly"]),
        ("new !staging", ["analytics", " DataScientist", "Development", " ReadOnly"]),
        ("marked", ["Staging", " PowerUser"]),
        ("nothing-like-it", []),
        # What is only left out leaves the rest as it is.
        ("!readonly !gone", ["analytics", "Development", "Staging"]),
    ],
)
def test_a_filter_finds_accounts_by_themselves_and_by_their_roles(query: str, expected: list[str]) -> None:
    got = lines(branches(*ACCOUNTS), query, marked=[("555555555555", "PowerUser")])
    if query in ("stag", "ops@", "5555"):  # of one account alone the roles are shown at once
        expected = [*expected, " PowerUser", " ReadOnly"]
    assert got == expected


def test_a_word_for_a_state_is_never_looked_for_letter_by_letter() -> None:
    found = branches(Account("111111111111", "northern web", "", ("Admin", "ReadOnly"), NOW))
    assert lines(found, "nrthwb") == ["northern web", " Admin", " ReadOnly"]
    assert lines(found, "marked") == []
    assert lines(found, "new") == ["northern web", " ReadOnly"]
    found = branches(Account("111111111111", "northern web", "", ("Admin",), NOW))
    assert lines(found, "new") == []


def test_profiles_that_are_gone_are_counted_too() -> None:
    found = branches(*ACCOUNTS)
    assert found.total == found.count("", ()) == 8
    assert found.count("gone", ()) == 2
    assert found.count("new gone", ()) == 0


def test_of_several_accounts_that_match_by_themselves_all_stay_closed() -> None:
    assert lines(branches(*ACCOUNTS), "aws+") == ["Development", "Production"]


def test_the_best_match_is_a_line_that_is_shown() -> None:
    found = branches(*ACCOUNTS)
    assert found.lines(lambda _key, opened: opened, "power")[1] == "555555555555/PowerUser"
    assert found.lines(lambda _key, opened: opened, "aws+prod")[1].startswith("222222222222")
    assert found.lines(lambda _key, opened: opened, "aws+")[1] == "111111111111"
    assert found.lines(lambda _key, opened: opened, "")[1] == ""


def test_marks_are_those_of_roles_that_are_still_offered() -> None:
    found = branches(*ACCOUNTS)
    marked = [("111111111111", "ReadOnly"), ("111111111111", "Taken"), ("999999999999", "Admin")]
    assert [(it.account.name, it.role) for it in found.chosen(marked)] == [("Development", "ReadOnly")]
    assert ("111111111111", "Admin") not in new_ones(found.offers)
    assert len(new_ones(found.offers)) == 4


HOSTILE = (
    Account("000000000001", "[red]x[/] [@click=app.quit]y[/]", "", ("[/b]",), NOW),
    Account("000000000002", "\x1b]52;c;x\x07evil", "\u202eab", ("\x9b2J",), NOW),
    Account("000000000003", "🏦 payments", "", ("Admin",), NOW),
    Account("000000000004", "a" * 99 + "X" + "b" * 100, "", ("Admin",), NOW),
    Account("000000000005", "a" * 99 + "Y" + "b" * 100, "", ("Admin",), NOW),
    Account("000000000006", "", "", (), NOW),
    Account("000000000007", "twin", "", ("Admin",), NOW),
    Account("000000000008", "twin", "", ("Admin",), NOW),
)


def test_a16_names_of_accounts_are_harmless_and_can_be_told_apart() -> None:
    found = branches(*HOSTILE)
    got, _ = found.lines(lambda _key, _of_itself: True)
    assert all(line.label.isprintable() and telling.in_full(line, found).isprintable() for line in got)
    assert all(telling.state_of(line)[0].isprintable() for line in got if line.kind != HEAD)
    accounts = [line for line in got if line.kind not in (ROLE, LOST, HEAD)]
    for width in (40, 80, 130, 200):
        columns = TreeColumns(_natural(found), width - 2)
        shown = cuts([line.label for line in accounts], columns.name - 2)
        texts = [(shown[line.label].text if line.label in shown else line.label) for line in accounts]
        assert all(width_of(text) <= columns.name - 2 for text in texts)
        assert len({(text, line.account_id) for text, line in zip(texts, accounts, strict=True)}) == len(HOSTILE)
        assert len(set(texts)) == len(HOSTILE) - 1  # the twins have their numbers
    assert next(line for line in got if line.account_id == "000000000006").label == "–"


class Painted(AccountTree):
    """A list that is painted without a screen."""

    def lines_of(self, width: int) -> list[str]:
        """All of its lines."""
        return ["".join(text for text, _ in self.row_pieces(at, width, False)) for at in range(self.row_count())]


@pytest.mark.parametrize("width", [38, 58, 78, 98, 128])
@pytest.mark.parametrize("label", [None, Mark("PROD", "red")], ids=["", "marked"])
def test_the_name_of_a_profile_that_is_gone_stands_apart_from_its_number(width: int, label: Mark | None) -> None:
    name = "payments-prod-eu.platform-engineer-breakglass"
    store = configure(CONFIG.replace("[profile nowhere]", f"[profile {name}]"))
    listed = known(Account("111111111111", "dev", "", ("Admin",), NOW))
    tree = Painted(lambda line: label if line.kind == LOST else None)
    tree.set_branches(Branches(store.snapshot, session_named(store, "acme"), listed))
    gone = [text for text, line in zip(tree.lines_of(width), tree.shown, strict=True) if line.kind == LOST]
    assert len(gone) == 3
    for text in gone:
        assert re.search(r"[a-z\]]  +[0-9]{12}  ", text)
    assert any(name in text for text in gone) == (width > 90)


def test_sessions_keep_their_places_in_the_strip() -> None:
    labels = ["acme", "globex", "initech", "lab", "payments"]
    whole = "  ".join(labels)
    for shown, own in enumerate(labels):
        for room in range(60):
            before, behind = _beside(labels, shown, own, room)
            strip = before + own + behind
            assert width_of(strip) <= max(room, width_of(own))
            assert (strip == whole) == (room >= len(whole))
            assert strip.replace("…  ", "").replace("  …", "") in whole
    assert _beside(labels, 3, "lab", 16) == ("…  ", "  payments")


def test_columns_fit_into_every_terminal() -> None:
    for natural in ((10, 8, 0), (40, 20, 30), (300, 300, 60)):
        for width in range(38, 220):
            columns = TreeColumns(natural, width)
            taken = columns.ends + columns.state + (2 + columns.email if columns.email else 0)
            assert taken <= width
            assert columns.name >= min(natural[0], 10)
            assert columns.state >= 8


# -- what is said of the listing ---------------------------------------------------------------------------------------


def said(found: AccountList, now: float = NOW, **changes: object) -> str:
    progress = Progress()
    for name, value in changes.items():
        setattr(progress, name, value)
    return telling.listing(found, progress, now)[0]


def test_what_was_listed_before_has_an_age_and_the_listing_a_progress() -> None:
    half = known(*ACCOUNTS, Account("777777777777", "Later"))
    full = known(*ACCOUNTS)
    assert said(full, NOW + 5) == "listed just now   r lists anew"
    assert said(full, NOW + 3 * 3600) == "listed 3h ago   r lists anew"
    assert said(half, running=True) == "4 of 5 accounts   esc stops"
    assert (
        said(half, NOW + 9, running=True, listed_at=NOW - 3 * 3600) == "listed 3h ago; now 4 of 5 accounts   esc stops"
    )
    assert said(half, running=True, pause=4.2) == "4 of 5 accounts; AWS asks to slow down (4 s)   esc stops"
    assert said(AccountList(), running=True) == "asking for the accounts …   esc stops"
    assert said(half, stopped=True) == "stopped at 4 of 5 accounts   r goes on"
    assert said(half) == "4 of 5 accounts are listed   r goes on"
    assert said(AccountList()) == ""


def test_what_goes_wrong_is_said_with_what_to_press() -> None:
    half = known(*ACCOUNTS, Account("777777777777", "Later"))
    cut = SsoError("Could not list the roles: the connection was cut", "try again")
    assert said(half, error=cut) == f"at 4 of 5 accounts: {cut.title}: try again   r goes on"
    assert said(AccountList(), error=cut) == f"{cut.title}: try again   r tries again"
    assert said(half, error=SignInNeeded("acme")) == "Sign-in needed for session acme   l signs in"
    assert said(half, failures={"1": "x", "2": "y"}) == "2 accounts could not be listed   r tries them again"
    assert said(known(*ACCOUNTS), unsaved="No space left on device").startswith("not kept on disk: No space left")
    assert "\x1b" not in said(half, error=SsoError("a\x1bb", "c\x1bd"))


def test_an_empty_tree_says_why_and_what_to_press() -> None:
    progress = Progress()
    assert telling.empty(AccountList(), progress, "acme")[1] == "r lists them."
    progress.error = SignInNeeded("acme")
    assert telling.empty(AccountList(), progress, "acme")[1].startswith("l signs in")
    progress.error = None
    assert telling.empty(AccountList({}, NOW), progress, "acme")[0] == "The portal of acme offers no accounts."
    progress.running = True
    assert telling.empty(AccountList(), progress, "acme") == ("Asking for the accounts …",)


def test_the_highlighted_line_is_said_in_full() -> None:
    found = branches(*ACCOUNTS, failures={"666666666666": "Could not list: AWS has a problem"})
    got, _ = found.lines(lambda _key, _of_itself: True)
    full = {line.key: telling.in_full(line, found) for line in got}
    assert full["111111111111/Admin"] == "Admin · Development · 111111111111 · profile dev"
    assert full["555555555555/PowerUser"] == "PowerUser · Staging · 555555555555 · no profile yet"
    assert full["111111111111"] == "Development · 111111111111 · aws+dev@example.com · 2 roles, 1 new"
    assert full["666666666666"] == "analytics · 666666666666 · Could not list: AWS has a problem"
    assert full["lost/nowhere"] == "nowhere: role Admin in account 123412341234 is no longer offered"


def test_the_footer_has_the_keys_that_help_now() -> None:
    def labels(line: Line | None, marked: int = 0, sessions: int = 1, **changes: object) -> list[str]:
        progress = Progress()
        for name, value in changes.items():
            setattr(progress, name, value)
        return [it.label for it in telling.hints(line, progress, False, marked, sessions)]

    role = Line("1/A", ROLE, "A", "1", "A", ("dev",))
    assert labels(role)[:2] == ["Use", "Filter"]
    assert "Use" not in labels(role._replace(profiles=()))
    assert labels(None, sessions=2) == ["Session", "Back", "Help"]
    assert "Stop" in labels(role, running=True)
    assert "Clear marks" in labels(role, marked=2)
    assert "Write profile" in labels(role._replace(profiles=()))
    assert "Write profile" not in labels(role)
    assert "Write 2 profiles" in labels(role, marked=2)
    assert "Sign in" in labels(role, error=SignInNeeded("acme"))


def test_two_portals_of_one_name_are_two_lists() -> None:
    store = configure(CONFIG)
    lab = session_named(store, "lab")
    found = Branches(store.snapshot, lab, known(*ACCOUNTS))
    assert all(not it.profiles for it in found.offers)
    assert [it.name for it in found.lost] == ["sandbox"]
    assert session_named(store, "acme").start_url == ACME


def test_a_list_without_a_size_yet_goes_to_the_account_of_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a list that is filled before it is laid out begins with a role, of which one does not see the account."""
    found: list[float] = []
    tree = AccountTree(lambda _line: None)
    monkeypatch.setattr(tree, "scroll_to", lambda y, **_options: found.append(y))
    tree.set_branches(branches(*ACCOUNTS))
    assert tree.reveal(("111111111111", "Admin"))
    assert tree.highlighted == "111111111111/Admin"
    assert found[-1] == 2, "analytics, its role, Development"
