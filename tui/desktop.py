"""The user's desktop: opening a browser and using the clipboard. Everything here can block; call it from workers.

Children get no terminal (their output would land on the screen), no secrets in argv or environment, and a time limit.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

COPIED = "copied"
SENT = "sent to the terminal, cannot be confirmed"

CLIPBOARD_LIMIT = 3.0
"""Seconds that a clipboard program may take."""

NO_CLIPBOARD = 3
"""Exit code of the clipboard child when there is nothing to copy with."""

_SECRET_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def child_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a child process: ours without credentials."""
    source = os.environ if environ is None else environ
    return {name: value for name, value in source.items() if name not in _SECRET_VARIABLES}


def parent_shell() -> str:
    """The name of the process that started us ("zsh", "fish", ...), "" when it cannot be told."""
    try:
        with open(f"/proc/{os.getppid()}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        pass
    if sys.platform != "darwin":
        return ""
    try:
        done = subprocess.run(
            ["ps", "-o", "comm=", "-p", str(os.getppid())], capture_output=True, timeout=2, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.path.basename(done.stdout.decode(errors="replace").strip()).lstrip("-")


def spawn(command: Sequence[str]) -> str:
    """Start a program on its own: no terminal, own process group. Returns why not, "" when it runs or has ended well.

    A program that ends within a second with an error counts as failed.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=child_environment(),
        )
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "it cannot be started"
    try:
        code = process.wait(1.0)
    except subprocess.TimeoutExpired:
        return ""
    return "" if code == 0 else f"it ended with code {code}"


def no_browser_reason(environ: Mapping[str, str] | None = None) -> str:
    """Why opening a browser from here makes no sense, "" when it does."""
    environ = os.environ if environ is None else environ
    if environ.get("BROWSER"):
        return ""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return "this is an SSH session"
    if sys.platform == "linux" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        if shutil.which("wslview") or environ.get("WSL_DISTRO_NAME"):
            return ""
        return "there is no desktop here"
    return ""


def browser_command(url: str, environ: Mapping[str, str] | None = None) -> list[str] | None:
    """The command that opens `url`, None when there is none. `$BROWSER` is honoured, never through a shell.

    `%s` in it stands for the URL; several commands are separated by colons, the first that exists is taken.
    """
    environ = os.environ if environ is None else environ
    for choice in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(choice.removesuffix("&").strip())
        except ValueError:
            continue
        if words and shutil.which(words[0], path=environ.get("PATH")):
            filled = [word.replace("%s", url) for word in words]
            return filled if filled != words else [*words, url]
    if sys.platform == "darwin":
        return ["open", url]
    names = ("wslview", "xdg-open", "gio") if environ.get("WSL_DISTRO_NAME") else ("xdg-open", "gio", "wslview")
    for name in names:
        program = shutil.which(name, path=environ.get("PATH"))
        if program:
            return [program, "open", url] if name == "gio" else [program, url]
    return None


def open_browser(url: str) -> str:
    """Open `url` in the user's browser. Returns why not, "" when a browser was started. https and loopback only."""
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
        return "it is not an https address"
    reason = no_browser_reason()
    if reason:
        return reason
    if sys.platform == "win32":
        os.startfile(url)
        return ""
    command = browser_command(url)
    if command is None:
        return "no browser was found"
    failure = spawn(command)
    return f"{os.path.basename(command[0])} failed: {failure}" if failure else ""


def copy(text: str) -> str:
    """Put `text` on the system clipboard. Returns why not, "" when it is there (it was read back)."""
    failure, _output = _clipboard("copy", text)
    return failure


def paste() -> str | None:
    """The text on the system clipboard, None when it cannot be read."""
    failure, output = _clipboard("paste", "")
    return None if failure else output


def clear_if_ours(text: str) -> bool:
    """Empty the clipboard if it still holds `text`. Returns whether it did."""
    return paste() == text and not copy("")


def _clipboard(action: str, text: str) -> tuple[str, str]:
    """Run pyperclip in a child: it can hang with the program it calls, and prints that program's errors.

    Returns (why it failed or "", what it printed).
    """
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.clipboard", action],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=child_environment(),
        )
    except OSError as error:
        return error.strerror or "Python cannot be started", ""
    try:
        output, _ = process.communicate(text.encode("utf-8", "surrogateescape"), timeout=CLIPBOARD_LIMIT)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        return f"the clipboard did not answer within {CLIPBOARD_LIMIT:.0f} s", ""
    answer = output.decode("utf-8", "surrogateescape")
    if process.returncode == 0:
        return "", answer
    if process.returncode == NO_CLIPBOARD:
        return _missing(), ""
    return "the clipboard program failed", ""


def _missing() -> str:
    if os.environ.get("WAYLAND_DISPLAY"):
        return "install wl-clipboard"
    if os.environ.get("DISPLAY"):
        return "install xclip or xsel"
    return "there is no desktop here"
