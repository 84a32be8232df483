"""`ssotui exec`: the command gets the credentials and nothing that outranks them, and is itself in everything else."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.aws.model import Profile, RoleCredentials, Secret
from tui.cli.verbs.exec.child import child_environ, not_run, run_beside
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import CONFIG, configure, put_role, put_token
from .commands import check, leaked, ssotui, ssotui_apart, start
from .pythons import PYTHON
from .terminal import Terminal

TOLD = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
TELL = (sys.executable, "-c", TOLD)

OUTRANKING = {
    "AWS_PROFILE": "audit",
    "AWS_DEFAULT_PROFILE": "audit",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "CANARY-old",
    "AWS_SESSION_TOKEN": "CANARY-old",
    "AWS_SECURITY_TOKEN": "CANARY-old",
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
}


@pytest.fixture(autouse=True)
def signed_in(home: Path, demo: DemoServer) -> RoleCredentials:
    """dev has good credentials in the cache; the session of audit is signed in; that of sandbox has ended."""
    configure()
    put_token(demo, "acme", ACME)
    return put_role(demo, "111111111111", "Admin", "acme")


def test_the_credentials_are_in_the_environment_and_nowhere_else(demo: DemoServer, signed_in: RoleCredentials) -> None:
    words = ["--", "-x", "a b", "", "$HOME", "--login"]
    stale = {name: value for name, value in OUTRANKING.items() if "REGION" not in name}
    done = check(ssotui_apart("exec", "dev", "--", *TELL, *words, **stale), 0, demo, allow=["stdout"])
    arguments, environ = json.loads(done.stdout)
    assert arguments == words
    assert environ["AWS_ACCESS_KEY_ID"] == signed_in.access_key_id
    assert environ["AWS_SECRET_ACCESS_KEY"] == signed_in.secret_access_key.reveal()
    assert environ["AWS_SESSION_TOKEN"] == signed_in.session_token.reveal()
    assert environ["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")
    assert environ["AWS_REGION"] == environ["AWS_DEFAULT_REGION"] == "us-east-1"
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"):
        assert name not in environ
    assert "CANARY-old" not in done.stdout
    assert environ["HOME"] == os.environ["HOME"]
    assert demo.state.log.entries() == []


def test_a_profile_without_a_region_leaves_the_region_alone(demo: DemoServer) -> None:
    done = check(ssotui_apart("exec", "audit", "--", *TELL, **OUTRANKING), 0)
    environ = json.loads(done.stdout)[1]
    assert environ["AWS_REGION"] == "ap-south-1"
    assert environ["AWS_ACCESS_KEY_ID"] != OUTRANKING["AWS_ACCESS_KEY_ID"]
    assert demo.state.log.count("GetRoleCredentials") == 1


def test_every_sdk_takes_them(aws_cli: str) -> None:
    done = check(ssotui_apart("exec", "dev", "--", aws_cli, "sts", "get-caller-identity", **OUTRANKING), 0)
    assert json.loads(done.stdout)["Arn"].startswith("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_")


@pytest.mark.parametrize("code", [0, 1, 3, 7, 255])
def test_the_exit_code_is_the_command_s(code: int) -> None:
    assert ssotui_apart("exec", "dev", "--", "sh", "-c", f"exit {code}").returncode == code


def test_e16_it_becomes_the_command_with_its_arguments_and_no_secret_in_them(demo: DemoServer) -> None:
    process = start("exec", "dev", "--", "sh", "-c", "echo $$; tr '\\0' ' ' < /proc/$$/cmdline; cat /proc/$$/cmdline")
    output, errors = process.communicate(timeout=60)
    assert int(output.split()[0]) == process.pid
    assert leaked(demo, output, errors) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command(number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'echo got {name}; exit 42' {name}; echo ready; while :; do sleep 0.05; done"
    process = start("exec", "dev", "--", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (42, f"got {name}\n")


def test_a_signal_ends_the_command_as_without_us() -> None:
    assert ssotui_apart("exec", "dev", "--", "sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM


def test_ignored_signals_and_limits_are_those_of_our_caller() -> None:
    look = "import resource, signal; print(resource.getrlimit(resource.RLIMIT_CORE), signal.getsignal(signal.SIGTTIN))"
    program = "grep -h SigIgn /proc/self/status; exec " + f"{PYTHON} -c '{look}'"
    direct = aws_clients.run("sh", "-c", f"ulimit -S -c unlimited 2>/dev/null; {program}")
    ours = f'ulimit -S -c unlimited 2>/dev/null; exec {PYTHON} -m tui exec dev -- sh -c "$0"'
    through = aws_clients.run("sh", "-c", ours, program)
    assert through.stdout == direct.stdout != ""
    if resource.getrlimit(resource.RLIMIT_CORE)[1]:
        assert "(0," not in through.stdout


def test_the_command_has_the_terminal() -> None:
    script = "test -t 0 && test -t 1 && test -t 2 && read line && echo got $line"
    with Terminal([sys.executable, "-m", "tui", "exec", "dev", "--", "sh", "-c", script]) as terminal:
        terminal.send("hello\r")
        assert terminal.wait_exit() == 0
        assert "got hello" in terminal.text()


@pytest.mark.parametrize(
    ("command", "code", "why"),
    [
        ("no-such-command", 127, "no-such-command: command not found"),
        ("/no/such/command", 127, "/no/such/command: command not found"),
        ("", 127, "command not found"),
        ("/", 126, "Permission denied"),
        ("./plain", 126, "Permission denied"),
        ("./orphan", 126, "interpreter"),
        ("./nothing", 126, "Exec format error"),
    ],
)
def test_commands_that_cannot_be_run(
    command: str, code: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: DemoServer
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, mode, text in (("plain", 0o644, "x"), ("orphan", 0o755, "#!/no/such\n"), ("nothing", 0o755, "x")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
    root = Path(__file__).parent.parent
    done = check(ssotui_apart("exec", "dev", "--", command, PYTHONPATH=str(root)), code, demo)
    assert why in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [["dev"], ["dev", "true"], ["dev", "--"], ["dev", "x", "--", "true"], ["--", "true"]])
def test_usage(words: list[str]) -> None:
    done = check(ssotui("exec", *words), 2)
    assert "--" in done.stderr or "PROFILE" in done.stderr


def test_a_session_that_can_be_renewed_is(demo: DemoServer) -> None:
    put_token(demo, "lab", LAB, expires_in=-3600)
    check(ssotui_apart("exec", "sandbox", "--", "true"), 0, demo)
    assert [entry.details["grantType"] for entry in demo.state.log.entries("CreateToken")] == ["refresh_token"]


def test_no_sign_in_unasked_but_one_line_that_says_how(demo: DemoServer) -> None:
    done = check(ssotui_apart("exec", "sandbox", "--", "touch", "ran"), 3, demo)
    assert done.stderr == "ssotui: Sign-in needed for session lab; run: ssotui login sandbox\n"
    assert not Path("ran").exists()
    assert demo.state.log.entries() == []


def test_login_signs_in_first(demo: DemoServer) -> None:
    demo.state.settings.auto_approve_after = 1
    done = check(ssotui_apart("exec", "--login", "sandbox", "--", "sh", "-c", "echo $AWS_REGION"), 0, demo)
    assert done.stdout == "eu-west-1\n"
    assert "compare" in done.stderr


def test_login_when_aws_no_longer_takes_a_token_that_looks_good(demo: DemoServer) -> None:
    demo.state.revoke_all()
    demo.state.settings.auto_approve_after = 1
    assert check(ssotui_apart("exec", "audit", "--", "true"), 3, demo).stderr.endswith("run: ssotui login audit\n")
    check(ssotui_apart("exec", "audit", "--login", "--", "true"), 0, demo)


def test_d02_a_refused_role_is_exit_code_4() -> None:
    assert "No access" in check(ssotui("exec", "forbidden", "--", "true"), 4).stderr


def test_a31_unknown_profiles_and_those_of_other_kinds() -> None:
    assert "no profile devv" in check(ssotui("exec", "devv", "--", "true"), 1).stderr
    assert "did you mean dev?" in ssotui("exec", "devv", "--", "true").stderr


@pytest.mark.parametrize(("name", "code"), [("no-such-command", 127), ("not-to-be-run", 126), ("./no-such", 126)])
def test_a_closed_folder_of_the_path_hides_nothing(tmp_path: Path, name: str, code: int) -> None:
    """`execvp` ends with the permission that it lacked there, and shells with what they looked for."""
    (tmp_path / "not-to-be-run").write_text("#!/bin/sh\n")
    found = not_run(name, PermissionError(13, "Permission denied"), {"PATH": f"{tmp_path}/closed:{tmp_path}"})
    assert found.exit_code == code
    assert ("command not found" in found.title) == (code == 127)


def test_on_windows_the_command_is_a_child(capfd: pytest.CaptureFixture[str]) -> None:
    environ = {"PATH": os.environ["PATH"], "AWS_REGION": "eu-west-1"}
    assert run_beside(["sh", "-c", "echo $AWS_REGION; exit 5"], environ) == 5
    assert capfd.readouterr().out == "eu-west-1\n"
    with pytest.raises(SsoError) as caught:
        run_beside(["no-such-command"], environ)
    assert caught.value.exit_code == 127


def test_a_nul_in_the_environment_is_no_crash() -> None:
    credentials = RoleCredentials("ASIA\0", Secret("x"), Secret("y"), 1_900_000_000)
    environ = child_environ(os.environ, Profile("dev", "acme"), credentials)
    with pytest.raises(SsoError) as caught:
        run_beside(["true"], environ)
    assert "NUL" in caught.value.title


def test_a_profile_whose_name_begins_with_a_dash(demo: DemoServer) -> None:
    configure(CONFIG.replace("[profile attic]", "[profile --all]"))
    assert check(ssotui_apart("exec", "--", "--all", "--", "true"), 3).stderr.endswith("; run: ssotui login -- --all\n")
    put_token(demo, LEGACY, LEGACY)
    assert check(ssotui_apart("exec", "--", "--all", "--", "printenv", "AWS_SESSION_TOKEN"), 0).stdout
