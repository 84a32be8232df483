"""A profile is given another role, account or session under an open board: nobody is handed the former one's."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.errors import SsoError
from tui.aws.model import Profile
from tui.aws.role import credentials
from tui.aws.role.fleet import Fleet
from tui.aws.session.arrival import keep
from tui.aws.session.signed_out import SignOutWatch
from tui.aws.state import current, finishing
from tui.aws.state.snapshot import Snapshot
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, CHAINED_ROLE, LAB
from tui.demo.server import DemoServer

from .aws_home import (
    CONFIG,
    changes,
    keep_in_memory,
    known,
    named,
    put_role,
    role_file,
    session_named,
    signed_in,
    token_file,
)
from .board import Driver, board

ADMIN = ("111111111111", "Admin")
READ_ONLY = ("111111111111", "ReadOnly")
AUDIT = ("222222222222", "ReadOnly")
OLD = "sso_account_id = 111111111111\nsso_role_name = Admin\nregion = us-east-1"


def given(account: str, role: str, region: str = "us-east-1") -> str:
    """The configuration with dev in this account and role."""
    return CONFIG.replace(OLD, f"sso_account_id = {account}\nsso_role_name = {role}\nregion = {region}", 1)


def rewrite(text: str) -> None:
    (Path(os.environ["HOME"]) / ".aws/config").write_text(text)


def whose(demo: DemoServer, text: str) -> set[tuple[str, str]]:
    """Account and role of all access keys in a text."""
    found = [demo.state.principals[key] for key in re.findall("ASIA[A-Z0-9]{16}", text)]
    return {(each.account_id, each.name) for each in found}


@pytest.fixture(autouse=True)
def tokens(home: Path, demo: DemoServer) -> None:
    signed_in(demo, "acme", "lab")


@pytest.fixture(params=[READ_ONLY, AUDIT], ids=["role", "account"])
def now(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Whom dev stands for after the change."""
    found: tuple[str, str] = request.param
    return found


@pytest.fixture(params=[0.0, 1.6], ids=["at once", "after a look"])
def pause(request: pytest.FixtureRequest) -> float:
    """Seconds between the change and the next key."""
    return float(request.param)


async def changed(it: Driver, pause: float, text: str) -> None:
    """Let the board see the old configuration, then change it."""
    await it.highlight("dev")
    await it.pilot.pause(0.7)
    rewrite(text)
    await it.pilot.pause(pause)


async def test_x02_the_identity_is_the_new_one(now: tuple[str, str], pause: float, demo: DemoServer) -> None:
    put_role(demo, *ADMIN, "acme")
    async with board() as it:
        await changed(it, pause, given(*now))
        await it.press("i")
        await it.until(f'"Account": "{now[0]}"')
        assert f"AWSReservedSSO_{now[1]}" in it.words()


async def test_x02_what_is_copied_is_the_new_one_s(now: tuple[str, str], pause: float, demo: DemoServer) -> None:
    put_role(demo, *ADMIN, "acme")
    async with board() as it:
        await changed(it, pause, given(*now, "eu-west-1"))
        await it.press("y")
        await it.until("cannot be confirmed")
        assert whose(demo, it.app.clipboard) == {now}
        assert "AWS_REGION='eu-west-1'" in it.app.clipboard


async def test_x02_fresh_credentials_go_into_the_new_one_s_file(
    now: tuple[str, str], pause: float, demo: DemoServer
) -> None:
    put_role(demo, *ADMIN, "acme")
    before = role_file(*ADMIN, "acme").read_bytes()
    async with board() as it:
        await changed(it, pause, given(*now))
        await it.press("r")
        await it.until("Fresh role credentials for d")
    assert role_file(*ADMIN, "acme").read_bytes() == before
    assert whose(demo, role_file(*now, "acme").read_text()) == {now}


async def test_x02_the_console_s_link_is_the_new_one_s(pause: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "false")
    async with board() as it:
        await changed(it, pause, given(*READ_ONLY))
        await it.press("o")
        await it.until("=ReadOnly&destination")
        rewrite(given(*AUDIT))
        await it.until("its link was another one's")
        assert "=ReadOnly&destination" not in it.words()


