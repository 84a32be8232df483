"""Where things are: the programs that are measured, and the HOMEs that they run in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import homes

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(sys.executable).parent

PYTHON = sys.executable
SSOTUI = str(FOLDER / "ssotui")
BARE = [PYTHON, str(ROOT / "bench/bare.py")]
PASS = [PYTHON, "-c", "pass"]

PEERS = ROOT / (os.environ.get("SSOTUI_PEERS_VENV") or ".venv-peers") / "bin"


def aws_v2() -> str | None:
    """The path of the first AWS CLI v2 on the PATH, perhaps behind a v1; None when there is none."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        program = shutil.which("aws", path=folder)
        if program is not None:
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
            if said.stdout.startswith("aws-cli/2."):
                return program
    return None


class Homes:
    """HOMEs below one folder, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def home(self, size: int, access_token: str = "", inline: bool = False) -> Path:
        """A HOME with `size` profiles; with `access_token`, which the server then accepts, a HOME of its own."""
        kind = "inline" if inline else access_token[-8:] or "plain"
        home = self.folder / f"{kind}-{size}"
        if not home.exists():
            home.mkdir(parents=True)
            homes.make(home, size, access_token=access_token or "a-token", inline=inline)
        return home
