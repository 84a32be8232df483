"""Everything that a service can do wrong, at every operation that is used: one plain sentence and a true exit code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tui.aws.requests import clients
from tui.aws.session import signing_out
from tui.cli import main
from tui.demo.faults import REMOVE
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import cli_cache, configure, put_role, put_token, snapshot, sso_cache, token_file
from .commands import check, leaked, ssotui_apart
from .sign_ins import fast_polls

LIMIT = 0.3
"""Seconds for a request that nobody answers, in place of twenty."""


class Operation(NamedTuple):
    """A request, the command that makes it, what has to be there first, and fields of a wrong type in the answer."""

    name: str
    command: list[str]
    prepare: Callable[[DemoServer], object]
    wrong: tuple[dict[str, object], ...] = ()


def signed_out(demo: DemoServer) -> None:
    """Nothing is cached."""


def registered(demo: DemoServer) -> None:
    """Only a client registration is cached."""
    demo.state.settings.device_code_lifetime = 0
    assert main.main(["login", "--session", "acme", "--no-open"]) == 3
    demo.state.settings.device_code_lifetime = 1


def signed_in(demo: DemoServer) -> None:
    """A good token."""
    put_token(demo, "acme", ACME)


def renewable(demo: DemoServer) -> None:
    """A token in the past that can be renewed."""
    put_token(demo, "acme", ACME, -60)


def with_role(demo: DemoServer) -> None:
    """Good role credentials."""
    put_role(demo, "111111111111", "Admin", "acme")


LOGIN = ["login", "--session", "acme", "--no-open"]

OPERATIONS = {
    "register": Operation(
        "RegisterClient",
        LOGIN,
        signed_out,
        (
            {"clientId": 5},
            {"clientId": "a\nb"},
            {"clientSecret": None},
            {"clientSecret": "\ud800"},
            {"clientSecretExpiresAt": "x"},
            {"clientSecretExpiresAt": 10**30},
        ),
    ),
    "start": Operation(
        "StartDeviceAuthorization",
        LOGIN,
        registered,
        (
            {"userCode": []},
            {"verificationUri": {}},
            {"expiresIn": "x"},
            {"deviceCode": REMOVE},
            {"interval": "x"},
            {"deviceCode": "\ud800"},
        ),
    ),
    "poll": Operation("CreateToken", LOGIN, registered),
    "renew": Operation(
        "CreateToken",
        ["env", "dev"],
        renewable,
        (
            {"accessToken": 5},
            {"accessToken": ""},
            {"accessToken": "a\r\nb: c"},
            {"accessToken": "\u20ac"},
            {"expiresIn": "x"},
            {"expiresIn": -1},
            {"expiresIn": 0},
            {"expiresIn": 10**30},
        ),
    ),
    "role": Operation(
        "GetRoleCredentials",
        ["env", "dev"],
        signed_in,
        (
            {"roleCredentials": None},
            {"roleCredentials": "x"},
            {"roleCredentials.secretAccessKey": 5},
            {"roleCredentials.accessKeyId": "\x1b]0;x\x07"},
            {"roleCredentials.sessionToken": "a\nb"},
            {"roleCredentials.expiration": 0},
            {"roleCredentials.expiration": 1_790_000_000},  # seconds, where AWS has milliseconds
            {"roleCredentials.expiration": "x"},
            {"roleCredentials.expiration": 10**30},
            {"roleCredentials.expiration": -(10**30)},
        ),
    ),
    "identity": Operation(
        "GetCallerIdentity", ["whoami", "dev"], with_role, ({"Account": REMOVE}, {"Arn": ""}, {"UserId": REMOVE})
    ),
    "chain": Operation(
        "AssumeRole",
        ["env", "deploy"],
        with_role,
        (
            {"SessionToken": REMOVE},
            {"SessionToken": "a\nb"},
            {"Expiration": "tomorrow"},
            {"Expiration": "0001-01-01T00:00:00Z"},
            {"Expiration": REMOVE},
            {"AccessKeyId": ""},
        ),
    ),
}


class Kind(NamedTuple):
    """A fault, and what the sentence says of it. `passing`: a poll goes on when it meets one."""

    effects: dict[str, Any]
    said: str
    passing: bool = False


UNDERSTOOD = "could not be understood"
FAULTS = {
    "500": Kind({"status": 500}, r"AWS has a problem \(500", True),
    "503": Kind({"status": 503}, r"AWS has a problem \(503", True),
    "502 page": Kind({"status": 502, "body": b"<html>Bad gateway"}, r"AWS has a problem \(502", True),
    "429": Kind({"status": 429}, "AWS asks to slow down", True),
    "429 for ever": Kind({"status": 429, "headers": {"Retry-After": "86400"}}, "AWS asks to slow down", True),
    "429 nonsense": Kind({"status": 429, "headers": {"Retry-After": "-1e999"}}, "AWS asks to slow down", True),
    "403": Kind({"status": 403, "code": "OddException", "message": "their words"}, "OddException: their words"),
    "400 hostile": Kind(
        {"status": 400, "code": "Odd", "message": "\x1b]0;x\x07\u202e[/]"}, rf"Odd: \\x1b\]0;x\\x07|{UNDERSTOOD}"
    ),
    "400 empty": Kind({"status": 400, "code": "Odd", "body": b""}, f"no further text|{UNDERSTOOD}"),
    "400 list": Kind({"status": 400, "body": b"[]"}, UNDERSTOOD),
    "400 deep": Kind({"status": 400, "body": b'{"a":' * 50_000}, UNDERSTOOD),
    "malformed": Kind({"malformed": True}, UNDERSTOOD),
    "empty": Kind({"body": b""}, UNDERSTOOD),
    "page": Kind({"body": b"<html>Sign in to the hotel's network</html>"}, UNDERSTOOD),
    "list": Kind({"body": b"[]"}, UNDERSTOOD),
    "text": Kind({"body": b'"x"'}, UNDERSTOOD),
    "number": Kind({"body": b"5"}, UNDERSTOOD),
    "null": Kind({"body": b"null"}, UNDERSTOOD),
    "deep": Kind({"body": b'{"a":' * 50_000}, UNDERSTOOD),
    "binary": Kind({"body": bytes(range(256))}, UNDERSTOOD),
    "cut": Kind({"cut": True}, f"{UNDERSTOOD}|connection was cut", True),
    "reset": Kind({"reset": True}, "connection was cut", True),
    "hang": Kind({"hang": True}, "in time", True),
    "drip": Kind({"drip": 0.05}, "in time", True),
    "late": Kind({"delay": 10.0}, "in time", True),
}

PYTHON = re.compile(r"[a-z]Error\b|Traceback|<class|<\w+ object|\{'|\['|b'|\bNone\b|unexpected|\(\d+, ")
"""What only a program's author can read."""


