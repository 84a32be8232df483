"""Several programs, or several parts of one, at the same files at the same moment."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import files, folders, shapes
from tui.aws.errors import SignInNeeded, SsoError
from tui.aws.model import Token
from tui.aws.role.credentials import get_credentials
from tui.aws.session.renewal import renew
from tui.aws.session.signing_out import make_manifest, sign_out
from tui.aws.state.store import Store
from tui.demo.behaviour import SAME
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import (
    configure,
    content,
    known,
    named,
    put_token,
    role_file,
    session_named,
    sso_cache,
    token_file,
    token_text,
)
from .aws_home import write_in_place as put
from .commands import check, ssotui_apart, start
from .test_cache_files import WRITER

# -- a writer that is killed ------------------------------------------------------------------------------------

# Each child runs up to its n-th line of Python, in whatever module, and is killed there.
KILLED_AT_EVERY_LINE = """
import json, os, signal, sys
from tui.aws.cache import files
import tempfile, random
path, old = sys.argv[1], {"accessToken": "old"}
random.random(); tempfile.mkstemp(dir=os.path.dirname(path))
files.write(path, old)
at, seen = 0, []
while True:
    at += 1
    files.write(path, old)
    pid = os.fork()
    if pid == 0:
        left = at
        def trace(frame, event, argument):
            global left
            left -= event == "line"
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return trace
        sys.settrace(trace)
        files.write(path, {"accessToken": "new"})
        sys.settrace(None)
        os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    with open(path) as file:
        seen.append(json.load(file)["accessToken"])
    if status == 0:
        break
print(json.dumps(seen))
"""


def test_b13_a_writer_killed_at_any_line_leaves_the_old_or_the_new_file(home: Path) -> None:
    path = put(token_file("acme"), "{}")
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EVERY_LINE, path], capture_output=True, text=True, timeout=60, check=True
    )
    seen = json.loads(done.stdout)
    assert len(seen) > 50
    replaced = seen.index("new")
    assert seen == ["old"] * replaced + ["new"] * (len(seen) - replaced)
    left = [each for each in path.parent.iterdir() if each != path]
    assert left
    assert {stat.S_IMODE(each.stat().st_mode) for each in left} == {0o600}
    shapes.sweep_leftovers(time.time() + shapes.TEMPORARY_AGE + 60)
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(folders.TEMPORARY_PREFIX)] == []


# Each child writes as fast as it can, until it is killed at a moment that nobody chose.
KILLED_AT_ANY_MOMENT = """
import json, os, random, signal, sys, time
from tui.aws.cache import files
path = sys.argv[1]
def value(number):
    return {"number": number, "text": str(number % 10) * (number % 7) * 9000}
files.write(path, value(0))
end = time.monotonic() + 2
kills = 0
while time.monotonic() < end:
    pid = os.fork()
    if pid == 0:
        while True:
            files.write(path, value(random.randrange(10**6)))
    time.sleep(random.uniform(0.001, 0.02))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    kills += 1
    found = files.read(path)
    assert found.status == "" and found.value == value(found.value["number"]), found.reason
print(kills)
"""


def test_b13_a_writer_killed_at_any_moment_leaves_a_whole_file(home: Path) -> None:
    path = put(token_file("acme"), "{}")
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_ANY_MOMENT, path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) > 10


# -- several writers --------------------------------------------------------------------------------------------

SEVERAL = """
import sys, time
from tui.aws.cache import files
end = time.monotonic() + 1.5
print("go", flush=True)
number = 0
while time.monotonic() < end:
    number += 1
    files.write(sys.argv[1], {"accessToken": sys.argv[2] * 2000, "number": number})
