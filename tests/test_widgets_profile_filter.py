"""Filtering the profile list."""

from __future__ import annotations

from tui.aws.model import EXPIRED, REFRESHABLE, SIGNED_IN, VALID
from tui.widgets.profile_list import ProfileList, Row, row_of

from .widget_host import NOW, FixedStates, Host, profile, screen_lines, session

ACME, LAB = session("acme"), session("lab")
NAMES = ["dev-admin", "dev-readonly", "prod-readonly", "nonprod-dev", "sandbox", "attic"]


def rows(*names: str) -> list[Row]:
    return [row_of(profile(name), ACME) for name in names]


def host() -> tuple[Host, ProfileList]:
    listing = ProfileList(FixedStates())
    listing.set_rows(rows(*NAMES))
    return Host(lambda: [listing]), listing


async def test_the_best_match_comes_first_and_has_the_cursor() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        assert listing.filter("dev") == 3
        await pilot.pause()
        assert listing.shown == ["dev-admin", "dev-readonly", "nonprod-dev"]
        assert listing.highlighted == "dev-admin"
        lines = screen_lines(pilot)
        assert lines[1].startswith("▸  dev-admin")
        assert lines[4].strip() == ""


async def test_matched_letters_are_highlighted() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.filter("dev")
        await pilot.pause()
        for y, name in enumerate(listing.shown, start=1):
            matched = [segment.text for segment in listing.render_line(y) if segment.style and segment.style.underline]
            assert matched == ["dev"], name
        listing.filter("acme")
        await pilot.pause()
        assert not any(segment.style and segment.style.underline for segment in listing.render_line(1))


async def test_a_cut_name_highlights_what_is_left_of_it() -> None:
    listing = ProfileList(FixedStates())
    listing.set_rows(rows("a" * 70 + "needle" + "b" * 40, "漢" * 40 + "needle"))
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)) as pilot:

        def found() -> list[str]:
            lines = [listing.render_line(y) for y in (1, 2)]
            return ["".join(part.text for part in line if part.style and part.style.underline) for line in lines]

        assert listing.filter("needle") == 2
        await pilot.pause()
        assert all("…" in line for line in screen_lines(pilot)[1:3])
        assert sorted(found()) == ["", "needle"]
        assert listing.filter("aneedleb") == 1
        await pilot.pause()
        assert found() == ["", ""]  # they are in the middle, which is not shown


async def test_clearing_brings_back_the_order_and_the_cursor() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j", "j", "j")
        assert listing.highlighted == "sandbox"
        for query in ("d", "de", "dev", "de", ""):
            listing.filter(query)
        assert listing.shown == NAMES
        assert listing.highlighted == "sandbox"


async def test_clearing_keeps_the_row_that_was_moved_to() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.filter("dev")
        await pilot.press("j", "j")
        assert listing.highlighted == "nonprod-dev"
        listing.filter("")
        await pilot.pause()
        assert listing.highlighted == "nonprod-dev"
        assert any(line.startswith("▸  nonprod-dev") for line in screen_lines(pilot))


async def test_new_rows_are_filtered_too_and_the_cursor_stays() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.filter("dev")
        await pilot.press("j")
        assert listing.highlighted == "dev-readonly"
        listing.set_rows(rows("a-dev", *NAMES, "zdev"))
        await pilot.pause()
        assert listing.shown == ["dev-admin", "dev-readonly", "a-dev", "nonprod-dev", "zdev"]
        assert listing.highlighted == "dev-readonly"
        assert (listing.row_count(), listing.total) == (5, 8)


async def test_nothing_found_says_how_to_go_on() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_empty("No profiles yet.")
        assert listing.filter("zzz") == 0
        await pilot.press("enter", "j", "space")
        await pilot.pause()
        text = "\n".join(screen_lines(pilot))
        assert "Nothing matches." in text
        assert "esc" in text
        assert "No profiles yet." not in text
        assert listing.highlighted is None
        listing.filter("")
        await pilot.pause()
        assert listing.highlighted == "dev-admin"


async def test_pinned_rows_win_among_equal_matches_only() -> None:
    app, listing = host()
    async with app.run_test(size=(80, 24)):
        listing.set_flags(active=None, pinned={"dev-readonly", "nonprod-dev"})
        listing.filter("dev")
        assert listing.shown == ["dev-readonly", "dev-admin", "nonprod-dev"]
        listing.set_flags(active=None, pinned={"dev-admin"})
        assert listing.shown == ["dev-admin", "dev-readonly", "nonprod-dev"]


