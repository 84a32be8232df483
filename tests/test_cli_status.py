"""`ssotui status`: the documented JSON, exit codes, no network, and damaged files that stop nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tui.demo.home import write
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, put_role, put_token, role_file, token_file, write_in_place
from .commands import SSOTUI, check, environment, ssotui, ssotui_apart
from .program import program

CLOSED = {f"AWS_ENDPOINT_URL{name}": "http://127.0.0.1:9" for name in ("", "_SSO", "_SSO_OIDC", "_STS")}
"""No request can come through, and none is waited for."""

TIME = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def status(*arguments: str, code: int = 0, **environ: str) -> Any:
    return json.loads(check(ssotui("status", "--json", *arguments, **{**CLOSED, **environ}), code).stdout)


@pytest.fixture
def sample(demo: DemoServer, home: Path) -> Path:
    """The sample organisation with sessions and credentials in every state."""
    write(home, demo.state, every_state=True)
    return home


def test_the_json_has_the_documented_form(demo: DemoServer, sample: Path) -> None:
    found = json.loads(check(ssotui("status", "--json", AWS_PROFILE="dev-admin"), 0, demo).stdout)
    assert demo.state.log.count() == 0
    assert list(found) == ["sessions", "profiles", "problems"]
    for session in found["sessions"]:
        assert list(session) == [
            "name", "kind", "start_url", "region", "state", "expires_at", "refreshable", "profiles"
        ]  # fmt: skip
    for profile in found["profiles"]:
        assert list(profile) == [
            "name", "session", "account_id", "account_name", "role_name", "region", "label", "active", "state",
            "expires_at", "credentials", "problems",
        ]  # fmt: skip
        assert list(profile["credentials"]) == ["state", "expires_at"]
    for problem in found["problems"]:
        assert list(problem) == ["file", "line", "message"]
        assert isinstance(problem["line"], int)
    times = [each["expires_at"] for each in (*found["sessions"], *found["profiles"])]
    times += [profile["credentials"]["expires_at"] for profile in found["profiles"]]
    assert all(time is None or (len(time) == 20 and time[19] == "Z") for time in times)

    sessions = {each["name"]: each for each in found["sessions"]}
    assert {name: (each["kind"], each["state"], each["refreshable"]) for name, each in sessions.items()} == {
        "acme": ("sso-session", "signed-in", True),
        "lab": ("sso-session", "refreshable", True),
        "partner": ("sso-session", "expiring", False),
        "load": ("sso-session", "unreadable", False),
        LEGACY: ("legacy", "signed-out", False),
    }
    assert sessions["acme"]["start_url"] == ACME
    assert sessions["lab"]["region"] == "eu-west-1"
    assert sessions["lab"]["profiles"] == 3
    assert sessions[LEGACY]["expires_at"] is sessions["load"]["expires_at"] is None

    profiles = {each["name"]: each for each in found["profiles"]}
    assert [name for name, each in profiles.items() if each["active"]] == ["dev-admin"]
    assert {name: each["credentials"]["state"] for name, each in profiles.items()} == {
        **dict.fromkeys(profiles, "none"),
        "dev-admin": "valid",
        "analytics": "valid",
        "sandbox": "expiring",
        "prod-readonly": "expired",
    }
    assert profiles["dev-admin"]["expires_at"] == sessions["acme"]["expires_at"]
    assert (profiles["billing"]["region"], profiles["billing"]["account_id"]) == (None, "777777777777")
    broken = profiles["legacy-typo"]
    assert (broken["session"], broken["state"], broken["expires_at"]) == (None, "signed-out", None)
    assert any("nowhere" in problem for problem in broken["problems"])
    assert any(problem["line"] and "nowhere" in problem["message"] for problem in found["problems"])
    assert any(problem["file"] == str(token_file("load")) for problem in found["problems"])


def test_no_network_is_needed_or_used(sample: Path) -> None:
    blocked = "import socket, sys\ndef refuse(*a, **k): raise SystemExit('network')\nsocket.socket.connect = refuse\n"
    write_in_place(sample / "block/sitecustomize.py", blocked)
    found = status(PYTHONPATH=str(sample / "block"))
    assert len(found["profiles"]) == 15


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ("dev-admin", 0),  # signed in
        ("prod-deploy", 0),  # by its source profile
        ("sandbox", 0),  # renewable
        ("partner-audit", 0),  # expiring, but good for minutes
        ("attic", 3),  # signed out
        ("load-tests", 3),  # unreadable
        ("legacy-typo", 1),  # broken
    ],
)
def test_the_exit_code_answers_for_one_profile(sample: Path, profile: str, code: int) -> None:
    assert status(profile, code=code)["name"] == profile
    done = check(ssotui("status", profile), code)
    assert profile in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nope"], 1, "There is no profile nope"),
        (["dev-admn"], 1, "did you mean dev-admin"),
        (["ci"], 1, "does not use IAM Identity Center"),
        (["--nope"], 2, "usage"),
        (["a", "--profile", "b"], 2, "Two profiles are named"),
        (["dev", "zzz"], 1, "No profile has all of these in it: dev zzz"),
        (["--session", "nope"], 1, "There is no session nope"),
        (["--session", "lab", "billing"], 1, "No profile of session lab has billing in it"),
        (["--prompt", "--all"], 2, "goes alone"),
    ],
)
def test_what_cannot_be_answered(sample: Path, arguments: list[str], code: int, said: str) -> None:
    done = check(ssotui("status", *arguments), code)
    assert said in done.stderr
    assert done.stdout == ""


def test_the_table_tells_the_same(demo: DemoServer, sample: Path) -> None:
    done = check(ssotui("status", "--all", AWS_PROFILE="dev-admin", **CLOSED), 0, demo)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "signed-in" in rows["acme"]
    assert "refreshable" in rows["lab"]
    assert "valid" in rows["*"]
    assert "3 profiles without SSO" in done.stdout
    assert "~/.aws/config:" in done.stderr
    assert rows["lab"].split()[3] == "↻"
    assert rows["attic"].split()[3:] == ["d-9667182f21.awsapps.com", "○", "signed-out", "–", "none"]
    # A reason takes the place of the clocks, and makes no column wider.
    assert ' ! sso_session "nowhere" does not exist' in rows["legacy-typo"]
    assert max(map(len, done.stdout.splitlines())) < 125
    assert "\x1b" not in done.stdout


def listed(done: Any) -> list[str]:
    """The profiles in a table."""
    lines = done.stdout.partition("\n  PROFILE ")[2].partition("\n\n")[0].splitlines()[1:]
    return [line[2:].split()[0] for line in lines if line[2] != " "]


def test_only_profiles_that_say_something_are_listed_and_the_others_counted(sample: Path) -> None:
    done = check(ssotui("status", AWS_PROFILE="attic", **CLOSED), 0)
    assert set(listed(done)) == {"dev-admin", "sandbox", "analytics", "attic", "legacy-typo"}
    assert "10 more profiles with nothing to tell; to see all: ssotui status --all" in done.stdout
    assert done.stdout.startswith("SESSION")
    everything = check(ssotui("status", "--all", **CLOSED), 0)
    assert len(listed(everything)) == 15
    assert "more profiles" not in everything.stdout


def test_words_and_sessions_choose_and_the_exit_code_answers_for_what_they_leave(sample: Path) -> None:
    words = check(ssotui("status", "READONLY", "acme", **CLOSED), 0)
    assert set(listed(words)) == {"dev-readonly", "prod-readonly"}
    assert "\nlab" not in words.stdout
    assert set(listed(check(ssotui("status", "attic", "4", **CLOSED), 3))) == {"attic"}
    assert set(listed(check(ssotui("status", "readonly", "!prod", "!lab", **CLOSED), 0))) == {"dev-readonly"}
    session = check(ssotui("status", "--session", "lab", "--all", **CLOSED), 0)
    assert len(listed(session)) == 3
    some = check(ssotui("status", "--session", "lab", **CLOSED), 0)
    assert listed(some) == ["sandbox"]
    assert "2 more profiles" in some.stdout
    assert "ssotui status --all --session lab" in some.stdout
    assert "legacy-typo" not in some.stdout + some.stderr


@pytest.mark.parametrize(("environ", "colours"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_has_colours_and_its_width_is_kept(sample: Path, environ: dict[str, str], colours: bool) -> None:
    with program("status", "--all", size=(90, 40), env=environ) as terminal:
        assert terminal.wait_exit() == 0
        assert (b"\x1b[32m" in terminal.raw) is colours
        assert (b"\x1b" in terminal.raw) is colours
        assert "analytics" in terminal.text()


def test_the_json_of_words_has_the_same_form_and_only_what_they_leave(sample: Path) -> None:
    found = status("readonly", "prod")
    assert [profile["name"] for profile in found["profiles"]] == ["prod-readonly"]
    assert [session["name"] for session in found["sessions"]] == ["acme"]
    assert list(found) == ["sessions", "profiles", "problems"]
    assert len(status("--all")["profiles"]) == len(status()["profiles"]) == 15


def test_an_exact_name_means_that_profile_although_others_begin_with_it(home: Path) -> None:
    configure(CONFIG.replace("[profile audit]", "[profile dev-audit]"))
    assert status("dev", code=3)["name"] == "dev"
    assert [profile["name"] for profile in status("de", code=3)["profiles"]] == [
        "dev",
        "dev-audit",
        "forbidden",
        "deploy",
    ]


def test_an_empty_home_is_no_failure(home: Path) -> None:
    assert status() == {"sessions": [], "profiles": [], "problems": []}
    assert "ssotui sessions add" in check(ssotui("status"), 0).stderr
    assert os.listdir(home / ".aws") == []


DAMAGE: list[tuple[str, bytes]] = [
    (".aws/config", b""),
    (".aws/config", b"\xff\xfe\x00binary"),
    (".aws/config", CONFIG.encode() + b"\n[profile dev]\nregion = x\n"),
    (".aws/config", CONFIG.encode() + b"\n[profile latin]\nsso_session = acme\nsso_role_name = \xe9\n"),
    (".aws/config", b"text before any header\n" + CONFIG.encode()),
    (".aws/credentials", b"[ci\naws_access_key_id"),
    (".aws/sso/cache", b"a file in place of the folder"),
    (".aws/cli/cache", b"a file in place of the folder"),
]


@pytest.mark.parametrize(("name", "data"), DAMAGE, ids=[f"{name}-{data[:12]!r}" for name, data in DAMAGE])
def test_damaged_files_are_problems_and_no_failures(home: Path, name: str, data: bytes) -> None:
    configure()
    write_in_place(home / name, data)
    found = status()
    if data:
        assert any(problem["file"] == str(home / name) for problem in found["problems"])
    if name != ".aws/config" or len(data) > 100:
        assert {"dev", "audit", "sandbox"} <= {profile["name"] for profile in found["profiles"]}
    check(ssotui("status"), 0)


def test_damaged_caches_are_problems_and_no_failures(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "lab", "https://lab.awsapps.com/start")
    write_in_place(token_file("acme"), '{"accessToken": "aoa", "expi')
    write_in_place(role_file("111111111111", "Admin", "acme"), "[]")
    found = status()
    assert [session["state"] for session in found["sessions"]] == ["unreadable", "signed-in", "signed-out"]
    assert {problem["file"] for problem in found["problems"]} == {
        str(token_file("acme")),
        str(role_file("111111111111", "Admin", "acme")),
    }


def test_times_are_those_of_the_files(demo: DemoServer, home: Path) -> None:
    configure()
    put_token(demo, "acme", ACME, expiresAt="2999-11-23T10:47:24.5+01:00")
    put_role(demo, "111111111111", "Admin", "acme")
    found = status("dev")
    assert found["expires_at"] == "2999-11-23T09:47:24Z"
    assert "> 1 y" in check(ssotui("status", "dev"), 0).stdout


@pytest.mark.parametrize("verb", [["status"], ["status", "--json"], ["--help"]])
def test_e07_a_reader_that_has_gone_is_no_error(sample: Path, verb: list[str]) -> None:
    process = subprocess.Popen([*SSOTUI, *verb], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) in (0, 1, 141)
    assert b"Traceback" not in errors
    assert b"BrokenPipe" not in errors


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_e07_closed_streams_are_no_error(sample: Path, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {closed}', "sh", *SSOTUI, "status", "--json"],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if ">&-" not in closed.replace("2>&-", ""):
        json.loads(done.stdout)


def test_e07_messages_never_go_to_a_stdout_that_somebody_evaluates(sample: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" 2>&-', "sh", *SSOTUI, "env", "nope"],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def on_a_full_disk(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A command whose output goes where nothing can be written."""
    with open("/dev/full", "w") as full:
        return subprocess.run(
            [*SSOTUI, *arguments],
            env=environment(**changes),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_e07_a_full_disk_is_told(sample: Path) -> None:
    done = on_a_full_disk("status", "--json")
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["--help"], ["login", "--help"], ["--version"], ["init", "bash"]], ids=" ".join)
def test_e07_help_that_cannot_be_written_is_told(arguments: list[str], unbuffered: str) -> None:
    done = on_a_full_disk(*arguments, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr == "ssotui: Reading or writing failed: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&1 >&3 3>&- | true"], ids=["full", "gone"])
