"""`ssotui whoami` and `ssotui env`: the documented output, the exit codes, and credentials from nowhere else."""

from __future__ import annotations

import http.server
import json
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tui import __main__ as entry_point
from tui.demo.organisation import ACME, LAB, STATIC_KEY_ID, STATIC_SECRET
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_role, put_token, role_file
from .commands import SSOTUI, check, environment, ssotui


@pytest.fixture
def signed_in(demo: DemoServer, home: Path) -> DemoServer:
    configure()
    put_token(demo, "acme", ACME)
    return demo


def test_whoami_prints_what_the_aws_cli_prints(signed_in: DemoServer) -> None:
    done = check(ssotui("whoami", "dev", "--json"), 0, signed_in)
    found = json.loads(done.stdout)
    assert list(found) == ["UserId", "Account", "Arn"]
    assert done.stdout == json.dumps(found, indent=4) + "\n"
    assert found["Account"] == "111111111111"
    lines = check(ssotui("whoami", "deploy"), 0, signed_in).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["UserId", "Account", "Arn"]
    assert ":assumed-role/Deployer/" in lines[2]


def test_d11_another_account_is_told(signed_in: DemoServer) -> None:
    signed_in.state.faults.add("GetCallerIdentity", replace={"Account": "999999999999"})
    done = check(ssotui("whoami", "dev"), 0, signed_in)
    assert "This is account 999999999999, but the profile says 111111111111" in done.stderr


def test_c16_a_wrong_clock_is_named_as_the_cause(signed_in: DemoServer) -> None:
    signed_in.state.settings.clock_offset = -7200
    done = check(ssotui("whoami", "dev"), 1, signed_in)
    assert "clock is 120 minutes ahead" in done.stderr


@pytest.mark.parametrize(
    ("verb", "profile", "code", "said"),
    [
        ("env", "sandbox", 3, " run: ssotui login sandbox"),
        ("whoami", "sandbox", 3, " run: ssotui login sandbox"),
        ("env", "my profile", 3, "run: ssotui login 'my profile'"),
        ("env", "forbidden", 4, "No access to role Admin in account 222222222222"),
        ("whoami", "forbidden", 4, "No access to role Admin in account 222222222222"),
        ("env", "nowhere", 4, "There is no role Admin for you in account 123412341234"),
        ("env", "broken", 1, "gone"),
        ("whoami", "nope", 1, "There is no profile nope"),
        ("env", "plain", 1, "does not use IAM Identity Center"),
    ],
)
def test_each_failure_has_its_code_and_its_line(
    demo: DemoServer, home: Path, verb: str, profile: str, code: int, said: str
) -> None:
    configure(
        f"{CONFIG}\n[profile broken]\nsso_session = gone\nsso_account_id = 111111111111\nsso_role_name = A\n"
        "[profile plain]\nregion = us-east-1\n"
        "[profile 'my profile']\nsso_session = lab\nsso_account_id = 333333333333\nsso_role_name = ReadOnly\n"
    )
    put_token(demo, "acme", ACME)
    done = check(ssotui(verb, profile), code, demo)
    assert done.stdout == ""
    assert sum(said in line for line in done.stderr.splitlines()) == 1
    assert len(done.stderr.splitlines()) <= 2
    assert "press " not in done.stderr


@pytest.mark.parametrize("form", ["profile", "unset"])
def test_what_holds_no_credentials_needs_no_sign_in(demo: DemoServer, home: Path, form: str) -> None:
    configure()
    assert "AWS_PROFILE" in check(ssotui("env", "sandbox", "--format", form), 0, demo).stdout
    assert demo.state.log.count() == 0


def test_c20_a_renewal_that_is_refused_asks_for_a_sign_in(demo: DemoServer, home: Path) -> None:
    configure()
    demo.state.revoke(put_token(demo, "acme", ACME, -60).access_token)
    done = check(ssotui("env", "dev"), 3, demo)
    assert "can no longer be renewed" in done.stderr
    assert "ssotui login dev" in done.stderr
    assert demo.state.log.count("CreateToken") == 1


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("bash", "export AWS_ACCESS_KEY_ID='{key}'"),
        ("fish", "set -gx AWS_ACCESS_KEY_ID '{key}'"),
        ("powershell", "$Env:AWS_ACCESS_KEY_ID = '{key}'"),
        ("cmd", 'set "AWS_ACCESS_KEY_ID={key}"'),
        ("dotenv", "AWS_ACCESS_KEY_ID="),
        ("docker", "AWS_ACCESS_KEY_ID={key}"),
        ("ini", "aws_access_key_id = {key}"),
        ("profile", "export AWS_PROFILE='dev'"),
        ("unset", " AWS_ACCESS_KEY_ID "),
    ],
)
def test_env_has_every_format(demo: DemoServer, home: Path, form: str, line: str) -> None:
    configure()
    credentials = put_role(demo, "111111111111", "Admin", "acme")
    done = check(ssotui("env", "dev", "--format", form), 0, demo, ["stdout"])
    assert line.format(key=credentials.access_key_id) in done.stdout
    assert done.stderr == ""
    assert (credentials.secret_access_key.reveal() in done.stdout) is (form not in ("profile", "unset"))
    assert demo.state.log.count() == 0  # they were cached


