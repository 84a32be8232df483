"""What the pages for developers name is there, so are the names in docstrings, and the map shows every room."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
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


NOT_OURS = {
    *("ssotui", "enter", "fg", "with", "enum", "compinit", "splitlines", "mkstemp", "question_mark"),
    *("source_profile", "endpoint_url", "sso_account_name", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    *("AuthorizationPendingException", "authorization_pending"),
}
"""Names in docstrings that are keys, words of a shell or of AWS, or methods of Python."""

TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tui").rglob("*.py"))}


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts that stand by themselves: what they say of a module, a class, a function or a value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def defined(tree: ast.Module) -> set[str]:
    """What can be named with the module in front."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return found


def used(tree: ast.Module) -> set[str]:
    """All names in a module's code, those in its texts too: they may be keys of something."""
    told = {id(text) for text in docstrings(tree)}
    found: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            found.update(str(getattr(node, field, "")).split("."))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found.update(re.findall(r"\w+", node.value))
    return found


def test_what_docstrings_name_is_there() -> None:
    modules: dict[str, set[str]] = {}
    for path, tree in TREES.items():
        package = path.name == "__init__.py"
        inside = {each.stem for each in path.parent.iterdir()} if package else set()
        modules.setdefault(path.parent.name if package else path.stem, set()).update(defined(tree) | inside)
    everywhere = set(modules).union(*modules.values())
    gone = []
    for path, tree in TREES.items():
        here = used(tree)
        for text in docstrings(tree):
            for name in re.findall(r"(?<!`)`([A-Za-z_][\w.]*)(?:\(\))?`(?!`)", str(text.value)):
                *before, last = name.split(".")
                owner = before[-1] if before else ""
                known = last in modules[owner] if owner in modules else last in here | everywhere | NOT_OURS
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