@pytest.mark.parametrize(
    ("arguments", "code", "data"),
    [
        (["status"], 0, "legacy-typo"),  # with problems
        (["status", "nope"], 1, ""),
        (["status", "--nope"], 2, ""),
        (["logout", "--session", "partner", "--yes"], 1, "token removed"),
        (["exec", "dev-admin", "--", "echo", "done"], 0, "done"),
    ],
    ids=str,
)
def test_e07_messages_that_cannot_be_written_stop_nothing(
    sample: Path, where: str, arguments: list[str], code: int, data: str
) -> None:
    done = subprocess.run(
        ["/bin/bash", "-c", f'set -o pipefail; {{ "$@" {where}; }} 3>&1', "bash", *SSOTUI, *arguments],
        env=environment(PYTHONUNBUFFERED="", **CLOSED),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code
    assert data in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_the_encoding_of_the_output_lacks_is_an_escape_and_never_a_crash(home: Path, encoding: str) -> None:
    configure(CONFIG.replace("[profile attic]", "[profile 漢字]"))
    known = encoding == "utf-8"
    name = "漢字" if known else "\\u6f22\\u5b57"
    table = check(ssotui_apart("status", "--all", PYTHONIOENCODING=encoding), 0).stdout
    assert name in table
    assert ("○ signed-out" if known else "- signed-out") in table
    assert known or "\\u25" not in table
    assert name in check(ssotui_apart("status", "漢字", PYTHONIOENCODING=encoding), 3).stdout
    names = check(ssotui_apart("completion", "--names", PYTHONIOENCODING=encoding), 0).stdout.splitlines()
    assert "dev" in names
    assert ("漢字" in names) == known
    arguments = ("--emit", "bash", "--use", "漢字")
    done = check(ssotui_apart(*arguments, PYTHONIOENCODING=encoding), 0 if known else 1)
    assert known or ("encoding" in done.stderr and done.stdout == "")


def test_a16_arguments_that_are_complained_about_are_only_shown() -> None:
    assert "--x\\x1b]0;x\\x07" in check(ssotui("status", "--x\x1b]0;x\x07"), 2).stderr


def test_a16_json_holds_no_control_character(home: Path) -> None:
    configure(CONFIG.replace("[profile attic]", "[profile a\x7f\x1b\u009bb]"))
    done = check(ssotui("status", "--json"), 0)
    assert done.stdout.replace("\n", "").isprintable()
    assert "a\x7f\x1b\u009bb" in [profile["name"] for profile in json.loads(done.stdout)["profiles"]]
