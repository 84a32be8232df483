"""A fake `ssotui` on PATH and real shells to try the integration in; shared by the tests of the shell functions.

The fake prints what the real program prints (its lines come from the export module), and cancels, crashes or dies as
FAKE_PLAN says. `report N` prints N and the AWS variables that a child process sees. Both start hundreds of times, and
write Python's own literals: to load `json` takes longer than all that they do.
"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tui.shell.install import INIT_LINES

from . import needs
from .pythons import python_program

ROOT = Path(__file__).resolve().parent.parent

ARGUMENTS = needs.Programs(
    bash=["bash", "--norc", "--noprofile"],
    dash=["dash"],
    zsh=["zsh", "-f"],
    fish=["fish", "--no-config"],
)

STATUS = {"bash": "$?", "zsh": "$?", "fish": "$status"}

FAKE = r"""
import os, signal, sys
folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.environ["FAKE_ROOT"])
from tui.shell.formats import use_profile_lines
arguments = sys.argv[1:]
with open(os.path.join(folder, "calls"), "a") as file:
    file.write(ascii(arguments) + "\n")
with open(os.path.join(folder, "names")) as file:
    names = file.read().splitlines()
if arguments[0] == "init":
    from tui.shell.function import init_script
    sys.stdout.write(init_script(arguments[1]))
    sys.exit()
if arguments == ["completion", "--names"]:
    sys.stdout.write("".join(name + "\n" for name in names))
    sys.exit()
if arguments[0] == "completion":
    from tests.command_line import command_line
    from tui.shell.completion_script import completion_script
    sys.stdout.write(completion_script(arguments[1], command_line()))
    sys.exit()
plan, _, value = os.environ.get("FAKE_PLAN", "pick dev").partition(" ")
if len(arguments) == 3:
    plan, value = "pick", arguments[2].removeprefix("--use=").removeprefix("--filter=")
    if value == "--previous":
        value = os.environ.get("FAKE_PREVIOUS", "nobody")
    if value not in names:
        sys.stderr.write("ssotui: there is no profile of that name\n")
        sys.exit(5)
if plan == "ask":
    if not (os.isatty(0) and os.isatty(2)) or os.isatty(1):
        sys.exit(99)
    sys.stderr.write("BOARD UP\n")
    sys.stderr.flush()
    value = sys.stdin.readline().strip()
if plan == "cancel":
    sys.exit(int(value))
if plan == "nothing":
    sys.exit(0)
sys.stdout.write(use_profile_lines(arguments[1], value if plan in ("pick", "ask") else "prod"))
sys.stdout.flush()
if plan == "kill":
    os.kill(os.getpid(), int(value))
if plan == "crash":
    raise RuntimeError("as asked")
"""

REPORT = r"""
import os, sys
aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
print("REPORT" + ascii([int(sys.argv[1]), aws]))
"""

Report = tuple[int, dict[str, str]]


class Sandbox:
    """A folder with the fake programs, a home of its own, and a clean environment."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.program("ssotui", FAKE)
        self.program("report", REPORT)  # each starts hundreds of times: without the packages that are installed
        self.names("dev", "prod", "old")
        self.environment = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "PATH": needs.path_with(self.bin),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "FAKE_ROOT": str(ROOT),
        }

    def program(self, name: str, text: str) -> None:
        """Put a Python program on the PATH."""
        path = self.bin / name
        path.write_text(python_program(text, "-IS"), encoding="utf-8")
        path.chmod(0o755)

    def names(self, *names: str) -> None:
        """The profiles that the fake knows."""
        (self.bin / "names").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")

    def calls(self) -> list[list[str]]:
        """The arguments of every call of the fake, oldest first."""
        return [ast.literal_eval(line) for line in (self.bin / "calls").read_text(encoding="utf-8").splitlines()]

    def run(self, shell: str, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `script` in a non-interactive shell."""
        return subprocess.run(
            [*ARGUMENTS[shell], "-c", script],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    def reports(self, shell: str, script: str, **environment: str) -> list[Report]:
        """Install `sso`, run `script`, and return what its `report`s said. REPORT stands for one with the status."""
        script = f"{INIT_LINES[shell]}\n{script}".replace("REPORT", f"report {STATUS[shell]}")
        done = self.run(shell, script, **environment)
        found = reports_in(done.stdout)
        assert found, (done.stdout, done.stderr)
        return found


def reports_in(output: str) -> list[Report]:
    """Exit code and AWS variables of each report in `output`."""
    found = (ast.literal_eval(text) for text in re.findall(r"REPORT(\[.*?\}\])", output))
    return [(code, variables) for code, variables in found]


@pytest.mark.parametrize("shell", sorted(INIT_LINES.keys() & ARGUMENTS.keys()))
def test_a_report_tells_the_truth(tmp_path: Path, shell: str) -> None:
    box = Sandbox(tmp_path)
    assert box.reports(shell, "REPORT", AWS_PROFILE="it's") == [(0, {"AWS_PROFILE": "it's"})]
