"""The command palette: every action of the board, and every profile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.await_complete import AwaitComplete
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from ..aws.model import Profile
from ..aws.state.snapshot import Snapshot
from ..keys import keys_of, shown
from ..terminal.typed import CarefulPalette
from ..text import clean
from ..widgets.bars import MUTED
from ..words.account import account
from .asking.guarded import mark_of
from .base import LastSize

if TYPE_CHECKING:
    from ..host import Host


class Commanded(Protocol):
    """The screen that the commands are for: the board."""

    @property
    def sso(self) -> Host:
        """The application."""

    @property
    def snapshot(self) -> Snapshot:
        """What is shown."""

    async def run_action(self, action: str) -> object:
        """Do what a key does."""

    def search_profiles(self, query: str) -> list[str]:
        """Names of the profiles that match, best match first."""

    def use_profile(self, profile: Profile) -> None:
        """Use a profile."""


LIMIT = 50
"""Profiles that a search lists at most."""


class Palette(CarefulPalette, LastSize[Any]):
    """Textual's palette, in terminals of every size, and under fingers that click twice."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave, once."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()


class Placed(Protocol):
    """A screen that has commands, and its place in the list of keys."""

    PLACE: str

    @property
    def sso(self) -> Host:
        """The application."""

    async def run_action(self, action: str) -> object:
        """Do what a key does."""


class ScreenCommands(Provider):
    """Actions of another screen than the board, by what they do."""

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        screen = cast("Placed", self.screen)
        for key in keys_of(screen.PLACE, screen.sso.settings.keys):
            if key.palette:
                title = Content(f"{key.help}  ({shown(key.keys)})")
                yield DiscoveryHit(title, partial(screen.run_action, key.action), text=key.help)

    async def search(self, query: str) -> Hits:
        """Actions that match."""
        screen, matcher = cast("Placed", self.screen), self.matcher(query)
        for key in keys_of(screen.PLACE):
            score = matcher.match(key.help) if key.palette else 0
            if score > 0:
                yield Hit(score, matcher.highlight(key.help), partial(screen.run_action, key.action), text=key.help)


class BoardCommands(Provider):
    """Actions by what they do, profiles by name, account, role, session and region."""

    @property
    def _board(self) -> Commanded:
        return cast("Commanded", self.screen)

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for key in keys_of("board", self._board.sso.settings.keys):
            if key.palette:
                title = Content(f"{key.help}  ({shown(key.keys)})")
                yield DiscoveryHit(title, partial(self._board.run_action, key.action), text=key.help)

    async def search(self, query: str) -> Hits:
        """Actions and profiles that match."""
        matcher = self.matcher(query)
        for key in keys_of("board"):
            score = matcher.match(key.help) if key.palette else 0
            if score > 0:
                yield Hit(
                    score, matcher.highlight(key.help), partial(self._board.run_action, key.action), text=key.help
                )
        board = self._board
        for place, name in enumerate(board.search_profiles(query)[:LIMIT]):
            profile = board.snapshot.profile(name)
            if profile is None:
                continue
            said = account(profile.account_id, profile.account_name, board.sso.settings.account_shown)
            about = clean(f"{said} {profile.role_name} {profile.session or ''}", 120)
            # Part of the title, not `help`: the palette would read that as markup.
            mark = mark_of(board.sso, profile)
            label = f"{mark.text}  " if mark is not None else ""
            title = Content.assemble(f"Use {clean(name, 120)}  {label}", (about, MUTED))
            yield Hit(0.9 - place / 1000, title, partial(board.use_profile, profile), text=title.plain)
