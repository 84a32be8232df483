"""Every failure becomes one plain sentence, a hint and an exit code."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import botocore.parsers
import pytest
from botocore.exceptions import ClientError

from tui import exit_codes
from tui.aws import errors
from tui.aws.errors import SsoError, from_exception


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


def test_commands_in_hints_can_be_pasted() -> None:
    assert errors.SignInNeeded("it's").hint == "press l, or run: ssotui login --session 'it'\"'\"'s'"
    assert errors.SignInNeeded("acme").hint == "press l, or run: ssotui login --session acme"