@pytest.mark.parametrize("key", ["c", "w"])
async def test_x02_an_open_export_hands_out_the_new_one_s(
    key: str, now: tuple[str, str], pause: float, demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put_role(demo, *ADMIN, "acme")
    async with board() as it:
        await it.highlight("dev")
        await it.press("e")
        await it.until("credentials valid for")
        rewrite(given(*now))
        await it.pilot.pause(pause)
        await it.press(key)
        if key == "w":
            await it.until("to a file that only you can read")
            await it.press("ctrl+u")
            await it.type(str(tmp_path / "dev.sh"))
            await it.press("enter")
        written = tmp_path / "dev.sh"
        await it.until(written.exists if key == "w" else "cannot be confirmed")
        handed_out = written.read_text() if key == "w" else it.app.clipboard
        assert whose(demo, handed_out) == {now}


async def test_x02_an_open_export_and_an_open_identity_follow(demo: DemoServer) -> None:
    async with board() as it:
        await it.highlight("dev")
        await it.press("e")
        await it.until("credentials valid for")
        await it.press("v")
        await it.until(lambda: whose(demo, it.words()) == {ADMIN})
        rewrite(given(*READ_ONLY))
        await it.until(lambda: whose(demo, it.words()) == {READ_ONLY})
        await it.press("escape", "i")
        await it.until("AWSReservedSSO_ReadOnly")
        rewrite(given(*AUDIT))
        await it.until('"Account": "222222222222"')
        rewrite(given(*AUDIT).replace("[profile dev]", "[profile development]"))
        await it.until("Profile dev is no longer configured")
        assert "222222222222" not in it.words()


async def test_x02_an_answer_that_is_under_way_is_not_the_new_one_s(demo: DemoServer) -> None:
    slow = demo.state.faults.add("GetRoleCredentials", hang=True)
    async with board() as it:
        await it.highlight("dev")
        await it.press("e")
        await it.until(lambda: demo.state.log.count("GetRoleCredentials") > 0)
        rewrite(given(*READ_ONLY))
        slow.release()
        await it.until("credentials valid for")
        await it.press("c")
        await it.until("cannot be confirmed")
        assert whose(demo, it.app.clipboard) == {READ_ONLY}
    assert whose(demo, role_file(*READ_ONLY, "acme").read_text()) == {READ_ONLY}


async def test_x02_marks_stand_for_the_profiles_as_they_are(demo: DemoServer) -> None:
    put_role(demo, *ADMIN, "acme")
    before = role_file(*ADMIN, "acme").read_bytes()
    async with board() as it:
        for name in ("dev", "audit"):
            await it.highlight(name)
            await it.press("space")
        rewrite(given(*READ_ONLY))
        await it.press("r")
        await it.until("Fresh role credentials for 2 profiles")
        await it.until(lambda: it.row("dev").split()[-2] == "valid")
    assert role_file(*ADMIN, "acme").read_bytes() == before
    assert whose(demo, role_file(*READ_ONLY, "acme").read_text()) == {READ_ONLY}


async def test_x02_the_clock_in_the_row_is_the_new_one_s(demo: DemoServer) -> None:
    put_role(demo, *ADMIN, "acme")
    async with board() as it:
        await it.until(lambda: it.row("dev").split()[-2] == "valid")
        rewrite(given(*READ_ONLY))
        await it.until(lambda: it.row("dev").split()[-1] == "none")
        put_role(demo, *READ_ONLY, "acme", 120)
        await it.until(lambda: "expiring" in it.row("dev"))


def test_x02_a_former_profile_s_file_is_never_the_new_one_s(demo: DemoServer) -> None:
    store = Store()
    former = named(store, "dev")
    rewrite(given(*READ_ONLY))
    assert store.look_at_config()
    store.look([former])  # a list that was drawn before
    assert store.snapshot.credentials_path(former) == str(role_file(*ADMIN, "acme"))
    assert store.snapshot.credentials_path(named(store, "dev")) == str(role_file(*READ_ONLY, "acme"))


def test_x02_a_fleet_asks_for_the_profiles_as_they_are_when_their_turn_comes(demo: DemoServer) -> None:
    store = Store()
    fleet = Fleet(store, [named(store, name) for name in ("dev", "audit")])
    rewrite(given(*READ_ONLY).replace("[profile audit]", "[profile other]"))
    fleet.run(threading.Event())
    assert not role_file(*ADMIN, "acme").exists()
    assert whose(demo, role_file(*READ_ONLY, "acme").read_text()) == {READ_ONLY}
    ((profile, error),) = fleet.failures
    assert (profile.name, error.title) == ("audit", "Profile audit is no longer configured")
    assert fleet.done == 2


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("name", "change", "asked"),
    [
        ("dev", lambda text: text.replace("= acme", "= work").replace("n acme]", "n work]"), 2),
        ("dev", lambda text: text.replace(ACME, LAB).replace("us-east-1\nsso_reg", "eu-west-1\nsso_reg"), 2),
        ("deploy", lambda text: text.replace("source_profile = dev", "source_profile = sandbox"), 2),
        ("deploy", lambda text: text.replace(OLD, OLD.replace("Admin", "ReadOnly")), 2),
        ("deploy", lambda text: text.replace(CHAINED_ROLE, CHAINED_ROLE + "2"), 2),
        ("dev", lambda text: text.replace(OLD, OLD.replace("us-east-1", "eu-west-1"), 1), 2),
        ("dev", lambda text: text + "# a comment\n", 1),
    ],
    ids=["session renamed", "start URL", "source", "the source's role", "role_arn", "region", "nothing"],
)
def test_x02_what_comes_for_the_former_identity_is_dropped(name: str, change: Change, asked: int) -> None:
    store = Store()
    seen: list[tuple[object, ...]] = []

    def work(profile: Profile) -> int:
        seen.append(current.identity_of(known(store), profile))
        if len(seen) == 1:
            rewrite(change(CONFIG))
        return len(seen)

    assert current.as_configured(store, name, work).result == asked
    assert len(set(seen)) == asked


