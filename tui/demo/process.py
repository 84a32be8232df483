"""`ssotui --demo`: the server in a guardian process of its own, with a private HOME that leaves no trace.

The guardian makes the HOME, serves, and lives until its standard input ends: that happens when the parent ends in
any way, SIGKILL included. Then it removes the HOME. When the guardian itself is killed, the parent removes it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import DemoServer

PREFIX = "ssotui-demo-"

REMOVED = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "BOTO_CONFIG",
)
"""Variables that would lead botocore, the AWS CLI or this program away from the demo."""

_START_LIMIT = 20.0
_END_LIMIT = 5.0
_WARM_UP = 2.0


class Demo:
    """A running demo. `environ`: variables to set; `remove`: variables to unset; `home`: the private directory.

    `start_url`: where a newcomer would begin.

    `outside` is the environment before the demo: a browser is to be started with it, or it would look for its own
    profile in the private HOME.
    """

    def __init__(
        self, url: str, home: Path, environ: dict[str, str], remove: tuple[str, ...], pid: int, start_url: str = ""
    ) -> None:
        self.url = url
        self.start_url = start_url
        self.home = home
        self.environ = environ
        self.remove = remove
        self.pid = pid
        self.outside = dict(os.environ)

    def merged(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """A copy of `environ` (default: this process's) as a process inside the demo should have it."""
        merged = dict(os.environ if environ is None else environ)
        for name in self.remove:
            merged.pop(name, None)
        return {**merged, **self.environ}

    def apply(self, environ: MutableMapping[str, str] | None = None) -> None:
        """Change `environ` (default: this process's own) in place. Do it before anything looks up HOME."""
        environ = os.environ if environ is None else environ
        for name in self.remove:
            environ.pop(name, None)
        environ.update(self.environ)


@contextlib.contextmanager
def demo_process(**settings: Any) -> Iterator[Demo]:
    """Run the demo in a guardian process. `settings`: fields of Settings, `port`, `every_state`, `large` for the large
    organisation, `empty` for a HOME with nothing of AWS's in it, `accounts` for a portal with that many; JSON values
    only.

    Raises RuntimeError when the guardian does not come up. On exit the guardian ends and the HOME is gone.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=_guardian_environ(),
    )
    home: Path | None = None
    try:
        started = _first_line(process)
        home = Path(started["home"])
        ours = {name for name in os.environ if name.startswith("AWS_")} - set(started["environ"])
        remove = tuple(sorted(ours | set(REMOVED)))
        yield Demo(started["url"], home, started["environ"], remove, process.pid, started["start_url"])
    finally:
        _end(process)
        if home is not None:
            remove_home(home)


def _guardian_environ() -> dict[str, str]:
    """This environment without the user's AWS settings and credentials, and with this package importable, whatever the
    current directory is."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    ours = {name: value for name, value in os.environ.items() if name not in REMOVED}
    return {**ours, "PYTHONPATH": os.pathsep.join(paths)}


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    # A guardian that hangs is killed, so that the read below ends.
    watch = threading.Timer(_START_LIMIT, process.kill)
    watch.start()
    try:
        line = process.stdout.readline()
    finally:
        watch.cancel()
    try:
        started: dict[str, Any] = json.loads(line)
    except ValueError:
        raise RuntimeError("the demo server did not start") from None
    if "error" in started:
        raise RuntimeError(f"the demo server did not start: {started['error']}")
    return started


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_END_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def remove_home(home: Path) -> None:
    """Remove a demo's HOME; only a directory that this module made. Harmless when it is gone already."""
    if not home.name.startswith(PREFIX) or home.is_symlink():
        return
    for _attempt in range(5):
        # Somebody may still be writing into it.
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            return
        for folder, folders, _files in os.walk(home):
            for name in folders:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    with contextlib.suppress(OSError):
                        os.chmod(path, 0o700)
        time.sleep(0.05)


def demo_environ(home: Path, endpoints: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process inside the demo: HOME and the XDG folders in `home`, the endpoints, no proxy."""
    environ = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        # A proxy would not reach this machine's loopback.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
        **endpoints,
    }
    if os.name == "nt":
        environ.update(USERPROFILE=str(home), APPDATA=str(home / ".config"), LOCALAPPDATA=str(home / ".cache"))
    return environ


def make_folders(environ: Mapping[str, str]) -> None:
    """Make the XDG folders of `demo_environ`, 0700 each."""
    for name, value in environ.items():
        if name.startswith("XDG_"):
            for folder in (Path(value).parent, Path(value)):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_home(home: Path, server: DemoServer, *, every_state: bool = False) -> None:
    """Write the configuration and caches of the server's organisation into `home`; see `tui.demo.home.write` and
    `tui.demo.large.morning.write`."""
    from .large import morning, names

    if server.state.organisation is names.LARGE:
        morning.write(home, server.state)
        return
    from .home import write

    write(home, server.state, every_state=every_state)


def guard(settings: dict[str, Any]) -> None:
    """Make the HOME, serve, announce it as one JSON line on stdout, and clean up when stdin ends or SIGTERM comes."""
    from .home import add_guard_rule
    from .large.names import LARGE
    from .organisation import SAMPLE, grid
    from .server import DemoServer

    ended = threading.Event()
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    # The AWS CLI v2 polls twice at once at the start; it is to work here as smoothly as with AWS.
    settings.setdefault("poll_burst", 2)
    every_state = bool(settings.pop("every_state", False))
    organisation = LARGE if settings.pop("large", False) else SAMPLE
    empty, accounts = bool(settings.pop("empty", False)), int(settings.pop("accounts", 0))
    if accounts:
        organisation = replace(SAMPLE, instances=(*grid(accounts, 3).instances, *SAMPLE.instances[1:]))
    parent = os.getppid()
    home = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    try:
        with DemoServer(organisation, **settings) as server:
            if not empty:
                write_home(home, server, every_state=every_state)
                add_guard_rule(home)
            environ = demo_environ(home, server.environ())
            make_folders(environ)
            start_url = organisation.instances[0].start_url
            _announce({"url": server.url, "home": str(home), "environ": environ, "start_url": start_url})
            threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
            if not ended.wait(_WARM_UP):
                import botocore.auth  # noqa: F401 - what sts needs, so that the first identity is not a slow one
            # The parent's pid is a second sign: a child of it may have inherited the other end of stdin.
            while not ended.wait(1.0) and os.getppid() == parent:
                pass
    finally:
        remove_home(home)


def _announce(value: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _wait_for_end_of_input(ended: threading.Event) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    ended.set()


def main() -> None:
    """Entry point of the guardian; its one argument holds the settings as JSON."""
    try:
        guard(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
    except BrokenPipeError:
        os._exit(1)  # nobody is there to hear anything, and flushing stdout would fail again
    except Exception as error:
        with contextlib.suppress(OSError):
            _announce({"error": f"{type(error).__name__}: {error}"})
        sys.exit(1)


if __name__ == "__main__":
    main()
