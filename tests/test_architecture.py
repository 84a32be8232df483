"""The rules of the source tree that no linter knows: what loads what, what a file may hold, what is pinned."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import sources
from .sources import ROOT, TUI, files

SOURCE_FOLDERS = ("tui", "tests", "screenshots", "bench")
SOURCE_SUFFIXES = {".py", ".tcss", ".css", ".html", ".js", ".sh", ".bash", ".zsh", ".fish", ".ps1"}
MOST_LINES = 400

# Each of these costs a command as much time as a bare Python needs to start, or draws in what does.
HEAVY = ("textual", "rich", "botocore", "boto3", "asyncio", "http.client", "importlib.metadata", "pyperclip", "segno")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(*folders: str) -> list[str]:
    return [module_name(path) for path in files(*folders)]


def calls(path: Path) -> Iterator[ast.Call]:
    return sources.each(path, ast.Call)


def keyword(call: ast.Call, name: str) -> object:
    """The constant that a call gives for a keyword; None when it gives none, or something that is no constant."""
    for argument in call.keywords:
        if argument.arg == name and isinstance(argument.value, ast.Constant):
            return argument.value.value
    return None


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


LOADED = """
import os, sys
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        __import__(name)
        print(name, *sys.modules, flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, name
"""


@functools.cache
def _loaded() -> dict[str, set[str]]:
    """What is in `sys.modules` of a new Python that has imported a module and nothing else, for each that is asked for
    below: one Python for all, which forks for each."""
    names = ["tui.__main__", *modules("tui/aws", "tui/cli", "tui/shell")]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *names], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name: set(loaded) for name, *loaded in map(str.split, done.stdout.splitlines())}


def loaded_by(module: str) -> set[str]:
    return _loaded()[module]


def test_files_are_short() -> None:
    found = [path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SOURCE_SUFFIXES]
    lengths = {str(path.relative_to(ROOT)): len(path.read_bytes().splitlines()) for path in found}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
    assert "tests/test_architecture.py" in lengths


def test_every_module_can_be_imported() -> None:
    names = [name for name in modules("tui") if not name.endswith("__main__")]
    program = f"import importlib; [importlib.import_module(name) for name in {names}]"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("module", modules("tui/aws"))
def test_the_aws_side_loads_no_user_interface_and_no_sdk(module: str) -> None:
    assert loaded_by(module) & {"textual", "rich", "botocore", "boto3"} == set()


def test_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("tui.cli.main") & set(HEAVY) == set()
    assert loaded_by("tui.__main__") & set(HEAVY) == set()


@pytest.mark.parametrize("module", modules("tui/cli", "tui/shell"))
def test_no_verb_loads_textual_or_an_sdk(module: str) -> None:
    assert loaded_by(module) & {"textual", "rich", "botocore", "boto3"} == set()


def test_the_sdk_is_imported_late_everywhere() -> None:
    early = [
        place(path, node)
        for path in files("tui")
        for node in sources.tree(path).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in ("botocore", "boto3") and not getattr(node, "level", 0)
    ]
    assert early == []


def test_imports_inside_the_program_are_relative() -> None:
    absolute = [
        place(path, node)
        for path in files("tui")
        for node in sources.nodes(path)
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "tui")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "tui" for alias in node.names))
    ]
    assert absolute == []


def test_styles_are_in_style_sheets() -> None:
    assert [str(path) for path in files("tui") if re.search(r"\bDEFAULT_CSS\b", sources.text(path))] == []


def test_widgets_start_no_workers() -> None:
    workers = [
        f"{path.name}: {match.group()}"
        for path in files("tui/widgets")
        for match in re.finditer(r"@work\b|\brun_worker\(|\bimport work\b|\bThread\(", sources.text(path))
    ]
    assert workers == []


def test_no_handler_calls_that_of_its_base() -> None:
    """Textual calls the handlers of all bases by itself: such a call would have theirs run twice. `on_event` is called
    like any other method."""
    twice = [
        place(path, call)
        for path in files("tui")
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and re.match("_?(on|key)_(?!event$)", call.func.attr)
        and isinstance(call.func.value, ast.Call)
        and isinstance(call.func.value.func, ast.Name)
        and call.func.value.func.id == "super"
    ]
    assert twice == []


def test_no_text_is_shown_as_markup() -> None:
    asked = [place(path, call) for path in files("tui") for call in calls(path) if keyword(call, "markup") is True]
    assert asked == []


def test_notifications_are_plain_text() -> None:
    """Textual reads a notification as markup unless told otherwise, and most of them hold foreign text."""
    parsed = [
        place(path, call)
        for path in files("tui")
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "notify" and keyword(call, "markup") is not False
    ]
    assert parsed == []


def test_no_widget_is_given_a_formatted_str() -> None:
    """A str is markup to these; what is put together from parts has to come as Content or Text."""
    shown = {"Static", "Label", "Button", "Checkbox", "RadioButton", "update", "add_row", "add_option", "from_markup"}
    formatted = [
        place(path, call)
        for path in files("tui/screens", "tui/widgets")
        for call in calls(path)
        if (call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")) in shown
        and any(isinstance(argument, ast.JoinedStr) for argument in call.args)
        and keyword(call, "markup") is not False
    ]
    assert formatted == [], "pass Content(...), or markup=False"


def test_screens_and_widgets_print_nothing() -> None:
    printed = [
        place(path, call)
        for path in [*files("tui/screens", "tui/widgets"), TUI / "app.py"]
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert printed == []


def pins(name: str) -> dict[str, str]:
    """Package -> version of a constraints file. Every line of it pins exactly one version."""
    lines = [line for line in (ROOT / ".ci" / name).read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    return {normal(package): version for package, _, version in (line.partition("==") for line in lines)}


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_every_dependency_is_pinned() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *declared["build-system"]["requires"],
        *declared["project"]["dependencies"],
        *declared["project"]["optional-dependencies"]["dev"],
    ]
    names = {normal(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in wanted}
    assert names - pins("constraints.txt").keys() == set()
