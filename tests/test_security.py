"""What SECURITY.md promises and no other file tests, and that the tests it names exist."""

from __future__ import annotations

import copy
import gc
import pickle
import re
import sys
import traceback
from pathlib import Path

import pytest

from tui.aws.model import Registration, RoleCredentials, Secret, Token
from tui.aws.session.signing_out import Item
from tui.cli import main
from tui.demo.server import DemoServer
from tui.screens import export
from tui.widgets.qr import QR

from . import sources
from .board import board, sample
from .program import program
from .sources import ROOT

CANARY = "CANARY-0123456789abcdef"

SINKS = {
    "aws/session/arrival.py": "the request that gives a token back",
    "aws/state/attempts.py": "the hash of a refresh token that was refused",
    "aws/session/browser_flow.py": "requests of the sign-in",
    "aws/cache/shapes.py": "what the cache files hold",
    "aws/requests/clients.py": "the clients that sign with role credentials",
    "aws/role/console_link.py": "the request for a console link",
    "shell/formats.py": "export lines",
    "desktop/redirect.py": "the redirect that the browser is given",
    "aws/model.py": "its definition",
    "aws/role/credentials.py": "requests of the portal",
    "aws/role/accounts.py": "requests of the portal",
    "aws/session/renewal.py": "requests of the renewal",
    "aws/session/device_code.py": "requests of the sign-in",
    "aws/session/signing_out.py": "requests of the sign-out",
    "app.py": "the comparison with the clipboard",
    "cli/verbs/console/link.py": "the link that --print prints",
}
"""Where secrets may be had in clear, and what for."""


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 30
    assert [name for name in named if not (ROOT / "tests" / name).exists()] == []


def test_secrets_come_out_at_known_places_only() -> None:
    found = {
        path.relative_to(ROOT / "tui").as_posix()
        for path in sources.files("tui")
        if ".reveal()" in sources.text(path) and "demo" not in path.parts
    }
    assert found == set(SINKS) - {"aws/model.py"}


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(CANARY)
    holders = [
        secret,
        Token(secret, 0, client_secret=secret, refresh_token=secret),
        Registration("id", secret, 0),
        RoleCredentials("ASIA", secret, secret, 0),
    ]
    for holder in (*holders, holders, {"a": holders}):
        shown = f"{holder} {holder!r} {holder!s:>40} %s %r" % (holder, holder)
        assert CANARY not in shown
    for holder in holders:
        assert not hasattr(holder, "__dict__")
        with pytest.raises(TypeError):
            pickle.dumps(holder)
    assert copy.copy([secret])[0].reveal() == CANARY
    assert secret == Secret(CANARY)
    assert hash(secret) == hash(Secret(CANARY))
    assert not Secret("")


def test_a_traceback_with_locals_shows_no_secret() -> None:
    def fail(token: Secret) -> None:
        raise RuntimeError(f"with {token}")

    try:
        fail(Secret(CANARY))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Secret(...)" in shown
    assert CANARY not in shown


@pytest.mark.parametrize("verb", [["status"], ["env", "dev"], ["whoami", "dev"], ["logout", "--yes"], ["login"]])
def test_a_command_that_breaks_tells_where_and_not_what(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: list[str]
) -> None:
    def load(*_arguments: object) -> None:
        token = CANARY
        raise RuntimeError(token)

    monkeypatch.setattr("tui.aws.config.loading.load", load)
    assert main.main(verb) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"ssotui: Something unexpected went wrong: RuntimeError in test_security.py:\d+\n", err)


BREAKING = f"""
import sys
from tui.screens.board import board
def action_help(self):
    token = "{CANARY}"
    raise RuntimeError(token)
board.Board.action_help = action_help
from tui.__main__ import main
sys.exit(main())
"""


def test_a_board_that_breaks_tells_where_and_not_what(home: Path) -> None:
    with program(command=[sys.executable, "-c", BREAKING]) as terminal:
        terminal.wait_for("? Help")
        terminal.press("?")
        assert terminal.wait_exit() == 1
        terminal.assert_restored()
        assert b"RuntimeError" in terminal.raw
        assert CANARY.encode() not in terminal.raw


async def test_secrets_that_were_shown_are_masked_again(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(home, demo)
    assert export.SHOW_FOR == 30
    monkeypatch.setattr(export, "SHOW_FOR", 4)  # long enough to be seen, however slow the machine is
    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("e")
        await it.until("credentials valid for")
        await it.press("v")
        await it.until(lambda: "••••" not in it.words())
        await it.until("AWS_SECRET_ACCESS_KEY='••••••••'")


def holders() -> list[object]:
    """The objects in this process that hold a token or role credentials."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Token | RoleCredentials | Item)]


async def test_g10_after_a_sign_out_memory_and_clipboard_hold_nothing(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    of_other_tests = holders()

    def alive() -> list[str]:
        return [type(each).__name__ for each in holders() if not any(each is other for other in of_other_tests)]

    async with board() as it:
        await it.highlight("dev-admin")
        await it.press("y")
        await it.until("cannot be confirmed")
        assert "AWS_SESSION_TOKEN" in it.app.clipboard
        await it.until(lambda: alive() != [])  # what was read before the first paint is not counted
        await it.press("x", "tab")
        await it.until("Removes 2 tokens")
        await it.press("enter")
        await it.until("signed out at AWS")
        await it.press("escape")
        await it.until("signed in to 0 of 3")
        assert it.app.clipboard == ""
        await it.until(lambda: alive() == [])


async def test_c23_a_sign_in_warns_and_shows_what_to_compare(home: Path, demo: DemoServer) -> None:
    sample(home, demo)
    async with board(130, 40) as it:
        await it.highlight("attic")
        await it.press("l")
        await it.until("waiting for approval")
        (code,) = demo.state.pending_user_codes()
        assert code in it.words()
        assert "only a sign-in that you started" in it.words()
        assert it.app.screen.query_one(QR).display
