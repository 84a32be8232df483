"""`ssotui login --flow browser`: a process of its own, a browser that is started by it, and a real Chromium."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tui.aws import clock
from tui.aws.model import SIGNED_IN
from tui.demo.organisation import LEGACY
from tui.demo.server import DemoServer

from .aws_home import configure, content, known, token_file
from .browser import Browser
from .commands import check, ssotui, start
from .redirects import allow, decide, fake_browser, follow, target

DESKTOP = {"DISPLAY": ":99"}
"""With a desktop the browser flow is possible even where the tests run in a container."""


@pytest.fixture(autouse=True)
def configured(home: Path, demo: DemoServer) -> None:
    """A configuration for every test here."""
    configure()


class Login:
    """A running `ssotui login`, its browser, and what it says."""

    def __init__(self, folder: Path, *arguments: str, **changes: str) -> None:
        self._folder = folder
        environ = {**DESKTOP, "BROWSER": fake_browser(folder), **changes}
        self.process: Popen[str] = start("login", *arguments, stdout=PIPE, **environ)

    def opened(self, count: int = 1) -> list[str]:
        """The addresses that the browser was started with, once there are `count`."""
        path = self._folder / "arguments"
        deadline = time.monotonic() + 30
        while not path.exists() or len(path.read_text().splitlines()) < count:
            assert time.monotonic() < deadline
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)
        return path.read_text().splitlines()

    def ended(self) -> tuple[int, str]:
        """The exit code and what stands on stderr; nothing is on stdout."""
        output, errors = self.process.communicate(timeout=30)
        assert output == ""
        assert "Traceback" not in errors
        return self.process.returncode, errors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the browser leaves its traces."""
    (tmp_path / "browser").mkdir()
    return tmp_path / "browser"


def test_the_browser_is_opened_and_the_token_arrives(folder: Path, demo: DemoServer) -> None:
    login = Login(folder, "--session", "acme", "--flow", "browser")
    (url,) = login.opened()
    page = allow(demo, url)
    assert "Return to the terminal" in page.text
    code, errors = login.ended()
    assert code == 0
    assert url in errors
    assert "acme: signed in until" in errors
    assert content(token_file("acme"))["refreshToken"]
    environment = (folder / "environment").read_text()
    assert "AWS_SESSION_TOKEN" not in environment


def test_the_setting_chooses_the_flow_and_the_browser_of_a_session(folder: Path, demo: DemoServer, home: Path) -> None:
    program = fake_browser(folder)
    settings = home / ".config/ssotui/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'sign_in.flow = "browser"\nbrowser.command = ["false"]\nsessions.acme.browser = "{program} -P acme %s --new"\n'
    )
    login = Login(folder, "dev", BROWSER="false")
    first, profile, url, last = login.opened(4)
    assert (first, profile, last) == ("-P", "acme", "--new")
    allow(demo, url)
    assert login.ended()[0] == 0


def test_no_open_prints_the_url_only(folder: Path, demo: DemoServer) -> None:
    login = Login(folder, "dev", "--flow", "browser", "--no-open")
    assert login.process.stderr is not None
    url = ""
    while "/authorize?" not in url:
        url = login.process.stderr.readline()
        assert url
    allow(demo, url.split()[-1])
    assert login.ended()[0] == 0
    assert not (folder / "arguments").exists()


