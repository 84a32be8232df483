"""Opening a browser: which one, with what, and what it cannot do to the terminal."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tui.aws.model import BROWSER, DEVICE, LEGACY, SSO_SESSION, Session
from tui.desktop import browser as desktop
from tui.desktop.browser import browser_command, choose_flow, no_browser_reason, open_browser

from .terminal import Terminal

URL = "https://acme.awsapps.com/start/#/device?user_code=BCDF-GHJK"
ACME = Session("acme", SSO_SESSION, "https://acme.awsapps.com/start", "us-east-1")
OLD = Session("https://old.awsapps.com/start", LEGACY, "https://old.awsapps.com/start", "us-east-1")

Programs = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may themselves run in a container."""
    monkeypatch.setattr(desktop, "CONTAINER_FILES", ())
    for name in desktop.CONTAINER_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Makes a shell script that is the only program on PATH, or one more."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def program(name: str, text: str = f'/usr/bin/printf "%s\\n" "$0" "$@" >{tmp_path}/arguments') -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return program


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], list[str]]:
    """What the browser was started as: its name and arguments."""

    def words() -> list[str]:
        path = tmp_path / "arguments"
        found = path.read_text().splitlines() if path.exists() else []
        return [os.path.basename(found[0]), *found[1:]] if found else []

    return words


@pytest.mark.parametrize(
    ("browser", "wanted"),
    [
        ("one", ["one", URL]),
        ("one --new-window %s --private", ["one", "--new-window", URL, "--private"]),
        ("one 'two words' --url=%s", ["one", "two words", f"--url={URL}"]),
        ("missing:one -x:one", ["one", "-x", URL]),
        ("missing %s:one %s &", ["one", URL]),
        ('"unbalanced:one', ["one", URL]),
        ("one $HOME `id` ; id", ["one", "$HOME", "`id`", ";", "id", URL]),
    ],
)
def test_the_browser_variable_is_honoured_without_a_shell(
    programs: Programs,
    opened: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    browser: str,
    wanted: list[str],
) -> None:
    programs("one")
    monkeypatch.setenv("BROWSER", browser)
    assert open_browser(URL) == ""
    assert opened() == wanted


