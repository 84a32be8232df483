"""What the pages for developers name is there, so are the names in docstrings, and the map shows every room."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.app import DIALOG_STYLES, SsoApp

from . import sources
from .sources import ROOT

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
        for path in sources.files("tui")
        if re.search(f"{TOKENS_AND_CREDENTIALS}|{WRITES}", sources.text(path))
    }
    page = (ROOT / "ARCHITECTURE.md").read_text()
    told = re.search(r"(?ms)^- Few read these files beside it\..*?(?=^- )", page)
    assert told is not None
    assert found - {"cache/shapes.py", "state/store.py"} == set(re.findall(FILE, told.group()))


def test_the_map_goes_from_the_top_down() -> None:
    """Of two that stand in one folder, the one that imports the other is above it."""
    graph = sources.graph()
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


NOT_OURS = {
    *("ssotui", "enter", "fg", "with", "enum", "compinit", "splitlines", "mkstemp", "question_mark"),
    *("source_profile", "endpoint_url", "sso_account_name", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    *("AuthorizationPendingException", "authorization_pending"),
}
"""Names in docstrings that are keys, words of a shell or of AWS, or methods of Python."""


def docstrings(path: Path) -> Iterator[ast.Constant]:
    """The texts that stand by themselves: what they say of a module, a class, a function or a value."""
    for node in sources.each(path, ast.Expr):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def defined(path: Path) -> set[str]:
    """What can be named with the module in front."""
    found: set[str] = set()
    for node in sources.nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return found


@functools.cache
def used(path: Path) -> set[str]:
    """All names in a module's code, those in its texts too: they may be keys of something."""
    told = {id(text) for text in docstrings(path)}
    found: set[str] = set()
    for node in sources.nodes(path):
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            found.update(str(getattr(node, field, "")).split("."))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found.update(re.findall(r"\w+", node.value))
    return found


def test_what_docstrings_name_is_there() -> None:
    modules: dict[str, set[str]] = {}
    for path in sources.files("tui"):
        package = path.name == "__init__.py"
        inside = {each.stem for each in path.parent.iterdir()} if package else set()
        modules.setdefault(path.parent.name if package else path.stem, set()).update(defined(path) | inside)
    everywhere = set(modules).union(*modules.values())
    gone = []
    for path in sources.files("tui"):
        for text in docstrings(path):
            for name in re.findall(r"(?<!`)`([A-Za-z_][\w.]*)(?:\(\))?`(?!`)", str(text.value)):
                *before, last = name.split(".")
                owner = before[-1] if before else ""
                if owner in modules:
                    known = last in modules[owner]
                else:
                    known = last in everywhere or last in NOT_OURS or last in used(path)
                if not known and not is_of_a_library(name) and not name.endswith((".json", ".toml")):
                    gone.append(f"{path.relative_to(ROOT)}:{text.lineno}: {name}")
    assert gone == []


def is_of_a_library(name: str) -> bool:
    """Whether it is what a module of Python or of a package has: `shlex.split`."""
    module, _, last = name.rpartition(".")
    try:
        return bool(module) and hasattr(importlib.import_module(module), last)
    except ImportError:
        return False
