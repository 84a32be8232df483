"""`ssotui each`: a command under every matching profile, each with its own credentials and nobody else's."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tui.cli import main
from tui.cli.verbs.each import work
from tui.demo.organisation import ACME, LAB, grid
from tui.demo.server import DemoServer
from tui.settings import from_table

from .aws_home import CONFIG, cli_cache, configure, put_role, put_token
from .commands import Room, check, leaked, ssotui, start
from .program import program

pytestmark = pytest.mark.process

TELL = "import json, os; print(json.dumps(dict(os.environ)))"
NAMES = ("dev", "audit", "forbidden", "nowhere", "deploy", "sandbox", "attic")


@pytest.fixture
def organisation(home: Path, demo: DemoServer) -> DemoServer:
    """Signed in to acme, not to lab and the legacy session."""
    configure()
    put_token(demo, "acme", ACME)
    return demo


class Done:
    """What came of it."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def records(self) -> dict[str, dict[str, object]]:
        return {record["profile"]: record for record in map(json.loads, self.out.splitlines())}


def each(*words: str) -> Done:
    """Runs it in this process."""
    room = Room()
    code = main.main(["each", *words], room.here)
    out, err = room.stdout.getvalue(), room.stderr.getvalue()
    assert "unexpected" not in err
    return Done(code, out, err)


def test_each_has_its_own_credentials_and_nothing_that_was_there_before(
    organisation: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = put_role(organisation, "111111111111", "Admin", "acme")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.setenv(name, "CANARY-old")
    done = each("--json", "!forbidden", "!nowhere", "!lab", "!attic", "--", sys.executable, "-c", TELL)
    assert (done.code, done.err) == (0, "3 profiles: 3 ok\n")
    environs = {name: json.loads(str(record["stdout"])) for name, record in done.records().items()}
    assert environs.keys() == {"dev", "audit", "deploy"}
    assert environs["dev"]["AWS_ACCESS_KEY_ID"] == cached.access_key_id
    assert len({environ["AWS_ACCESS_KEY_ID"] for environ in environs.values()}) == 3
    assert len({environ["AWS_SESSION_TOKEN"] for environ in environs.values()}) == 3
    assert {name: environ.get("AWS_REGION") for name, environ in environs.items()} == {
        "dev": "us-east-1",
        "audit": None,
        "deploy": "eu-west-1",
    }
    for environ in environs.values():
        assert "AWS_PROFILE" not in environ
        assert "CANARY-old" not in environ.values()
    assert done.records()["audit"] | {"stdout": "", "seconds": 0} == {
        "profile": "audit",
        "account": "222222222222",
        "exit": 0,
        "stdout": "",
        "stderr": "",
        "seconds": 0,
        "problem": None,
    }


def test_lines_summary_and_what_was_refused(organisation: DemoServer) -> None:
    script = "echo {profile} {account_id}; echo bad >&2; printf 'no end'; test {profile} != audit"
    done = each("--", "sh", "-c", script)
    assert done.code == 1
    assert sorted(done.out.splitlines()) == sorted(
        f"{name:9} | {text}"
        for name, account in (("dev", "111111111111"), ("audit", "222222222222"), ("deploy", "222222222222"))
        for text in (f"{name} {account}", "no end")
    )
    lines = done.err.splitlines()
    assert lines[0] == "! 1 profile not signed in, left out: sandbox; run: ssotui login --session lab"
    assert lines[1].startswith("! 1 profile not signed in, left out: attic; run: ssotui login --session https://")
    assert sum(line.endswith(" | bad") for line in lines) == 3
    assert any(line.startswith("forbidden | ! refused: No access to role Admin in account 2222") for line in lines)
    assert "7 profiles: 2 ok, 1 failed, 2 refused, 2 not signed in" in lines
    assert "failed: audit (exit 1)" in lines
    assert any(re.fullmatch("refused: (forbidden, nowhere|nowhere, forbidden)", line) for line in lines)
    assert lines[-2] == "not signed in: sandbox, attic"
    assert lines[-1].startswith("to sign in: ssotui login --session lab; ssotui login --session https://")
    assert leaked(organisation, done.out, done.err) == []


def test_json_tells_of_all(organisation: DemoServer) -> None:
    done = each("--json", "--", "sh", "-c", "printf 'a\\377\\033[1m\\177'; echo bad >&2; exit 3")
    found = done.records()
    assert found.keys() == set(NAMES)
    assert {name: record["exit"] for name, record in found.items() if record["exit"] is not None} == {
        "dev": 3,
        "audit": 3,
        "deploy": 3,
    }
    assert (found["dev"]["stdout"], found["dev"]["stderr"]) == ("a\ufffd\x1b[1m\x7f", "bad\n")
    assert "\x7f" not in done.out
    assert str(found["forbidden"]["problem"]).startswith("No access")
    assert "login" in str(found["sandbox"]["problem"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["dev"], 2, "Put -- before the command: ssotui each dev -- COMMAND"),
        (["dev", "--"], 2, "no command behind --"),
        (["--jobs", "0", "--", "true"], 2, "--jobs"),
        (["no-such-words", "--", "true"], 2, "No profile has what was asked for: no-such-words"),
        (["--session", "labb", "--", "true"], 1, "There is no session labb"),
        (["--", "no-such-command"], 127, "no-such-command: command not found"),
        (["sandbox", "--", "true"], 3, "1 not signed in"),
        (["--roles", "Nobody", "--", "true"], 2, "No profile has one of the roles Nobody"),
        (["--session", "acme", "audit", "!dev", "--", "true"], 0, "1 profile: 1 ok"),
        (["forbidden", "--", "true"], 1, "1 refused"),
        (["dev", "--", "/"], 1, "failed: dev (/ cannot be run: Permission denied)"),
        (["audit", "--", "echo", "{region}"], 1, "There is nothing to put in place of {region}"),
        (["dev", "--", "sh", "-c", "kill -TERM $$"], 1, "failed: dev (exit 143)"),
    ],
)
def test_exit_codes(organisation: DemoServer, words: Sequence[str], code: int, said: str) -> None:
    done = each(*words)
    assert (done.code, said in done.err) == (code, True), done.err


