"""botocore clients and the way requests are made: bounded in time, cancelled at once, retried with care.

One client for each (service, region, address), made one after another (botocore is ten times slower at it in several
threads) and shared by all threads. botocore is imported here and nowhere earlier, on the first request; boto3, which
unsigned requests can do without, with the first request that is signed.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .. import clock
from ..cache import first_come
from ..errors import Cancelled, SsoError, error_code, from_exception, response_of, was_cut
from . import endpoint_table, endpoints, pace, transport
from .skew import Skew as Skew
from .skew import date_of
from .skew import note_date as note_date
from .skew import skew_warning as skew_warning

if TYPE_CHECKING:
    import botocore.session

    from ..config.configuration import Config
    from ..model import RoleCredentials

Result = TypeVar("Result")

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 15.0
TOTAL_TIMEOUT = 20.0
"""Seconds for one request in all, with its repetitions: a server that sends a byte a second would never reach a read
timeout."""

FIRST_PAUSE = (0.3, 0.6)
"""Seconds before a request is made for the second time: at random between these, and twice as many before the third."""

POOL = 8
"""Connections that one client keeps, and requests that a fleet refresh has under way."""

_TRANSIENT = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ProxyConnectionError",
    "HTTPClientError",
    "ResponseStreamingError",
    "IncompleteReadError",
    "TooManyRequestsException",
    "InternalServerException",
    "ServiceUnavailableException",
    "Timeout",
}

_PASSING = (408, 425, 429)
"""Statuses below 500 that say to ask again: request timeout, too early, too many requests."""

THROTTLED = {"429", "TooManyRequestsException", "Throttling", "ThrottlingException", "RequestLimitExceeded"}

_lock = threading.Lock()
"""For the two below, which belong to the process: clients are made one after another, whoever asks."""

_session: botocore.session.Session | None = None
_clients: dict[tuple[object, ...], Any] = {}


def client(
    service: str,
    region: str,
    config: Config,
    profile: str | None = None,
    credentials: RoleCredentials | None = None,
) -> Any:
    """The client for `service` ("sso", "sso-oidc", "sts") in `region`, on behalf of `profile`, at the address that the
    process's own environment, or the configuration, says.

    Without `credentials` requests are unsigned. The user's configuration is not given to botocore (one broken
    section would stop it); what matters of it is passed on: addresses, `ca_bundle`, FIPS and dual-stack settings.
    Clients with credentials are not kept. Raises SsoError for an address or a region that cannot be used.
    """
    options = config.raw_options(profile) if profile else {}
    url, source = endpoints.configured(service, config, profile)
    verify = transport.authority(options.get("ca_bundle"))
    switches = endpoints.variants(config, profile)
    if url and switches:
        title = f"{switches[0]} does not go with another address than AWS's own ({source})"
        raise SsoError(title, "remove one of the two; the AWS CLI refuses them together too")
    key = (service, region, url, verify, switches)
    with _lock:
        if credentials is None and key in _clients:
            return _clients[key]
        try:
            made = _make_client(service, region, url, verify, switches, credentials)
        except Exception as error:  # botocore's own checks, of regions, addresses and settings; it says what is wrong
            if not isinstance(error, (ValueError, OSError)) and not type(error).__module__.startswith("botocore"):
                raise from_exception(error, f"make requests to {service}") from None
            reason = str(error).replace(url, endpoints.without_password(url)) if url else str(error)
            title = f"Requests to {service} in region {region} cannot be made: {reason}"
            raise SsoError(title, "correct the configuration or the environment") from None
        if credentials is None:
            _clients[key] = made
        return made


def _make_client(
    service: str,
    region: str,
    url: str,
    verify: str | bool,
    switches: tuple[str, ...],
    credentials: RoleCredentials | None,
) -> Any:
    from botocore import UNSIGNED
    from botocore.config import Config as ClientConfig

    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": READ_TIMEOUT,
        # Retries are ours (`request`): botocore's ignore Retry-After and cannot be cancelled.
        "retries": {"mode": "standard", "total_max_attempts": 1},
        "max_pool_connections": POOL,
        "defaults_mode": "legacy",  # "auto" would ask the instance metadata service
        "ignore_configured_endpoint_urls": True,  # else it reads the variables by itself where no address is given
        "proxies": {},  # they are `transport.session`'s business
        **{name: name in switches for name in ("use_fips_endpoint", "use_dualstack_endpoint")},
    }
    arguments: dict[str, Any] = {"region_name": region, "verify": verify}
    if url:
        arguments["endpoint_url"] = url
    if credentials is None:
        settings["signature_version"] = UNSIGNED
    else:
        arguments["aws_access_key_id"] = credentials.access_key_id
        arguments["aws_secret_access_key"] = credentials.secret_access_key.reveal()
        arguments["aws_session_token"] = credentials.session_token.reveal()
    make: Any = _base().create_client
    if credentials is not None:
        import boto3

        make = boto3.session.Session(botocore_session=_base()).client
    made = make(service, config=ClientConfig(**settings), **arguments)
    timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)
    made._endpoint.http_session = transport.session(made.meta.endpoint_url, verify, timeout, POOL)
    return made


def _base() -> botocore.session.Session:
    global _session
    if _session is None:
        import botocore.session

        for name in ("botocore", "boto3", "urllib3"):
            # botocore's debug log holds access tokens in clear.
            logging.getLogger(name).setLevel(logging.WARNING)
            logging.getLogger(name).propagate = False
            logging.getLogger(name).addHandler(logging.NullHandler())
        # No variable decides anything in there: some lead to other addresses, and monitoring sends session tokens to
        # any address, unencrypted.
        variables = botocore.session.Session.SESSION_VARIABLES
        quiet = {name: (None, None, default, make) for name, (_key, _name, default, make) in variables.items()}
        for name in ("config_file", "credentials_file"):
            quiet[name] = (None, None, os.devnull, None)
        _session = botocore.session.Session(quiet)
        # Models of the user's (AWS_DATA_PATH, ~/.aws/models) could name any address, and are shown nowhere.
        loader = _session.get_component("data_loader")
        loader.search_paths[:] = [loader.BUILTIN_DATA_PATH]
        endpoint_table.use(_session)
    return _session


def warm_up() -> None:
    """Import what the first request needs. For a background thread, after the first paint."""
    with _lock:
        _base()
        import botocore.httpsession  # noqa: F401


def call(
    operation: Callable[[], Result],
    cancelled: threading.Event | None = None,
    limit: float | None = None,
) -> Result:
    """Run `operation` in a thread of its own and return its result, or raise what it raised.

    Raises Cancelled within a tenth of a second of `cancelled` being set, and TimeoutError after `limit` seconds
    (default: TOTAL_TIMEOUT); the thread is then left to end by itself, and its result is dropped.
    """
    limit = TOTAL_TIMEOUT if limit is None else limit
    results: list[Result] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(operation())
        except BaseException as error:
            errors.append(error)
        done.set()

    threading.Thread(target=run, daemon=True, name="ssotui-request").start()
    deadline = time.monotonic() + limit
    while not done.wait(0.1 if cancelled is not None else min(1.0, limit)):
        if cancelled is not None and cancelled.is_set():
            raise Cancelled
        if time.monotonic() >= deadline:
            raise TimeoutError
    if cancelled is not None and cancelled.is_set():
        raise Cancelled
    if errors:
        raise errors[0]
    return results[0]


def request(
    operation: Callable[[], Mapping[str, Any]],
    doing: str,
    cancelled: threading.Event | None = None,
    attempts: int = 3,
    patience: float = 15.0,
) -> Mapping[str, Any]:
    """Make a request, up to `attempts` times while the failure is a passing one, and return the answer.

    A Retry-After header is obeyed when it fits into `patience` (seconds of waiting in all). It all ends within
    TOTAL_TIMEOUT. Raises SsoError; `doing` completes "Could not ...".
    """
    waited = 0.0
    deadline = time.monotonic() + TOTAL_TIMEOUT
    first_come.let_others_follow()
    for attempt in range(1, attempts + 1):
        try:
            answer = _in_turn(operation, cancelled, max(0.1, deadline - time.monotonic()))
        except Cancelled:
            raise
        except Exception as error:
            note_date(response_of(error))
            failure = from_exception(error, doing)
            pause = max(retry_after(error), random.uniform(*FIRST_PAUSE) * 2 ** (attempt - 1))
            too_long = waited + pause > patience or time.monotonic() + pause >= deadline
            if attempt == attempts or too_long or not is_transient(error):
                raise with_skew(failure) from None
        else:
            note_date(answer)
            return answer
        waited += pause
        pause_for(pause, cancelled)
    raise AssertionError("unreachable")


def _in_turn(
    operation: Callable[[], Mapping[str, Any]], cancelled: threading.Event | None, limit: float
) -> Mapping[str, Any]:
    """Like `call`, at the pace of this thread's group. What AWS wants slower is asked again when the pace allows it."""
    group = pace.CURRENT.get()
    if group is None:
        return call(operation, cancelled, limit)
    for refusals in range(1, pace.MOST_REFUSALS + 1):
        with group.turn(cancelled) as turn:
            try:
                answer = call(operation, cancelled, limit)
            except Exception as error:
                wanted = retry_after(error)
                if not is_throttled(error) or refusals == pace.MOST_REFUSALS or wanted > pace.LONGEST_WAIT:
                    turn.done = bool(response_of(error))
                    raise
                turn.refused_for = wanted
            else:
                turn.done = True
                return answer
    raise AssertionError("unreachable")


