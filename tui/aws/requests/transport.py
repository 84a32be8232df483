"""How requests go out and answers come in.

Out: only to the host that a session was made for, over https or within this machine, whatever decided on the address
of a request. In: no answer is read without end, and what a refusal repeats of the request's secrets is left out.
(botocore reads an answer to its last byte, however many there are, and hands on every word of an error.)
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit

from ..config import hosts
from ..errors import SsoError
from . import endpoints

LARGEST = 512 * 1024
"""Bytes of an answer that are read. AWS's are a hundred times smaller, and a cache file may have twice as many."""

_CHUNK = 64 * 1024
_SHORTEST = 8
_HEADERS = ("x-amz-sso_bearer_token", "X-Amz-Security-Token")
_FIELDS = ("clientSecret", "deviceCode", "refreshToken", "code", "codeVerifier")

_usable: set[str] = set()
"""Files of certificates that were looked at: it takes long for the usual ones. Of the whole process; threads that look
at the same file at the same time add the same name, which needs no lock."""


def authority(configured: object = None) -> str | bool:
    """What certificates are checked with: the file in AWS_CA_BUNDLE, the `configured` one, or that in
    REQUESTS_CA_BUNDLE; True for the well-known authorities. Raises SsoError for a file that cannot be used."""
    own = configured if isinstance(configured, str) else ""
    path = os.environ.get("AWS_CA_BUNDLE") or own or os.environ.get("REQUESTS_CA_BUNDLE")
    if not path or path in _usable:
        return path or True
    reason = bundle_problem(path)
    if not reason:
        _usable.add(path)
        return path
    raise SsoError(
        f"The file of certificates {path} {reason}", "correct ca_bundle, AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE"
    )


def bundle_problem(path: str) -> str:
    """Why certificates cannot be checked with this file, "" when they can."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return "holds no certificates"
    except FileNotFoundError:
        return "does not exist"
    except (OSError, ValueError):
        return "cannot be read"
    return ""


def session(url: str, verify: str | bool, timeout: float | tuple[float, float], connections: int = 1) -> Careful:
    """A session for requests to `url`. `verify`: as `authority` gives it. `timeout`: seconds, for connecting and for
    reading. `connections`: how many are kept."""
    import socket

    from botocore.httpsession import URLLib3Session

    make: Any = URLLib3Session  # its type hints know neither a file of certificates nor two timeouts
    made = make(
        verify=verify,
        proxies=endpoints.proxies(url),
        timeout=timeout,
        max_pool_connections=connections,
        # A request goes out in two parts, and the second one would wait until the other side has confirmed the first.
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    return Careful(made, url)


class Careful:
    """A botocore HTTP session that is careful about where it sends to, and about the answers that it takes in. `url`:
    what it is for. AWS's own services count as one place: which host of theirs serves a request is botocore's
    knowledge."""

    def __init__(self, session: Any, url: str) -> None:
        self._session = session
        self._url = url

    def send(self, request: Any) -> Any:
        """Make a request, as botocore has prepared it. Raises what botocore's session raises, ResponseParserError for
        an answer that is too large, and SsoError for an address that secrets must not go to."""
        self._check(str(request.url))
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
        from botocore.parsers import ResponseParserError
        from urllib3 import exceptions

        request.stream_output = True  # else the answer is read in there
        answer = self._session.send(request)
        try:
            content = _read(answer.raw)
        except exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from None
        except exceptions.HTTPError as error:
            raise ConnectionClosedError(endpoint_url=request.url, error=error) from None
        if content is None:
            raise ResponseParserError("The answer is too large")
        if answer.status_code >= 300:
            for secret in _secrets(request):
                content = content.replace(secret, b"***")
        answer._content = content
        return answer

    def _check(self, url: str) -> None:
        parts, own = urlsplit(url), urlsplit(self._url)
        same = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        if not endpoints.is_safe(url) or not (same or (_is_service(url) and _is_service(self._url))):
            shown = endpoints.without_password(url.partition("?")[0])
            raise SsoError(f"Nothing is sent to {shown}: it is not the address that was decided on")

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.close()


def _is_service(url: str) -> bool:
    return hosts.is_service(urlsplit(url).hostname or "")


def _read(raw: Any) -> bytes | None:
    """The body of an answer; None when it is too large, and then no more is read of it."""
    parts: list[bytes] = []
    size = 0
    for part in raw.stream(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raw.close()
            return None
    return b"".join(parts)


def _secrets(request: Any) -> list[bytes]:
    found = [request.headers.get(name) for name in _HEADERS]
    try:
        body = json.loads(request.body or b"null")
    except (ValueError, TypeError):
        body = None  # a form of STS's, which holds none
    if isinstance(body, dict):
        found += [body.get(name) for name in _FIELDS]
    texts = [text.encode() if isinstance(text, str) else text for text in found]
    return [text for text in texts if isinstance(text, bytes) and len(text) >= _SHORTEST]
