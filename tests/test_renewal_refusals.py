"""Renewals that AWS refuses, that fail, that others win, or whose token cannot be stored: what other processes make of
it, and what the user is told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import platformdirs
import pytest

from tui.aws import clock
from tui.aws.cache import files, folders
from tui.aws.errors import SignInNeeded, SsoError
from tui.aws.model import Token
from tui.aws.role.credentials import get_credentials
from tui.aws.session import renewal
from tui.aws.session.renewal import renew, usable_token
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.aws.state import attempts, finishing
from tui.aws.state.store import Store
from tui.cli.quick.prompt import prompt_line
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, known, named, put_token, session_named, token_file
from .board import board
from .commands import Done, check, leaked, ssotui_apart
from .unprivileged import as_nobody, give_away, open_home

__all__ = ["open_home"]  # a fixture


LATE = renewal.LATE
"""As users have it: these tests shorten it."""


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Iterator[Store]:
    yield configure()
    assert demo.state.crashes == []


def renewed(store: Store) -> Token:
    return renew(store, session_named(store, "acme"))


def tries(demo: DemoServer) -> int:
    return demo.state.log.count("CreateToken")


# -- another program is faster (X30) ----------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "left"), [(0.2, 3600), (2.0, 8 * 3600), (0.2, 14 * 60), (0.2, 60)])
def test_x30_the_token_of_another_program_that_was_faster_will_do(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch, late: float, left: int
) -> None:
    monkeypatch.setattr(renewal, "LATE", LATE)
    store = configure()
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    put_token(demo, "acme", ACME, -60)

    def write() -> None:
        assert demo.state.log.wait_for("CreateToken")
        time.sleep(late)
        put_token(demo, "acme", ACME, left)

    threading.Thread(target=write).start()
    found = usable_token(store, session_named(store, "acme"))
    assert abs(found.expires_at - time.time() - left) < 30
    assert tries(demo) == 1
    assert known(store).session_clock("acme", clock.now())[0] != "signed-out"


def test_x30_a_sign_in_asks_at_once_because_it_looks_out_for_such_a_token_itself(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, waited = configure(), list[float]()
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    monkeypatch.setattr(renewal, "time", SimpleNamespace(monotonic=time.monotonic, sleep=waited.append))
    with pytest.raises(SignInNeeded):
        renew(store, session_named(store, "acme"), before_sign_in=True)
    assert (tries(demo), waited) == (1, [])


def test_x30_what_came_while_one_waited_for_the_lock_is_not_renewed_again(demo: DemoServer, store: Store) -> None:
    """AWS may give tokens that last for less than a quarter of an hour, at the end of a session."""
    demo.state.settings.access_token_lifetime = 600
    demo.state.faults.add("CreateToken", delay=0.5)
    put_token(demo, "acme", ACME, -60)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _number: renewed(Store()), range(4)))
    assert len({token.access_token for token in found}) == 1
    assert tries(demo) == 1


# -- refusals are remembered (X31) ------------------------------------------------------------------------------


def test_x31_a_refusal_is_known_to_every_process(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException", count=None)
    assert ssotui_apart("status", "dev").returncode == 0
    check(ssotui_apart("whoami", "dev"), 3, demo)
    assert tries(demo) == 1
    status = check(ssotui_apart("status", "dev"), 3, demo)
    assert "signed-out" in status.stdout
    session = json.loads(ssotui_apart("status", "--json").stdout)["sessions"][0]
    assert (session["state"], session["refreshable"]) == ("signed-out", False)
    assert "signed-out" in ssotui_apart("status", "--prompt", AWS_PROFILE="dev").stdout
    for verb in (("whoami", "dev"), ("credential-process", "dev"), ("env", "dev"), ("credential-process", "dev")):
        assert "login" in check(ssotui_apart(*verb), 3, demo).stderr
    assert tries(demo) == 1


def test_x31_what_is_remembered_is_a_hash_for_its_owner_only(demo: DemoServer, store: Store) -> None:
    token = put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException", count=None)
    with pytest.raises(SignInNeeded):
        renewed(store)
    (path,) = Path(attempts.folder()).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert leaked(demo, path.read_text()) == []
    assert token.refresh_token is not None
    assert token.refresh_token.reveal() not in path.read_text()


def test_x31_once_a_minute_it_is_tried_again(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME, -3600)
    refusal = demo.state.faults.add("CreateToken", code="AccessDeniedException", count=None)
    now = time.time()
    for seconds, expected in ((0, 1), (30, 1), (59, 1), (62, 2), (100, 2), (125, 3)):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: now + seconds)
        with pytest.raises(SignInNeeded, match="can no longer be renewed"):
            renewed(Store())
        assert tries(demo) == expected
    monkeypatch.setattr(clock, "now", lambda: now + 200)
    demo.state.faults.remove(refusal)
    assert renewed(Store()).expires_at > now
    assert list(Path(attempts.folder()).iterdir()) == []


@pytest.mark.parametrize("how", ["a new token", "sign-out", "a clock that was wrong", "no such folder"])
def test_x31_what_makes_it_be_forgotten(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", code="InvalidGrantException")
    if how == "no such folder":
        folder = Path(attempts.folder())
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("")
    with pytest.raises(SignInNeeded):
        renewed(store)
    other = Store()
    other.look()
    if how == "sign-out":
        sign_out(other, make_manifest(known(other)))
        assert list(Path(attempts.folder()).iterdir()) == []
        return
    if how == "a new token":
        put_token(demo, "acme", ACME, -60)
    if how == "a clock that was wrong":
        now = time.time()
        monkeypatch.setattr(clock, "now", lambda: now - 7200)
        put_token(demo, "acme", ACME, -9000)
    other = Store()
    other.look()
    assert known(other).session_clock("acme", clock.now())[0] == "refreshable"
    assert renewed(other).access_token


def test_x31_damaged_files_say_nothing(demo: DemoServer, store: Store) -> None:
    token = put_token(demo, "acme", ACME, -60)
    folder = Path(attempts.folder())
    folder.mkdir(parents=True)
    for text in ("", "[]", "{", '{"refused": "x"}', '{"refused": true, "refreshToken": 5}', '{"refused": 1e999}'):
        (folder / token_file("acme").name).write_text(text)
        assert not attempts.is_marked("acme", token)


@pytest.mark.parametrize("home", ["/home/somebody", "", "relative", None])
def test_x31_the_prompts_way_to_the_folders_is_that_of_all(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    def put(name: str, value: str | None) -> None:
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    put("HOME", home)
    for kind in (folders.STATE, folders.CONFIG):
        function, variable, _usual = kind
        for value in ("/else/where", "", " ", "relative", None):
            put(variable, value)
            assert folders.own_folder(kind) == getattr(platformdirs, function)("ssotui", appauthor=False)
    assert attempts.folder() == os.path.join(folders.own_folder(folders.STATE), "renewals")


def test_x31_the_prompt_reads_one_more_file_only_when_a_renewal_is_due(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = files.read

    def read(path: str, *rest: Any) -> files.FileContent:
        opened.append(path)
        return real(path, *rest)

    monkeypatch.setattr(files, "read", read)
    for left, count in ((3600, 2), (-60, 3)):  # that with the names of accounts is one of them
        put_token(demo, "acme", ACME, left)
        opened.clear()
        assert prompt_line({"AWS_PROFILE": "dev"}, clock.now())
        assert len(opened) == count


@pytest.mark.parametrize("effects", [{"status": 500}, {"reset": True}], ids=str)
def test_x31_a_failing_service_is_no_refusal_and_not_asked_all_the_time(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, effects: dict[str, Any]
) -> None:
    put_token(demo, "acme", ACME, -60)
    fault = demo.state.faults.add("CreateToken", count=None, **effects)

    def use() -> SsoError:
        other = Store()
        with pytest.raises(SsoError) as caught:
            usable_token(other, session_named(other, "acme"))
        assert known(other).session_clock("acme", clock.now())[0] == "refreshable"
        return caught.value

    use()
    once = tries(demo)
    for _ in range(5):
        error = use()
        assert error.exit_code == 1
        assert "failed" in error.title or "has just" in error.title
    assert tries(demo) == once
    demo.state.faults.remove(fault)
    assert renewed(Store()).expires_at > time.time()  # whoever asks for a renewal gets one


# -- what cannot be stored (X12, X48) ---------------------------------------------------------------------------


def no_space(monkeypatch: pytest.MonkeyPatch, *names: str, error: int = 28) -> None:
    """Makes writing to files with one of these folders in their path fail, as a full disk or a read-only mount does."""
    real = os.open

    def open_(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and any(name in str(path) for name in names):
            raise OSError(error, os.strerror(error))
        return real(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", open_)


@pytest.mark.parametrize("error", [13, 28, 30, 122])
def test_x12_a_renewal_that_cannot_be_stored_is_not_begun_while_the_token_serves(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    token = put_token(demo, "acme", ACME, 600)
    no_space(monkeypatch, "sso/cache", error=error)
    session = session_named(store, "acme")
    assert usable_token(store, session).access_token == token.access_token
    with pytest.raises(SsoError, match=f"not renewed.*{os.strerror(error)}"):
        renew(store, session)
    assert tries(demo) == 0
    (problem,) = [each for each in known(store).problems() if each.file == str(token_file("acme"))]
    assert os.strerror(error) in problem.message
    monkeypatch.undo()
    monkeypatch.setattr(renewal, "LATE", 0.1)
    assert demo.url


READ_ONLY = """
import os, sys
real = os.open
def open_(path, flags, *rest, **options):
    if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and "/.aws/" in str(path):
        raise OSError(30, os.strerror(30))
    return real(path, flags, *rest, **options)
