"""What goes over the wire: requests, answers, and the error bodies of the three services.

Error forms, as the services send them: sso-oidc `{"error": "...", "error_description": "..."}`, the sso portal
`{"message": "...", "__type": "...#Code"}`, both with the exception's name in `x-amzn-ErrorType`; sts an XML
`ErrorResponse`.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from xml.sax.saxutils import escape

OIDC = "sso-oidc"
PORTAL = "sso"
STS = "sts"
PAGES = "pages"

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

_STATUS = {
    OIDC: {"InvalidClientException": 401, "InternalServerException": 500},
    PORTAL: {
        "UnauthorizedException": 401,
        "ForbiddenException": 403,
        "ResourceNotFoundException": 404,
        "TooManyRequestsException": 429,
        "InternalServerException": 500,
    },
    STS: {
        "AccessDenied": 403,
        "ExpiredToken": 403,
        "InvalidClientTokenId": 403,
        "MissingAuthenticationToken": 403,
        "SignatureDoesNotMatch": 403,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
    },
}
_THROTTLED = {OIDC: "SlowDownException", PORTAL: "TooManyRequestsException", STS: "Throttling"}
_ANY_FAILURE = {OIDC: "InternalServerException", PORTAL: "InternalServerException", STS: "InternalFailure"}


@dataclass
class Request:
    """One HTTP request. `form` holds the fields of a urlencoded body, `at` is monotonic seconds."""

    service: str
    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes
    form: dict[str, str] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Refusal (InvalidRequestException) when it is anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Refusal("InvalidRequestException", "The request body is not JSON") from None
        if not isinstance(value, dict):
            raise Refusal("InvalidRequestException", "The request body is not a JSON object")
        return value


@dataclass
class Answer:
    """One HTTP answer. Secrets in `body` go to the socket only; nothing logs it."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    code: str = ""


class Refusal(Exception):
    """A request that the service refuses: AWS's error code and a message. `status` 0: the usual one of the code.
    `retry_after`: seconds, 0 to name none."""

    def __init__(self, code: str, message: str, status: int = 0, retry_after: int = 0) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.code = code
        self.message = message
        self.status = status


def json_answer(value: object) -> Answer:
    """200 with `value` as JSON."""
    return Answer(body=json.dumps(value, separators=(",", ":")).encode())


def refused(service: str, refusal: Refusal) -> Answer:
    """`refusal` in the body form of `service`. A code of "" means what the status
    says: throttled for 429, else an internal failure."""
    code = refusal.code or (_THROTTLED if refusal.status == 429 else _ANY_FAILURE).get(service, "InternalFailure")
    status = refusal.status or _STATUS.get(service, {}).get(code, 400)
    if service == STS:
        fault = "Receiver" if status >= 500 else "Sender"
        body = (
            f'<ErrorResponse xmlns="{STS_NAMESPACE}">\n  <Error>\n    <Type>{fault}</Type>\n'
            f"    <Code>{escape(code)}</Code>\n    <Message>{escape(refusal.message)}</Message>\n"
            "  </Error>\n  <RequestId>@REQUEST_ID@</RequestId>\n</ErrorResponse>\n"
        ).encode()
        return Answer(status, body, "text/xml", code=code)
    if service == PAGES:
        return Answer(status, refusal.message.encode(), "text/plain; charset=utf-8", code=code)
    if service == OIDC:
        value: dict[str, str] = {"error": _oauth_error(code), "error_description": refusal.message}
    else:
        value = {"message": refusal.message, "__type": f"com.amazonaws.switchboard.portal#{code}"}
    answer = json_answer(value)
    answer.status = status
    answer.code = code
    answer.headers["x-amzn-ErrorType"] = code
    if refusal.retry_after:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _oauth_error(code: str) -> str:
    """`AuthorizationPendingException` as the `authorization_pending` that OAuth says."""
    if code == "InternalServerException":
        return "server_error"
    words: list[str] = re.findall("[A-Z][a-z]*", code.removesuffix("Exception"))
    return "_".join(words).lower()


@dataclass
class LogEntry:
    """One request, without secrets. `at`: monotonic seconds at arrival; `status` 0 until answered (or cut off).

    `details` holds what tests ask for: grant type, client name, start URL, account, role, paging.
    """

    number: int
    operation: str
    at: float
    details: dict[str, str]
    peer_port: int
    status: int = 0
    code: str = ""


class RequestLog:
    """Every request that reached the server, in order of arrival. Safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._entries: list[LogEntry] = []
        self._in_flight = 0
        self.peak_in_flight = 0

    def start(self, operation: str, at: float, details: dict[str, str], peer_port: int) -> LogEntry:
        """Note an arrival; `finish` follows in every case."""
        with self._changed:
            entry = LogEntry(len(self._entries) + 1, operation, at, details, peer_port)
            self._entries.append(entry)
            self._in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
            self._changed.notify_all()
        return entry

    def finish(self, entry: LogEntry) -> None:
        """Note that `entry` has ended; its status is 0 when no whole answer was sent."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def entries(self, operation: str = "") -> list[LogEntry]:
        """A copy of the entries, all or those of one operation."""
        with self._changed:
            return [entry for entry in self._entries if not operation or entry.operation == operation]

    def count(self, operation: str = "") -> int:
        """How many requests arrived."""
        return len(self.entries(operation))

    def times(self, operation: str) -> list[float]:
        """Monotonic arrival times of one operation."""
        return [entry.at for entry in self.entries(operation)]

    def wait_for(self, operation: str, count: int = 1, timeout: float = 10.0) -> bool:
        """Block until `count` requests of `operation` have arrived; False when `timeout` seconds pass first."""
        with self._changed:
            return self._changed.wait_for(
                lambda: sum(entry.operation == operation for entry in self._entries) >= count, timeout
            )

    def clear(self) -> None:
        """Forget the entries (requests under way still finish)."""
        with self._changed:
            self._entries.clear()
            self.peak_in_flight = self._in_flight
