"""A newcomer: from nothing and a start URL to a session that is signed in, and nothing at all where one has left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.aws.cache import config_edit
from tui.aws.config.writing.sections import PROFILE, Section, add
from tui.aws.errors import SsoError
from tui.aws.requests.start_url import NOT_OF_AWS, NOT_REACHED
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.screens.sessions import session_form
from tui.screens.sessions.session_form import EntryLine, SessionForm
from tui.screens.sign_in.screen import SignInScreen

from .aws_home import CONFIG, configure, content, put_token, sso_cache, token_file
from .board import Driver, board
from .sign_ins import fast_polls, waiting_codes

SECTION = f"""\
[sso-session acme]
sso_start_url = {ACME}
sso_region = us-east-1
sso_registration_scopes = sso:account:access
ssotui_session = """


@pytest.fixture
def quick(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """An Identity Center whose codes are polled in fractions of a second."""
    fast_polls(demo, monkeypatch)
    return demo


def everything() -> dict[str, tuple[int, bytes]]:
    """All that is in the HOME, with modes."""
    home = Path(os.environ["HOME"])
    return {
        str(path.relative_to(home)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(home.rglob("*"))
    }


def form(it: Driver) -> SessionForm:
    screen = it.app.screen
    assert isinstance(screen, SessionForm), it.words()
    return screen


def value(it: Driver, entry: str) -> str:
    return form(it).query_one(f"#{entry}", EntryLine).value


async def ask_for_a_code(it: Driver, url: str = "acme.awsapps.com") -> None:
    """From the empty board to the code."""
    await it.press("enter")
    await it.type(url)
    await it.press("enter")
    await it.until("Europe (Ireland)")
    await it.press("enter")
    await it.until(lambda: isinstance(it.app.screen, SignInScreen))
    await it.until("waiting for approval")


async def test_from_nothing_to_a_session_that_is_signed_in(quick: DemoServer) -> None:
    async with board() as it:
        assert "enter   sign in with a start URL" in it.words()
        await ask_for_a_code(it)
        assert everything() == {}
        quick.state.approve(*waiting_codes(quick))
        await it.until("7 accounts, 11 roles, 11 new")
        assert "Signed in to acme. It is in ~/.aws/config" in [each.text for each in it.app.said.all()]
        await it.press("escape")
        assert "signed-in" in it.row("acme")
        assert "enter   the accounts and roles that you can use" in it.words()
        await it.press("enter")
        await it.until("Security Tooling")
        config = Path(os.environ["HOME"]) / ".aws/config"
        assert config.read_text().startswith(SECTION)
        assert config.stat().st_mode & 0o777 == 0o600
        assert config.parent.stat().st_mode & 0o777 == 0o700
        assert content(token_file("acme"))["startUrl"] == ACME
        assert len(list(sso_cache().iterdir())) == 2  # the token, and the client's registration
        assert quick.state.log.count("RegisterClient") == 1


async def test_a_portal_without_accounts_says_so(quick: DemoServer) -> None:
    quick.state.faults.add("ListAccounts", count=None, replace={"accountList": []})
    async with board() as it:
        await ask_for_a_code(it)
        quick.state.approve(*waiting_codes(quick))
        await it.until("The portal of acme offers no accounts")
        assert token_file("acme").exists()


async def test_whoever_leaves_before_the_end_leaves_no_trace(quick: DemoServer) -> None:
    async with board() as it:
        for keys in ([], [*"acme.awsapps.com"], [*"acme.awsapps.com", "enter", "down", "down"]):
            await it.press("n")
            await it.until("Start URL")
            await it.press(*keys)
            await it.press("escape")
            await it.until("No SSO profiles yet")
            assert everything() == {}
        await ask_for_a_code(it, f"{ACME}/#/?tab=accounts")
        await it.press("escape")
        await it.until("You are not signed in, so nothing was written")
        assert (value(it, "start-url"), value(it, "region")) == (f"{ACME}/#/?tab=accounts", "us-east-1")
        await it.press("enter")
        await it.until("waiting for approval")
        quick.state.deny(waiting_codes(quick, 2)[-1])
        await it.until("denied in the browser")
        await it.press("n")
        await it.until("waiting for approval")
        quick.state.expire(waiting_codes(quick, 2)[-1])
        await it.until("expired")
        await it.press("escape", "escape")
        await it.until("No SSO profiles yet")
        assert everything() == {}


async def test_an_approval_that_comes_too_late_leaves_no_trace(quick: DemoServer) -> None:
    async with board() as it:
        await ask_for_a_code(it)
        fault = quick.state.faults.add("CreateToken", hold=True)
        quick.state.approve(*waiting_codes(quick))
        await it.until(fault.holding.is_set)
        await it.press("escape")
        await it.until("You are not signed in, so nothing was written")
        fault.release()
        await it.until(lambda: quick.state.log.count("Logout") == 1)
        assert everything() == {}
        assert not any(issued.sign_in.alive for issued in quick.state.access_tokens.values())


async def test_a_wrong_region_is_told_and_all_stays_as_it_was_typed(quick: DemoServer) -> None:
    quick.state.faults.add("StartDeviceAuthorization", code="InvalidRequestException", status=400)
    async with board() as it:
        await it.press("n")
        await it.type("acme.awsapps.com")
        await it.press("enter")
        await it.type("ire")
        await it.press("tab")
        assert value(it, "region") == "eu-west-1"
        await it.press("ctrl+a", *"work", "enter")
        await it.until("AWS knows no portal of this start URL in eu-west-1")
        assert form(it).focused is form(it).query_one("#region")
        assert (value(it, "start-url"), value(it, "name")) == ("acme.awsapps.com", "workacme")
        assert everything() == {}
        await it.press("enter")
        await it.until("waiting for approval")


async def test_a_config_file_that_cannot_be_written_is_told_before_anybody_signs_in(quick: DemoServer) -> None:
    configure("[profile other]\nregion = eu-west-1\n")
    path = Path(os.environ["HOME"]) / ".aws/config"
    path.chmod(0o444)
    async with board() as it:
        assert "1 profile without SSO" in it.words()
        await it.press("enter")
        await it.until("was not changed: it is read-only")
        await it.type("acme.awsapps.com")
        await it.press("enter", "enter")
        await it.until("was not changed: it is read-only")
        assert quick.state.log.count("StartDeviceAuthorization") == 0
        assert "  [sso-session acme]" in it.words()
        path.chmod(0o600)
        await it.press("enter")
        await it.until("waiting for approval")


async def test_a_config_file_that_the_aws_cli_refuses_is_told_at_once(quick: DemoServer) -> None:
    configure("[default]\nregion = x\n[default]\n")
    async with board() as it:
        await it.press("n")
        await it.until("the AWS CLI refuses the whole file until")


async def test_what_others_write_meanwhile_stays(quick: DemoServer) -> None:
    configure("# mine\n[profile other]\nregion = eu-west-1")
    path = Path(os.environ["HOME"]) / ".aws/config"
    async with board() as it:
        await ask_for_a_code(it)
        path.write_text("# mine\n[profile another]\nregion = eu-west-1")
        quick.state.approve(*waiting_codes(quick))
        await it.until("Signed in to acme")
        assert path.read_text().startswith(f"# mine\n[profile another]\nregion = eu-west-1\n\n{SECTION}")
        assert "what it was is in" in it.app.said.all()[0].text


async def test_a_token_that_cannot_be_kept_is_given_back(quick: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with board() as it:
        await ask_for_a_code(it)

        def refuse(before: config_edit.ConfigFile, _text: str) -> str:
            raise config_edit.not_written(before.path, "no space left on device")

        monkeypatch.setattr(config_edit, "write", refuse)
        quick.state.approve(*waiting_codes(quick))
        await it.until("no space left on device")
        assert everything() == {}
        await it.until(lambda: quick.state.log.count("Logout") == 1)


async def test_the_portal_is_asked_for_its_region(quick: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find(start_url: str, _cancelled: object) -> str:
        asked.append(start_url)
        return "eu-central-1"

    monkeypatch.setattr(session_form, "find_region", find)
    monkeypatch.setattr(session_form, "sign_in_override", lambda *_: "")
    async with board() as it:
        await it.press("n")
        await it.type("acme.awsapps.com")
        await it.press("enter")
        await it.until("It is in eu-central-1. Enter signs in")
        assert "sso_region = eu-central-1" in it.words()
        await it.press("enter")
        await it.until("waiting for approval")
        assert asked == [ACME]


async def test_an_address_that_is_no_portal_is_told_and_what_was_typed_stays(
    quick: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {
        "sso.page.example": SsoError("", code=NOT_OF_AWS),
        "sso.gone.example": SsoError("", code=NOT_REACHED),
    }

    def find(start_url: str, _cancelled: object) -> str:
        error = answers.get(start_url.removeprefix("https://"))
        if error is not None:
            raise error
        return "eu-west-3"

    monkeypatch.setattr(session_form, "find_region", find)
    async with board() as it:
        await it.press("n", *"acme", "enter")
        await it.until('"acme" is not a whole start URL: is it acme.awsapps.com?')
        await it.press(*"-corp", "enter")
        await it.until('"acme-corp" is not a whole start URL')
        line = form(it).query_one("#start-url", EntryLine)
        line.value = "sso.page.example"
        await it.press("enter")
        await it.until("sso.page.example answers, but it does not lead to")
        assert line.has_focus
        line.value = "sso.gone.example"
        await it.press("enter")
        await it.until("sso.gone.example cannot be reached: look for")
        line.value = "sso.good.example"
        await it.press("enter")
        await it.until("It is in eu-west-3. Enter signs in")
        assert (value(it, "start-url"), value(it, "name")) == ("sso.good.example", "good")
        assert everything() == {}


async def test_what_the_board_has_already_is_named(quick: DemoServer) -> None:
    configure(SECTION.rpartition("\n")[0] + "\n")
    async with board() as it:
        assert "another session" in it.words()
        await it.press("n")
        await it.type("ACME.awsapps.com/start/")
        await it.press("enter")
        await it.until("It is there already, as acme")
        assert quick.state.log.count("StartDeviceAuthorization") == 0


async def test_a_region_is_changed_once_the_sign_in_has_succeeded(quick: DemoServer) -> None:
    configure(f"# mine\n{SECTION.rpartition('ssotui')[0]}output = x\n")
    path = Path(os.environ["HOME"]) / ".aws/config"
    before = path.read_text()
    async with board() as it:
        await it.press("tab", "N")
        await it.until("Change session acme")
        await it.press("enter")
        await it.until("there is nothing to change")
        await it.press("tab", *"frank")
        await it.until("+ sso_region = eu-central-1")
        await it.press("enter")
        await it.until("waiting for approval")
        assert path.read_text() == before
        quick.state.approve(*waiting_codes(quick))
        await it.until("Signed in to acme. The change is in ~/.aws/config")
        assert path.read_text() == before.replace("us-east-1", "eu-central-1")
        assert content(token_file("acme"))["region"] == "eu-central-1"
        await it.until("signed in to 1 of 1")


async def test_a_session_goes_with_what_is_shown(quick: DemoServer) -> None:
    text = add(CONFIG, [Section(PROFILE, "ours", {"sso_session": "acme", "sso_account_id": "1", "sso_role_name": "R"})])
    configure(text)
    put_token(quick, "acme", ACME)
    path = Path(os.environ["HOME"]) / ".aws/config"
    async with board() as it:
        await it.highlight("audit")
        await it.press("X")
        await it.until("Remove session acme")
        await it.until("1 profile: ours")
        assert "1 token, 0 other files, and AWS is told" in it.words()
        assert "5 profiles stay, without a session then (not written by ssotui)" in it.words()
        await it.press("escape")
        assert path.read_text() == text
        await it.press("X", "p")
        await it.until("6 profiles: ")
        path.write_text(f"{text}\n[profile late]\nregion = x\n")
        await it.press("enter")
        await it.until("has changed meanwhile: this is what would go now")
        await it.press("enter")
        await it.until("Session acme is removed, with 6 profiles; to undo: ssotui accounts --undo")
        assert "acme" not in path.read_text()
        assert "[profile late]" in path.read_text()
        assert not token_file("acme").exists()
        assert not any(issued.sign_in.alive for issued in quick.state.access_tokens.values())
        await it.until(lambda: "acme" not in it.board.snapshot.config.sessions)
        await it.highlight("attic")
        await it.press("X")
        await it.until("it has no section of its own, only profiles")