def test_what_renews_silently_does_and_login_signs_in_first(organisation: DemoServer) -> None:
    put_token(organisation, "lab", LAB, expires_in=-3600)
    done = each("sandbox", "--", "true")
    assert (done.code, done.err) == (0, "1 profile: 1 ok\n")
    assert [it.details["grantType"] for it in organisation.state.log.entries("CreateToken")] == ["refresh_token"]
    organisation.state.settings.auto_approve_after = 1
    done = each("--login", "attic", "--", "echo", "{account_id}")
    assert (done.code, done.out) == (0, "attic | 444444444444\n")
    assert "compare" in done.err


def test_role_credentials_that_are_there_need_no_sign_in(organisation: DemoServer) -> None:
    put_role(organisation, "333333333333", "Admin", "lab")
    assert each("sandbox", "--", "true").code == 0
    assert organisation.state.log.entries() == []


def test_fail_fast_ends_the_others(organisation: DemoServer) -> None:
    script = "test {profile} = dev && exit 1; sleep 100"
    done = each("--fail-fast", "--session", "acme", "--jobs", "1", "dev", "--", "sh", "-c", script)
    assert done.code == 1
    script = "test {profile} = dev && sleep 0.5 && exit 1; exec sleep 100"
    done = each("--fail-fast", "--session", "acme", "!forbidden", "!nowhere", "--", "sh", "-c", script)
    assert done.code == 1
    assert "failed: dev (exit 1)" in done.err
    assert "cut: " in done.err


