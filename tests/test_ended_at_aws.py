"""Sessions that somebody has ended at AWS (in the access portal, or from another machine) while their token is here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.aws import clock
from tui.aws.errors import SignInNeeded, SsoError
from tui.aws.role.credentials import get_credentials
from tui.aws.state import attempts
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer

from .aws_home import configure, known, named, put_token
from .board import board
from .commands import check, leaked, ssotui_apart


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


@pytest.mark.parametrize("kind", ["renewable", "without a refresh token", "legacy"])
def test_a_session_that_aws_has_ended_is_signed_out_for_every_process(
    demo: DemoServer, store: Store, kind: str
) -> None:
    key, name = (LEGACY, "attic") if kind == "legacy" else ("acme", "dev")
    changes: dict[str, Any] = {} if kind == "renewable" else {"refreshToken": None}
    put_token(demo, key, LEGACY if kind == "legacy" else ACME, **changes)
    demo.state.revoke_all()
    assert "signed-in" in ssotui_apart("status", name).stdout
    with pytest.raises(SignInNeeded):
        get_credentials(store, named(store, name))
    other = Store()
    for each in (store, other):
        assert known(each).session_clock(key, clock.now()) == ("signed-out", None)
        assert not known(each).usable(key, clock.now())
    assert "signed-out" in check(ssotui_apart("status", name), 3, demo).stdout
    assert "signed-out" in ssotui_apart("status", "--prompt", AWS_PROFILE=name).stdout
    (path,) = Path(attempts.folder()).iterdir()
    assert leaked(demo, path.read_text()) == []
    put_token(demo, key, LEGACY if kind == "legacy" else ACME)
    assert known(Store()).session_clock(key, clock.now())[0] == "signed-in"
    assert known(store).session_clock(key, clock.now())[0] == "signed-in"


def test_a_session_that_aws_has_ended_stays_so_where_a_later_renewal_fails(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_token(demo, "acme", ACME)
    demo.state.revoke_all()
    with pytest.raises(SignInNeeded):
        get_credentials(store, named(store, "dev"))
    now = time.time()
    monkeypatch.setattr(clock, "now", lambda: now + 90)
    demo.state.faults.add("CreateToken", status=500, count=None)
    other = Store()
    with pytest.raises(SsoError):
        get_credentials(other, named(other, "dev"))
    assert known(Store()).session_clock("acme", clock.now())[0] == "signed-out"


async def test_the_board_offers_the_sign_in_to_a_session_that_aws_has_ended(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    async with board() as it:
        await it.until(lambda: "signed-in" in it.row("acme"))
        demo.state.revoke_all()
        with pytest.raises(SignInNeeded):
            get_credentials(it.board.store, named(it.board.store, "dev"))
        await it.until(lambda: "signed-out" in it.row("acme"))
        await it.press("L")
        await it.until(lambda: it.app.screen is not it.board)


def test_a_session_is_signed_in_again_once_aws_accepts_its_token(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME)
    demo.state.faults.add("GetRoleCredentials", code="UnauthorizedException")
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    with pytest.raises(SignInNeeded):
        get_credentials(store, named(store, "dev"))
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    get_credentials(store, named(store, "dev"))
    for each in (store, Store()):
        assert known(each).session_clock("acme", clock.now())[0] == "signed-in"