os.open = open_
from tui.__main__ import main
sys.exit(main())
"""


def on_a_read_only_mount(*arguments: str) -> Done:
    """Runs a command whose `~/.aws` cannot be written to, whoever runs it."""
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, *arguments], capture_output=True, text=True, timeout=90, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("verb", [("env", "dev"), ("whoami", "dev"), ("exec", "dev", "--", "true")], ids=" ".join)
def test_x12_x48_commands_say_what_could_not_be_stored(demo: DemoServer, store: Store, verb: tuple[str, ...]) -> None:
    put_token(demo, "acme", ACME, 600)
    before = token_file("acme").read_bytes()
    done = check(on_a_read_only_mount(*verb), 0, demo, allow=["stdout"])
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert any("is not renewed, because a new token could not be stored (Read-only file system)" in it for it in lines)
    assert any("role credentials could not be stored (Read-only file system)" in it for it in lines)
    assert tries(demo) == 0
    put_token(demo, "acme", ACME, -600)
    done = check(on_a_read_only_mount(*verb), 0, demo, allow=["stdout"])
    assert "the new token of acme could not be stored (Read-only file system)" in done.stderr
    assert tries(demo) == 1
    assert before


def test_x48_a_command_that_fails_says_so_too(demo: DemoServer, store: Store) -> None:
    put_token(demo, "acme", ACME, -600)
    done = check(on_a_read_only_mount("whoami", "forbidden"), 4, demo)
    assert "the new token of acme could not be stored (Read-only file system)" in done.stderr


def test_x12_a_folder_without_permission_costs_no_refresh_token(demo: DemoServer, open_home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME, 600)
    give_away(open_home)

    def work() -> None:
        token_file("acme").parent.chmod(0o500)
        token_file("acme").chmod(0o400)
        assert usable_token(store, session_named(store, "acme")).expires_at > time.time()
        assert any("Permission denied" in problem.message for problem in known(store).problems())

    as_nobody(work)
    assert tries(demo) == 0


async def test_x12_x48_on_the_board_it_is_a_problem(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_token(demo, "acme", ACME, 600)
    no_space(monkeypatch, "/cli/cache", "/sso/cache")
    async with board(width=130, height=40) as it:
        await it.until("is not renewed yet, trying every minute")
        get_credentials(it.board.store, named(it.board.store, "dev"))
        await it.press("!")
        await it.until("role credentials could not be stored (No space left on device)")
        await it.until("a new token could not be stored")
    assert tries(demo) == 0


def test_x48_what_could_be_stored_after_all_is_no_problem_any_more(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_token(demo, "acme", ACME, 600)
    with monkeypatch.context() as patch:
        no_space(patch, "/cli/cache", "/sso/cache")
        get_credentials(store, named(store, "dev"))
        assert len(finishing.remarks()) == 2
    time.sleep(0.1)
    monkeypatch.setattr(renewal, "AFTER_FAILURE", 0.0)
    renewed(store)
    get_credentials(store, named(store, "dev"), fresh=True)
    assert finishing.remarks() == []