def test_the_settings_come_before_the_variable(
    programs: Programs, opened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("one")
    programs("two")
    monkeypatch.setenv("BROWSER", "one")
    assert open_browser(URL, ["two", "-P", "my work", "%s"]) == ""
    assert opened() == ["two", "-P", "my work", URL]
    monkeypatch.delenv("BROWSER")
    assert open_browser(URL, ("two",)) == ""  # no DISPLAY either: the user knows what they configured
    assert opened() == ["two", URL]


@pytest.mark.parametrize(
    ("present", "environ", "wanted"),
    [
        (["xdg-open", "gio", "wslview"], {"DISPLAY": ":0"}, ["xdg-open", URL]),
        (["gio"], {"WAYLAND_DISPLAY": "wayland-0"}, ["gio", "open", URL]),
        (["xdg-open", "wslview"], {"WSL_DISTRO_NAME": "Debian"}, ["wslview", URL]),
    ],
)
def test_w04_the_systems_own_browser(
    programs: Programs,
    opened: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    present: list[str],
    environ: dict[str, str],
    wanted: list[str],
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("BROWSER")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for name in present:
        programs(name)
    assert open_browser(URL) == ""
    assert opened() == wanted


def test_w01_no_browser_at_all(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("BROWSER")
    assert open_browser(URL) == "there is no desktop here"
    monkeypatch.setenv("DISPLAY", ":0")
    assert open_browser(URL) == "no browser was found"
    monkeypatch.setenv("BROWSER", "missing")
    assert open_browser(URL) == "no browser was found"
    assert open_browser(URL, ["missing"]) == "missing failed: No such file or directory"
    assert open_browser(URL, ["a\0b"]).startswith("a\0b failed: ")


def test_w04_over_ssh_nothing_is_opened_but_by_the_browser_variable(
    programs: Programs, opened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("xdg-open")
    programs("one")
    for name, value in {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "DISPLAY": "localhost:10"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BROWSER")
    assert open_browser(URL) == "this is an SSH session"
    assert open_browser(URL, ["one"]) == "this is an SSH session"
    assert opened() == []
    monkeypatch.setenv("BROWSER", "one")  # set by the remote side, which knows how to reach the user's browser
    assert open_browser(URL) == ""
    assert opened() == ["one", URL]


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.awsapps.com/start",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "--help",
        "",
        "HTTPS://acme.awsapps.com",
    ],
)
def test_only_https_and_this_machine_are_opened(
    programs: Programs, opened: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    programs("one")
    monkeypatch.setenv("BROWSER", "one")
    assert open_browser(url) == "it is not an https address"
    assert opened() == []
    assert open_browser("http://127.0.0.1:4000/authorize") == ""


def test_w02_a_browser_that_fails_is_told(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    programs("one", "exit 3")
    monkeypatch.setenv("BROWSER", "one")
    assert open_browser(URL) == "one failed: it ended with code 3"


@pytest.fixture
def process_file(tmp_path: Path) -> Iterator[Path]:
    """Where a browser that stays leaves its process id; it is ended afterwards."""
    path = tmp_path / "process"
    yield path
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(path.read_text()), signal.SIGKILL)


def test_w02_a_browser_that_stays_is_not_waited_for(
    programs: Programs, process_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("one", f"echo $$ >{process_file}\nexec /bin/sleep 60")
    monkeypatch.setenv("BROWSER", "one")
    assert open_browser(URL) == ""
    process = int(process_file.read_text())
    assert os.getsid(process) == process  # a session of its own: hanging up on ours does not end it


def test_w02_the_terminal_stays_ours(
    programs: Programs, process_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser like lynx: prints everywhere, wants the terminal, reads from it."""
    programs(
        "one",
        "echo GARBAGE; echo GARBAGE >&2; echo GARBAGE >/dev/tty\n"
        f"read line; echo \"read '$line'\" >{tmp_path}/read; echo done >>{tmp_path}/read",
    )
    script = "from tui.desktop import browser as desktop; print('[', desktop.open_browser('https://x/'), ']', input())"
    environ = {**os.environ, "BROWSER": "one", "PYTHONPATH": str(Path(desktop.__file__).parent.parent)}
    with Terminal([sys.executable, "-c", script], environ) as terminal:
        terminal.send("typed by the user\r")
        assert terminal.wait_exit() == 0
        assert "GARBAGE" not in terminal.text()
        assert "[  ] typed by the user" in terminal.text()
    assert (tmp_path / "read").read_text() == "read ''\ndone\n"


def test_the_browser_gets_no_credentials(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs("one", f"/usr/bin/env >{tmp_path}/environment; /usr/bin/printf '%s ' $0 $@ >{tmp_path}/argv")
    monkeypatch.setenv("BROWSER", "one")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.setenv(name, "CANARY")
    monkeypatch.setenv("AWS_PROFILE", "dev")
    assert open_browser(URL) == ""
    environment = (tmp_path / "environment").read_text()
    assert "CANARY" not in environment
    assert "AWS_PROFILE=dev" in environment
    assert open_browser(URL, environ={"BROWSER": "one", "PATH": os.environ["PATH"], "ONLY": "this"}) == ""
    assert "ONLY=this" in (tmp_path / "environment").read_text()
    assert "AWS_PROFILE" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize(
    ("session", "environ", "wanted"),
    [
        (ACME, {"DISPLAY": ":0"}, (BROWSER, "")),
        (ACME, {"WAYLAND_DISPLAY": "wayland-0"}, (BROWSER, "")),
        (ACME, {"BROWSER": "xdg-open"}, (BROWSER, "")),
        (OLD, {"DISPLAY": ":0"}, (DEVICE, "a profile without an sso-session can use nothing else")),
        (ACME, {"DISPLAY": ":0", "SSH_CONNECTION": "x"}, (DEVICE, "this is an SSH session")),
        (ACME, {"BROWSER": "xdg-open", "SSH_TTY": "x"}, (DEVICE, "this is an SSH session")),
        (ACME, {"BROWSER": "xdg-open", "SSH_CLIENT": "x"}, (DEVICE, "this is an SSH session")),
        (ACME, {"BROWSER": "xdg-open", "KUBERNETES_SERVICE_HOST": "x"}, (DEVICE, "this is a container")),
        (ACME, {"BROWSER": "xdg-open", "REMOTE_CONTAINERS": "true"}, (DEVICE, "this is a container")),
        (ACME, {"container": "podman"}, (DEVICE, "this is a container")),
        (ACME, {"container": "podman", "WAYLAND_DISPLAY": "wayland-0"}, (BROWSER, "")),
        (ACME, {}, (DEVICE, "there is no desktop here")),
        (ACME, {"BROWSER": "missing"}, (BROWSER, "")),
        (ACME, {"BROWSER": "missing", "PATH": "/nonexistent"}, (DEVICE, "no browser was found")),
    ],
)
def test_the_browser_flow_is_chosen_only_where_it_can_work(
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    session: Session,
    environ: dict[str, str],
    wanted: tuple[str, str],
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    programs("xdg-open")
    environ = {"PATH": os.environ["PATH"], **environ}
    assert choose_flow(session, BROWSER, environ) == wanted
    assert choose_flow(session, DEVICE, environ) == (DEVICE, "")


def test_a_file_of_the_containers_runtime_tells_of_it(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"PATH": os.environ["PATH"], "BROWSER": str(programs("one"))}
    monkeypatch.setattr(desktop, "CONTAINER_FILES", (str(tmp_path / "a"), str(tmp_path / "b")))
    assert choose_flow(ACME, BROWSER, environ) == (BROWSER, "")
    (tmp_path / "b").touch()
    assert choose_flow(ACME, BROWSER, environ) == (DEVICE, "this is a container")
    assert no_browser_reason(environ) == ""  # a page can be opened: only nothing can come back


def test_a_browser_in_the_settings_makes_the_browser_flow_possible(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert choose_flow(ACME, BROWSER, {"PATH": "/nonexistent"}, ["firefox"]) == (BROWSER, "")
    assert choose_flow(ACME, BROWSER, {"PATH": "/nonexistent", "SSH_TTY": "x"}, ["firefox"])[0] == DEVICE


def test_macos_opens_with_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert browser_command({"PATH": "/nonexistent"}) == ["open"]
    assert no_browser_reason({}) == ""