def test_x02_a_profile_that_is_gone_is_told(demo: DemoServer) -> None:
    store = Store()

    def work(_profile: Profile) -> None:
        rewrite(CONFIG.replace("[profile dev]", "[profile gone]"))

    with pytest.raises(SsoError, match="Profile dev is no longer configured"):
        current.as_configured(store, "dev", work)
    assert "gone" in store.config.profiles


def test_x02_a_token_of_the_former_start_url_is_not_stored_as_the_new_one_s(demo: DemoServer) -> None:
    store = Store()
    session = session_named(store, "acme")
    token = demo.state.issue_token(ACME)
    before = token_file("acme").read_bytes()
    rewrite(CONFIG.replace(ACME, "https://other.awsapps.com/start"))
    with pytest.raises(SsoError, match="another start URL"), finishing.job("a sign-in") as job:
        keep(store, session, token, job, SignOutWatch(store, session))
    assert token_file("acme").read_bytes() == before


def test_x02_a_token_in_memory_of_the_former_start_url_is_none_of_the_new_one_s(demo: DemoServer) -> None:
    store = Store()
    token_file("acme").unlink()
    keep_in_memory(store, "acme", demo.state.issue_token(ACME), "no space left on device")
    assert known(store).session_clock("acme", clock.now())[0] == "signed-in"
    rewrite(CONFIG.replace(ACME, "https://other.awsapps.com/start"))
    assert store.look_at_config()
    assert known(store).session_clock("acme", clock.now())[0] == "signed-out"
    with pytest.raises(SsoError) as caught:
        credentials.get_credentials(store, named(store, "dev"))
    assert caught.value.exit_code == 3
    assert demo.state.log.count() == 0


def test_x02_role_credentials_of_the_former_start_url_are_not_stored(demo: DemoServer) -> None:
    store = Store()
    slow = demo.state.faults.add("GetRoleCredentials", delay=0.4)
    profile = named(store, "dev")
    asked = threading.Timer(0.2, rewrite, [CONFIG.replace(ACME, "https://other.awsapps.com/start")])
    asked.start()
    credentials.get_credentials(store, profile)
    asked.join()
    assert slow.fired == 1
    assert not role_file(*ADMIN, "acme").exists()


@pytest.mark.parametrize("gap", [0.0, 0.3], ids=["at once", "soon"])
def test_x02_a_configuration_that_is_just_being_written_is_waited_for(gap: float) -> None:
    store = Store()
    store.look()
    rewrite("")
    late = threading.Timer(gap, rewrite, [given(*READ_ONLY)])
    late.start()
    told: list[Snapshot] = []
    store.on_change = told.append
    assert current.profile_now(store, "dev").role_name == "ReadOnly"
    late.join()
    assert told[-1] is store.snapshot  # the board hears of it
    assert not changes(store)


def test_x02_with_no_configuration_nothing_is_handed_out() -> None:
    store = Store()
    rewrite("")
    began = time.monotonic()
    with pytest.raises(SsoError, match="empty or cannot be read"):
        current.profile_now(store, "dev")
    assert time.monotonic() - began < 5
    assert named(store, "dev").role_name == "Admin"  # the board goes on showing what there was