def test_denied(folder: Path, demo: DemoServer) -> None:
    login = Login(folder, "dev", "--flow", "browser")
    follow(decide(demo, login.opened()[0], "deny"))
    code, errors = login.ended()
    assert code == 4
    assert "ssotui: The sign-in was denied in the browser" in errors
    assert not token_file("acme").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_c17_a_signal_ends_it_and_closes_the_port(folder: Path, demo: DemoServer, number: int) -> None:
    login = Login(folder, "dev", "--flow", "browser")
    (url,) = login.opened()
    login.process.send_signal(number)
    login.process.wait(10)
    with pytest.raises(ConnectionRefusedError):
        allow(demo, url)
    assert not token_file("acme").exists()
    assert login.process.returncode in (128 + number, -number)
    login.process.communicate()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", **DESKTOP}, "this is an SSH session"),
        ({"SSH_TTY": "/dev/pts/0", **DESKTOP}, "this is an SSH session"),
        ({"KUBERNETES_SERVICE_HOST": "192.0.2.3"}, "this is a container"),
        ({"BROWSER": "", **DESKTOP, "PATH": "/nonexistent"}, "no browser was found"),
    ],
)
def test_where_the_browser_cannot_come_back_a_code_is_shown_and_why(
    demo: DemoServer, home: Path, changes: dict[str, str], reason: str
) -> None:
    """Where it is a default. Who asks for it by name gets it."""
    settings = home / ".config/ssotui/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[sign_in]\nflow = "browser"\n')
    demo.state.settings.auto_approve_after = 0
    done = check(ssotui("login", "dev", "--no-open", **changes), 0, demo)
    assert f"acme: with a code, not in the browser: {reason}" in done.stderr
    assert "Enter or compare" in done.stderr
    assert demo.state.log.count("AuthorizePage") == 0


def test_c35_a_legacy_profile_gets_a_code(demo: DemoServer) -> None:
    demo.state.settings.auto_approve_after = 0
    done = check(ssotui("login", "attic", "--flow", "browser", "--no-open", **DESKTOP), 0, demo)
    assert "without an sso-session" in done.stderr
    assert token_file(LEGACY).exists()


def test_the_device_flow_says_nothing_of_it(demo: DemoServer) -> None:
    demo.state.settings.auto_approve_after = 0
    done = check(ssotui("login", "dev", "--no-open", SSH_CONNECTION="x"), 0, demo)
    assert "not in the browser" not in done.stderr


def test_two_sessions_at_once_in_the_browser(folder: Path, demo: DemoServer) -> None:
    login = Login(folder, "--all", "--flow", "browser", "--force")
    urls = [url for url in login.opened(3) if "response_type" in url]  # the third session is a legacy one
    assert len({target(url).port for url in urls}) == 2
    for url in urls:
        allow(demo, url)
    demo.state.approve(demo.state.pending_user_codes()[0])
    assert login.ended()[0] == 0
    store = configure()
    assert {known(store).session_clock(key, clock.now())[0] for key in ("acme", "lab")} == {SIGNED_IN}


def test_a_bad_setting_is_one_line_and_does_not_stop_a_sign_in(home: Path, demo: DemoServer) -> None:
    settings = home / ".config/ssotui/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[sign_in]\nflow = "carrier pigeon"\n')
    demo.state.settings.auto_approve_after = 0
    done = check(ssotui("login", "dev", "--no-open"), 0, demo)
    assert f'! {settings}: sign_in.flow must be "device" or "browser"; the default is used\n' in done.stderr


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


def test_allow_in_a_real_browser(folder: Path, demo: DemoServer, chromium: Browser) -> None:
    login = Login(folder, "dev", "--flow", "browser")
    (url,) = login.opened()
    chromium.open(url)
    chromium.click("button[value=confirm]")
    text = chromium.wait_for("Return to the terminal")
    assert "igned in" not in text
    code, errors = login.ended()
    assert (code, "signed in until" in errors) == (0, True), errors
    assert chromium.run("return getComputedStyle(document.body).display") == "grid"  # its style is allowed
    assert chromium.url.startswith(target(url).query["redirect_uri"])
    assert os.stat(token_file("acme")).st_mode & 0o777 == 0o600


def test_deny_in_a_real_browser(folder: Path, demo: DemoServer, chromium: Browser) -> None:
    login = Login(folder, "dev", "--flow", "browser")
    chromium.open(login.opened()[0])
    chromium.click("button[value=deny]")
    chromium.wait_for("Return to the terminal")
    assert login.ended()[0] == 4
