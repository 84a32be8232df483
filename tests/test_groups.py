"""Tests are in the groups of what they use, whoever wrote them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from . import groups, sources

TESTS = Path(__file__).parent


def groups_in(module: str) -> dict[str, frozenset[str]]:
    """The tests of a module, by name, and the groups that their code alone puts them in (not their fixtures')."""
    found = vars(import_module(f"tests.{module}"))
    return {name: groups.reached(groups.plain(value)) for name, value in found.items() if name.startswith("test_")}


def importers(*names: str) -> Iterator[str]:
    """The test modules that import one of these modules, and call what they got."""
    for path in sorted(TESTS.glob("test_*.py")):
        text = path.read_text()
        if re.search(r"\b(?:Terminal|program)\(", text):
            for node in sources.parsed(text).body:
                if isinstance(node, ast.ImportFrom) and node.level and node.module in names:
                    yield path.stem


@pytest.mark.parametrize(
    ("module", "test", "expected"),
    [
        ("test_security", "test_a_board_that_breaks_tells_where_and_not_what", {"pty"}),
        ("test_security", "test_secrets_that_were_shown_are_masked_again", {"pilot"}),
        ("test_security", "test_a_secret_shows_itself_nowhere", set()),
        ("test_cli_status", "test_e07_a_full_disk_is_told", {"process"}),
        ("test_export_shells", "test_h01_any_value", {"process"}),  # behind what hypothesis puts around it
        ("test_terminal_demo", "test_a_person_with_a_browser_signs_in", {"browser"}),
    ],
)
def test_what_a_test_uses_is_found(module: str, test: str, expected: set[str]) -> None:
    assert groups_in(module)[test] == expected


def test_what_its_fixtures_use_counts(request: pytest.FixtureRequest, aws_python: str) -> None:
    assert [marker.name for marker in request.node.iter_markers() if marker.name in groups.GROUPS] == ["client"]


def test_a_test_without_any_is_in_no_group(request: pytest.FixtureRequest) -> None:
    assert list(request.node.iter_markers()) == []


def test_a_module_that_uses_terminals_has_tests_of_that_group() -> None:
    found = sorted({*importers("terminal", "program")})
    assert len(found) > 10
    for module in found:
        functions = [each for each in vars(import_module(f"tests.{module}")).values() if callable(each)]
        assert any("pty" in groups.reached(groups.plain(each)) for each in functions), module


def test_only_known_groups_are_chosen_by() -> None:
    """A word that no test carries would silently choose none, or all."""
    root = TESTS.parent
    text = (root / "Makefile").read_text() + (root / ".ci/run").read_text()
    chosen = " ".join(re.findall(r"not \(.*?\)", text))
    assert set(re.findall(r"\w+", chosen)) - {"not", "or", "and"} == set(groups.GROUPS)
