"""Names of Textual's and botocore's that are nobody's promise: each one in use is in a list, is there, and takes what
it took. Without those that the program can do without, it does."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.client
import botocore.loaders
import pytest
from textual import _styles_cache, _xterm_parser
from textual.app import App
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver
from textual.widgets import Input

from tui.app import SsoApp
from tui.demo.server import DemoServer
from tui.terminal import collector, driver, keyboard
from tui.terminal.driver import careful, restore, titled
from tui.terminal.keyboard import careful_reader
from tui.terminal.stopping import stoppable

from . import sources
from .board import board, sample
from .sources import TUI

METHODS = {
    "_action_command_list": (CommandPalette, "(self, action: 'str') -> 'None'"),
    "_check_bindings": (App, "(self, key: 'str', priority: 'bool' = False) -> 'bool'"),
    "_close_messages_no_wait": (App, "(self) -> 'None'"),
    "_disable_mouse_support": (LinuxDriver, "(self) -> 'None'"),
    "_fatal_error": (App, "(self) -> 'None'"),
    "_get_terminal_size": (LinuxDriver, "(self) -> 'tuple[int, int]'"),
    "_handle_exception": (App, "(self, error: 'Exception') -> 'None'"),
    "_on_key": (Input, "(self, event: 'events.Key') -> 'None'"),
    "_refresh_command_list": (
        CommandPalette,
        "(self, command_list: 'CommandList', commands: 'list[Command]', clear_current: 'bool') -> 'None'",
    ),
    "_run_input_thread": (LinuxDriver, "(self) -> 'None'"),
    "_sequence_to_key_events": (
        _xterm_parser.XTermParser,
        "(self, sequence: 'str', alt: 'bool' = False) -> 'Iterable[events.Key]'",
    ),
    "_sigcont_application": (LinuxDriver, "(self, *_) -> 'None'"),
    "_sigtstp_application": (LinuxDriver, "(self, *_) -> 'None'"),
}
ATTRIBUTES: dict[str, type] = {
    "_clipboard": App,
    "_driver": App,
    "_endpoint": botocore.client.BaseClient,
    "_exception": App,
    "_exit": App,
    "_exit_renderables": App,
    "_file": LinuxDriver,
    "_in_band_window_resize": LinuxDriver,
    "_key_thread": LinuxDriver,
    "_mouse_pixels": LinuxDriver,
    "_must_signal_resume": LinuxDriver,
    "_writer_thread": LinuxDriver,
}
MODULES: dict[str, tuple[ModuleType, list[str]]] = {
    "textual._xterm_parser": (_xterm_parser, ["XTermParser", "IS_ITERM"]),
    "textual._styles_cache": (_styles_cache, ["StylesCache"]),
}
STANDARD_LIBRARY = {
    "_SubParsersAction",
    "_actions",
    "_choices_actions",
    "_group_actions",
    "_mutually_exclusive_groups",
    "_replace",  # a named tuple's, and documented
    "_run_exitfuncs",
}
"""Python's own: its versions are those that the tests run on."""


OUR_OWN = {"_exit", "_file", "_clipboard", "_exception"}
"""Names of Textual's that mean something of ours, or of Python's, elsewhere."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def names_given(nodes: Iterable[ast.AST]) -> set[str]:
    """The private names that a piece of source gives something: functions, attributes, variables."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return {name for name in found if is_private(name)}


@functools.cache
def names_of(owner: type) -> set[str]:
    """Those that a class gives something; none for one that is not written in Python (newer ones' `Generic`)."""
    found = classes_in(owner.__module__).get(owner.__name__)
    return names_given(sources.walked(found)) if found is not None else set()


@functools.cache
def classes_in(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module, by name; of two of one name the outer one."""
    nodes = list(sources.each(Path(str(sys.modules[module].__file__)), ast.ClassDef))
    return {node.name: node for node in reversed(nodes)}


def classes() -> Iterator[type]:
    """All classes of the program that are made of Textual's, the drivers that are made when it runs too."""
    for path in sources.files("tui"):
        if path.name == "__main__.py":
            continue
        module = importlib.import_module(".".join(path.relative_to(TUI.parent).with_suffix("").parts))
        yield from (it for it in vars(module).values() if isinstance(it, type) and it.__module__ == module.__name__)
    made = titled(stoppable(careful_reader(careful(LinuxDriver))))
    yield from (base for base in made.__mro__ if base.__module__.startswith("tui."))


def taken_over() -> set[str]:
    """Names that a class of ours gives something and that a class of others below it has for itself."""
    found = set()
    for owner in classes():
        others = [base for base in owner.__mro__ if base.__module__.split(".")[0] in ("textual", "botocore")]
        if others:
            theirs = set().union(*(names_of(base) for base in others))
            found |= names_of(owner) & theirs
    return found


def reached_for() -> set[str]:
    """Names that nothing of ours has, of whatever object: as attributes, or as texts for getattr."""
    ours = set().union(*(names_given(sources.nodes(path)) for path in sources.files("tui")))
    found = set()
    for path in sources.files("tui"):
        for node in sources.nodes(path):
            if isinstance(node, ast.Attribute) and is_private(node.attr):
                if not (isinstance(node.value, ast.Name) and node.value.id == "os"):
                    found.add(node.attr)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "hasattr", "setattr"):
                texts = [it.value for it in node.args if isinstance(it, ast.Constant) and isinstance(it.value, str)]
                found |= set(filter(is_private, texts))
    return found - ours | found & (METHODS.keys() | ATTRIBUTES.keys())


