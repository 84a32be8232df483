"""How the screens look, to the byte: every picture is drawn anew and compared. `make screenshots` takes new ones."""

from __future__ import annotations

import pytest

from screenshots.make import FOLDER, MORE, SHOTS, SNAPSHOTS, Shot, draw_apart

pytestmark = pytest.mark.process


@pytest.mark.parametrize("shot", [*SHOTS, *MORE], ids=lambda shot: shot.name)
def test_the_screen_looks_as_it_did(shot: Shot) -> None:
    folder = FOLDER if shot in SHOTS else SNAPSHOTS
    taken = (folder / f"{shot.name}.svg").read_text(encoding="utf-8")
    # Not one assert on the texts: a difference of two SVGs is nothing that anybody can read.
    assert (draw_apart(shot) == taken) is True, f"{shot.name} looks different; run make screenshots and look at it"
