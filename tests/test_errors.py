"""Every failure becomes one plain sentence, a hint and an exit code."""

from __future__ import annotations

import ast
import re
from typing import Any

import botocore.exceptions
import botocore.parsers
import pytest
from botocore.exceptions import ClientError

from tui import exit_codes
from tui.aws import errors
from tui.aws.errors import SsoError, from_exception
from tui.aws.model import SSO_SESSION, Session
from tui.aws.session.device_code import code_expired, denied
from tui.screens.jobs import plain
from tui.screens.sign_in.attempt import Attempt

from . import sources


def refusal(code: str, status: int = 400, message: str = "their words") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Operation",
    )


@pytest.mark.parametrize(
    ("error", "title", "exit_code"),
    [
        (refusal("UnauthorizedException", 401), "no longer accepted", exit_codes.SIGN_IN_NEEDED),
        (refusal("ForbiddenException", 403), "no access", exit_codes.REFUSED),
        (refusal("ResourceNotFoundException", 404), "no such role or account", exit_codes.REFUSED),
        (refusal("TooManyRequestsException", 429), "slow down", exit_codes.FAILED),
        (refusal("InvalidRequestException"), "refused the request", exit_codes.FAILED),
        (refusal("AccessDeniedException"), "denied", exit_codes.REFUSED),
        (refusal("ExpiredTokenException"), "expired", exit_codes.SIGN_IN_NEEDED),
        (refusal("InvalidGrantException"), "no longer accepts", exit_codes.SIGN_IN_NEEDED),
        (refusal("SomethingNewException"), "SomethingNewException: their words", exit_codes.FAILED),
        (refusal("SomethingNewException", 503), "AWS has a problem (503 SomethingNewException)", exit_codes.FAILED),
        (TimeoutError(), "no complete answer in time", exit_codes.FAILED),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "cannot be reached", exit_codes.FAILED),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://x"), "cannot be reached", exit_codes.FAILED),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"), "did not answer in time", exit_codes.FAILED),
        (
            botocore.exceptions.SSLError(endpoint_url="https://x", error=ValueError()),
            "certificate was refused",
            exit_codes.FAILED,
        ),
        (botocore.exceptions.ProxyConnectionError(proxy_url="https://x"), "proxy cannot be reached", exit_codes.FAILED),
        (botocore.parsers.ResponseParserError("<html>"), "could not be understood", exit_codes.FAILED),
        (ValueError("aoa-SECRET"), "ValueError", exit_codes.FAILED),
    ],
)
def test_d02_d04_d08_failures_are_told_in_plain_words(error: Exception, title: str, exit_code: int) -> None:
    found = from_exception(error, "do this")
    assert found.title.startswith("Could not do this: ")
    assert title in found.title
    assert found.exit_code == exit_code
    assert "SECRET" not in found.title + found.hint


def test_d08_four_refusals_of_sts_have_four_sentences() -> None:
    codes = ("ExpiredToken", "InvalidClientTokenId", "AccessDenied", "SignatureDoesNotMatch")
    found = {code: from_exception(refusal(code, 403), "ask") for code in codes}
    assert len({error.title for error in found.values()}) == 4
    assert all(error.hint and error.code == code for code, error in found.items())
    assert found["AccessDenied"].exit_code == exit_codes.REFUSED
    assert "clock" in found["SignatureDoesNotMatch"].hint


def test_the_reason_is_the_title_without_what_could_not_be_done() -> None:
    error = from_exception(TimeoutError(), "tell AWS")
    assert error.title == f"Could not tell AWS: {error.reason}"
    assert error.again().reason == error.reason == "no complete answer in time"
    assert SsoError("Something else").reason == "Something else"


def test_what_is_told_already_stays_as_it_is() -> None:
    error = SsoError("title", "hint", 4, "code")
    assert from_exception(error, "do this") is error


@pytest.mark.parametrize("response", [None, "text", {}, {"Error": {}}, {"Error": {"Code": 5}}])
def test_answers_of_another_form_have_no_code(response: Any) -> None:
    class Odd(Exception):
        pass

    error = Odd()
    error.response = response  # type: ignore[attr-defined]
    assert errors.error_code(error) == ""


def test_only_the_board_knows_its_keys() -> None:
    """A command that tells what a key of the board does tells of a dead end."""
    found = [
        f"{path}:{node.lineno}: {node.value}"
        for room in ("aws", "cli", "shell", "words")
        for path in sources.files(f"tui/{room}")
        for node in sources.each(path, ast.Constant)
        if isinstance(node.value, str) and re.search(r"\bpress \w\b", node.value)
    ]
    assert found == []


def test_the_board_says_its_key_for_a_sign_in() -> None:
    needed = errors.SignInNeeded("acme")
    command = "ssotui login --session acme"
    assert plain(needed) == f"Sign-in needed for session acme: press l, or run: {command}"
    assert needed.in_a_line() == f"Sign-in needed for session acme; run: {command}"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (code_expired(), ("expired", "The code has expired: press n for a new code")),
        (denied(), ("denied", "The sign-in was denied in the browser: press n to try again")),
        (SsoError("AWS cannot be reached", "try later"), ("failed", "AWS cannot be reached: try later")),
    ],
    ids=["expired", "denied", "other"],
)
def test_the_sign_in_screen_says_its_key_for_another_code(error: SsoError, told: tuple[str, str]) -> None:
    assert Attempt(Session("acme", SSO_SESSION, "https://acme.awsapps.com/start", "us-east-1")).ended(error) == told


def test_commands_in_hints_can_be_pasted() -> None:
    assert errors.SignInNeeded("it's").hint == "run: ssotui login --session 'it'\"'\"'s'"
    assert errors.SignInNeeded("acme").hint == "run: ssotui login --session acme"
