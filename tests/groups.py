"""Which group a test belongs to, found in what it uses: nobody has to remember to mark it.

    pty      runs a program in a pseudo-terminal (tests.terminal)
    process  starts a process by itself, or forks
    pilot    drives the board in-process (Textual's Pilot)
    browser  drives Chromium (tests.browser)
    client   runs the AWS CLI, boto3 or the SDK for JavaScript
    fuzz     is fed by hypothesis, and so runs many times
    walk     goes through every theme, size or fault, or thousands of rows

`make quick` runs what is in none of them, `make check` that and what Pilot drives, but for walks; `pytest -m pty` runs
one. A test reaches something when its own code, its fixtures' or that of a helper of these tests names it. What the
program itself starts does not show there: a test that makes it start a Python says so by `@pytest.mark.process`, and
one that goes a long way by `@pytest.mark.walk`.
"""

from __future__ import annotations

import inspect
import random
import types
from collections.abc import Iterator
from typing import Any

import pytest

GROUPS = {
    "pty": "runs a program in a pseudo-terminal",
    "process": "starts a process by itself, or forks",
    "pilot": "drives the board in-process",
    "browser": "drives Chromium",
    "client": "runs the AWS CLI, boto3 or the SDK for JavaScript",
    "fuzz": "is fed by hypothesis, and so runs many times",
    "walk": "goes through every theme, size or fault, or thousands of rows",
}
_PLACES = {"tests.terminal": "pty", "tests.browser": "browser", "tests.aws_clients": "client"}
_NAMES = {"run_test": "pilot", "fork": "process", "posix_spawn": "process", "posix_spawnp": "process"}
_MODULES = {"subprocess": "process", "multiprocessing": "process"}


def groups_of(item: pytest.Item) -> frozenset[str]:
    """The groups of a test. All that are made of one function are of the same."""
    if not isinstance(item, pytest.Function):
        return frozenset()
    test = item.parent, item.originalname
    if test not in _of_tests:
        _of_tests[test] = _groups_of(item)
    return _of_tests[test]


_of_tests: dict[tuple[object, str], frozenset[str]] = {}


def _groups_of(item: pytest.Function) -> frozenset[str]:
    found = set(reached(plain(item.obj)))
    if hasattr(item.obj, "hypothesis"):
        found.add("fuzz")
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        found |= reached(plain(definitions[-1].func))
    return frozenset(found)


def plain(function: Any) -> Any:
    """The function as it was written, without what decorators put around it."""
    function = getattr(getattr(function, "hypothesis", None), "inner_test", function)
    return getattr(inspect.unwrap(function), "__func__", inspect.unwrap(function))


def reached(start: Any) -> frozenset[str]:
    """The groups of all that can be reached from a function or class of these tests."""
    left = [start]
    while left:
        here = left.pop()
        if id(here) not in _known:
            groups, uses = _step(here)
            _known[id(here)] = here, set()
            left += uses
            for use in uses:
                _users.setdefault(id(use), []).append(here)
                groups |= _known[id(use)][1] if id(use) in _known else frozenset()
            _tell(here, groups)
    return frozenset(_known[id(start)][1])


_known: dict[int, tuple[object, set[str]]] = {}
"""What was looked at, and its groups. By identity (what is used need not be hashable), kept with the object so that no
other one gets its number."""
_users: dict[int, list[Any]] = {}
"""Who uses it. Thousands of tests use the same few helpers: groups go from what is used to its users, once each."""


def _tell(start: Any, groups: frozenset[str]) -> None:
    """Add groups to what is known of a value, and of all that use it."""
    left = [start] if groups else []
    while left:
        here = left.pop()
        found = _known[id(here)][1]
        if not groups <= found:
            found |= groups
            left += _users.get(id(here), [])


def _step(here: Any) -> tuple[frozenset[str], list[Any]]:
    """The groups that a value stands for itself, and what it uses."""
    group = _place(here)
    if group is not None:
        return frozenset((group,)), []
    if isinstance(here, type):
        return frozenset(), [*filter(callable, map(plain, vars(here).values())), *here.__bases__]
    if isinstance(here, types.FunctionType) and here.__module__.startswith("tests."):
        return frozenset(_NAMES[name] for name in _names(here.__code__) if name in _NAMES), list(_values(here))
    return frozenset(), []


def _place(value: Any) -> str | None:
    """The group that a value stands for by the module it is from."""
    if isinstance(value, types.ModuleType):
        return _MODULES.get(value.__name__)
    module = getattr(value, "__module__", None) or ""
    return _MODULES.get(module.split(".")[0]) or (_PLACES.get(module) if callable(value) else None)


def _values(function: types.FunctionType) -> Iterator[Any]:
    """What the names in a function stand for, as far as they are functions, classes or modules."""
    names = set(_names(function.__code__))
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, types.ModuleType) and value.__name__.startswith("tests."):
            yield from (plain(getattr(value, each)) for each in names if callable(getattr(value, each, None)))
        elif isinstance(value, types.ModuleType) or callable(value):
            yield plain(value)


def _names(code: types.CodeType) -> Iterator[str]:
    """The names in a function, and in the functions within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


# -- for conftest.py ---------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--shuffle SEED`: another order of the tests, to find those that depend on it."""
    parser.addoption("--shuffle", metavar="SEED", help="run the modules, and the tests within them, in another order")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the groups known."""
    for name, about in GROUPS.items():
        config.addinivalue_line("markers", f"{name}: {about}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks each test with its groups, before `-m` chooses among them."""
    for item in items:
        for group in sorted(groups_of(item)):
            item.add_marker(group)
    seed = config.getoption("--shuffle")
    if seed is not None:
        chance = random.Random(seed)
        keys = {module: chance.random() for module in sorted({item.path for item in items})}
        chance.shuffle(items)
        items.sort(key=lambda item: keys[item.path])
