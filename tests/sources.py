"""The source of this program, read and taken apart once for all tests that look at it. None may change what it gets."""

from __future__ import annotations

import ast
import functools
import gc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import grimp

ROOT = Path(__file__).parent.parent
TUI = ROOT / "tui"

Node = TypeVar("Node", bound=ast.AST)


@functools.cache
def files(*folders: str) -> tuple[Path, ...]:
    """The modules below these folders, which are named from the root on."""
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


@functools.cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    return parsed(text(path))


@functools.cache
def nodes(path: Path) -> Sequence[ast.AST]:
    """All that a module is made of, in the order of `ast.walk`."""
    return walked(tree(path))


def each(path: Path, kind: type[Node]) -> Iterator[Node]:
    """Its nodes of one kind."""
    return (node for node in nodes(path) if isinstance(node, kind))


@functools.cache
def graph() -> grimp.ImportGraph:
    """Who imports whom within the program. Imports for types are counted, and those that come late."""
    return grimp.build_graph("tui", exclude_type_checking_imports=False, cache_dir=None)


def parsed(source: str) -> ast.Module:
    """The tree of a source. Thousands of nodes arise, and none becomes garbage: nobody need look for it meanwhile."""
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


def walked(start: ast.AST) -> Sequence[ast.AST]:
    """As `ast.walk`, in half the time. What only says whether a name is read or written (`ast.Load`) is left out."""
    found = [start]
    for node in found:
        for value in vars(node).values():
            if isinstance(value, list):
                found += [it for it in value if isinstance(it, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return found
