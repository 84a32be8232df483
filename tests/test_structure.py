"""The shape of the source tree: rooms of a size that one can look over, names that say one thing, no circles."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from . import sources
from .sources import TUI

MOST_MODULES = 12


def modules() -> list[Path]:
    """The modules; an `__init__` is one where it holds more than a docstring."""
    return [
        path for path in sources.files("tui") if path.name != "__main__.py" and (path.stem != "__init__" or holds(path))
    ]


def holds(path: Path) -> list[ast.stmt]:
    """What a file holds besides its docstring, and its version."""
    body = sources.tree(path).body
    return [
        each
        for each in body[1:]
        if not (isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__version__")
    ]


def name_of(path: Path) -> str:
    return path.parent.name if path.stem == "__init__" else path.stem


def test_a_room_can_be_looked_over() -> None:
    sizes = Counter(str(path.parent.relative_to(TUI)) for path in modules())
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES} == {}
    assert sizes["aws/state"] > 5


def test_a_room_begins_with_what_it_is_for() -> None:
    """And holds nothing before its modules: nobody looks for a screen there. A verb's package declares the verb."""
    rooms = [path for path in TUI.rglob("__init__.py") if path.parent.parent != TUI / "cli/verbs"]
    assert [str(path.relative_to(TUI)) for path in rooms if ast.get_docstring(sources.tree(path)) is None] == []
    assert [str(path.relative_to(TUI)) for path in rooms if holds(path)] == []


def is_verb(path: Path) -> bool:
    return path.relative_to(TUI).parts[:2] == ("cli", "verbs")


def is_screen(path: Path) -> bool:
    return path.relative_to(TUI).parts[0] == "screens"


SCREENS_OF = {"diagnosis"}
"""Rooms of screens that have the name of the room in `tui/aws` that they show."""