"""


def test_b13_b19_with_several_writers_every_reading_is_whole(home: Path) -> None:
    path = put(token_file("acme"), '{"accessToken": ""}')
    writers = [
        subprocess.Popen([sys.executable, "-c", SEVERAL, path, letter], stdout=subprocess.PIPE) for letter in "abc"
    ]
    readings = set()
    while any(writer.poll() is None for writer in writers):
        found = files.read(str(path))
        assert found.value is not None, found.reason
        readings.add(str(found.value["accessToken"])[:1])
        assert len(set(str(found.value["accessToken"]))) <= 1
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
        assert writer.returncode == 0
    assert readings >= set("abc")
    assert os.listdir(path.parent) == [path.name]


def test_b19_renewals_get_through_while_another_program_writes_in_place(demo: DemoServer, home: Path) -> None:
    """It writes the old token over and over, as nobody does: a command still ends with good credentials."""
    configure()
    demo.state.settings.rotation = SAME
    text = token_text(put_token(demo, "acme", ACME, -60))
    path = token_file("acme")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path, text, "30"], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        for name in ("dev", "audit"):
            done = check(ssotui_apart("env", name, "--format", "json"), 0, demo, allow=["stdout"])
            assert json.loads(done.stdout)["SessionToken"]
        answer = json.loads(check(ssotui_apart("status", "--json"), 0, demo).stdout)
        assert answer["sessions"][0]["state"] in ("refreshable", "signed-in")
        assert [problem for problem in answer["problems"] if problem["file"] == str(path)] == []
    finally:
        writer.kill()
        writer.communicate()


def test_b20_commands_at_once_make_one_renewal(demo: DemoServer, home: Path) -> None:
    """Whole commands, for different roles of one session whose refresh token is good for one use."""
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.settings.latency = 0.3
    names = ["dev", "audit", "deploy", "dev", "audit", "dev"]
    processes = [start("env", name, "--format", "json") for name in names]
    for process in processes:
        out, err = process.communicate(timeout=90)
        assert (process.returncode, err) == (0, "")
        assert json.loads(out)["AccessKeyId"]
    assert demo.state.log.count("CreateToken") == 1
    assert demo.state.access(str(content(token_file("acme"))["accessToken"])) is not None
    assert [each.name for each in sso_cache().iterdir()] == [token_file("acme").name]


# -- one program ------------------------------------------------------------------------------------------------


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of these gives, or the SsoError that it raises, when all are done at the same time."""
    results: list[object] = [None] * len(works)

    def run(number: int) -> None:
        try:
            results[number] = works[number]()
        except SsoError as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results


@pytest.fixture
def slow_renewal(demo: DemoServer, home: Path) -> DemoServer:
    """A session whose renewal takes a moment."""
    configure()
    put_token(demo, "acme", ACME, 60)
    demo.state.faults.add("CreateToken", drip=0.002)  # it has taken effect before the answer comes
    return demo


def test_g02_a_renewal_under_way_does_not_undo_a_sign_out(slow_renewal: DemoServer) -> None:
    store = Store()

    def leave() -> object:
        assert slow_renewal.state.log.wait_for("CreateToken")
        return sign_out(store, make_manifest(known(store)))

    renewal, result = at_once(lambda: renew(store, session_named(store, "acme")), leave)
    assert isinstance(renewal, SignInNeeded)
    assert result is not None
    assert not token_file("acme").exists()
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    # AWS was told of both tokens: of the old one, and of the one that came too late.
    assert slow_renewal.state.log.count("Logout") == 2
    assert not any(slow_renewal.state.access(token.reveal()) for token in slow_renewal.state.access_tokens)


def test_g02_credentials_under_way_do_not_outlive_a_sign_out(demo: DemoServer, home: Path) -> None:
    store = configure()
    put_token(demo, "acme", ACME)
    demo.state.faults.add("GetRoleCredentials", drip=0.002)

    def leave() -> object:
        assert demo.state.log.wait_for("GetRoleCredentials")
        return sign_out(store, make_manifest(known(store)))

    at_once(lambda: get_credentials(store, named(store, "dev")), leave)
    assert not role_file("111111111111", "Admin", "acme").exists()
    assert make_manifest(known(store)).items == []


def test_b26_a_renewal_of_a_token_that_is_replaced_meanwhile_keeps_the_later_one(slow_renewal: DemoServer) -> None:
    store = Store()
    others: list[Token] = []

    def sign_in_elsewhere() -> None:
        assert slow_renewal.state.log.wait_for("CreateToken")
        others.append(put_token(slow_renewal, "acme", ACME, 12 * 3600))

    renewal, _nothing = at_once(lambda: renew(store, session_named(store, "acme")), sign_in_elsewhere)
    assert isinstance(renewal, Token)
    assert renewal.access_token == others[0].access_token
    assert content(token_file("acme"))["accessToken"] == others[0].access_token.reveal()
