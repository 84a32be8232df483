"""On behalf of which profile: its certificates and addresses are used, whatever it is that is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.aws.requests import clients
from tui.aws.requests.behalf import behalf
from tui.cli import main
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, content, known, put_token, token_file
from .board import board
from .https import front
from .sign_ins import waiting_codes

KEYS = ("ca_bundle", "services", "endpoint_url", "use_fips_endpoint", "ignore_configured_endpoint_urls")


class Secure:
    """The demo behind TLS. `keys`: what a profile has to say, so that requests for it arrive."""

    def __init__(self, demo: DemoServer, url: str, authority: Path) -> None:
        self.demo = demo
        self.keys = f"ca_bundle = {authority}\nservices = own"
        self.services = "".join(f"{name} =\n  endpoint_url = {url}\n" for name in ("sso", "sso_oidc", "sts"))

    def config(self, *profiles: str) -> str:
        """The usual configuration, with `keys` in these profiles."""
        text = f"{CONFIG}\n[services own]\n{self.services}"
        for name in profiles:
            text = text.replace(f"[profile {name}]\n", f"[profile {name}]\n{self.keys}\n")
        return text


@pytest.fixture
def secure(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secure]:
    """Nothing leads there but keys of profiles."""
    monkeypatch.setattr(clients, "_clients", {})
    monkeypatch.setattr(clients, "CONNECT_TIMEOUT", 0.2)
    with DemoServer() as demo, front(tmp_path, demo.url) as (url, authority):
        yield Secure(demo, url, authority)


@pytest.mark.parametrize(
    ("active", "keyed", "expected"),
    [
        ("", ("audit",), "audit"),
        ("", ("forbidden", "audit"), "audit"),  # the order of the file
        ("audit", ("dev",), "audit"),  # in use, and one of the session's
        ("sandbox", ("audit",), "audit"),  # in use, but of another session
        ("sandbox", (), "dev"),
        ("sandbox", ("deploy",), "dev"),  # chained: it is not one that the session is signed in for
        ("nothing", ("audit",), "audit"),
    ],
)
@pytest.mark.parametrize("key", KEYS)
def test_x09_a_session_goes_by_one_of_its_profiles(
    home: Path, monkeypatch: pytest.MonkeyPatch, active: str, keyed: tuple[str, ...], expected: str, key: str
) -> None:
    text = CONFIG
    for name in keyed:
        text = text.replace(f"[profile {name}]\n", f"[profile {name}]\n{key} = true\n")
    if active:
        monkeypatch.setenv("AWS_PROFILE", active)
    store = configure(text)
    assert behalf(known(store), "acme") == expected
    assert behalf(known(store), "acme", "nowhere") == "nowhere"


def test_x09_without_a_profile_of_its_own_a_session_goes_by_the_one_in_use(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = configure(CONFIG + "\n[sso-session lonely]\nsso_start_url = https://l.awsapps.com/start\n")
    assert behalf(known(store), "lonely") == "default"
    assert behalf(known(store), "") == "default"  # a token of no session
    monkeypatch.setenv("AWS_PROFILE", "dev")
    assert behalf(known(store), "lonely") == "dev"


def test_x10_default_is_the_profile_in_use_where_none_is_named(home: Path) -> None:
    store = configure(CONFIG.replace("[profile forbidden]", "[default]"))
    assert behalf(known(store), "acme") == "default"


@pytest.mark.parametrize(
    "command",
    [
        ["login", "audit", "--no-open"],
        ["login", "--session", "acme", "--no-open"],
        ["login", "--all", "--no-open", "--force"],
        ["env", "audit"],
        ["logout", "--yes"],
        ["logout", "--session", "acme", "--yes"],
    ],
    ids=" ".join,
)
def test_x09_commands_use_the_keys_of_the_profile(
    secure: Secure, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    secure.demo.state.settings.auto_approve_after = 0
    text = secure.config("audit")
    if "--all" in command:
        text = (
            text.partition("[profile sandbox]")[0].replace("[sso-session lab]", "[other]")
            + text[text.index("[services") :]
        )
    configure(text)
    if command[0] != "login":
        put_token(secure.demo, "acme", ACME)
    assert main.main(command) == 0, capsys.readouterr()
    if command[0] == "login":
        assert content(token_file("acme"))["accessToken"]
    else:
        assert secure.demo.state.log.count("Logout" if command[0] == "logout" else "GetRoleCredentials") == 1
    capsys.readouterr()


@pytest.mark.parametrize("row", ["audit", "acme"])
async def test_x09_signing_in_on_the_board(secure: Secure, row: str) -> None:
    configure(secure.config("audit"))
    async with board() as it:
        await choose(it, row)
        await it.press("l")
        await it.until("waiting for approval")
        secure.demo.state.approve(waiting_codes(secure.demo)[0])
        await it.until("signed in until")


async def test_x09_signing_in_to_all_of_them(secure: Secure) -> None:
    configure(secure.config("audit", "sandbox", "attic"))
    async with board(100, 40) as it:
        await it.press("L")
        await it.until(lambda: len(secure.demo.state.pending_user_codes()) == 3)


@pytest.mark.parametrize("row", ["audit", "acme"])
async def test_x09_renewing_and_signing_out_on_the_board(secure: Secure, row: str) -> None:
    configure(secure.config("audit"))
    put_token(secure.demo, "acme", ACME, expires_in=-60)
    async with board() as it:
        await choose(it, row)
        await it.press("l")
        await it.until("acme is renewed")
        await it.press("x")
        await it.until("Removes")
        await it.press("enter")
        await it.until("signed out at AWS")
    assert secure.demo.state.log.count("Logout") == 1


async def test_x09_renewal_by_itself(secure: Secure) -> None:
    configure(secure.config("audit"))
    before = put_token(secure.demo, "acme", ACME, expires_in=600)
    async with board() as it:
        await it.until(lambda: content(token_file("acme"))["accessToken"] != before.access_token.reveal())


async def test_x09_the_board_says_where_a_sessions_tokens_go(secure: Secure) -> None:
    configure(secure.config("sandbox"))
    async with board(120, 30) as it:
        assert "localhost:" in it.row("lab")
        assert "localhost:" not in it.row("acme")


async def choose(it: Any, row: str) -> None:
    """Put the cursor on a profile, or on a session."""
    if row == "acme":
        await it.press("tab")
        assert it.board.sessions.highlighted == "acme"
    else:
        await it.highlight(row)
