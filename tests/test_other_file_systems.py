"""Files where not all is as on a disk of one's own: Windows drives and shares, single files that are mounted, files of
the host's user in a container."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui import settings, state_file
from tui.aws import clock
from tui.aws.cache import files, shapes
from tui.aws.model import Secret
from tui.cli import main
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.text import place

from .aws_home import (
    cli_cache,
    configure,
    content,
    known,
    named,
    put_token,
    role_file,
    session_named,
    sso_cache,
    token_file,
)
from .aws_home import write_in_place as put
from .unprivileged import as_nobody, command, give_away, open_home

__all__ = ["open_home"]  # a fixture

HOST_USER = 1000
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away, and mount them")

GOOD = json.dumps({"accessToken": "aoa", "expiresAt": clock.iso(time.time() + 7200), "startUrl": ACME})


def failing(number: int, only_folders: bool = False) -> Callable[..., None]:
    """A function of `os` that its file system does not have."""

    def fail(where: int | str, *_arguments: object, **_names: object) -> None:
        info = os.fstat(where) if isinstance(where, int) else os.stat(where)
        if stat.S_ISDIR(info.st_mode) or not only_folders:
            raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("fchmod", errno.EPERM),
        ("chmod", errno.EPERM),
        ("fchmod", errno.ENOTSUP),
        ("fsync", errno.EINVAL),
        ("fsync", errno.ENOTSUP),
        ("fsync", errno.EIO),
        ("fchown", errno.EPERM),
        ("utime", errno.EPERM),
    ],
)
def test_x11_a_token_is_stored_where_the_file_system_lacks_a_function(
    home: Path,
    demo: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    number: int,
) -> None:
    """The refresh token is good for one use: what comes for it must not be thrown away for want of a mode."""
    configure()
    old = put_token(demo, "acme", ACME, 600)
    monkeypatch.setattr(os, name, failing(number))
    assert main.main(["env", "dev"]) == 0
    assert "AWS_ACCESS_KEY_ID" in capsys.readouterr().out
    assert content(token_file("acme"))["accessToken"] != old.access_token.reveal()
    assert demo.state.log.count("CreateToken") == 1
    assert role_file("111111111111", "Admin", "acme").exists()
    assert settings.save_theme("nord") == ""
    assert [path.name for path in sso_cache().iterdir()] == [token_file("acme").name]


def test_x11_a_file_system_that_is_full_keeps_the_old_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(token_file("acme"), GOOD)
    for number in (errno.ENOSPC, errno.EDQUOT):
        monkeypatch.setattr(os, "fsync", failing(number))
        with pytest.raises(OSError, match=os.strerror(number)):
            files.write(str(path), {"accessToken": "new"})
    assert path.read_text() == GOOD
    assert os.listdir(path.parent) == [path.name]


def made_up(uid: int, mode: int) -> Callable[[Callable[..., os.stat_result]], Callable[..., os.stat_result]]:
    """What a file system says that keeps neither owners nor modes."""

    def wrap(real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def look(*arguments: object, **names: object) -> os.stat_result:
            info = real(*arguments, **names)
            fields = list(info)
            fields[stat.ST_MODE] = stat.S_IFMT(info.st_mode) | mode
            fields[stat.ST_UID] = uid
            extra = {"st_mtime_ns": info.st_mtime_ns, "st_atime_ns": info.st_atime_ns, "st_ctime_ns": info.st_ctime_ns}
            return os.stat_result([*fields, *info[len(fields) :]], extra)

        return look

    return wrap


@pytest.mark.parametrize("owner", [0, HOST_USER, 4242])
@pytest.mark.parametrize("mode", [0o777, 0o755, 0o700])
def test_x11_where_all_files_belong_to_somebody_they_are_used(
    home: Path, monkeypatch: pytest.MonkeyPatch, owner: int, mode: int
) -> None:
    """A Windows drive without its mount option metadata: all is of one owner and mode, whatever is asked for."""
    store = configure()
    monkeypatch.setattr(os, "geteuid", lambda: HOST_USER)
    for name in ("stat", "fstat", "lstat"):
        monkeypatch.setattr(os, name, made_up(owner, mode)(getattr(os, name)))
    for name in ("chmod", "fchmod", "fchown", "chown"):
        monkeypatch.setattr(os, name, failing(errno.EPERM))
    files.write(str(token_file("acme")), json.loads(GOOD))
    store.look()
    assert known(store).session_clock("acme", clock.now())[0] == "signed-in"
    told = [problem.message for problem in known(store).problems() if problem.file == str(token_file("acme"))]
    assert told == ([files.MODELESS] if mode & 0o077 else [])
    files.write(str(token_file("acme")), {"accessToken": "new"})  # and a second time, over the first
    assert content(token_file("acme")) == {"accessToken": "new"}


@pytest.fixture(params=["mount", errno.EBUSY, errno.EXDEV])
def single_files(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path, str], Path]]:
    """What makes a file one that cannot be replaced: a mount where that can be had, and the errors of others."""
    mounted: list[Path] = []

    def make(path: Path, text: str) -> Path:
        put(path, text)
        if request.param == "mount":
            source = put(tmp_path / "host" / path.name, text)
            if subprocess.run(["mount", "--bind", source, path], check=False, capture_output=True).returncode:
                pytest.skip("this machine lets nobody mount a file")
        mounted.append(path)
        return path

    if request.param != "mount":
        real = os.replace

        def replace(source: str, target: str) -> None:
            if Path(target) in mounted:
                raise OSError(request.param, os.strerror(request.param))
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
    elif os.geteuid() != 0:
        pytest.skip("only root can mount a file")
    yield make
    for path in mounted if request.param == "mount" else []:
        subprocess.run(["umount", path], check=True)


def test_x41_a_token_file_that_is_a_mount_of_its_own_is_written_in_place(
    single_files: Callable[[Path, str], Path], demo: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    put_token(demo, "acme", ACME, 600)
    path = single_files(token_file("acme"), token_file("acme").read_text() + " " * 3000)
    number = path.stat().st_ino
    assert main.main(["env", "dev"]) == 0
    assert Secret(str(content(path)["accessToken"])) in demo.state.access_tokens
    assert path.stat().st_ino == number
    assert os.listdir(path.parent) == [path.name]
    assert main.main(["status", "dev"]) == 0
    assert demo.state.log.count("CreateToken") == 1
    assert capsys.readouterr().err == ""


def test_x41_settings_state_and_role_credentials_too(
    single_files: Callable[[Path, str], Path], demo: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    role = single_files(role_file("111111111111", "Admin", "acme"), "{}")
    single_files(Path(settings.settings_path()), '# mine\nsort = "name"\n')
    single_files(Path(state_file.state_path()), "{}")
    assert main.main(["env", "dev"]) == 0
    assert "AWS_ACCESS_KEY_ID" in capsys.readouterr().out
    assert known(store).credentials_of(named(store, "dev")) is not None
    assert json.loads(role.read_text())["ProviderType"] == "sso"
    assert settings.save_theme("nord") == ""
    assert settings.load().theme == "nord"
    state_file.note_use("dev")
    assert state_file.load_state().recent == ["dev"]


def test_x41_a_folder_that_takes_no_new_files_is_no_obstacle_for_the_file_in_it(open_home: Path) -> None:
    configure()
    path = put(token_file("acme"), GOOD)
    give_away(open_home)

    def work() -> None:
        path.parent.chmod(0o500)
        files.write(str(path), {"accessToken": "new"})
        assert content(path) == {"accessToken": "new"}
        with pytest.raises(PermissionError):
            files.write(str(token_file("lab")), {})

    as_nobody(work)


def test_x41_what_cannot_be_written_to_its_end_is_put_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(token_file("acme"), GOOD)
    monkeypatch.setattr(os, "replace", lambda *_names: (_ for _ in ()).throw(OSError(errno.EBUSY, "busy")))
    real, left = os.write, [20]

    def write(descriptor: int, data: memoryview) -> int:
        if not left:
            return real(descriptor, data)
        if len(data) < 3000 - 20:
            left.clear()
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[:30])

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="No space"):
        files.write(str(path), {"accessToken": "n" * 3000})
    assert path.read_text() == GOOD
    assert os.listdir(path.parent) == [path.name]


def test_x41_a_file_that_must_stay_stays_wherever_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(token_file("acme"), GOOD)
    monkeypatch.setattr(os, "replace", lambda *_names: (_ for _ in ()).throw(OSError(errno.EBUSY, "busy")))

    def changed_our_mind() -> None:
        raise OSError(errno.ECANCELED, "no")

    with pytest.raises(OSError, match="no"):
        files.write(str(path), {"accessToken": "new"}, changed_our_mind)
    assert path.read_text() == GOOD


def owners(*paths: Path) -> set[tuple[int, int, int]]:
    found = [path.stat() for path in paths]
    return {(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode) & 0o077) for info in found}


@root_only
def test_x13_root_uses_the_files_of_the_hosts_user_and_leaves_them_to_him(
    home: Path, demo: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    put_token(demo, "acme", ACME, 600)
    for path in (home, *home.rglob("*")):
        os.chown(path, HOST_USER, HOST_USER)
    assert main.main(["env", "dev"]) == 0
    captured = capsys.readouterr()
    assert "AWS_ACCESS_KEY_ID" in captured.out
    assert captured.err == ""
    made = [token_file("acme"), role_file("111111111111", "Admin", "acme"), cli_cache(), cli_cache().parent]
    assert owners(*made) == {(HOST_USER, HOST_USER, 0)}
    state_file.note_use("dev")
    state = Path(state_file.state_path())
    assert owners(state, state.parent, state.parent.parent) == {(HOST_USER, HOST_USER, 0)}
    assert owners(*[path for path in home.rglob("*") if path.is_file()]) <= {
        (HOST_USER, HOST_USER, 0),
        (HOST_USER, HOST_USER, 0o044),  # the configuration, as it was
    }


@root_only
def test_x13_a_file_that_cannot_be_given_back_is_written_where_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(token_file("acme"), GOOD)
    os.chown(path, HOST_USER, HOST_USER)
    monkeypatch.setattr(os, "fchown", failing(errno.EINVAL))
    files.write(str(path), {"accessToken": "new"})
    assert content(path) == {"accessToken": "new"}
    assert owners(path) == {(HOST_USER, HOST_USER, 0)}
    assert os.listdir(path.parent) == [path.name]


@root_only
@pytest.mark.parametrize("closed", ["file", "folder"])
def test_x13_whoever_may_not_use_a_file_is_told_so_by_every_command(
    open_home: Path, demo: DemoServer, closed: str
) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    give_away(open_home)
    path = token_file("acme") if closed == "file" else sso_cache()
    os.chown(path, HOST_USER, HOST_USER)
    path.chmod(0o600 if closed == "file" else 0o700)
    assert session_named(store, "acme").key == "acme"
    demo.state.faults.add("RegisterClient", code="InvalidRequestException", status=400, count=None)

    def work() -> None:
        for arguments, code in (
            (["status"], 0),
            (["status", "dev"], 3),
            (["env", "dev"], 3),
            (["whoami", "dev"], 3),
            (["credential-process", "dev"], 3),
            (["exec", "dev", "--", "true"], 3),
            (["login", "--session", "acme", "--no-open"], 1),
            (["logout", "--yes"], 1),
        ):
            found, _output, errors = command(*arguments)
            assert (arguments, found, path.name in errors) == (arguments, code, True), errors
            assert "permission denied" in errors or arguments[0] == "logout", errors

    as_nobody(work)


@root_only
def test_b08_b14_x13_a_file_of_a_stranger_is_not_used(open_home: Path) -> None:
    """Neither in the folder itself nor behind a link: only root may, and whoever is the owner of the folder."""
    store = configure()
    path, target = put(token_file("acme"), GOOD), put(open_home / "other/target.json", GOOD)
    put(token_file("lab"), GOOD).unlink()
    token_file("lab").symlink_to(target)
    give_away(open_home)
    for each in (path, target, target.parent):
        os.chown(each, HOST_USER, HOST_USER)
        each.chmod(each.stat().st_mode | 0o055)

    def work() -> None:
        store.look()
        assert [known(store).session_clock(key, clock.now())[0] for key in ("acme", "lab")] == ["unreadable"] * 2
        assert known(store).why_no_token("acme") == f"{place(str(path))}: {files.OTHERS}"
        with pytest.raises(PermissionError, match="another user's file"):
            files.write(str(token_file("lab")), {})

    as_nobody(work)
    assert shapes.token_path("acme") == str(path)


def test_x41_what_could_not_be_written_is_known_before(open_home: Path) -> None:
    """Neither with a new file nor in place: then no refresh token is spent for what would be lost."""
    configure()
    path = put(token_file("acme"), GOOD)
    give_away(open_home)

    def work() -> None:
        assert files.why_not_writable(str(path), {}) == ""
        path.parent.chmod(0o500)
        assert files.why_not_writable(str(path), {}) == ""
        path.chmod(0o400)
        assert files.why_not_writable(str(path), {}) == "Permission denied"
        assert files.why_not_writable(str(token_file("lab")), {}) == "Permission denied"
        assert path.read_text() == GOOD
        assert os.listdir(path.parent) == [path.name]

    as_nobody(work)