@pytest.fixture
def many(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """200 profiles, p000 to p199, each of an account of its own; signed in."""
    with DemoServer(grid(200)) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        put_token(server, "acme", ACME)
        text = f"[sso-session acme]\nsso_start_url = {ACME}\nsso_region = us-east-1\n"
        for number in range(200):
            text += f"\n[profile p{number:03}]\nsso_session = acme\n"
            text += f"sso_account_id = {100000000000 + number}\nsso_role_name = Admin\n"
        configure(text)
        yield server


def test_many_are_asked_about_on_a_terminal(many: DemoServer) -> None:
    with program("each", "--", "true") as terminal:
        terminal.wait_for("Run it under 200 profiles, in 200 accounts? [y/N]")
        terminal.send("n\r")
        assert terminal.wait_exit() == 1
    assert many.state.log.entries() == []


BAD = {
    "p023": "exec sleep 100",
    "p067": "while :; do echo y; sleep 0.02; done",
    "p101": "trap '' TERM; while :; do sleep 0.1; done",
    "p199": "kill -STOP $$",
}


def test_200_profiles_four_of_which_never_end(many: DemoServer) -> None:
    """Each has the credentials of its own account, and ctrl+c ends what is left."""
    cases = " ".join(f"{name}) {script};;" for name, script in BAD.items())
    script = f"case {{profile}} in {cases} *) echo $AWS_ACCESS_KEY_ID $AWS_SESSION_TOKEN {{account_id}};; esac"
    room = Room()

    def lines() -> list[str]:
        return [line for line in room.stdout.getvalue().splitlines() if not line.endswith("| y")]

    def end() -> None:
        deadline = time.monotonic() + 90
        while len(lines()) < 196 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    ending = threading.Thread(target=end)
    before = signal.signal(signal.SIGINT, lambda *_: None)  # the last of them may come when all is over
    try:
        ending.start()
        code = main.main(["each", "--jobs", "12", "--", "sh", "-c", script], room.here)
        ending.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 130
    told = room.stderr.getvalue().splitlines()
    assert told[0] == "Ending 4 commands, 5 s at most; ctrl+c kills at once"
    assert told[1] == "200 profiles: 196 ok, 4 cut"
    assert sorted(told[2].removeprefix("cut: ").split(", ")) == sorted(BAD)
    found = {tuple(line.split(" | ")[1].split()) for line in lines()}
    cached = [json.loads(path.read_text())["Credentials"] for path in cli_cache().glob("*.json")]
    everyone = {(it["AccessKeyId"], it["SessionToken"], it["AccountId"]) for it in cached}
    assert len(everyone) == 200
    assert len(found) == 196
    assert found < everyone


def test_ctrl_c_ends_all_and_tells_what_was_cut(organisation: DemoServer, home: Path) -> None:
    """In a terminal, with a progress line that is gone at the end, and no secret in any arguments meanwhile."""
    script = "echo on {profile}; printf '\\033]0;evil\\007\\n'; trap '' TERM; while :; do sleep 0.1; done"
    words = ("each", "--session", "acme", "!forbidden", "!nowhere", "--", "sh", "-c", script)
    with program(*words, size=(100, 30)) as terminal:
        for name in ("dev", "audit", "deploy"):
            terminal.wait_for(f"on {name}")
        terminal.wait_for("0 of 3 done, 3 running; ctrl+c ends all")
        lines = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
        assert b"evil" in lines
        assert leaked(organisation, lines.decode("utf-8", "replace")) == []
        terminal.press("ctrl+c")
        terminal.wait_for("Ending 3 commands, 5 s at most; ctrl+c kills at once")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "running" not in terminal.text()
        assert re.search(r"cut: \w+, \w+, \w+", terminal.text())
        assert b"\x1b]0;" not in terminal.raw
        assert b"\\x1b]0;evil" in terminal.raw
        assert b"\x1b[36mdev" in terminal.raw


def test_sigterm_ends_all_too(organisation: DemoServer) -> None:
    process = start("each", "dev", "--", "sh", "-c", "echo $$; exec sleep 100")
    assert process.stdout is not None
    pid = int(process.stdout.readline().split()[-1])
    assert process.stderr is not None
    process.send_signal(signal.SIGTERM)
    assert process.stderr.readline().startswith("Ending ")
    process.send_signal(signal.SIGHUP)
    errors = process.stderr.read()  # communicate() would miss what has been read ahead of the line above
    assert process.wait(60) in (143, -signal.SIGHUP)  # at its very end Python lets the second signal through
    assert "cut: " in errors
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_reader_that_goes_away_ends_all(organisation: DemoServer) -> None:
    process = start("each", "dev", "--", "yes")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141


def test_the_order_of_roles_is_a_setting(organisation: DemoServer, tmp_path: Path) -> None:
    configure(
        CONFIG + "\n[profile dev-ro]\nsso_session = acme\nsso_account_id = 111111111111\nsso_role_name = ReadOnly\n"
    )
    done = each("--account-once", "--session", "acme", "111111111111", "--", "echo", "{profile}")
    assert done.out == "dev-ro | dev-ro\n"
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "ssotui/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[each]\nroles = ["Admin"]\n')
    done = each("--account-once", "--session", "acme", "111111111111", "--", "echo", "{profile}")
    assert done.out == "dev | dev\n"
    done = each("--roles", "ReadOnly", "--session", "acme", "--", "echo", "{profile}")
    assert "Left out, because no profile there has one of the roles ReadOnly: 123412341234" in done.err
    assert from_table({"each": {"roles": "Admin"}}, "x").problems


def test_the_names_of_accounts_come_from_the_configuration(organisation: DemoServer) -> None:
    configure(
        CONFIG.replace("sso_role_name = ReadOnly\n", "sso_role_name = ReadOnly\nsso_account_name = Log Archive\n")
    )
    assert each("audit", "--", "echo", "{account_name}").out == "audit | Log-Archive\n"
    assert each("dev", "--", "echo", "{account_name}").out == "dev | 111111111111\n"


def test_a_question_is_asked_above_25() -> None:
    assert work.ASK == 25


def test_the_help_has_examples() -> None:
    assert "--account-once" in check(ssotui("each", "--help"), 0).stdout