async def test_every_field_of_a_row_is_searched() -> None:
    other = profile("other", "lab", "999999999999", "Auditor")
    other.account_name, other.region = "Payments", "sa-east-1"
    listing = ProfileList(FixedStates())
    listing.set_rows([*rows(*NAMES), row_of(other, LAB)])
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)):
        for query in ("lab", "99999", "auditor", "payments", "sa-east", "LAB audit"):
            listing.filter(query)
            assert listing.shown == ["other"], query


async def test_ten_thousand_rows_are_narrowed_and_widened() -> None:
    listing = ProfileList(FixedStates())
    listing.set_rows(rows(*(f"team-{number % 7}-prod-{number:05d}" for number in range(10_000))))
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)) as pilot:
        counts = [listing.filter("prod-09999"[:length]) for length in range(1, 11)]
        assert counts[-1] == 1
        assert counts == sorted(counts, reverse=True)
        await pilot.pause()
        assert "prod-09999" in screen_lines(pilot)[1]
        assert listing.filter("") == 10_000


async def test_what_was_used_comes_first_among_equal_matches_then_the_shorter_name() -> None:
    names = ["payments-prod-eu.Administrator", "payments-prod.Administrator", "payments-dr-prod.Administrator"]
    listing = ProfileList(FixedStates())
    listing.set_rows(rows(*names))
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)):
        listing.filter("payments-prod admin")
        assert listing.highlighted == "payments-prod.Administrator"
        listing.set_flags(active=None, used={names[0]: NOW})
        assert listing.shown[0] == names[0]


async def test_states_are_found_and_followed() -> None:
    states = FixedStates()
    states.sessions["acme"] = (SIGNED_IN, NOW + 7200)
    states.profiles["dev-admin"] = (EXPIRED, NOW - 1)
    states.profiles["e-x-p-i-r-e-d"] = (VALID, NOW + 3600)
    listing = ProfileList(states)
    listing.set_rows([*rows("dev-admin", "dev-readonly"), row_of(profile("other", "lab"), LAB)])
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)):
        listing.set_rows([*rows("dev-admin", "e-x-p-i-r-e-d"), row_of(profile("other", "lab"), LAB)])
        listing.filter("expired")
        assert listing.shown == ["dev-admin"]  # not those whose names have its letters
        listing.set_rows([*rows("dev-admin", "dev-readonly"), row_of(profile("other", "lab"), LAB)])
        for query, shown in (
            ("signed-in", ["dev-admin", "dev-readonly"]),
            ("sign", ["other", "dev-admin", "dev-readonly"]),
            ("!signed-in", ["other"]),
            ("expired", ["dev-admin"]),
            ("none !signed-out", ["dev-readonly"]),
            ("exp", []),  # a beginning of too much else
        ):
            listing.filter(query)
            assert listing.shown == shown, query
        states.sessions["lab"] = (REFRESHABLE, NOW - 9 * 3600)
        for query in ("ended", "refreshable"):  # as it is said, and as it is called
            listing.filter(query)
            assert listing.shown == ["other"], query
        listing.filter("expired")
        assert listing.visible_keys() == ["dev-admin", "dev-readonly", "other"]  # the states of all must be known
        states.profiles["dev-readonly"] = (EXPIRED, NOW - 1)
        listing.tick()
        assert listing.shown == ["dev-admin", "dev-readonly"]
        assert listing.highlighted == "dev-admin"


async def test_the_profiles_of_one_session_can_be_shown_alone() -> None:
    listing = ProfileList(FixedStates())
    listing.set_rows([*rows("dev-admin", "dev-readonly"), row_of(profile("dev-lab", "lab"), LAB)])
    app = Host(lambda: [listing])
    async with app.run_test(size=(80, 24)):
        assert listing.show_only("acme") == 2
        listing.filter("lab")
        assert listing.shown == []
        assert listing.show_only("lab") == 1
        assert listing.shown == ["dev-lab"]
        assert listing.show_only(None) == 1
        listing.filter("")
        assert len(listing.shown) == 3
