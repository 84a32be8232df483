"""What every test gets: a private HOME, an environment that says nothing of the developer's, and real clients."""

from __future__ import annotations

import gc
import itertools
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tui.aws.cache import files, locks
from tui.aws.requests import clients
from tui.aws.session import renewal
from tui.aws.state import finishing

from . import aws_clients, commands, groups, needs

if TYPE_CHECKING:
    from tui.demo.server import DemoServer

pytest.register_assert_rewrite("tests.terminal", "tests.program", "tests.board")

# Textual reads this when it is imported, which happens before any fixture runs.
os.environ["TEXTUAL_ANIMATIONS"] = "none"

# No test may depend on how fast the machine is.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# Whoever starts the tests in the background, or under nohup, has these ignored, and what is started here would inherit
# that, unlike a handler. For this process nothing changes.
for _number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGTSTP, signal.SIGCHLD):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)

_REMOVED = (
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "TMUX",
    "TMUX_TMPDIR",
    "STY",
    "TERM_PROGRAM",
    "LC_TERMINAL",
    "SSH_CONNECTION",
    "SSH_TTY",
    "LC_CTYPE",
    "LANGUAGE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
_REMOVED_PREFIXES = ("AWS_", "XDG_", "TEXTUAL_", "SSOTUI_")
_FIXED = {
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "SHELL": "/bin/sh",
    "BROWSER": "true",  # the program `true`: no test opens the developer's browser
    "TEXTUAL_ANIMATIONS": "none",
}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.register(needs)
    pluginmanager.register(groups)


def pytest_configure(config: pytest.Config) -> None:
    """The developer's HOME is out of reach from here on: a thread that outlives its test writes to where the process
    thinks it is at home by then."""
    folder = tempfile.mkdtemp(prefix="ssotui-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["HOME"] = folder
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        del os.environ[name]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means: five workers on two cores, because most tests wait for most of their time; seven where none
    of them draws a screen."""
    without_screens = "not (pilot" in config.option.markexpr
    return (7 if without_screens else 5) * (os.cpu_count() or 1) // 2


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text of thousands of characters is named by how it begins: the name goes to and fro between workers."""
    if isinstance(val, str | bytes) and len(val) > 80:
        return f"{val[:40]!a}... ({len(val)})"
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that take the source apart are side by side, so that one worker does it, once."""
    if config.getoption("--shuffle") is None:
        items.sort(key=lambda item: not hasattr(getattr(item, "module", None), "sources"))


def pytest_collection_finish() -> None:
    """What stays to the end, the tests themselves above all, need not be walked by each collection of garbage."""
    gc.freeze()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pytest's own. That one looks for the next number through the folders of all tests before this one, every time:
    with thousands of tests this takes longer than many of them."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}{next(_folders)}"
    folder.mkdir(mode=0o700)
    return folder


_folders = itertools.count()


@pytest.fixture(autouse=True)
def isolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A HOME of the test's own (empty: no `.aws` in it), UTC, a known terminal, the usual
    umask, and no AWS_* variables."""
    for name in list(os.environ):
        if name in _REMOVED or name.startswith(_REMOVED_PREFIXES):
            monkeypatch.delenv(name)
    for name, value in _FIXED.items():
        monkeypatch.setenv(name, value)
    folders = {
        "HOME": tmp_path / "home",
        "XDG_CONFIG_HOME": tmp_path / "home/.config",
        "XDG_CACHE_HOME": tmp_path / "home/.cache",
        "XDG_DATA_HOME": tmp_path / "home/.local/share",
        "XDG_STATE_HOME": tmp_path / "home/.local/state",
        "XDG_RUNTIME_DIR": tmp_path / "run",
    }
    for name in ("HOME", "XDG_RUNTIME_DIR"):
        folders[name].mkdir(mode=0o700)
    for name, folder in folders.items():
        monkeypatch.setenv(name, str(folder))
    time.tzset()
    # Hundreds of tests let a request fail, a renewal be refused or a file be half written: that something changes
    # meanwhile is the matter of a few, which say how long it takes.
    monkeypatch.setattr(clients, "FIRST_PAUSE", (0.01, 0.02))
    monkeypatch.setattr(renewal, "LATE", 0.1)
    monkeypatch.setattr(files, "RETRY_DELAYS", (0.005, 0.01, 0.015))
    monkeypatch.setattr(locks, "_left", {})
    monkeypatch.setattr(finishing, "_closed", False)  # by a test that went through the end of the program
    monkeypatch.setattr(finishing, "_remarks", {})
    monkeypatch.setattr(gc, "freeze", lambda: None)  # each board would keep all that the one before it has left
    umask = os.umask(0o022)
    before = set(threading.enumerate())
    yield
    os.umask(umask)
    # Else the next write to a connection that has been closed ends this process, in the middle of another test.
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN
    commands.end_what_was_started()
    end_of_jobs(set(threading.enumerate()) - before)
    finishing.failures()  # what was lost in this test is not told by a command in the next one
    monkeypatch.undo()
    time.tzset()
    end_of_servers(set(threading.enumerate()) - before)


WORKING = ("ssotui-job", "ssotui-request", "ssotui-accounts", "ssotui-fleet", "ssotui-each")
"""The names of the program's threads that may write something at their end."""


def end_of_jobs(threads: set[threading.Thread]) -> None:
    """Wait, for some seconds, until these have done what they were at: what they write would go into the next test's
    HOME. Their server has gone, so that no request lasts any longer."""
    deadline = time.monotonic() + 5
    for thread in threads:
        if thread.name in WORKING:
            while thread.ident is None and time.monotonic() < deadline:
                time.sleep(0.001)  # it is listed before it runs: whoever starts it has not gone on yet
            thread.join(max(deadline - time.monotonic(), 0))


def end_of_servers(threads: set[threading.Thread]) -> None:
    """Asserts that none of these threads serves any more. Behind the back of the later tests it would ask its closed
    socket for connections as fast as it can; and Pilot, which waits until the process rests, waits for a second then,
    several times a key."""
    servers = [thread for thread in threads if "serve_forever" in thread.name or thread.name == "ssotui-handover"]
    for thread in servers:
        thread.join(5)
    assert not any(thread.is_alive() for thread in servers), "a server was not shut down"


@pytest.fixture
def home(isolation: None) -> Path:
    """The test's HOME, with an empty `.aws` folder in it."""
    folder = Path(os.environ["HOME"])
    (folder / ".aws").mkdir(mode=0o700)
    return folder


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path has the same few characters on every machine: for texts on a screen that show it, which are
    broken into lines by its length, and for sockets, whose paths have 108 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def demo(isolation: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A running Identity Center on loopback; the endpoint variables of this process point at it. Who waits for a
    sign-in in this process asks for it ten times a second; others once, which is the shortest that a service can ask
    for. A test that is about the pause puts `device_code.LONGEST_INTERVAL` back."""
    from tui.aws.session import device_code
    from tui.demo.server import DemoServer

    monkeypatch.setattr(device_code, "LONGEST_INTERVAL", 0.1)
    with DemoServer(poll_burst=1000) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def organisation(home: Path, demo: DemoServer) -> DemoServer:
    """The same with the sample organisation's profiles, tokens and credentials in HOME."""
    from tui.demo.process import write_home

    write_home(home, demo)
    return demo


@pytest.fixture(scope="session")
def aws_cli() -> str:
    """The path of a real AWS CLI, in a virtual environment of its own."""
    return aws_clients.path("aws")


@pytest.fixture(scope="session")
def aws_python() -> str:
    """The path of a Python that has boto3 and botocore, but not this program."""
    return aws_clients.path("python")


@pytest.fixture(scope="session")
def js_identity() -> Iterator[list[str]]:
    """A command that prints, as JSON, what the AWS SDK for JavaScript makes of its environment and HOME: the access
    key id, account and region that it would use (`accessKeyId`, `accountId`, `region`), and `Account` and `Arn` as STS
    tells them. What fails is told under the name of the question with `Error` behind it."""
    path = aws_clients.script(
        "identity",
        """
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
const answer = {};
const ask = async (name, question) => {
  try { await question(); } catch (error) { answer[name + "Error"] = `${error.name}: ${error.message}`; }
};
const endpoint = process.env.AWS_ENDPOINT_URL_STS;
const client = new STSClient({ maxAttempts: 1, ...(endpoint ? { endpoint } : {}) });
await ask("region", async () => { answer.region = await client.config.region(); });
await ask("credentials", async () => {
  const found = await client.config.credentials();
  answer.accessKeyId = found.accessKeyId;
  answer.accountId = found.accountId;
});
await ask("identity", async () => {
  const found = await client.send(new GetCallerIdentityCommand({}));
  answer.Account = found.Account;
  answer.Arn = found.Arn;
});
console.log(JSON.stringify(answer));
""",
    )
    yield [needs.program("node"), "--no-warnings", path]
    os.unlink(path)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that writes down its address."""
    program, file = tmp_path / "browser", tmp_path / "opened"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {file}\n')
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    return file
