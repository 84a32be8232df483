"""What the pages for developers name is there, and the map shows every room."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import pytest

from tui.app import DIALOG_STYLES, SsoApp

ROOT = Path(__file__).parent.parent
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md")
ROOMS = [ROOT / "tui", *(path for path in (ROOT / "tui").rglob("*") if (path / "__init__.py").exists())]


FILE = r"`((?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|tcss))`"
FOLDER = r"`((?:tui|tests|bench|screenshots)(?:/\w+)*)`"


def places_of(line: str, name: str) -> list[Path]:
    """Where a file that a line names must be. A line of the map names those of its rooms; elsewhere a name says the
    folder too, from the root, from `tui` or from `tui/aws`."""
    cells = line.split("|")
    rooms = [ROOT / room for room in re.findall(FOLDER, cells[1])] if line.startswith("| `") else []
    if "/" in name or not rooms:
        return [ROOT, *((ROOT / "tui", ROOT / "tui/aws") if "/" in name else ())]
    return rooms


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    lines = (ROOT / page).read_text().splitlines()
    named = [(line, name) for line in lines for name in re.findall(FILE, line)]
    assert len(named) > 10
    assert [name for line, name in named if not any((place / name).exists() for place in places_of(line, name))] == []
    assert [name for line in lines for name in re.findall(FOLDER, line) if not (ROOT / name).exists()] == []


def test_a_file_of_another_room_does_not_do() -> None:
    line = "| `tui/aws/session` | signing in (`browser.py`), `state/store.py` |"
    assert not any((place / "browser.py").exists() for place in places_of(line, "browser.py"))
    assert any((place / "state/store.py").exists() for place in places_of(line, "state/store.py"))


def test_it_is_told_how_every_page_is_made_that_is_made() -> None:
    """What `make generated` holds, a change has to write anew."""
    made = re.findall(r"python -m (\S+) --check(?: (docs/\S+))?", (ROOT / "Makefile").read_text())
    commands = [f"`python -m {module}{f' --write {page}' if page else ''}`" for module, page in made]
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert "`python -m docs.manual`" in commands
    assert [it for it in commands if it not in told and not it.startswith("`python -m screenshots.")] == []


def test_every_style_sheet_is_read_at_the_start() -> None:
    """One that is read when its screen opens is read on the event loop."""
    sheets = {path.name for path in (ROOT / "tui/styles").glob("*.tcss")}
    read = [*(Path(name).name for name in SsoApp.CSS_PATH), *DIALOG_STYLES]
    assert sorted(read) == sorted(sheets)


def test_the_map_shows_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [path.relative_to(ROOT).as_posix() for path in ROOMS if path != ROOT / "tui" / "aws"]
    shown = [room for room in rooms if room != "tui" and not room.startswith("tui/cli/verbs/")]  # these are one line
    assert [room for room in shown if f"`{room}`" not in text] == []


TOKENS_AND_CREDENTIALS = r"\b(?:parse_token|parse_role_credentials|parse_registration|token_item)\b"
WRITES = r"\bfiles\.(?:remove\(|write\(shapes\.)"


def test_who_reads_the_caches_beside_the_store_is_told() -> None:
    """One owner is what makes a snapshot true: who goes past it has a reason, which stands in the page."""
    found = {
        path.relative_to(ROOT / "tui").as_posix().removeprefix("aws/")
        for path in (ROOT / "tui").rglob("*.py")
        if re.search(f"{TOKENS_AND_CREDENTIALS}|{WRITES}", path.read_text())
    }
    page = (ROOT / "ARCHITECTURE.md").read_text()
    told = re.search(r"(?ms)^- Few read these files beside it\..*?(?=^- )", page)
    assert told is not None
    assert found - {"cache/shapes.py", "state/store.py"} == set(re.findall(FILE, told.group()))


def test_the_map_goes_from_the_top_down() -> None:
    """Of two that stand in one folder, the one that imports the other is above it."""
    graph = grimp.build_graph("tui", exclude_type_checking_imports=False, cache_dir=None)
    lines = [line for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines() if line.startswith("| `tui")]
    names = [re.findall(r"`([\w/]+)(?:\.py)?`", line.split("|")[1]) for line in lines]
    row = {name.replace("/", "."): number for number, found in enumerate(names) for name in found}
    upwards = set()
    imports = [(module, each) for module in graph.modules for each in graph.find_modules_directly_imported_by(module)]
    for module, imported in imports:
        one, other = module.split("."), imported.split(".")
        apart = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
        above, below = ".".join(one[: apart + 1]), ".".join(other[: apart + 1])
        if apart and row.get(above, -1) > row.get(below, len(lines)):
            upwards.add(f"{above} -> {below}")
    assert sorted(upwards) == []
