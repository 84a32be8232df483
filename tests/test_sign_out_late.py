"""What arrives after a sign-out is thrown away, and given back where that can be: in this process, and from others."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.aws.cache import files, locks, shapes
from tui.aws.errors import SignInNeeded, SsoError
from tui.aws.model import DEVICE, Secret, Token
from tui.aws.role.credentials import get_credentials
from tui.aws.session import signed_out
from tui.aws.session.joining import SignIn
from tui.aws.session.renewal import renew
from tui.aws.session.signed_out import SignOutWatch
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.aws.state.store import Store
from tui.demo.faults import Fault
from tui.demo.organisation import ACME, CHAINED_ROLE
from tui.demo.server import DemoServer

from .aws_home import configure, content, known, named, put_role, put_token, role_file, session_named, token_file
from .commands import check, ssotui_apart, start
from .sign_ins import Attempt, fast_polls
from .test_console import Endpoint, serve
from .test_races import at_once

CHAINED = {"role_arn": CHAINED_ROLE}
Leave = Callable[[Store], object]


def here(store: Store) -> object:
    return sign_out(store, make_manifest(known(store), "acme"))


def everything(store: Store) -> object:
    return sign_out(store, make_manifest(known(store)))


def in_another_process(_store: Store) -> object:
    return check(ssotui_apart("logout", "--session", "acme", "--yes"), 0)


def by_another_program() -> None:
    """As `aws sso logout` does it."""
    token_file("acme").unlink()
    role_file("111111111111", "Admin", "acme").unlink(missing_ok=True)


def alive(demo: DemoServer) -> list[Secret]:
    return [token for token in demo.state.access_tokens if demo.state.access(token.reveal()) is not None]


@contextmanager
def on_its_way(fault: Fault) -> Iterator[None]:
    """In the block, AWS has done what it was asked, and its answer has not arrived: `fault` holds it."""
    assert fault.holding.wait(30)
    try:
        yield
    finally:
        fault.release()


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Store:
    found = configure()
    put_token(demo, "acme", ACME)
    return found


@pytest.mark.parametrize("again", [False, True], ids=["out", "out and in"])
@pytest.mark.parametrize("leave", [here, everything, in_another_process])
@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_x45_credentials_under_way(demo: DemoServer, store: Store, name: str, leave: Leave, again: bool) -> None:
    """Also when another sign-in has followed the sign-out: they are of the old one."""
    operation = "GetRoleCredentials" if name == "dev" else "AssumeRole"
    fault = demo.state.faults.add(operation, hold=True)

    def work() -> object:
        with on_its_way(fault):
            leave(store)
            return put_token(demo, "acme", ACME) if again else None

    answer, _nothing = at_once(lambda: get_credentials(store, named(store, name)), work)
    assert isinstance(answer, SignInNeeded)
    assert "signed out meanwhile" in answer.title
    assert [item.kind for item in make_manifest(known(store)).items] == (["token"] if again else [])
    assert get_credentials(store, named(store, name)) if again else True


@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_x45_credentials_under_way_when_another_program_signs_out(demo: DemoServer, store: Store, name: str) -> None:
    operation = "GetRoleCredentials" if name == "dev" else "AssumeRole"
    fault = demo.state.faults.add(operation, hold=True)

    def work() -> None:
        with on_its_way(fault):
            by_another_program()

    answer, _nothing = at_once(lambda: get_credentials(store, named(store, name)), work)
    assert isinstance(answer, SignInNeeded)
    assert not Path(shapes.assume_role_path(CHAINED)).exists()
    assert not role_file("111111111111", "Admin", "acme").exists()


def test_x45_chained_credentials_need_no_token_where_none_was(demo: DemoServer, store: Store) -> None:
    """The source's credentials are cached: what they give is no sign-out's business."""
    token_file("acme").unlink()
    put_role(demo, "111111111111", "Admin", "acme")
    assert get_credentials(store, named(store, "deploy")).account_id == "222222222222"


def test_x45_a_command_hands_nothing_out(demo: DemoServer, store: Store) -> None:
    fault = demo.state.faults.add("GetRoleCredentials", hold=True)
    process = start("env", "dev", "--format", "json")
    with on_its_way(fault):
        here(store)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert "it was signed out meanwhile" in err
    assert make_manifest(known(store)).items == []


@pytest.mark.parametrize("leave", [here, in_another_process])
def test_x45_a_renewed_token_does_not_replace_a_new_sign_in(demo: DemoServer, home: Path, leave: Leave) -> None:
    store = configure()
    put_token(demo, "acme", ACME, 60)
    fault = demo.state.faults.add("CreateToken", hold=True)
    newer: list[Token] = []

    def work() -> None:
        with on_its_way(fault):
            leave(store)
            newer.append(put_token(demo, "acme", ACME, 3600))  # it lives shorter than what is on its way

    renewed, _nothing = at_once(lambda: renew(store, session_named(store, "acme")), work)
    assert isinstance(renewed, Token)
    assert renewed.access_token == newer[0].access_token
    assert content(token_file("acme"))["accessToken"] == newer[0].access_token.reveal()
    assert alive(demo) == [newer[0].access_token]  # AWS was told of the other two


@pytest.mark.parametrize("leave", [here, everything, in_another_process])
def test_x45_a_sign_in_that_ends_after_it(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, leave: Leave
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "acme")
    leave(store)
    demo.state.approve(attempt.code.user_code)
    with pytest.raises(SignInNeeded, match="signed out meanwhile"):
        attempt.end()
    assert not token_file("acme").exists()
    assert alive(demo) == []
    again = Attempt(store, "acme")
    demo.state.approve(again.code.user_code)
    assert again.end().start_url == ACME


def test_x45_whoever_joined_such_a_sign_in_is_told_too(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_polls(demo, monkeypatch)
    acme = session_named(store, "acme")
    first = Attempt(store, "acme", SignIn(DEVICE, store, acme))
    second = Attempt(store, "acme", SignIn(DEVICE, store, acme))
    assert second.code.user_code == first.code.user_code
    here(store)
    demo.state.approve(first.code.user_code)
    for attempt in (first, second):
        with pytest.raises(SignInNeeded, match="signed out meanwhile"):
            attempt.end()
    assert alive(demo) == []
    assert demo.state.pending_user_codes() == []  # nobody was asked for another approval


def test_x45_a_sign_in_to_another_session_goes_on(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_polls(demo, monkeypatch)
    attempt = Attempt(store, "lab")
    here(store)
    demo.state.approve(attempt.code.user_code)
    assert attempt.end()
    assert token_file("lab").exists()


def test_x45_a_console_link_is_not_shown(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    endpoint = Endpoint(delay=threading.Event())
    with serve(endpoint) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        process = start("console", "dev", "--federate", "--print", AWS_ENDPOINT_URL_SIGNIN=url)
        while not endpoint.asked and process.poll() is None:
            threading.Event().wait(0.02)
        here(store)
        assert endpoint.delay is not None
        endpoint.delay.set()
        out, err = process.communicate(timeout=60)
        server.shutdown()
    assert (process.returncode, out) == (3, ""), err
    assert "it was signed out meanwhile" in err


def test_x45_the_mark_is_seen_where_no_token_was_and_never_twice_the_same(home: Path) -> None:
    store = configure()
    acme = session_named(store, "acme")
    watches = []
    for _ in range(3):
        watches.append(SignOutWatch(store, acme))
        assert not watches[-1].ended()
        check(ssotui_apart("logout", "--all", "--yes"), 0)
    assert [watch.ended() for watch in watches] == [True, True, True]
    assert not SignOutWatch(store, acme).ended()
    modes = {path.stat().st_mode & 0o777 for path in Path(locks.lock_dir()).glob("*.signed-out")}
    assert modes == {0o600}


def test_x45_without_a_state_folder_this_process_knows_all_the_same(demo: DemoServer, store: Store, home: Path) -> None:
    (home / ".local").write_text("in the way")
    watch = SignOutWatch(store, session_named(store, "acme"), token=False)
    assert not watch.ended()
    here(store)
    assert watch.ended()


@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_x45_a_file_that_takes_its_place_at_the_same_moment_goes(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The sign-out has looked just before."""
    path = store.snapshot.credentials_path(named(store, name))
    write = files.write

    def slow(where: str, value: files.Json, before_replace: Callable[[], None] | None = None) -> None:
        write(where, value, before_replace)
        if where == path:
            signed_out.mark([shapes.lock_name("acme")])

    monkeypatch.setattr(files, "write", slow)
    with pytest.raises(SsoError, match="signed out meanwhile"):
        get_credentials(store, named(store, name))
    assert not Path(path).exists()


def test_x45_what_came_between_the_list_and_the_yes_goes_too(demo: DemoServer, store: Store) -> None:
    manifest = make_manifest(known(store), "acme")
    put_role(demo, "111111111111", "Admin", "acme")
    result = sign_out(store, manifest)
    assert [outcome.item.kind for outcome in result.outcomes] == ["token", "role credentials"]
    assert result.ok
    assert make_manifest(known(store)).items == []


def test_x45_many_processes_at_once(demo: DemoServer, store: Store) -> None:
    """Whatever they get, nothing is left and nothing is handed out afterwards."""
    demo.state.faults.add("GetRoleCredentials", drip=0.001, count=None)
    commands: list[subprocess.Popen[str]] = [
        start("env", name, "--format", "json") for name in ("dev", "audit", "deploy") * 2
    ]
    assert demo.state.log.wait_for("GetRoleCredentials")
    assert sign_out(store, make_manifest(known(store))).ok
    for command in commands:
        command.communicate(timeout=90)
    assert make_manifest(known(store)).items == []
    check(ssotui_apart("env", "dev"), 3)