def test_env_json_is_a_credential_process_answer(signed_in: DemoServer) -> None:
    found = json.loads(check(ssotui("env", "dev", "--format", "json"), 0, signed_in, ["stdout"]).stdout)
    assert found["Version"] == 1
    cached = json.loads(role_file("111111111111", "Admin", "acme").read_text())["Credentials"]
    assert found["AccessKeyId"] == cached["AccessKeyId"]
    assert found["SecretAccessKey"] == cached["SecretAccessKey"]
    assert found["SessionToken"] == cached["SessionToken"]


def test_env_in_a_shell(signed_in: DemoServer) -> None:
    script = 'eval "$("$@" env dev --format bash)" && echo "$AWS_ACCESS_KEY_ID $AWS_REGION $AWS_DEFAULT_REGION"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *SSOTUI], env=environment(), capture_output=True, text=True, check=True
    )
    cached = json.loads(role_file("111111111111", "Admin", "acme").read_text())["Credentials"]
    assert done.stdout == f"{cached['AccessKeyId']} us-east-1 us-east-1\n"


@pytest.mark.parametrize("form", ["profile", "unset"])
def test_lines_without_credentials_need_no_sign_in(demo: DemoServer, home: Path, form: str) -> None:
    configure()
    assert "AWS_PROFILE" in check(ssotui("env", "dev", "--format", form), 0).stdout
    assert demo.state.log.count() == 0


def test_env_unset_undoes_it(home: Path) -> None:
    done = check(ssotui("env", "any", "--unset", "--format", "bash"), 0)
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} < set(done.stdout.split())


@pytest.mark.parametrize("name", ["dev", "deploy"])
def test_d10_credentials_come_from_the_profile_and_nothing_else(signed_in: DemoServer, home: Path, name: str) -> None:
    asked: list[str] = []

    class Metadata(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_PUT = do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nothing is printed."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    (home / ".aws/credentials").write_text(
        f"[default]\naws_access_key_id = {STATIC_KEY_ID}\naws_secret_access_key = {STATIC_SECRET}\n"
    )
    try:
        found = json.loads(
            check(
                ssotui(
                    "whoami",
                    name,
                    "--json",
                    AWS_PROFILE="sandbox",
                    AWS_ACCESS_KEY_ID=STATIC_KEY_ID,
                    AWS_SECRET_ACCESS_KEY=STATIC_SECRET,
                    AWS_SESSION_TOKEN="another",
                    AWS_ROLE_ARN="arn:aws:iam::999999999999:role/x",
                    AWS_WEB_IDENTITY_TOKEN_FILE="/etc/hostname",
                    AWS_EC2_METADATA_SERVICE_ENDPOINT=url,
                    AWS_CONTAINER_CREDENTIALS_FULL_URI=url,
                    AWS_DEFAULTS_MODE="auto",
                ),
                0,
                signed_in,
            ).stdout
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert found["Account"] == ("111111111111" if name == "dev" else "222222222222")
    assert asked == []


@pytest.mark.parametrize("operation", ["CreateToken", "GetRoleCredentials", "AssumeRole", "GetCallerIdentity"])
@pytest.mark.parametrize("effects", [{"malformed": True}, {"code": "OddException", "message": "\x1b]0;x\x07 odd"}])
def test_no_secret_and_no_control_character_is_in_a_message(
    demo: DemoServer, home: Path, operation: str, effects: dict[str, str | bool]
) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add(operation, count=None, **effects)
    done = ssotui("whoami", "deploy")
    check(done, done.returncode, demo)
    assert done.returncode in (1, 3)
    assert done.stdout == ""
    assert "\x1b" not in done.stderr
    assert "Could not" in done.stderr or "understood" in done.stderr


def test_an_interrupted_command_ends_quietly(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB)
    demo.state.faults.add("GetRoleCredentials", hang=True)
    process = subprocess.Popen(
        [*SSOTUI, "env", "dev"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert demo.state.log.wait_for("GetRoleCredentials", timeout=30)
    began = time.monotonic()
    process.send_signal(2)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "")
    assert time.monotonic() - began < 12  # the request itself would last twenty seconds


@pytest.mark.parametrize("arguments", [["env", "dev"], ["login", "dev"]], ids=" ".join)
def test_whoever_interrupts_a_renewal_twice_waits_no_longer_and_sees_no_traceback(
    demo: DemoServer, home: Path, arguments: list[str]
) -> None:
    configure()
    put_token(demo, "acme", ACME, -60)
    demo.state.faults.add("CreateToken", hang=True)
    process = subprocess.Popen(
        [*SSOTUI, *arguments], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert demo.state.log.wait_for("CreateToken", timeout=30)
    process.send_signal(2)
    assert process.stderr is not None
    waiting = process.stderr.readline()
    assert waiting.startswith("ssotui: Waiting for AWS to renew the sign-in to acme, 8 s at most; ctrl+c gives up")
    process.send_signal(2)
    output, errors = process.communicate(timeout=30)
    assert output == ""
    assert errors == "ssotui: The renewal of the sign-in to acme was not finished: you may have to sign in again\n"
    assert process.returncode == 130


def test_an_interrupt_at_the_very_start_or_end_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_anything: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.terminal.inherited.forbid_core_dumps", interrupted)
    monkeypatch.setattr(entry_point, "_leave", lambda _code: None)  # another test's thread may still be there
    before = signal.getsignal(signal.SIGINT)
    try:
        assert entry_point.main() == 130
    finally:
        signal.signal(signal.SIGINT, before)
