"""Many who want the same role's credentials at the same time: one asks AWS, the others take what it got."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import locks
from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import Profile, RoleCredentials
from tui.aws.role import grants
from tui.aws.role.credentials import get_credentials
from tui.aws.role.fleet import Fleet
from tui.aws.state.store import Store
from tui.cli.environment import Environment
from tui.cli.quick.quick_env import quick_env
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, known, named, put_role, put_token, role_file, token_file
from .commands import check, ssotui_apart, start

ROOT = Path(__file__).parent.parent
SAME_ROLE = "\n[profile {0}]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\nregion = {0}\n"


@pytest.fixture
def store(demo: DemoServer, home: Path) -> Store:
    put_token(demo, "acme", ACME)
    return configure(CONFIG + "".join(map(SAME_ROLE.format, ("eu-west-1", "eu-west-2", "eu-west-3"))))


def at_once(count: int, name: str, fresh: bool = False) -> list[RoleCredentials]:
    """What so many get who begin together, each as a program of its own would."""
    inventories = [Store() for _ in range(count)]
    gate = threading.Barrier(count)

    def get(store: Store) -> RoleCredentials:
        gate.wait()
        return get_credentials(store, named(store, name), fresh)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(get, inventories))


def asked(demo: DemoServer) -> dict[str, int]:
    """How often each operation was requested."""
    names = [entry.operation for entry in demo.state.log.entries()]
    return {name: names.count(name) for name in sorted(set(names))}


def test_x20_twenty_processes_make_one_request(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetRoleCredentials", delay=1.5, count=None)
    processes = [start("credential-process", "dev") for _ in range(20)]
    answers = [process.communicate(timeout=90) for process in processes]
    assert [process.returncode for process in processes] == [0] * 20, answers
    assert {message for _output, message in answers} == {""}
    assert len({json.loads(output)["AccessKeyId"] for output, _message in answers}) == 1
    assert asked(demo) == {"GetRoleCredentials": 1}


def test_x20_whoever_waits_has_loaded_next_to_nothing(demo: DemoServer, store: Store) -> None:
    """Of twenty processes nineteen load nothing that it takes to ask AWS: else each of them would take the processor
    from the one that asks."""
    name = locks.role_turn(str(role_file("111111111111", "Admin", "acme")))
    held = locks.try_hold(name)
    assert held is not None
    path = role_file("111111111111", "Admin", "acme")
    put_role(demo, "111111111111", "Admin", "acme")
    answer = path.read_text()
    path.unlink()
    program = (
        "import sys, time, os; from tui.cli.main import main; path, text = sys.argv[1:]\n"
        "time.sleep = lambda _seconds: os.write(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), text.encode())\n"
        "code = main(['credential-process', 'dev']); print(code, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path, answer], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    held.release()
    assert json.loads(done.stdout)["Version"] == 1
    code, *loaded = done.stderr.split()
    assert code == "0"
    assert "tui.cli.quick.quick_env" in loaded
    assert {"argparse", "contextlib", "botocore", "json", "threading", "tui.aws.state.store"} & set(loaded) == set()
    assert asked(demo) == {}


def test_x20_whose_turn_it_is_keeps_it_until_it_has_asked(demo: DemoServer, store: Store) -> None:
    here = Environment(stdout=io.StringIO())
    assert not quick_env(here, ["dev", "--format", "json"], "credential-process")
    path = str(role_file("111111111111", "Admin", "acme"))
    assert locks._acquire(locks.role_turn(path), 0) is None  # nobody else's
    held = locks.try_hold(locks.role_turn(path))
    assert held is not None
    held.release()


def test_x20_where_the_first_one_fails_the_others_do_not_wait_for_each_other(demo: DemoServer, store: Store) -> None:
    token_file("acme").unlink()
    processes = [start("credential-process", "dev") for _ in range(8)]
    answers = [process.communicate(timeout=90) for process in processes]
    assert [process.returncode for process in processes] == [3] * 8, answers


def test_x20_after_a_failure_no_turn_is_kept(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    name = locks.role_turn(str(role_file("111111111111", "Admin", "acme")))
    first = locks.try_hold(name)
    assert first is not None
    monkeypatch.setattr(time, "sleep", lambda _seconds: first.release())  # it ends with nothing to show
    assert not quick_env(Environment(stdout=io.StringIO()), ["dev", "--format", "json"], "credential-process")
    assert locks._left == {}
    free = locks.try_hold(name)
    assert free is not None
    free.release()


@pytest.mark.parametrize("fresh", [False, True], ids=["cached would do", "fresh"])
def test_x20_threads_of_many_make_one_request(fresh: bool, demo: DemoServer, store: Store) -> None:
    put_role(demo, "111111111111", "Admin", "acme", 3600 if fresh else -5)
    demo.state.faults.add("GetRoleCredentials", delay=0.5, count=None)
    assert len({found.access_key_id for found in at_once(8, "dev", fresh)}) == 1
    assert asked(demo) == {"GetRoleCredentials": 1}


def test_x20_chained_roles_make_one_request_each(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("AssumeRole", delay=0.5, count=None)
    demo.state.faults.add("GetRoleCredentials", delay=0.5, count=None)
    assert len({found.access_key_id for found in at_once(8, "deploy")}) == 1
    assert asked(demo) == {"AssumeRole": 1, "GetRoleCredentials": 1}


def test_x20_a_fleet_asks_once_for_a_role_of_many_profiles(demo: DemoServer, store: Store) -> None:
    names = ("dev", "eu-west-1", "eu-west-2", "eu-west-3", "audit")
    before = put_role(demo, "111111111111", "Admin", "acme")
    fleet = Fleet(store, [named(store, name) for name in names])
    fleet.run(threading.Event())
    assert (fleet.done, fleet.failures, fleet.states) == (5, [], {})
    assert asked(demo) == {"GetRoleCredentials": 2}
    found = known(store).credentials_of(named(store, "eu-west-3"))
    assert found is not None
    assert found.access_key_id != before.access_key_id


def test_x20_a_profile_that_comes_late_does_not_ask_anew(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one has its credentials on disk already, and has not said so yet."""
    put_role(demo, "111111111111", "Admin", "acme")
    credentials, written = Fleet.credentials, threading.Event()

    def slowly(self: Fleet, profile: Profile, fresh: bool, cancelled: threading.Event) -> RoleCredentials:
        found = credentials(self, profile, fresh, cancelled)
        written.set()
        time.sleep(0.3)
        return found

    monkeypatch.setattr(Fleet, "credentials", slowly)
    fleet = Fleet(store, [named(store, name) for name in ("dev", "eu-west-1")])
    threads = [threading.Thread(target=fleet._work, args=(threading.Event(),)) for _ in range(2)]
    late = fleet._waiting.pop()
    threads[0].start()
    assert written.wait(10)
    fleet._waiting.append(late)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert (fleet.done, fleet.failures) == (2, [])
    assert asked(demo) == {"GetRoleCredentials": 1}


