"""The user's desktop: opening a browser and using the clipboard. Everything here can block; call it from workers.

Children get no terminal (their output would land on the screen), no secrets in argv or environment, and a time limit.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ..aws.model import BROWSER, DEVICE, LEGACY, Session

COPIED = "copied"
SENT = "sent to the terminal, cannot be confirmed"

CLIPBOARD_LIMIT = 3.0
"""Seconds that a clipboard program may take."""

LOOKED_AT = 1.0
"""Seconds within which a program that ends with an error counts as failed; after them, it runs."""

NO_CLIPBOARD = 3
"""Exit code of the clipboard child when there is nothing to copy with."""

CONTAINER_VARIABLES = ("KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES", "container")
CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv")
"""Signs of a container: what its own runtime sets (systemd-nspawn and Podman the last variable), or leaves behind."""

_SECRET_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def child_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a child process: ours without credentials."""
    source = os.environ if environ is None else environ
    return {name: value for name, value in source.items() if name not in _SECRET_VARIABLES}


def spawn(command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    """Start a program on its own: no terminal, own process group. Returns why not, "" when it runs or has ended well.

    A program that ends with an error while it is still looked at counts as failed.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=child_environment(environ),
        )
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "it cannot be started"
    try:
        code = process.wait(LOOKED_AT)
    except subprocess.TimeoutExpired:
        return ""
    return "" if code == 0 else f"it ended with code {code}"


def _over_ssh(environ: Mapping[str, str]) -> str:
    remote = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    return "this is an SSH session" if remote else ""


def _in_container(environ: Mapping[str, str]) -> str:
    """A container with a desktop of its own (Toolbx, for one) has a browser that can reach it; others have none."""
    found = any(environ.get(name) for name in CONTAINER_VARIABLES) or any(map(os.path.exists, CONTAINER_FILES))
    return "this is a container" if found and not _has_desktop(environ) else ""


def _has_desktop(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def no_browser_reason(environ: Mapping[str, str] | None = None, command: Sequence[str] = ()) -> str:
    """Why opening a browser from here makes no sense, "" when it does. `command`: the one in the settings."""
    environ = os.environ if environ is None else environ
    if environ.get("BROWSER"):
        return ""
    reason = _over_ssh(environ)
    if reason or command:
        return reason
    if sys.platform == "linux" and not _has_desktop(environ):
        if shutil.which("wslview") or environ.get("WSL_DISTRO_NAME"):
            return ""
        return "there is no desktop here"
    return ""


def choose_flow(
    session: Session,
    wanted: str,
    environ: Mapping[str, str] | None = None,
    command: Sequence[str] = (),
    asked: bool = False,
) -> tuple[str, str]:
    """The flow ("device" or "browser") to sign in to `session` with, and why it is not the `wanted` one ("" if it is).

    The browser flow ends in a request to 127.0.0.1: it takes a browser on this very machine, or a port that is
    forwarded to it. Whoever has `asked` for it now, and not only made it the default, will have seen to that.
    `command`: the browser in the settings.
    """
    environ = os.environ if environ is None else environ
    if wanted != BROWSER:
        return DEVICE, ""
    if session.kind == LEGACY:
        return DEVICE, "a profile without an sso-session can use nothing else"
    if asked:
        return BROWSER, ""
    reason = _over_ssh(environ) or _in_container(environ) or no_browser_reason(environ, command)
    if not reason and sys.platform != "win32" and browser_command(environ, command) is None:
        reason = "no browser was found"
    return (DEVICE, reason) if reason else (BROWSER, "")


def way_back(port: int, environ: Mapping[str, str] | None = None) -> str:
    """How a browser on another machine can come back to `port` of this one, "" where it need not."""
    environ = os.environ if environ is None else environ
    if not port or not _over_ssh(environ):
        return ""
    return f"ssh -L {port}:127.0.0.1:{port} {socket.gethostname()}"


def browser_command(environ: Mapping[str, str] | None = None, command: Sequence[str] = ()) -> list[str] | None:
    """The command that opens an address, None when there is none. Never through a shell.

    `command`, the one in the settings, comes before `$BROWSER`. `%s` in either stands for the address, which else is
    the last argument. `$BROWSER` may hold several commands, separated by colons: the first that exists is taken.
    """
    environ = os.environ if environ is None else environ
    if command:
        return list(command)
    for choice in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(choice.removesuffix("&").strip())
        except ValueError:
            continue
        if words and shutil.which(words[0], path=environ.get("PATH")):
            return words
    if sys.platform == "darwin":
        return ["open"]
    names = ("wslview", "xdg-open", "gio") if environ.get("WSL_DISTRO_NAME") else ("xdg-open", "gio", "wslview")
    for name in names:
        program = shutil.which(name, path=environ.get("PATH"))
        if program:
            return [program, "open"] if name == "gio" else [program]
    return None


def open_browser(url: str, command: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> str:
    """Open `url` in the user's browser. Returns why not, "" when a browser was started. https and loopback only.

    `command`: the browser in the settings. `environ`: what the browser gets, credentials left out (default: ours).
    """
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
        return "it is not an https address"
    reason = no_browser_reason(environ, command)
    if reason:
        return reason
    from .address import harmless, with_address  # with the first page, not with the first paint

    if sys.platform == "win32" and not command:
        os.startfile(harmless(url))
        return ""
    found = browser_command(environ, command)
    if found is None:
        return "no browser was found"
    words = with_address(found, url)
    if words is None:
        return f"{os.path.basename(found[0])} would run a part of this address; %s has to be a word of its own there"
    failure = spawn(words, environ)
    return f"{os.path.basename(words[0])} failed: {failure}" if failure else ""


def copy(text: str, secret: bool = False, clear_after: float = 0) -> str:
    """Put `text` on the system clipboard. Returns why not, "" when it is there (it was read back).

    What is `secret` is marked as such where the clipboard knows of it, so that its history leaves it out, and is
    cleared `clear_after` seconds later (0: never), also when this program has ended before it was there.
    """
    failure, _output = _clipboard(["copy-secret", str(clear_after)] if secret else ["copy"], text)
    return failure


def paste() -> str | None:
    """The text on the system clipboard, None when it cannot be read."""
    failure, output = _clipboard(["paste"], "")
    return None if failure else output


def clear_later(text: str, seconds: float) -> None:
    """Empty the clipboard in `seconds` if it then still holds `text`, whether this program still runs or not.

    A child of its own session waits for it. It is given a fingerprint of the text on its standard input, not the text.
    """
    from hashlib import sha256

    _waiting[:] = [child for child in _waiting if child.poll() is None]
    with contextlib.suppress(OSError):
        child = subprocess.Popen(
            _own_child("clear", str(seconds)),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=os.sep,
            env=_own_environment(),
        )
        child.stdin.write(sha256(text.encode("utf-8", "surrogateescape")).hexdigest().encode())  # type: ignore[union-attr]
        child.stdin.close()  # type: ignore[union-attr]
        _waiting.append(child)


_waiting: list[subprocess.Popen[bytes]] = []
"""Children that wait to clear the clipboard, to be reaped when they have."""


def _own_child(*arguments: str) -> list[str]:
    """The command that runs `clipboard`. Without -P, Python would import from the current folder: anybody's files."""
    return [sys.executable, "-P", "-m", f"{__package__}.clipboard", *arguments]


def _own_environment() -> dict[str, str]:
    """The environment for it, in which this package can be imported wherever it was started from."""
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**child_environment(), "PYTHONPATH": os.pathsep.join(paths)}


def clear_if_ours(text: str) -> bool:
    """Empty the clipboard if it still holds `text`. Returns whether it did."""
    return paste() == text and not copy("")


def _clipboard(action: Sequence[str], text: str) -> tuple[str, str]:
    """Run pyperclip in a child: it can hang with the program it calls, and prints that program's errors.

    Returns (why it failed or "", what it printed).
    """
    try:
        process = subprocess.Popen(
            _own_child(*action),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_own_environment(),
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
