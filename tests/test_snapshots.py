"""How the screens look, to the byte: every picture is drawn anew and compared. `make screenshots` takes new ones."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator

import pytest

from screenshots.make import FOLDER, MORE, SHOTS, SNAPSHOTS, Drawer, Shot

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def drawer() -> Iterator[Callable[[], Drawer]]:
    """One for all pictures, which begins within the first test that asks for it: in an environment for tests."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda: stack.enter_context(Drawer()))


@pytest.mark.parametrize("shot", [*SHOTS, *MORE], ids=lambda shot: shot.name)
def test_the_screen_looks_as_it_did(shot: Shot, drawer: Callable[[], Drawer]) -> None:
    folder = FOLDER if shot in SHOTS else SNAPSHOTS
    taken = (folder / f"{shot.name}.svg").read_text(encoding="utf-8")
    # Not one assert on the texts: a difference of two SVGs is nothing that anybody can read.
    assert (drawer().draw(shot) == taken) is True, f"{shot.name} looks different; run make screenshots and look at it"
