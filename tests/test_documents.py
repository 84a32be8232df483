"""What the pages for developers name is there, and the map shows every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md")
ROOMS = [ROOT / "tui", *(path for path in (ROOT / "tui").rglob("*") if (path / "__init__.py").exists())]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    named = re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|tcss))`", text)
    named += re.findall(r"`((?:tui|tests|bench|screenshots)(?:/\w+)*)`", text)
    places = (ROOT, ROOT / "tui", ROOT / "tui/aws", ROOT / "tui/screens", ROOT / "tui/screens/board")
    inside = [path for path in ROOMS if path != ROOT / "tui"]
    assert len(named) > 10
    missing = [name for name in named if not any((place / name).exists() for place in (*places, *inside))]
    assert missing == []


def test_the_map_shows_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [path.relative_to(ROOT).as_posix() for path in ROOMS if path != ROOT / "tui" / "aws"]
    shown = [room for room in rooms if room != "tui" and not room.startswith("tui/cli/verbs/")]  # these are one line
    assert [room for room in shown if f"`{room}`" not in text] == []
