"""Running a part of a test as a user for whom file modes count: root may do everything."""

from __future__ import annotations

import functools
import io
import os
import pkgutil
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from rich.cells import cell_len

import tui
from tui.cli import main

NOBODY = 65534

# A child without privileges cannot read a Python, or a checkout, that lives in root's home: what it may need is
# imported before, all of the program and these.
_NEEDED = (
    "_strptime",
    "botocore.httpsession",
    "concurrent.futures.thread",
    "difflib",
    "email.utils",
    "encodings.idna",
    "filelock",
    "hashlib",
    "platformdirs.unix",
    "resource",
    "rich.cells",
    "shlex",
)


@pytest.fixture
def open_home(isolation: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A HOME that the unprivileged child owns and can reach: the folders of pytest are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="ssotui-test-", dir="/tmp"))
    monkeypatch.setenv("HOME", str(folder))
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    give_away(folder)
    yield folder
    open_again(folder)
    shutil.rmtree(folder)


def open_again(folder: Path) -> None:
    """Lets this process into every folder at and below `folder`, where it is not root either."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)


def give_away(path: Path) -> None:
    """Makes the child the owner of everything at and below `path`."""
    if os.geteuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, NOBODY, NOBODY, follow_symlinks=False)


@functools.cache
def _import_all() -> None:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for name in _NEEDED:
        import_module(name)
    cell_len("é")  # loads its tables late


def as_nobody(work: Callable[[], object]) -> None:
    """Runs `work` in a forked child without privileges; what fails there fails here, with its text."""
    _import_all()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            code = 0
        except BaseException:
            os.write(write, traceback.format_exc().encode()[-60000:])
        finally:
            os._exit(code)
    os.close(write)
    with open(read, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    _pid, status = os.waitpid(pid, 0)
    if status:
        pytest.fail(f"in the child (status {status}): {text}", pytrace=False)


def command(*arguments: str) -> tuple[int, str, str]:
    """Runs a command of the program in this process: exit code, stdout, stderr. For use within `as_nobody`."""
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    code = main.main(arguments)
    return code, sys.stdout.getvalue(), sys.stderr.getvalue()