def pause_for(seconds: float, cancelled: threading.Event | None) -> None:
    """Wait; raises Cancelled at once when `cancelled` is set."""
    seconds = min(seconds, threading.TIMEOUT_MAX)  # a service can ask for more than Python can wait
    if cancelled is None:
        time.sleep(seconds)
    elif cancelled.wait(seconds):
        raise Cancelled


def is_transient(error: BaseException) -> bool:
    """Whether the same request may well succeed a moment later."""
    if isinstance(error, TimeoutError) or type(error).__name__ in _TRANSIENT or error_code(error) in _TRANSIENT:
        return True
    if was_cut(error):
        return True
    status = response_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode")
    return isinstance(status, int) and (status >= 500 or status in _PASSING)


def is_throttled(error: BaseException) -> bool:
    """Whether the service asks to slow down. The portal says so with status 429, STS by a code alone."""
    status = response_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status == 429 or error_code(error) in THROTTLED


def retry_after(error: BaseException) -> float:
    """Seconds that the service asked to wait, as a number or until a date (of its own clock); 0 when it did not."""
    found = response_of(error).get("ResponseMetadata", {}).get("HTTPHeaders")
    headers = found if isinstance(found, dict) else {}
    text = str(headers.get("retry-after", ""))
    if text.isascii() and text.isdigit():
        return float(text)
    until, now = date_of(text), date_of(headers.get("date"))
    return max(0.0, until - (clock.now() if now is None else now)) if until is not None else 0.0


def with_skew(error: SsoError) -> SsoError:
    """The same error, telling of a wrong clock where that is the likely cause."""
    warning = skew_warning()
    if warning and error.code in (
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidClientTokenId",
        "RequestExpired",
    ):
        error.hint = f"{warning}; set the clock and try again"
    return error
