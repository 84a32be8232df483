"""The shape of the source tree: rooms of a size that one can look over, names that say one thing, no circles."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grimp

TUI = Path(__file__).parent.parent / "tui"

MOST_MODULES = 12


def modules() -> list[Path]:
    return [path for path in TUI.rglob("*.py") if path.name not in ("__init__.py", "__main__.py")]


def test_a_room_can_be_looked_over() -> None:
    sizes = Counter(str(path.parent.relative_to(TUI)) for path in modules())
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES} == {}
    assert sizes["aws/state"] > 5


def is_verb(path: Path) -> bool:
    return path.relative_to(TUI).parts[:2] == ("cli", "verbs")


def is_screen(path: Path) -> bool:
    return path.relative_to(TUI).parts[0] == "screens"


def test_a_name_says_one_thing() -> None:
    """Two modules of one name are a verb and its screen, or they are mistaken for each other."""
    named: dict[str, list[Path]] = {}
    for path in modules():
        named.setdefault(path.stem, []).append(path)
    twice = {name: paths for name, paths in named.items() if len(paths) > 1}
    wrong = {
        name: [str(path.relative_to(TUI)) for path in paths]
        for name, paths in twice.items()
        if not (len(paths) == 2 and sum(map(is_verb, paths)) == 1 == sum(map(is_screen, paths)))
    }
    assert wrong == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for types are counted, and those that come late: what needs each other cannot be understood alone."""
    graph = grimp.build_graph("tui", exclude_type_checking_imports=False, cache_dir=None)
    left = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert len(left) > 100
    while True:  # what imports nothing that is left is in no circle
        free = {module for module, imported in left.items() if not imported}
        if not free:
            break
        left = {module: imported - free for module, imported in left.items() if module not in free}
    assert left == {}


FORBIDDEN = {
    "inventory": "a Snapshot is what is known, the Store owns it",
    "util": "say what it does",
    "utils": "say what it does",
    "helper": "say what it does",
    "helpers": "say what it does",
    "misc": "say what it does",
    "common": "say what it is that is shared",
    "manager": "say what it does with them",
    "portal_url": "it is the start URL, or a shortcut link, as AWS calls them",
    "login_url": "it is the start URL, or the verification URL",
    "creds": "role credentials, or a token: they are not the same",
}
"""Words that no name of a module, class, function, argument or attribute has, and what to say instead."""


def names_given(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)} | {name.lower()}


def test_names_say_what_aws_and_this_program_call_things() -> None:
    found = []
    for path in modules():
        for name in {path.stem, *names_given(ast.parse(path.read_bytes()))}:
            found += [
                f"{path.relative_to(TUI)}: {name}: {FORBIDDEN[word]}" for word in words_of(name) & FORBIDDEN.keys()
            ]
    assert found == []