@pytest.fixture
def impatient(demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A server, a configuration, and a program that does not pause before it tries again."""
    monkeypatch.setattr(clients.Skew, "seconds", None)
    fast_polls(demo, monkeypatch)
    configure()
    yield demo
    demo.state.faults.clear()


def expect(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits less for answers that will not come."""
    if kind.effects.keys() & {"hang", "drip", "delay"}:
        monkeypatch.setattr(clients, "TOTAL_TIMEOUT", LIMIT)
        monkeypatch.setattr(signing_out, "SERVER_LIMIT", LIMIT)


def failed(capsys: pytest.CaptureFixture[str], demo: DemoServer, command: list[str]) -> tuple[int, str]:
    """Runs a command that has to fail. Its exit code, and its one sentence on stderr."""
    capsys.readouterr()
    code = main.main(command)
    out, err = capsys.readouterr()
    assert code != 0
    assert leaked(demo, out, err) == []
    assert {char for char in out + err if not char.isprintable()} <= {"\n"}
    assert not PYTHON.search(err), err
    lines = [line for line in err.splitlines() if line.startswith("ssotui: ")]
    assert len(lines) == 1, err
    assert err.splitlines()[-1].startswith(("ssotui: ", "        ")), err
    return code, lines[0]


POLLED = ("500", "429 nonsense", "reset", "hang")
"""Of the faults that polls get over, the ones that are tried: each takes as long as the code lives, a second."""

TABLE = [
    pytest.param(operation, fault, marks=() if operation == "role" else pytest.mark.walk)
    for operation in OPERATIONS
    for fault, kind in FAULTS.items()
    if operation != "poll" or not kind.passing or fault in POLLED
]
"""Whoever changes something hears of the faults of one operation at once."""


@pytest.mark.parametrize(("operation", "fault"), TABLE)
def test_every_fault_at_every_operation_is_told_in_one_sentence(
    impatient: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    fault: str,
) -> None:
    name, command, prepare, _wrong = OPERATIONS[operation]
    kind = FAULTS[fault]
    prepare(impatient)
    impatient.state.settings.auto_approve_after = 0
    expect(kind, monkeypatch)
    before = snapshot(*sso_cache().glob("*"), *cli_cache().glob("*"))
    impatient.state.faults.add(name, count=None, **kind.effects)
    asked = impatient.state.log.count(name)
    code, sentence = failed(capsys, impatient, command)
    if operation == "poll" and kind.passing:
        assert (code, sentence) == (3, "ssotui: The code has expired")
    else:
        assert code == 1
        assert re.search(kind.said, sentence), sentence
    if clients.TOTAL_TIMEOUT == LIMIT and operation != "poll":
        assert impatient.state.log.count(name) == asked + 1  # the limit is for all attempts together
    # A failure costs nothing that was there, and leaves nothing half done.
    assert snapshot(*map(Path, before)) == before
    assert {str(path) for path in (*sso_cache().glob("*"), *cli_cache().glob("*"))} - set(before) <= registrations()
    assert impatient.state.crashes == []


def registrations() -> set[str]:
    """The files of registrations: what a failed sign-in may leave."""
    return {str(path) for path in sso_cache().glob("*.json") if "accessToken" not in path.read_text()}


WRONG = [(name, number) for name, operation in OPERATIONS.items() for number in range(len(operation.wrong))]


@pytest.mark.parametrize(("operation", "number"), WRONG, ids=lambda value: str(value))
def test_answers_of_a_wrong_type_are_told_in_one_sentence(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str], operation: str, number: int
) -> None:
    name, command, prepare, wrong = OPERATIONS[operation]
    prepare(impatient)
    impatient.state.faults.add(name, count=None, replace=wrong[number])
    code, sentence = failed(capsys, impatient, command)
    assert code == 1
    assert UNDERSTOOD in sentence, sentence


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sign_out_is_done_here_and_says_that_aws_was_not_told(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    signed_in(impatient)
    kind = FAULTS[fault]
    expect(kind, monkeypatch)
    impatient.state.faults.add("Logout", count=None, **kind.effects)
    code = main.main(["logout", "--yes"])
    out, err = capsys.readouterr()
    assert not token_file("acme").exists()
    assert leaked(impatient, out, err) == []
    assert not PYTHON.search(out + err), out
    (line,) = [line for line in out.splitlines() if "token" in line]
    if kind.effects.keys() & {"status", "reset", "hang", "delay"}:
        assert code == 1
        assert re.search(rf"AWS was not told \(.*(?:{kind.said})", line), line
    else:  # the answer to a Logout has no contents: what they look like does not matter
        assert (code, line.split("  ")[-1]) == (0, "signed out at AWS")


def test_a_page_in_place_of_the_service_is_no_sign_out(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in(impatient)
    impatient.state.faults.add("Logout", headers={"Content-Type": "text/html"}, body=b"<html>Sign in to the hotel")
    code = main.main(["logout", "--yes"])
    out, _err = capsys.readouterr()
    assert code == 1
    assert "AWS was not told (a web page answered for AWS)" in out


@pytest.mark.parametrize("offset", [7200, -7200])
@pytest.mark.parametrize("operation", ["identity", "chain"])
def test_c16_a_clock_that_is_two_hours_off_is_named(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str], operation: str, offset: float
) -> None:
    _name, command, _prepare, _wrong = OPERATIONS[operation]
    put_role(impatient, "111111111111", "Admin", "acme", 5 * 3600)
    impatient.state.settings.clock_offset = offset
    capsys.readouterr()
    assert main.main(command) == 1
    _out, err = capsys.readouterr()
    assert "the signature was refused" in err
    assert f"clock is 120 minutes {'behind' if offset > 0 else 'ahead'}" in err


@pytest.mark.parametrize("operation", ["renew", "role", "identity", "chain"])
def test_a_passing_failure_is_not_even_seen(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    name, command, prepare, _wrong = OPERATIONS[operation]
    prepare(impatient)
    impatient.state.faults.add(name, count=1, status=503)
    impatient.state.faults.add(name, count=1, reset=True)
    assert main.main(command) == 0
    out, err = capsys.readouterr()
    assert out
    assert err == ""
    assert impatient.state.log.count(name) == 3


@pytest.mark.parametrize(
    ("operation", "effects", "said"),
    [
        ("role", {"body": b"[]"}, UNDERSTOOD),
        ("identity", {"malformed": True}, UNDERSTOOD),
        ("poll", {"body": b"null"}, UNDERSTOOD),
    ],
)
def test_the_real_command_does_the_same(
    demo: DemoServer, home: Path, operation: str, effects: dict[str, Any], said: str
) -> None:
    name, command, prepare, _wrong = OPERATIONS[operation]
    configure()
    prepare(demo)
    demo.state.settings.device_code_lifetime = 20
    demo.state.faults.add(name, count=None, **effects)
    done = check(ssotui_apart(*command), 1, demo)
    assert done.stdout == ""
    assert said in done.stderr
    assert not PYTHON.search(done.stderr)


@pytest.mark.parametrize("operation", ["start", "poll", "renew", "role", "identity", "chain"])
def test_what_an_error_repeats_of_the_request_is_not_shown(
    impatient: DemoServer, capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    """Some services quote in their errors what they did not like."""
    name, command, prepare, _wrong = OPERATIONS[operation]
    prepare(impatient)
    impatient.state.faults.add(name, count=None, status=400, code="OddException", message="not liked:", echo=True)
    _code, sentence = failed(capsys, impatient, command)
    assert "OddException: not liked" in sentence