def test_x20_what_is_cached_needs_no_lock(demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = put_role(demo, "111111111111", "Admin", "acme")
    monkeypatch.setattr(locks, "try_hold", lambda _name: pytest.fail("a lock was asked for"))
    assert get_credentials(store, named(store, "dev")).access_key_id == cached.access_key_id
    assert not Path(locks.lock_dir()).exists()


def test_x20_locks_that_cannot_be_had_stop_nothing(demo: DemoServer, store: Store) -> None:
    folder = Path(locks.lock_dir())
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    assert get_credentials(store, named(store, "dev")).account_id == "111111111111"
    assert get_credentials(store, named(store, "deploy")).account_id == "222222222222"


def test_x20_whoever_holds_one_for_too_long_is_not_waited_for(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    name = locks.role_turn(str(role_file("111111111111", "Admin", "acme")))
    held = locks.try_hold(name)
    assert held is not None
    assert get_credentials(store, named(store, "dev")).account_id == "111111111111"
    held.release()


def test_x20_waiting_for_another_can_be_left(demo: DemoServer, store: Store) -> None:
    held = locks.try_hold(locks.role_turn(str(role_file("111111111111", "Admin", "acme"))))
    assert held is not None
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        get_credentials(store, named(store, "dev"), False, cancelled)
    assert time.monotonic() - began < 5
    held.release()


def test_x20_after_a_failure_the_next_one_asks(demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetRoleCredentials", delay=0.3, code="ForbiddenException", status=403)
    errors: list[SsoError] = []

    def get() -> None:
        try:
            get_credentials(Store(), named(store, "dev"))
        except SsoError as error:
            errors.append(error)

    threads = [threading.Thread(target=get) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.exit_code for error in errors] == [4]
    assert asked(demo) == {"GetRoleCredentials": 2}


# -- what AWS grants for a short time only --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_credentials_of_minutes_are_used_and_kept(name: str, demo: DemoServer, store: Store) -> None:
    demo.state.settings.role_credentials_lifetime = demo.state.settings.assumed_role_lifetime = 600
    first = get_credentials(store, named(store, name))
    assert known(store).credentials_clock(name, clock.now())[0] == "expiring"  # as it is
    before = demo.state.log.count()
    for _ in range(3):
        assert get_credentials(Store(), named(store, name)).access_key_id == first.access_key_id
    assert demo.state.log.count() == before


def test_credentials_of_minutes_are_used_by_all_commands(demo: DemoServer, store: Store) -> None:
    demo.state.settings.role_credentials_lifetime = 600
    for _ in range(2):
        check(ssotui_apart("env", "dev", "--format", "docker"), 0, demo, allow=["stdout"])
        check(ssotui_apart("exec", "dev", "--", "true"), 0, demo)
    assert asked(demo) == {"GetRoleCredentials": 1}
    assert "role credentials expiring" in check(ssotui_apart("status", "dev"), 0, demo).stdout


def test_credentials_of_minutes_are_renewed_after_half_of_their_time(
    demo: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.state.settings.role_credentials_lifetime = 600
    first = get_credentials(store, named(store, "dev"))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 290)
    assert get_credentials(store, named(store, "dev")).access_key_id == first.access_key_id
    monkeypatch.setattr(clock, "now", lambda: now + 310)
    assert get_credentials(store, named(store, "dev")).access_key_id != first.access_key_id


def test_a_note_counts_for_its_own_credentials_alone(demo: DemoServer, store: Store) -> None:
    demo.state.settings.role_credentials_lifetime = 600
    get_credentials(store, named(store, "dev"))
    others = put_role(demo, "111111111111", "Admin", "acme", 600)  # the rest of an hour, for all one knows
    assert grants.margin(str(role_file("111111111111", "Admin", "acme")), others) == 900
    assert get_credentials(store, named(store, "dev")).access_key_id != others.access_key_id


@pytest.mark.parametrize("text", ["", "[]", '{"granted": 600}', '{"accessKeyId": 1, "granted": "x"}', "\0"])
def test_a_note_that_cannot_be_used_changes_nothing(text: str, demo: DemoServer, store: Store) -> None:
    demo.state.settings.role_credentials_lifetime = 600
    first = get_credentials(store, named(store, "dev"))
    (note,) = (Path(os.environ["XDG_STATE_HOME"]) / "ssotui/grants").iterdir()
    note.write_text(text)
    assert get_credentials(store, named(store, "dev")).access_key_id != first.access_key_id


@pytest.mark.parametrize("seconds", [1, 30, -100])
def test_credentials_that_end_at_once_are_used_all_the_same(seconds: int, demo: DemoServer, store: Store) -> None:
    ends = int((time.time() + seconds) * 1000)
    demo.state.faults.add("GetRoleCredentials", replace={"roleCredentials.expiration": ends}, count=None)
    found = get_credentials(store, named(store, "dev"))
    assert found.expires_at == ends // 1000
    assert demo.state.log.count() == 1


@pytest.mark.parametrize("ends", [0, -1, 1795700000, True, "soon", None, 1 << 62])
def test_expiries_that_cannot_be_are_refused(ends: object, demo: DemoServer, store: Store) -> None:
    demo.state.faults.add("GetRoleCredentials", replace={"roleCredentials.expiration": ends}, count=None)
    with pytest.raises(SsoError, match=r"could not be understood|unexpected answer"):
        get_credentials(store, named(store, "dev"))
    assert not role_file("111111111111", "Admin", "acme").exists()