def test_every_private_name_in_use_is_in_the_list() -> None:
    used = taken_over() | reached_for()
    listed = METHODS.keys() | ATTRIBUTES.keys() | STANDARD_LIBRARY | {"IS_ITERM"}
    assert used - listed == set(), "say whose they are, and what becomes of the program without them"
    assert listed - used - {"IS_ITERM"} == set(), "no longer used"


def homes_of(names: set[str]) -> set[str]:
    """The rooms in which private names of others are given something, called or reached for."""
    found = set()
    for path in sources.files("tui"):
        for node in sources.nodes(path):
            if isinstance(node, ast.Call):
                named = {it.value for it in node.args if isinstance(it, ast.Constant)}
            else:
                named = {getattr(node, "attr", "") or getattr(node, "name", "")}
            if named & names:
                found.add(path.relative_to(TUI).parts[:-1])
    return {"/".join(parts) for parts in found}


def test_textual_s_private_names_are_used_in_the_terminal_room_alone() -> None:
    textual = (METHODS.keys() | ATTRIBUTES.keys()) - {"_endpoint"} - OUR_OWN
    assert homes_of(set(textual)) == {"terminal"}
    assert homes_of({"_endpoint"}) <= {"aws/requests"}


def test_every_private_module_in_use_is_in_the_list() -> None:
    used = set()
    for path in sources.files("tui"):
        for node in sources.each(path, ast.ImportFrom):
            if not node.level and node.module:
                whole = [f"{node.module}.{alias.name}" for alias in node.names]
                used |= {name for name in whole if name.split(".")[0] not in sys.stdlib_module_names}
    private = {name for name in used if any(is_private(part) for part in name.split("."))} - {"_typeshed.SupportsWrite"}
    listed = {f"{module}.{name}" for module, (_it, names) in MODULES.items() for name in names}
    assert private - listed - set(MODULES) == set()


@pytest.mark.parametrize("name", METHODS)
def test_a_private_method_takes_what_it_took(name: str) -> None:
    owner, signature = METHODS[name]
    assert str(inspect.signature(getattr(owner, name))) == signature


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_private_attribute_is_there(name: str) -> None:
    owner = ATTRIBUTES[name]
    found = set().union(*(names_of(base) for base in owner.__mro__ if base is not object))
    assert name in found


@pytest.mark.parametrize("module", MODULES)
def test_a_private_module_has_what_is_taken_from_it(module: str) -> None:
    found, names = MODULES[module]
    assert [name for name in names if not hasattr(found, name)] == []


def test_what_is_changed_of_botocore_is_there() -> None:
    loader = botocore.loaders.Loader()
    assert isinstance(loader.search_paths, list)
    assert loader.BUILTIN_DATA_PATH in loader.search_paths
    assert hasattr(loader, "file_loader")


class Bare:
    """A driver of a Textual without any of these names."""

    def __init__(self, app: Any, **_options: Any) -> None:
        self.app = app
        self.fileno = 0
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        self.written.append("stopped")

    def suspend_application_mode(self) -> None:
        pass

    resume_application_mode = suspend_application_mode

    def run_input_thread(self) -> None:
        pass

    disable_input = run_input_thread


async def test_a_driver_without_the_private_names_draws() -> None:
    made: Any = titled(stoppable(careful_reader(driver._careful_driver(Bare))))(SsoApp())
    made._watch_size = made._watch_terminal = lambda: None
    made.start_application_mode()
    made.set_title("title")
    made.write("text")
    made.resume_application_mode()
    made.disable_input()
    made.stop_application_mode()
    restore(made)
    assert "text" in made.written
    assert made.written[-1] == "stopped"


async def test_the_board_opens_without_what_it_can_do_without(
    home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(home, demo)
    monkeypatch.delattr(_xterm_parser, "IS_ITERM")
    monkeypatch.delattr(_styles_cache, "StylesCache")
    reader = keyboard.TerminalInput()
    assert len(reader.feed(b"\x1b[?2048;2$y", 1.0)) == 1
    async with board() as it:
        collector.forget_painted()
        await it.until("? Help")
        await it.press("/", "d", "escape")
        await it.until("? Help")


@pytest.mark.parametrize("missing", ["_exit_renderables", "_close_messages_no_wait"])
async def test_a_crash_is_reported_without_them(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[dict[str, Any]] = []
    app = SsoApp()
    real = SsoApp.__getattribute__

    def without(self: SsoApp, name: str) -> Any:
        if name == missing:
            raise AttributeError(name)
        return real(self, name)

    monkeypatch.setattr(SsoApp, "bell", lambda _app: None)
    monkeypatch.setattr(SsoApp, "exit", lambda _app, **options: said.append(options))
    monkeypatch.setattr(SsoApp, "__getattribute__", without)
    app._fatal_error()
    assert [options["return_code"] for options in said] == [1]
    assert "ssotui has crashed" in str(said[0]["message"])
