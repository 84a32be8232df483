"""Adding the line that defines `sso` to the file that a shell reads when it starts.

`plan` says what would be done, so that it can be shown and asked about; `carry_out` does just that.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import NamedTuple

from ..aws.cache.writing import write_bytes
from ..aws.config.file import Unreadable, read_bytes
from ..aws.errors import SsoError
from ..exit_codes import USAGE
from ..text import place
from .install import INIT_LINES

_CALL = re.compile(rb"^[^#\n]*\bssotui(?:\.exe)?['\"]?\s+init\b", re.MULTILINE)
_LOGIN_FILES = (".bash_profile", ".bash_login", ".profile")
"""What a login shell of bash reads, the first that there is."""


class StartupPlan(NamedTuple):
    """What is to be added where. `before`: what the file holds, None when there is no such file. `there`: in which of
    its lines such a call stands already, 0 when in none."""

    shell: str
    path: str
    line: str
    before: bytes | None
    there: int

    @property
    def after(self) -> bytes:
        """What the file will hold."""
        before = self.before or b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        if before.endswith(b"\\\n"):  # it would go on in our line
            before += b"\n"
        return before + self.line.encode() + b"\n"

    @property
    def number(self) -> int:
        """The line in which it will stand."""
        return self.after.count(b"\n")


def plan(shell: str, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> StartupPlan:
    """What installing `sso` for a shell comes to. Raises SsoError where that is not known, or cannot be read."""
    if shell not in INIT_LINES:
        raise SsoError(f"There is no shell function for {shell}", f"shells: {', '.join(INIT_LINES)}", exit_code=USAGE)
    line = INIT_LINES[shell]
    path = _path(shell, os.environ if environ is None else environ, platform)
    if not path:
        raise SsoError("Only PowerShell knows which file it reads", f"to the file that $PROFILE names add: {line}")
    before = _content(path)
    found = _CALL.search(before or b"")
    return StartupPlan(shell, path, line, before, (before or b"").count(b"\n", 0, found.end()) + 1 if found else 0)


def carry_out(planned: StartupPlan) -> None:
    """Add the line. The file is written whole or not at all and keeps its mode, a link stays one. Raises SsoError."""
    path, by_hand = planned.path, f"add it by hand: {planned.line}"

    def unchanged() -> None:
        if _content(path) != planned.before:
            raise SsoError(f"{place(path)} has been changed meanwhile", "nothing was written; try again")

    try:
        mode = os.stat(path).st_mode & 0o7777 if planned.before is not None else None
        write_bytes(path, planned.after, unchanged)
        if mode is not None:
            os.chmod(path, mode)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    else:
        return
    raise SsoError(f"{place(path)} cannot be written: {reason}", by_hand)


def _path(shell: str, environ: Mapping[str, str], platform: str) -> str:
    """The file that the shell reads when somebody opens it, "" where nobody else can tell."""
    home = os.path.expanduser("~")
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    if shell == "zsh":
        return os.path.join(environ.get("ZDOTDIR") or home, ".zshrc")
    if shell == "fish":
        return os.path.join(config, "fish", "config.fish")
    if shell == "pwsh":
        known = platform != "win32"  # there the folder of documents can be anywhere
        return os.path.join(config, "powershell", "Microsoft.PowerShell_profile.ps1") if known else ""
    bashrc = os.path.join(home, ".bashrc")
    if platform != "darwin":
        return bashrc
    # The terminals of macOS open login shells, which read another file; many of these read .bashrc in turn.
    for name in _LOGIN_FILES:
        content = _content(os.path.join(home, name))
        if content is not None:
            return bashrc if b"bashrc" in content else os.path.join(home, name)
    return os.path.join(home, _LOGIN_FILES[0])


def _content(path: str) -> bytes | None:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        return None
    except Unreadable as error:
        reason = str(error)
    raise SsoError(f"{place(path)}: {reason}")
