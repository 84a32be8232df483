"""The board and the screens on it, driven by keys against the embedded Identity Center."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from tui import settings, state_file
from tui.aws.cache import shapes
from tui.aws.model import SIGNED_IN, SSO_SESSION, Profile, Session
from tui.aws.requests.skew import Skew
from tui.demo.server import DemoServer
from tui.keys import Key, keys_of

from .board import board, sample

LEGACY = "https://d-9667182f21.awsapps.com/start"


@pytest.fixture(autouse=True)
def sample_home(home: Path, demo: DemoServer) -> Path:
    """The sample organisation for every test here."""
    sample(home, demo)
    return home


async def test_the_board_shows_all_sessions_and_profiles_with_their_clocks() -> None:
    async with board() as it:
        assert "signed in to 1 of 3" in it.words()
        assert it.row("lab").split()[:3] == ["◐", "lab", "refreshable"]
        assert "signed-in" in it.row("acme")
        assert "5h 12m" in it.row("dev-admin")
        assert it.row("dev-admin").split()[-2:] == ["valid", "42m"]
        assert "expired" in it.row("prod-readonly")
        assert "expiring" in it.row("sandbox")
        assert 'sso_session "nowhere" does not exist' in it.row("legacy-typo")
        assert len(it.board.profiles.shown) == 13


async def test_the_active_profile_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "staging")
    async with board() as it:
        assert "*" in it.row("staging")
        assert "*" not in it.row("sandbox")


async def test_details_say_where_a_profile_comes_from() -> None:
    async with board(130, 40) as it:
        await it.highlight("dev-admin")
        await it.until("~/.aws/config:")
        assert "https://acme.awsapps.com/" in it.words()


@pytest.mark.parametrize("width", [120, 124, 127, 130, 200])
async def test_the_details_take_no_column_from_the_profiles(width: int) -> None:
    async with board(width, 30) as it:
        await it.until("access key")
        assert "  ACCOUNT  " in it.words()
        assert it.app.screen.query_one("Detail").region.right == width - 1


async def test_a32_an_address_that_is_not_awss_is_always_shown(demo: DemoServer) -> None:
    host = demo.url.removeprefix("http://")
    async with board(100, 30) as it:
        assert it.row("acme").split()[-3:] == ["!", host, "8"]


async def test_c16_a_wrong_clock_is_told(demo: DemoServer) -> None:
    demo.state.settings.clock_offset = 7200
    try:
        async with board(100, 30) as it:
            await it.highlight("dev-readonly")
            await it.press("r")
            await it.until("120 minutes behind")
    finally:
        Skew.seconds = None


async def test_the_filter_narrows_keeps_and_clears() -> None:
    async with board() as it:
        await it.press("slash")
        await it.type("sandb")
        await it.until("2 of 13")
        assert it.board.profiles.shown == ["sandbox", "sandbox-readonly"]
        await it.press("enter", "j")
        assert it.board.profiles.highlighted == "sandbox-readonly"
        await it.press("escape")
        await it.until(lambda: len(it.board.profiles.shown) == 13)
        assert it.board.profiles.highlighted == "sandbox-readonly"


async def test_sorting_goes_through_all_orders_and_is_remembered() -> None:
    async with board() as it:
        by_name = it.board.profiles.shown
        await it.press("s")
        await it.press("s")
        assert it.app.state.sort == "session"
        assert it.board.profiles.shown != by_name
        await it.until(lambda: state_file.load_state().sort == "session")
    async with board() as it:
        assert it.app.state.sort == "session"


async def test_a_change_by_another_program_shows_and_the_cursor_stays(sample_home: Path) -> None:
    async with board() as it:
        await it.highlight("sandbox")
        config = sample_home / ".aws/config"
        text = config.read_text()
        config.write_text(
            "[profile aaa-new]\nsso_session = lab\nsso_account_id = 333333333333\nsso_role_name = Admin\n" + text
        )
        await it.until("aaa-new")
        assert it.board.profiles.highlighted == "sandbox"
        os.unlink(shapes.token_path("acme"))
        await it.until("signed in to 0 of 3")


async def test_signing_in_with_a_code_turns_the_row_to_signed_in(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        assert code in it.words()
        assert f"{demo.url}/platform/" in it.words()
        assert "the page asks for it" in it.words()
        assert "code expires in" in it.words()
        demo.state.approve(code)
        await it.until("signed-in")
        await it.until("signed in to 2 of 3")
        assert it.board.clocks.session(LEGACY)[0] == SIGNED_IN


async def test_a_refreshable_session_is_renewed_without_a_dialog(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("sandbox")
        await it.press("l")
        await it.until("signed in to 2 of 3")
        assert demo.state.log.count("StartDeviceAuthorization") == 0


async def test_all_sessions_are_signed_in_side_by_side(demo: DemoServer) -> None:
    demo.state.revoke_all()
    demo.state.forget_clients()
    for key in ("acme", "lab"):
        os.unlink(shapes.token_path(key))
    async with board() as it:
        await it.until("signed in to 0 of 3")
        await it.press("L")
        await it.until(lambda: len(demo.state.pending_user_codes()) == 3)
        for code in list(demo.state.pending_user_codes()):
            await it.until(code)
            demo.state.approve(code)
        await it.until("signed in to 3 of 3")


async def test_denied_and_expired_codes_say_so_and_n_asks_anew(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        demo.state.deny(demo.state.pending_user_codes()[0])
        await it.until("denied")
        await it.press("n")
        await it.until("waiting for approval")
        demo.state.expire(demo.state.pending_user_codes()[0])
        await it.until("The code has expired")
        assert not os.path.exists(shapes.token_path(LEGACY))


async def test_c17_leaving_a_sign_in_ends_it(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        await it.press("escape")
        demo.state.approve(code)
        polls = demo.state.log.count("CreateToken")
        await it.pilot.pause(1.5)
        assert demo.state.log.count("CreateToken") <= polls + 1
        assert not os.path.exists(shapes.token_path(LEGACY))


async def test_a_signed_in_session_is_only_signed_in_anew_after_a_question(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("l")
        await it.until("acme is signed in until")
        await it.press("escape")
        assert demo.state.log.count("StartDeviceAuthorization") == 0


async def test_the_identity_is_taken_apart() -> None:
    async with board() as it:
        await it.highlight("dev-readonly")
        await it.press("i")
        await it.until("answered in")
        words = it.words()
        assert "111111111111" in words
        assert "permission set  ReadOnly" in words
        assert "demo@example.com" in words
        assert '"UserId": "AROA' in words
        await it.press("escape")
        await it.until(lambda: it.row("dev-readonly").split()[-2] == "valid")


async def test_a_refused_role_says_so_and_nothing_else_suffers() -> None:
    async with board() as it:
        await it.highlight("prod-admin")
        await it.press("i")
        await it.until("No access to role Admin in account 222222222222")
        await it.press("escape")
        assert "signed-in" in it.row("acme")


async def test_the_export_masks_secrets_until_v(sample_home: Path) -> None:
    session = Session("acme", SSO_SESSION, "", "")
    path = shapes.role_path(Profile("dev-admin", "acme", "111111111111", "Admin"), session)
    credentials = json.loads(Path(path).read_text())["Credentials"]
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("credentials valid for")
        secret = credentials["SecretAccessKey"]
        assert "AWS_SECRET_ACCESS_KEY='••••••••'" in it.words()
        assert secret[:12] not in it.words()
        await it.press("v")
        await it.until(secret[:12])
        await it.press("v")
        assert secret[:12] not in it.words()


async def test_copying_without_a_desktop_says_that_it_cannot_be_confirmed() -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("y")
        await it.until("sent to the terminal, cannot be confirmed")
        assert "AWS_SECRET_ACCESS_KEY" in it.app.clipboard


async def test_signing_out_lists_first_then_removes_everything(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("x")
        await it.until("Removes 1 token, 3 role credentials, 1 client registration")
        await it.press("tab")
        await it.until("Removes 2 tokens, 4 role credentials, 2 client registrations")
        assert os.path.exists(shapes.token_path("acme"))
        await it.press("enter")
        await it.until("Signed out")
        await it.until("signed out at AWS")
        assert os.listdir(shapes.token_dir()) == []
        assert os.listdir(shapes.role_dir()) == []
        await it.press("escape")
        await it.until("signed in to 0 of 3")


async def test_with_the_server_down_the_local_files_go_all_the_same(demo: DemoServer) -> None:
    async with board() as it:
        demo.close()
        await it.press("tab", "x", "enter")
        await it.until("not everything went well")
        assert not os.path.exists(shapes.token_path("acme"))
        assert os.path.exists(shapes.token_path("lab"))


async def test_enter_gives_the_line_and_tells_how_to_do_without() -> None:
    async with board() as it:
        await it.highlight("staging")
        await it.press("enter")
        await it.until("export AWS_PROFILE='staging'")
        assert "ssotui init" in it.words()


async def test_enter_with_emit_ends_with_the_choice() -> None:
    async with board(emit="bash") as it:
        await it.highlight("staging")
        await it.press("enter")
        await it.until(lambda: it.app._exit)
        assert it.app.return_value == "staging"


async def test_a_broken_profile_cannot_be_used_and_says_why() -> None:
    async with board(emit="bash") as it:
        await it.highlight("legacy-typo")
        await it.press("enter")
        await it.until("legacy-typo: sso_session")
        assert it.app.return_value is None


async def test_fresh_role_credentials_for_all_shown(demo: DemoServer) -> None:
    async with board() as it:
        await it.press("R")
        await it.until(lambda: demo.state.log.count("GetRoleCredentials") >= 10)
        await it.until("10 of 11 refreshed")
        assert it.row("billing").split()[-2] == "valid"


@pytest.mark.parametrize("key", [key for key in keys_of("board") if key.palette], ids=lambda key: key.id)
async def test_the_palette_reaches_every_action(key: Key) -> None:
    async with board() as it:
        await it.press("ctrl+p")
        await it.type(key.help[:12])
        await it.until(key.help[:40])


async def test_the_palette_reaches_every_profile() -> None:
    async with board(100, 30) as it:
        await it.press("ctrl+p")
        await it.type("use playground")
        await it.until("Use playground")


async def test_every_theme_is_there_and_the_chosen_one_is_remembered() -> None:
    async with board() as it:
        assert set(BUILTIN_THEMES) <= set(it.app.available_themes)
        it.app.theme = "nord"
        await it.until(lambda: settings.load().theme == "nord")
    async with board() as it:
        assert it.app.theme == "nord"


async def test_help_shows_every_key() -> None:
    async with board(100, 70) as it:
        await it.press("question_mark")
        words = it.words()
        for key in keys_of("board"):
            assert key.help in words


async def test_marked_rows_are_refreshed_together_and_pins_go_on_top(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("staging")
        await it.press("asterisk")
        assert it.board.profiles.shown[0] == "staging"
        await it.press("space")
        await it.highlight("billing")
        await it.press("space", "r")
        await it.until("Fresh role credentials for 2 profiles")


async def test_e02_too_small_is_said_and_growing_brings_it_back() -> None:
    async with board(39, 9) as it:
        assert "Too small" in it.words()
        await it.pilot.resize_terminal(80, 24)
        await it.until("dev-admin")


async def test_d07_quitting_does_not_wait_for_a_hanging_service(demo: DemoServer) -> None:
    demo.state.faults.add("GetRoleCredentials", hang=True)
    async with board() as it:
        await it.highlight("billing")
        await it.press("r")
        await it.until("getting…")
        await it.press("q")
        await it.until(lambda: it.app._exit)