def twice(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Names that several have, but for a verb and its screen."""
    named: dict[str, list[Path]] = {}
    for path in paths:
        named.setdefault(path.stem, []).append(path)
    return {
        name: [str(path.relative_to(TUI)) for path in paths]
        for name, paths in named.items()
        if len(paths) > 1 and not (len(paths) == 2 and sum(map(is_verb, paths)) == 1 == sum(map(is_screen, paths)))
    }


def test_a_name_says_one_thing() -> None:
    """Two modules of one name are a verb and its screen, or they are mistaken for each other; so are two rooms."""
    assert twice(path for path in modules() if path.stem != "__init__") == {}
    rooms = twice(path.parent for path in TUI.rglob("*/__init__.py"))
    assert rooms.keys() == SCREENS_OF


def test_a_class_s_name_says_one_thing() -> None:
    """Two public classes of one name are mistaken for each other. What the demo has, nothing else sees."""
    named: dict[str, list[str]] = {}
    for path in sources.files("tui"):
        room = path.relative_to(TUI)
        for node in sources.tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and room.parts[0] != "demo":
                named.setdefault(node.name, []).append(str(room))
    assert len(named) > 200
    assert {name: places for name, places in named.items() if len(places) > 1} == {}


Imports = dict[str, set[str]]


@pytest.fixture(scope="module")
def imports() -> Imports:
    graph = sources.graph()
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def beside(imports: Imports, room: str) -> Imports:
    """What stands in a room, modules and rooms alike, and what each needs of the rest of it for all that is in it."""

    def part(module: str) -> str:
        return module.removeprefix(f"{room}.").partition(".")[0] if module.startswith(f"{room}.") else ""

    found: Imports = {}
    for module, imported in imports.items():
        found.setdefault(part(module), set()).update(map(part, imported))
    return {one: needed - {one, ""} for one, needed in found.items() if one}


def circles(left: Imports) -> Imports:
    """What is in a circle, or needs what is in one."""
    while free := {one for one, needed in left.items() if not needed}:  # what needs nothing that is left is in none
        left = {one: needed - free for one, needed in left.items() if one not in free}
    return left


def test_no_modules_import_each_other_in_a_circle(imports: Imports) -> None:
    """What needs each other cannot be understood alone."""
    assert len(imports) > 100
    assert circles(imports) == {}


def test_no_rooms_need_each_other_in_a_circle(imports: Imports) -> None:
    """What stands side by side, modules and rooms, forms layers; else none of it can be understood without the rest."""
    rooms = [".".join(("tui", *path.parent.relative_to(TUI).parts)) for path in TUI.rglob("__init__.py")]
    assert {room: found for room in rooms if (found := circles(beside(imports, room)))} == {}
    both = {"tui.a.x": {"tui.b.y"}, "tui.b.z": {"tui.a.w"}, "tui.b.y": set(), "tui.a.w": set()}
    assert circles(both) == {}
    assert circles(beside(both, "tui")) == {"a": {"b"}, "b": {"a"}}


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


def names_given(path: Path) -> Iterator[str]:
    for node in sources.nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


@functools.cache
def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)} | {name.lower()}


def test_names_say_what_aws_and_this_program_call_things() -> None:
    found = []
    for path in modules():
        for name in {name_of(path), *names_given(path)}:
            found += [
                f"{path.relative_to(TUI)}: {name}: {FORBIDDEN[word]}" for word in words_of(name) & FORBIDDEN.keys()
            ]
    assert found == []


MOST_GENERATIONS = 3
"""Classes of ours above a class of ours, the longest way up: above a dialog what all dialogs are, a screen that says
when there is no room for it, one that keeps to the terminal's last size. More cannot be read without going up and
down."""

Class = tuple[Path, str]


def classes() -> dict[Class, list[Class]]:
    """All classes of ours, the nested ones too, with those of ours that they derive from: as the modules name them."""
    nodes = {(path, node.name): node for path in sources.files("tui") for node in sources.each(path, ast.ClassDef)}
    came_from = {path: imported(path) for path in {path for path, _name in nodes}}
    found: dict[Class, list[Class]] = {}
    for (path, name), node in nodes.items():
        names = [ast.unparse(base).partition("[")[0].rpartition(".") for base in node.bases]
        bases = [(came_from[path].get(base) or came_from[path].get(room) or path, base) for room, _, base in names]
        found[path, name] = [base for base in bases if base in nodes and base != (path, name)]
    return found


def imported(path: Path) -> dict[str, Path]:
    """The file that each name is imported from, where that is one of ours."""
    found: dict[str, Path] = {}
    ours = set(sources.files("tui"))
    for node in sources.each(path, ast.ImportFrom):
        if node.level:
            room = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                files = (room / f"{alias.name}.py", room.with_suffix(".py"), room / "__init__.py")
                found[alias.asname or alias.name] = next((file for file in files if file in ours), room)
    return found


def generations(of: Class, found: dict[Class, list[Class]]) -> int:
    return max((1 + generations(base, found) for base in found[of]), default=0)


def test_no_class_is_a_tower() -> None:
    """What a class has, rather than what it derives from, can be understood by itself."""
    found = classes()
    heights = {f"{path.relative_to(TUI)}: {name}": generations((path, name), found) for path, name in found}
    assert heights["screens/accounts/browsing.py: Accounts"] == 2
    assert max(heights.values()) == MOST_GENERATIONS
    assert {name: height for name, height in heights.items() if height > MOST_GENERATIONS} == {}


TO_BE_PROVIDED = {
    "widgets/row_list.py": {"row_count", "key_at", "row_state", "row_pieces"},  # what a list is of
    "terminal/application.py": {"tell"},  # it has no widget to say anything with
}
"""Methods that a class below has to have: by module."""


def test_no_class_waits_for_one_below_but_where_that_is_listed() -> None:
    """A stub that raises is found out when a key is pressed; what is given to a class, as soon as it is made."""
    stubs: dict[str, set[str]] = {}
    for path in sources.files("tui"):
        raising = [
            node
            for node in sources.each(path, ast.Raise)
            if node.exc and "NotImplementedError" in ast.unparse(node.exc)
        ]
        for node in sources.nodes(path) if raising else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(it in raising for it in ast.walk(node)):
                stubs.setdefault(path.relative_to(TUI).as_posix(), set()).add(node.name)
    assert stubs == TO_BE_PROVIDED
