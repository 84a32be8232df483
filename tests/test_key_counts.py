"""How many keys the everyday ways take, with the 300 profiles of real tools: counted as they are pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tui.aws.cache import shapes
from tui.demo.large.names import LARGE, Named, number, profiles
from tui.demo.process import write_home
from tui.demo.server import DemoServer
from tui.state_file import load_state
from tui.widgets.fuzzy import Index, by_nearness, haystack

from .board import Driver, board

MOST_KEYS = 12


@pytest.fixture
def large(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """The large organisation in the state of a morning."""
    with DemoServer(LARGE) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        write_home(home, server)
        yield server


class Keys:
    """Presses keys, and counts them."""

    def __init__(self, it: Driver) -> None:
        self.it = it
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        self.pressed += len(keys)
        await self.it.press(*keys)


async def test_one_key_and_an_approval_a_session_sign_in_everywhere(large: DemoServer, home: Path) -> None:
    for path in (home / ".aws/sso/cache").iterdir():
        path.unlink()
    async with board(80, 24) as it:
        await it.until("signed in to 0 of 4")
        keys = Keys(it)
        await keys.press("L")
        await it.until(lambda: len(large.state.pending_user_codes()) == 4)
        approvals = large.state.pending_user_codes()
        for code in approvals:
            large.state.approve(code)
        await it.until("signed in to 4 of 4")
        await it.until(lambda: it.app.screen is it.board)
        assert (keys.pressed, len(approvals)) == (1, 4)
        assert all(
            Path(shapes.token_path(session.key)).exists() for session in it.board.snapshot.config.sessions.values()
        )


async def test_twelve_keys_lead_to_a_shell_in_a_named_account(large: DemoServer) -> None:
    async with board(80, 24, emit="bash") as it:
        keys = Keys(it)
        await keys.press("slash", *"checkd ad", "enter", "enter")
        await it.until(lambda: it.app.return_value is not None)
        assert it.app.return_value == "checkout-dev.AWSAdministratorAccess"
        assert keys.pressed <= MOST_KEYS


def test_no_profile_takes_more_than_twelve_keys() -> None:
    """The beginnings of an account's words (or digits of its number), then that of a role's word, enter, enter."""
    found = list(profiles())
    haystacks = [
        haystack(each.name, number(each.account), "", each.role, each.part.session, each.part.region) for each in found
    ]
    index = Index(haystacks, by_nearness(haystacks, [0] * len(haystacks)))
    room = MOST_KEYS - len(["slash", "enter", "enter"])
    for at, each in enumerate(found):
        assert any(index.search(query)[:1] == [at] for query in queries(each) if len(query) <= room), each.name


def queries(named: Named) -> list[str]:
    """What one may type for a profile, the shortest first."""
    digits = number(named.account)
    accounts = {digits[-count:] for count in (3, 4, 5)}
    if digits not in named.name:  # its words stand in the name
        words = named.account.split("-")
        for sizes in product(range(1, 5), repeat=len(words)):
            parts = [word[:size] for word, size in zip(words, sizes, strict=True)]
            accounts |= {" ".join(parts), "".join(parts)}
    roles = [word[:size] for word in re.findall("[A-Z]?[a-z]+", named.role) for size in (1, 2, 3, 4)]
    return sorted(
        {f"{account} {role}" for account in accounts for role in roles}, key=lambda query: (len(query), query)
    )


async def test_three_keys_lead_to_yesterday_s_profile(large: DemoServer) -> None:
    """The board opens on the one used last, however many are pinned above; the others that were are below it."""
    for steps, name in enumerate(load_state().recent[:3]):
        async with board(80, 24, emit="bash") as it:
            keys = Keys(it)
            await keys.press(*["j"] * steps, "enter")
            await it.until(lambda: it.app.return_value is not None or it.app.screen is not it.board)
            assert it.board.profiles.highlighted == name
            assert keys.pressed <= 3
