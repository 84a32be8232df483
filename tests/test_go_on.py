"""Keys that need a sign-in: they sign in, silently or on the screen, and then do what was asked; or say that they have
not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer
from tui.screens.board.board import Board
from tui.screens.board.details import profile_fields
from tui.screens.export import Export
from tui.screens.identity import IdentityScreen
from tui.screens.sign_in.screen import SignInScreen
from tui.screens.use import UseLine
from tui.words.states import BAD

from .aws_home import CONFIG, configure, named, put_role, put_token, renewing, token_file
from .board import Driver, approve, board
from .sign_ins import fast_polls

HOUR = 3600


@pytest.fixture(autouse=True)
def configured(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure()
    renewing(home, "on_open = false")
    monkeypatch.setenv("BROWSER", "")
    fast_polls(demo, monkeypatch)


def said(it: Driver) -> list[str]:
    """All that was said, the newest first."""
    return [saying.text for saying in it.app.said.all()]


async def exported(it: Driver) -> None:
    await it.until("AWS_SESSION_TOKEN")
    assert isinstance(it.app.screen, Export)


async def identified(it: Driver) -> None:
    await it.until('"Arn":')
    assert isinstance(it.app.screen, IdentityScreen)


async def used(it: Driver) -> None:
    await it.until("export AWS_PROFILE=")
    assert isinstance(it.app.screen, UseLine)


async def copied(it: Driver) -> None:
    await it.until(lambda: "AWS_SESSION_TOKEN" in it.app.clipboard)


async def refreshed(it: Driver) -> None:
    await it.until("Fresh role credentials for d")


async def console(it: Driver) -> None:
    await it.until("Console of")


ACTIONS = {"enter": used, "e": exported, "i": identified, "y": copied, "r": refreshed, "o": console}


@pytest.mark.parametrize("key", ACTIONS)
async def test_a_signed_out_session_is_signed_in_and_then_it_is_done(demo: DemoServer, key: str) -> None:
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await approve(it, demo)
        await ACTIONS[key](it)
    assert demo.state.log.count("StartDeviceAuthorization") == 1


@pytest.mark.parametrize("key", ["enter", "e", "i", "y"])
async def test_role_credentials_that_are_valid_need_no_sign_in(demo: DemoServer, key: str) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    put_token(demo, "acme", ACME, expires_in=-HOUR // 2)
    demo.state.faults.add("CreateToken", status=400, code="OddException", count=None)  # nor one that can be renewed
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await ACTIONS[key](it)
    assert demo.state.log.count("CreateToken") == 0


@pytest.mark.parametrize("key", ["r", "o"])
async def test_what_takes_the_session_itself_needs_one_all_the_same(demo: DemoServer, key: str) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await approve(it, demo)
        await ACTIONS[key](it)


@pytest.mark.parametrize("key", ACTIONS)
async def test_what_can_be_renewed_is_renewed_without_a_screen(demo: DemoServer, key: str) -> None:
    put_token(demo, "acme", ACME, expires_in=-HOUR // 2)
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await ACTIONS[key](it)
    assert demo.state.log.count("CreateToken") == 1
    assert demo.state.log.count("StartDeviceAuthorization") == 0


@pytest.mark.parametrize("key", ACTIONS)
async def test_what_can_no_longer_be_renewed_is_signed_in(demo: DemoServer, key: str) -> None:
    put_token(demo, "acme", ACME, expires_in=-HOUR // 2)
    demo.state.revoke_all()
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await approve(it, demo)
        await ACTIONS[key](it)


@pytest.mark.parametrize("key", ["e", "i", "y", "r"])
async def test_what_looks_signed_in_but_was_ended_at_aws_is_signed_in(demo: DemoServer, key: str) -> None:
    put_token(demo, "acme", ACME, expires_in=4 * HOUR)
    demo.state.revoke_all()
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await approve(it, demo)
        await ACTIONS[key](it)


@pytest.mark.parametrize(
    ("key", "undone"),
    [
        ("enter", "dev is not used"),
        ("e", "dev: it is not exported"),
        ("i", "dev: its identity is not known"),
        ("y", "dev: nothing is copied"),
        ("r", "dev: it is not refreshed"),
        ("o", "dev: its console is not opened"),
    ],
)
async def test_esc_in_the_sign_in_does_not_do_it_and_says_so(demo: DemoServer, key: str, undone: str) -> None:
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.press("escape")
        await it.until(f"Not signed in to acme: {undone}")
        assert isinstance(it.app.screen, Board)
        assert said(it) == [f"Not signed in to acme: {undone}"]
        assert it.app.clipboard == ""
    assert demo.state.log.count("GetRoleCredentials") == 0


async def test_a_sign_in_has_no_older_message_in_front(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("dev")
        await it.press("y")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.press("escape")
        await it.until("Not signed in to acme: dev: ")
        await it.press("l")
        await it.until("waiting for approval")
        assert "Not signed in" not in it.words()


@pytest.mark.parametrize("key", ["e", "i", "y", "r"])
async def test_esc_after_aws_has_refused_the_token_does_not_do_it(demo: DemoServer, key: str) -> None:
    put_token(demo, "acme", ACME, expires_in=4 * HOUR)
    demo.state.revoke_all()
    async with board() as it:
        await it.highlight("dev")
        await it.press(key)
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.press("escape")
        await it.until("Not signed in to acme: dev: ")
        assert isinstance(it.app.screen, Board)


async def test_a_network_that_fails_is_told_and_nothing_is_done(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=-HOUR // 2)
    demo.state.faults.add("CreateToken", status=400, code="OddException", count=None)
    async with board() as it:
        await it.highlight("dev")
        await it.press("enter")
        await it.until(lambda: "dev is not used" in "".join(said(it)))
        assert isinstance(it.app.screen, Board)
        assert "OddException" in said(it)[0]


async def test_the_shell_gets_a_profile_that_works(demo: DemoServer) -> None:
    async with board(emit="bash") as it:
        await it.highlight("dev")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, SignInScreen))
        await it.press("escape")
        await it.until("dev is not used")
        assert it.app.return_value is None
        await it.press("enter")
        await it.until(lambda: len(demo.state.pending_user_codes()) == 2)
        await approve(it, demo)
        await it.until(lambda: it.app.return_value == "dev")
    assert token_file("acme").exists()


async def test_a_chained_profile_is_signed_in_by_its_session(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("deploy")
        await it.press("i")
        await approve(it, demo)
        await identified(it)
        assert "deploy" in it.words()


async def test_profiles_of_aws_login_keep_their_words(demo: DemoServer) -> None:
    configure(CONFIG + "\n[profile person]\nlogin_session = arn:aws:iam::111111111111:user/person\n")
    async with board() as it:
        await it.highlight("person")
        await it.press("y")
        await it.until("aws login --profile person")
        assert isinstance(it.app.screen, Board)
        await it.press("enter")
        await used(it)


async def test_marked_profiles_are_refreshed_after_all_their_sessions_are_signed_in(demo: DemoServer) -> None:
    put_token(demo, "lab", LAB, expires_in=-HOUR // 2)
    async with board() as it:
        for name in ("dev", "sandbox", "audit"):
            await it.highlight(name)
            await it.press("space")
        await it.press("r")
        await approve(it, demo)
        await it.until("Fresh role credentials for 3 profiles")


@pytest.mark.parametrize(
    ("key", "done"), [("r", "Fresh role credentials for 2 profiles"), ("i", "2 of 3 are who they should be")]
)
async def test_what_was_asked_for_others_is_done_where_one_sign_in_is_cancelled(
    demo: DemoServer, key: str, done: str
) -> None:
    token_file("lab").unlink(missing_ok=True)
    async with board(100, 30) as it:
        for name in ("dev", "sandbox", "audit"):
            await it.highlight(name)
            await it.press("space")
        await it.press(key)
        await it.until(lambda: isinstance(it.app.screen, SignInScreen) and len(demo.state.pending_user_codes()) == 2)
        screen = it.app.screen
        assert isinstance(screen, SignInScreen)
        acme = next(attempt for attempt in screen.attempts if attempt.session.key == "acme")
        await it.until(lambda: bool(acme.user_code))
        demo.state.approve(acme.user_code)
        await it.until(lambda: acme.state == "done")
        await it.press("escape")
        await it.until(lambda: "Not signed in to lab: what needs it is left out" in said(it))
        await it.until(lambda: done in it.words() or done in "".join(said(it)))
    assert demo.state.log.count("GetRoleCredentials") == 2


async def test_what_cannot_be_renewed_does_not_keep_others_back(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME, expires_in=4 * HOUR)
    put_token(demo, "lab", LAB, expires_in=-HOUR // 2)
    demo.state.faults.add("CreateToken", status=400, code="OddException", count=None)
    async with board() as it:
        for name in ("dev", "sandbox", "audit"):
            await it.highlight(name)
            await it.press("space")
        await it.press("r")
        await it.until(lambda: any(each.startswith("2 of 3 refreshed. sandbox: ") for each in said(it)))
        assert any("OddException" in each and "nothing is refreshed" not in each for each in said(it))


async def test_a_session_that_is_alive_is_not_asked_about(demo: DemoServer) -> None:
    put_token(demo, LEGACY, LEGACY, expires_in=300, refreshToken=None)
    async with board() as it:
        await it.highlight("attic")
        await it.press("i")
        await identified(it)
    assert demo.state.log.count("StartDeviceAuthorization") == 0


def test_no_word_sends_anybody_back() -> None:
    sources = (Path(__file__).parents[1] / "tui").rglob("*.py")
    assert [path for path in sources if "go back, and press l" in path.read_text()] == []


# -- those that are refused -------------------------------------------------------------------------------------


Change = Callable[[DemoServer], object]


def another_role(_demo: DemoServer) -> None:
    configure(CONFIG.replace("= 222222222222\nsso_role_name = Admin", "= 222222222222\nsso_role_name = ReadOnly"))


CHANGES: dict[str, Change] = {
    "the configuration": another_role,
    "a new token": lambda demo: put_token(demo, "acme", ACME, expires_in=5 * HOUR),
    "credentials that another program has got": lambda demo: put_role(demo, "222222222222", "Admin", "acme"),
}


@pytest.mark.parametrize("how", CHANGES)
async def test_a_refused_role_is_denied_until_something_changes(demo: DemoServer, how: str) -> None:
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.highlight("forbidden")
        await it.press("r")
        await it.until(lambda: "denied" in it.row("forbidden"))
        fields = profile_fields(it.board.snapshot, named(it.board.store, "forbidden"), renews=True)
        assert ("state", "denied", BAD) in fields
        (reason,) = (value for label, value, _ in fields if label == "refused")
        assert reason.startswith("No access to role Admin in account 222222222222 (at ")
        await it.press("R")
        await it.until(lambda: not it.board.clocks.busy and "denied" in it.row("nowhere"))
        assert "denied" in it.row("forbidden")
        assert "valid" in it.row("dev")
        CHANGES[how](demo)
        await it.until(lambda: "denied" not in it.row("forbidden"))


async def test_a_later_success_is_no_longer_denied(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    refusal = demo.state.faults.add("GetRoleCredentials", status=403, code="ForbiddenException", count=None)
    async with board() as it:
        await it.highlight("dev")
        await it.press("r")
        await it.until(lambda: "denied" in it.row("dev"))
        demo.state.faults.remove(refusal)
        await it.press("r")
        await it.until(lambda: "valid" in it.row("dev"))


def test_a_refusal_is_forgotten_after_an_hour(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have been given the role meanwhile, which no file says."""
    put_token(demo, "acme", ACME)
    store = Store()
    profile = named(store, "forbidden")
    store.look([profile])
    store.denied(profile, "No access")
    at = store.look([profile]).refusal(profile)
    assert at is not None
    assert at[0] == "No access"
    monkeypatch.setattr(clock, "now", lambda: at[1] + 3599)
    assert store.look([profile]).refusal(profile) == at
    monkeypatch.setattr(clock, "now", lambda: at[1] + 3600)
    assert store.look([profile]).refusal(profile) is None


async def test_denied_rows_are_found_by_their_word(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.highlight("forbidden")
        await it.press("r")
        await it.until(lambda: "denied" in it.row("forbidden"))
        await it.press("slash", *"denied")
        await it.until(lambda: it.board.profiles.shown == ["forbidden"])
        await it.press("escape", "question_mark")
        await it.until("AWS has just refused this role")
