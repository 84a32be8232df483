"""Hundreds of real names in the list: none reads like another, and a wider terminal never shows less of one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.aws import clock
from tui.aws.model import EXPIRING, SIGNED_IN, VALID
from tui.text import clean
from tui.widgets import columns
from tui.widgets.columns import ACCOUNT, ACCOUNT_NAME, CREDENTIALS, LEFT, NAME, REGION, ROLE, SESSION
from tui.widgets.profile_list import ProfileList
from tui.widgets.rows import Row

from .names import profiles
from .strategies import few
from .widget_host import NOW, FixedStates, Host, screen_lines

ROWS = [
    Row(each.name, each.name, each.account_id, "", each.role, each.session, each.session, "eu-central-1")
    for each in profiles()
]
SIZES = [(80, 24), (100, 30), (130, 40), (200, 60), (61, 12), (97, 33), (151, 20)]


def host(rows: list[Row]) -> tuple[Host, ProfileList, FixedStates]:
    states = FixedStates()
    listing = ProfileList(states)
    listing.set_rows(rows)
    return Host(lambda: [listing]), listing, states


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_no_two_rows_in_sight_read_alike_anywhere_in_the_list(size: tuple[int, int]) -> None:
    app, _, states = host(ROWS)
    states.profiles[ROWS[40].name] = (VALID, NOW + 1e9)
    async with app.run_test(size=size) as pilot:
        seen = set()
        for _ in range(0, len(ROWS), size[1] // 2):
            lines = [line[2:] for line in screen_lines(pilot)[1:]]
            assert len(set(lines)) == len(lines)
            seen.update(lines)
            await pilot.press("pagedown")
        # In all the list they do not either, but for the time that the columns had another width.
        assert len({line.split()[0] for line in seen}) >= len(ROWS)


@pytest.mark.parametrize("size", [(130, 40), (200, 60)], ids=str)
async def test_every_name_is_whole_where_the_longest_fits(size: tuple[int, int]) -> None:
    app, _, _ = host(ROWS)
    async with app.run_test(size=size) as pilot:
        text = ""
        for _ in range(0, len(ROWS), size[1] // 2):
            text += "\n".join(screen_lines(pilot)) + "\n"
            await pilot.press("pagedown")
        assert "…" not in text
        assert all(f" {row.name} " in text for row in ROWS)


HOSTILE = (
    "m[/] [red]x[/blue] [@click=app.quit]go[/] {:03}",
    "שלום-עולם-{:03}-חשבון",
    "حساب\u202eالإنتاج {:03}",
    "zero\u200bwidth\u200d{:03}\u200cname",
    "漢字アカウント名前本番環境管理者権限{:03}東京リージョン",
    "p" * 40 + "{:03}" + "q" * 40,
    "payments-production-europe-" * 3 + "{:03}-administrator-access-breakglass",
    "e\u0301\u0301\u0301{:03}\u0308\u0308",
    "👩\u200d👩\u200d👧-{:03}-🏳\ufe0f\u200d🌈",
    "C:\\[a]\\{:03}\\$(rm -rf)`x`;'\"\x1b[31m",
)
"""Markup, letters from right to left, of no width, of two, and more than sixty that begin and end alike."""


@pytest.mark.parametrize("size", SIZES[:4], ids=str)
async def test_hostile_names_read_apart_and_leave_the_columns_where_they_are(size: tuple[int, int]) -> None:
    names = [each.format(number) for number in range(30) for each in HOSTILE]
    app, listing, _ = host([Row(name, clean(name), "111111111111", "", "Admin", "acme", "acme") for name in names])
    seen: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        while len(seen) < len(names):
            lines = screen_lines(pilot)[1:]
            for name, line in zip(listing.visible_keys(), lines, strict=False):
                assert seen.setdefault(line[2:], name) == name
                assert cell_len(line.rstrip()) <= size[0]
                assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in line)
            assert len({cell_len(line[: line.index(" Admin ")]) for line in lines if " Admin " in line}) <= 1
            await pilot.press("pagedown")


FAMILY = st.lists(
    st.lists(
        st.sampled_from(["prod", "prod-eu", "payments", "AWSAdministratorAccess", "x" * 30]), min_size=1, max_size=5
    ).map("-".join),
    unique=True,
    min_size=1,
    max_size=30,
)


@few(25)
@given(FAMILY, st.integers(60, 200), st.integers(0, 30))
async def test_no_two_rows_of_any_family_read_alike(names: list[str], width: int, down: int) -> None:
    app, listing, _ = host([Row(name, name, "111111111111", "", "Admin", "acme", "acme") for name in names])
    async with app.run_test(size=(width, 12)) as pilot:
        listing.action_move(down)
        await pilot.pause()
        lines = [line[2:] for line in screen_lines(pilot)[1:] if line.strip()]
        assert len(set(lines)) == len(lines)


def measures(names: list[str], role: str, account_name: str) -> columns.Measures:
    first = ["111111111111", account_name, role, "acme-corp", "eu-central-1"]
    return columns.Measures([names, *([text, *[""] * (len(names) - 1)] for text in first)])


@given(
    st.lists(st.integers(1, 90).map("n".__mul__), min_size=1, max_size=30),
    st.sampled_from(["", "Admin", "n"]),
    st.sampled_from(["", "Production"]),
    st.sampled_from([4, 7]),
    st.sampled_from([5, 8, 15]),
)
def test_a_wider_list_never_shows_less_of_a_name(
    names: list[str], role: str, account_name: str, left: int, credentials: int
) -> None:
    measured = measures(names, role, account_name)
    before = 0
    for width in range(1, 220):
        found = columns.layout(measured, {}, lambda: {LEFT: left, CREDENTIALS: credentials}, width)
        shown = min(found.reach, measured.natural[NAME])
        assert shown >= before, width
        before = shown
        last = list(found.sizes)[-1]
        assert width < 20 or found.starts()[last] + found.sizes[last] + columns.GUTTER <= width


def test_columns_give_way_in_their_order() -> None:
    measured = measures(["n" * 40, *["n" * 20] * 3], "Admin", "Production")
    gone: list[str] = []
    for width in range(200, 40, -1):
        sizes = columns.layout(measured, {}, lambda: {LEFT: 7, CREDENTIALS: 15}, width).sizes
        shown = {name for name in sizes if name != SESSION or sizes[name] > columns.SYMBOL}
        gone += [name for name in columns.ORDER if name not in (*shown, *gone)]
    assert gone == [REGION, SESSION, ACCOUNT_NAME, ACCOUNT, ROLE, CREDENTIALS]


def test_a_role_that_the_names_hold_gives_way_before_the_account() -> None:
    measured = measures(["dev.Admin", "prod.Admin"], "ADMIN", "Production")
    sizes = columns.layout(measured, {}, lambda: {LEFT: 7, CREDENTIALS: 5}, 62).sizes
    assert ROLE not in sizes
    assert {ACCOUNT, ACCOUNT_NAME} <= sizes.keys()


async def test_a_long_name_goes_on_over_the_account_in_its_own_row_only() -> None:
    app, _, _ = host(
        [
            Row(name, name, "111111111111", "", "", "acme", "acme")
            for name in ["short", "middling-name", "a-name-that-is-longer-than-its-column-is-wide-here"]
        ]
    )
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert "111111111111" in lines[1]
        assert lines[1].index("111111111111") == lines[2].index("111111111111") == lines[0].index("ACCOUNT")
        assert "a-name-that-is-longer-than-its-column-is-wide-here" in lines[3]
        assert "111111111111" not in lines[3]
        assert lines[3].index("○") == lines[1].index("○")


async def test_credentials_take_no_more_room_than_they_have_to_say() -> None:
    app, listing, states = host(ROWS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "CREDS" in screen_lines(pilot)[0]
        states.profiles[ROWS[3].name] = (VALID, NOW + 1e9)
        listing.tick()
        await pilot.pause()
        assert "CREDENTIALS" in screen_lines(pilot)[0]
        listing.action_last()
        await pilot.pause()
        assert "CREDS" in screen_lines(pilot)[0]


async def test_a_filter_takes_no_more_room_for_clocks_than_what_it_shows_has_to_say() -> None:
    app, listing, states = host(ROWS)
    states.profiles[ROWS[3].name] = (VALID, NOW + 1e9)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "CREDENTIALS" in screen_lines(pilot)[0]
        listing.filter(ROWS[60].name)
        await pilot.pause()
        assert "CREDS" in screen_lines(pilot)[0]


async def test_an_accounts_name_has_room_where_one_is_in_sight() -> None:
    named = [Row(each.name, each.label, each.account_id, "", each.role_name, "acme", "acme") for each in ROWS]
    for row in named[200:]:
        row.account_name = "a-name-of-twenty-cells"
    app, listing, _ = host(named)
    async with app.run_test(size=(112, 24)) as pilot:
        await pilot.pause()
        assert "ACCOUNT NAME" not in screen_lines(pilot)[0]
        assert " 200000000" in screen_lines(pilot)[1]
        listing.action_last()
        await pilot.pause()
        assert "ACCOUNT NAME" in screen_lines(pilot)[0]
        listing.action_page(-1)  # those rows are still about
        await pilot.pause()
        assert "ACCOUNT NAME" in screen_lines(pilot)[0]


async def test_one_role_that_no_name_holds_brings_back_no_other() -> None:
    odd = Row("zz-odd", "zz-odd", "299999999999", "", "SecurityAudit", "acme", "acme")
    app, listing, _ = host([*ROWS, odd])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "ROLE" not in screen_lines(pilot)[0]
        listing.action_last()
        await pilot.pause()
        lines = screen_lines(pilot)
        assert "ROLE" in lines[0]
        assert " SecurityAudit " in next(line for line in lines if " zz-odd " in line)
        others = [line for line in lines[1:] if " zz-odd " not in line]
        assert not any(f" {row.role_name} " in line for line in others for row in ROWS)


def vended(count: int, account_name: str = "") -> list[Row]:
    """Profiles with the names that AWS Control Tower gives."""
    return [
        Row(f"{role}-{number}", f"{role}-{number}", f"{number}", account_name, role, "acme", "acme", "eu-west-1")
        for number in range(100000000000, 100000000000 + count)
        for role in ("AWSAdministratorAccess", "AWSReadOnlyAccess")
    ]


@pytest.mark.parametrize("width", [80, 90])
async def test_an_accounts_name_stands_in_place_of_a_number_that_the_profiles_name_holds(width: int) -> None:
    other = Row("other", "other", "299999999999", "payments-other-eu", "Admin", "acme", "acme")
    app, _, _ = host([*vended(6, "payments-prod"), *vended(9)[-2:], other])
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert " ACCOUNT " in lines[0]
        for line in lines[1:13]:
            assert "payments-prod" in line
            assert line.count("10000000000") == 1
        assert all(line.count("100000000008") == 2 for line in lines[13:15])  # its account's name is not known
        assert " 299999999999 " in lines[15]
        assert "payments-other-eu" not in lines[15]
        assert len(set(lines[1:16])) == 15


async def test_where_there_is_room_for_both_an_accounts_number_stands_beside_its_name() -> None:
    app, _, _ = host(vended(6, "payments-prod"))
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        assert "ACCOUNT NAME" in lines[0]
        assert lines[1].count("100000000000") == 2


async def test_a_name_that_is_cut_within_its_number_keeps_the_number() -> None:
    names = [f"{'x' * 40}-{number}-{'y' * 60}" for number in (100000000000, 100000000001)]
    rows = [Row(name, name, name[41:53], "prod", "", "acme", "acme") for name in names]
    rows += [Row(f"short-{at}", f"short-{at}", "111111111111", "prod", "", "acme", "acme") for at in range(3)]
    app, _, _ = host(rows)
    async with app.run_test(size=(70, 24)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)[1:6]
        assert "…" in lines[0]
        assert len(set(lines)) == 5
        assert all("111111111111" in line for line in lines[2:])


async def test_a_name_that_is_a_little_too_long_moves_its_account_into_the_place_of_a_role_that_it_holds() -> None:
    names = [("dev-admin", "Admin"), ("analytics", "DataScientist"), ("production-readonly", "ReadOnly")]
    names += [("production-xx", "Observer"), ("production-observer", "Auditor")]
    app, _, states = host([Row(name, name, "111111111111", "", role, "acme", "acme") for name, role in names])
    states.sessions["acme"] = SIGNED_IN, NOW + 1e9
    states.profiles[names[0][0]] = EXPIRING, NOW + 500
    async with app.run_test(size=(78, 12)) as pilot:
        await pilot.pause()
        lines = screen_lines(pilot)
        at = lines[0].index("ACCOUNT")
        assert [line.find("111111111111") for line in lines[1:6]] == [at, at, at + 2, at, -1]
        assert "ReadOnly" not in lines[3]
        assert " Auditor " in lines[5]  # that is not in its name, which leaves the account no room


@pytest.mark.parametrize("width", [70, 80, 100, 140])
async def test_the_times_of_the_last_uses_stand_in_one_column(width: int) -> None:
    rows = [*vended(9), Row("n" * 60, "n" * 60, "299999999999", "", "Admin", "acme", "acme")]
    app, listing, _ = host(rows)
    used = [rows[0].name, rows[1].name, "n" * 60]
    listing.set_flags(active=None, used={name: clock.now() - 600 - 6000 * at for at, name in enumerate(used)})
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        lines = [line for line in screen_lines(pilot) if " ago " in line]
        assert len(lines) >= 2
        assert len({line.index(" ago ") for line in lines if "nnn" not in line}) == 1
        assert width < 100 or len({line.index(" ago ") for line in lines}) == 1
