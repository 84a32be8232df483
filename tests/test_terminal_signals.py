"""Signals, a closed terminal, ctrl+z: however the board ends or stops, the terminal is as it was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.demo.server import DemoServer

from .program import COMMAND, highlight, program, quit_board, sample_home
from .terminal import Terminal

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]


@pytest.fixture(autouse=True)
def organisation(home: Path, demo: DemoServer) -> None:
    sample_home(home, demo)


def ends_well(terminal: Terminal, number: int) -> None:
    """The program ends with 128 + the signal, having put the terminal back, without a word of its inner life."""
    __tracebackhide__ = True
    assert terminal.wait_exit() == 128 + number
    assert terminal.returncode == 128 + number, "the signal itself killed the program"
    terminal.assert_restored()
    assert "Traceback" not in terminal.text()
    assert "Error" not in terminal.text()


def caches_are_whole(home: Path) -> None:
    """Every cache file is there as a whole, and no temporary file is left."""
    for path in (home / ".aws").glob("*/cache/*"):
        assert path.suffix == ".json", path
        json.loads(path.read_text())


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_e08_a_signal_on_the_board(number: signal.Signals) -> None:
    with program() as terminal:
        terminal.wait_for("attic")
        terminal.signal(number)
        ends_well(terminal, number)


RARE = ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU", "SIGIO", "SIGPWR"]


@pytest.mark.parametrize("name", [name for name in RARE if hasattr(signal, name)])
def test_e08_a_signal_that_nobody_expects(name: str) -> None:
    """The system's own answer to each of these is to end the program where it stands."""
    number = getattr(signal, name)
    with program() as terminal:
        terminal.wait_for("attic")
        terminal.signal(number)
        ends_well(terminal, number)


def test_e08_told_to_abort_it_puts_the_terminal_back_first() -> None:
    with program() as terminal:
        terminal.wait_for("attic")
        terminal.press("?")
        terminal.wait_for("Keys and states")
        terminal.signal(signal.SIGABRT)
        assert terminal.wait_exit() == 128 + signal.SIGABRT
        terminal.assert_restored()
        assert terminal.text().strip() == ""


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_e08_a_signal_in_the_middle_of_a_sign_in(number: signal.Signals, home: Path, demo: DemoServer) -> None:
    with program() as terminal:
        sign_in_to_attic(terminal)
        terminal.signal(number)
        ends_well(terminal, number)
        caches_are_whole(home)
    assert len(list((home / ".aws/sso/cache").iterdir())) == 5, "two tokens, three registrations, no new token"


def sign_in_to_attic(terminal: Terminal) -> None:
    terminal.wait_for("attic")
    highlight(terminal, "attic")
    terminal.press("l")
    terminal.wait_for("waiting for approval")


def _screen(*steps: str) -> Callable[[Terminal, DemoServer], None]:
    """Presses keys and waits for texts: every second step is what the one before has to bring."""

    def go(terminal: Terminal, _demo: DemoServer) -> None:
        highlight(terminal, "dev-admin")
        for key, words in zip(steps[::2], steps[1::2], strict=True):
            terminal.press(key)
            terminal.wait_for(words)

    return go


def _renewal(terminal: Terminal, demo: DemoServer) -> None:
    demo.state.faults.add("CreateToken", hang=True)
    highlight(terminal, "sandbox")
    terminal.press("l")
    terminal.wait_for("Renewing lab")


def _requests(terminal: Terminal, demo: DemoServer) -> None:
    demo.state.faults.add("GetRoleCredentials", hang=True, count=None)
    terminal.press("R")
    terminal.wait_for("Getting role credentials")


def _sign_out(terminal: Terminal, demo: DemoServer) -> None:
    demo.state.faults.add("Logout", hang=True)
    _screen("x", "Removes 1 token")(terminal, demo)
    terminal.press("enter")
    terminal.wait_for("Signing out")


PLACES = {
    "identity": _screen("i", "answered in"),
    "export": _screen("e", "credentials valid for"),
    "export in clear": _screen("e", "credentials valid for", "v", "ASIADEMO"),
    "sign-out": _screen("x", "Removes 1 token"),
    "help": _screen("?", "Keys and states"),
    "problems": _screen("!", "problems"),
    "filter": _screen("/", "esc Clear filter"),
    "palette": _screen("ctrl+p", "Search for commands"),
    "question": _screen("l", "acme is signed in until"),
    "use": _screen("enter", "export AWS_PROFILE='dev-admin'"),
    "renewal": _renewal,
    "requests": _requests,
    "signing out": _sign_out,
}


@pytest.mark.parametrize("place", PLACES)
def test_e08_a_signal_in_every_other_place(place: str, home: Path, demo: DemoServer) -> None:
    number = SIGNALS[list(PLACES).index(place) % len(SIGNALS)]
    with program() as terminal:
        terminal.wait_for("attic")
        PLACES[place](terminal, demo)
        terminal.signal(number)
        demo.state.faults.clear()
        ends_well(terminal, number)
    caches_are_whole(home)


def test_e08_a_signal_as_soon_as_anything_is_drawn() -> None:
    with program() as terminal:
        terminal.wait_for(lambda it: b"\x1b[?1049h" in it.raw)
        terminal.signal(signal.SIGTERM)
        ends_well(terminal, signal.SIGTERM)


def test_e08_several_signals_at_once() -> None:
    with program() as terminal:
        terminal.wait_for("attic")
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            terminal.signal(number)
        assert terminal.wait_exit() in {128 + number for number in SIGNALS}
        terminal.assert_restored()
        assert "Traceback" not in terminal.text()


@pytest.mark.parametrize("in_band", [False, True])
def test_no_mode_is_left_on(in_band: bool) -> None:
    with program(in_band_resize=in_band) as terminal:
        terminal.wait_for("attic")
        quit_board(terminal)


@pytest.mark.parametrize("mid_sign_in", [False, True], ids=["board", "sign-in"])
def test_a_terminal_that_goes_away_ends_the_program(mid_sign_in: bool, home: Path) -> None:
    with program() as terminal:
        terminal.wait_for("attic")
        if mid_sign_in:
            sign_in_to_attic(terminal)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
        caches_are_whole(home)


def test_a_terminal_that_goes_away_without_a_signal_ends_the_program(tmp_path: Path) -> None:
    """SIGHUP goes to the leader of the session only. Behind one that stays, reads and writes fail, and that is all."""
    ending = tmp_path / "ending"
    script = f'trap "" HUP; "$@"; echo $? >{ending}'
    with program(command=["sh", "-c", script, "sh", *COMMAND]) as terminal:
        terminal.wait_for("attic")
        terminal.hang_up()
        terminal.wait_exit()
    assert ending.read_text() == f"{128 + signal.SIGHUP}\n"


def test_e08_a_program_with_a_request_under_way_is_not_torn_down_around_it() -> None:
    """Python crashes now and then when it takes everything away from a thread that goes on."""
    text = """if True:
        import atexit, sys, threading, time
        from tui.__main__ import main
        class Last:
            def __del__(self):
                print("torn down", flush=True)
        last = Last()
        atexit.register(print, "the end", flush=True)
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        sys.argv = ["ssotui", "status", "nobody"]
        sys.exit(main())
    """
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "the end\n")
    assert "nobody" in done.stderr
