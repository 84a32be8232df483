"""The pty harness itself, on small programs: what other tests conclude from it is true."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
from pathlib import Path

import pytest

from .terminal import CLOSED, PIPE, Terminal

TEXTUAL_APP = """
from textual.app import App
from textual.widgets import Input, Label, Static

class Small(App):
    BINDINGS = [("f5", "exit", "Exit"), ("escape", "say('escaped')", "Say")]
    def compose(self):
        yield Label("hello from Textual", id="text")
        yield Input(id="input")
        yield Static("", id="size")
    def on_resize(self, event):
        self.query_one("#size").update(f"{event.size.width} columns")
    def on_input_changed(self, event):
        self.query_one("#text").update("typed " + event.value)
    def action_say(self, what):
        self.query_one("#text").update(what)
    def action_exit(self):
        self.exit(return_code=7)

app = Small()
app.run()
raise SystemExit(app.return_code)
"""


def python(source: str, **options: int | None) -> Terminal:
    return Terminal([sys.executable, "-c", source], **options)  # type: ignore[arg-type]


def test_output_is_on_the_screen_and_in_the_raw_bytes() -> None:
    with Terminal(["printf", r"one\n\033[1mtwo\033[0m"]) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.lines()[:3] == ["one", "two", ""]
        assert terminal.raw == b"one\r\n\x1b[1mtwo\x1b[0m"


def test_all_output_of_a_program_that_ends_at_once_is_read() -> None:
    with python("print('x' * 200_000, end='')") as terminal:
        terminal.wait_exit()
        assert len(terminal.raw) == 200_000


def test_the_program_has_a_controlling_terminal_of_its_own() -> None:
    source = "import os; tty = open('/dev/tty'); print(os.ttyname(tty.fileno()), os.getsid(0) == os.getpid(),"
    source += " os.tcgetpgrp(0) == os.getpid())"
    with python(source) as terminal:
        terminal.wait_exit()
        assert terminal.text().strip() == f"{os.ttyname(terminal.slave)} True True".replace(
            os.ttyname(terminal.slave), "/dev/tty"
        )


def test_the_size_is_known_and_changes_arrive() -> None:
    # No handler: it could print while what was printed before is still on its way, which Python does not allow.
    source = "import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])\n"
    source += "while True: print(*os.get_terminal_size(), flush=True); signal.sigwait([signal.SIGWINCH])"
    with Terminal([sys.executable, "-c", source], size=(100, 30)) as terminal:
        terminal.wait_for("100 30")
        terminal.resize(60, 12)
        terminal.wait_for("60 12")
        assert len(terminal.lines()) == 12


def test_environment_and_working_directory(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "ONLY": "this"}
    source = "import os; print(os.getcwd(), os.environ['ONLY'], 'HOME' in os.environ)"
    with Terminal([sys.executable, "-c", source], env=env, cwd=tmp_path, size=(300, 5)) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.lines()[0] == f"{tmp_path} this False"


def test_a_program_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        Terminal(["no-such-program-anywhere"])


def test_typing() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.send("héllo")
        terminal.press("enter")
        terminal.wait_for(re.compile(r"^héllo\nhéllo", re.MULTILINE))
        terminal.press("ctrl+d")
        assert terminal.wait_exit() == 0


def test_ctrl_c_interrupts_as_in_a_shell() -> None:
    with python("import time; print('ready', flush=True); time.sleep(60)") as terminal:
        terminal.wait_for("ready")
        terminal.press("ctrl+c")
        terminal.wait_exit()
        assert (terminal.returncode, terminal.status) == (-signal.SIGINT, 130)


def test_exit_status_as_a_shell_gives_it() -> None:
    with python("raise SystemExit(3)") as terminal:
        assert terminal.wait_exit() == 3
        assert terminal.returncode == 3


def test_signals() -> None:
    with Terminal(["sleep", "60"]) as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert terminal.returncode == -signal.SIGTERM


def test_hanging_up_sends_sighup() -> None:
    with Terminal(["sleep", "60"]) as terminal:
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP


def test_waiting_in_vain_shows_the_screen() -> None:
    with Terminal(["sh", "-c", "echo something else; sleep 60"]) as terminal:
        terminal.wait_for("something else")
        with pytest.raises(AssertionError, match=r"(?s)0\.1 s passed.*'never'.*\|something else +\|"):
            terminal.wait_for("never", timeout=0.1)
        with pytest.raises(AssertionError, match="still runs after"):
            terminal.wait_exit(timeout=0.1)


def test_waiting_ends_with_the_program() -> None:
    with (
        Terminal(["sh", "-c", "echo last words; exit 5"]) as terminal,
        pytest.raises(AssertionError, match=r"(?s)the program ended while.*ended with 5.*last words"),
    ):
        terminal.wait_for("never")


def test_a_condition_may_be_a_function() -> None:
    with Terminal(["sh", "-c", "echo a; echo b; sleep 60"]) as terminal:
        terminal.wait_for(lambda seen: seen.lines()[:2] == ["a", "b"])


def test_queries_are_answered_while_the_program_waits() -> None:
    source = "import os, tty; tty.setraw(0); os.write(1, b'\\x1b[?2026$p'); print(os.read(0, 100))"
    with python(source) as terminal:
        terminal.wait_for(r"b'\x1b[?2026;2$y'")


def test_a_frame_appears_as_a_whole() -> None:
    source = "import sys, time; say = lambda text: print(text, end='', flush=True); say('\\x1b[?20'); say('26hfirst ');"
    source += "sys.stdin.readline(); say('second\\x1b[?2026l'); sys.stdin.readline(); say('\\x1b[?2026hthird')"
    with python(source) as terminal:
        terminal.wait_for(lambda it: b"first " in it.raw)
        assert terminal.text().strip() == ""
        terminal.press("enter")
        terminal.wait_for(re.compile(r"first\s+second"))
        terminal.press("enter")
        terminal.wait_exit()
        assert "third" in terminal.text(), "at the end, what has come is shown"


def test_pipes_instead_of_the_terminal() -> None:
    source = "import os, sys; d = sys.stdin.read(); print('out', d); print('tty', file=open('/dev/tty', 'w'));"
    source += "print('err', os.isatty(0), os.isatty(1), os.isatty(2), file=sys.stderr)"
    with python(source, stdin=PIPE, stdout=PIPE) as terminal:
        terminal.write_stdin(b"in")
        terminal.close_stdin()
        assert terminal.wait_exit() == 0
        assert terminal.captured == {"stdout": b"out in\n"}
        assert terminal.lines()[:2] == ["tty", "err False False True"]


def test_a_file_instead_of_the_terminal(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out, Terminal(["echo", "hello"], stdout=out.fileno()) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.raw == b""
    assert (tmp_path / "out").read_bytes() == b"hello\n"


def test_closed_standard_input() -> None:
    with python("import sys; print(sys.stdin, sys.stdout.isatty())", stdin=CLOSED) as terminal:
        terminal.wait_for("None True")


def test_a_program_that_reads_nothing_does_not_block_the_test() -> None:
    with python("import time, tty; tty.setraw(0); print('ready', flush=True); time.sleep(60)") as terminal:
        terminal.wait_for("ready")
        terminal.send(b"x" * 1_000_000)


def test_leaving_the_block_kills_the_program() -> None:
    with python("import signal; signal.signal(1, signal.SIG_IGN); print('on', flush=True); signal.pause()") as it:
        it.wait_for("on")
    assert it.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(it.pid, 0)


def test_no_file_stays_open() -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with Terminal(["true"], stdin=PIPE, stdout=PIPE, stderr=PIPE) as terminal:
            terminal.wait_exit()
        terminal.close()
    assert len(os.listdir("/dev/fd")) == before


def test_a_terminal_left_in_raw_mode_is_noticed() -> None:
    with python("import tty; tty.setraw(0)") as terminal:
        terminal.wait_exit()
        assert terminal.termios_now() != terminal.termios_before
        with pytest.raises(AssertionError, match="termios lflag"):
            terminal.assert_restored()
        termios.tcsetattr(terminal.slave, termios.TCSANOW, terminal.termios_before)
        terminal.assert_restored()


def test_a_terminal_left_by_a_killed_full_screen_program_is_noticed() -> None:
    with Terminal(["sh", "-c", "tput smcup; tput civis; echo ready; exec sleep 60"]) as terminal:
        terminal.wait_for("ready")
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
        with pytest.raises(AssertionError, match=r"alternate screen.*the cursor is off"):
            terminal.assert_restored()


@pytest.mark.parametrize("in_band_resize", [False, True])
def test_a_textual_app(in_band_resize: bool) -> None:
    with Terminal([sys.executable, "-c", TEXTUAL_APP], in_band_resize=in_band_resize) as terminal:
        terminal.wait_for("hello from Textual")
        terminal.wait_for("80 columns")
        assert terminal.emulator.alternate
        terminal.send("abc")
        terminal.wait_for("typed abc")
        terminal.resize(100, 30)
        terminal.wait_for("100 columns")
        terminal.press("escape")
        terminal.wait_for("escaped")
        # That it draws frames as wholes shows that it read the answer to its query.
        assert b"\x1b[?2026h" in terminal.raw
        terminal.send("\x1b[15~")
        assert terminal.wait_exit() == 7
        if in_band_resize:
            # Textual leaves this one on. It only says how positions are told while mouse tracking is on.
            assert terminal.emulator.leftovers() == ["mouse encoding (mode 1016) is still on"]
        else:
            terminal.assert_restored()
