"""Start URLs: where a company's own address leads, in which region its portal is, and what a browser may be sent to.

The rules are those of AWS CLI v2 (2.36): https is mandatory; a host that is not one of AWS's own is asked once where it
redirects to, and that address, with the region in its name, is used in requests. Cache file names always come from the
configured text.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from ...text import place
from ..config import hosts
from ..config.checks import plain
from ..config.hosts import host_of
from ..errors import SsoError, from_exception
from ..model import SSO_SESSION, Session, Token
from ..state.issued import other_region
from ..state.store import Store
from . import clients, endpoints, transport

NOT_OF_AWS, NOT_REACHED = "StartUrlNotOfAws", "StartUrlNotReached"
"""Our own codes of errors: the start URL's host leads elsewhere, or cannot be asked where it leads."""

_REDIRECTS = (301, 302, 303, 307, 308)
_LIMIT = 10.0
"""Seconds that a company's own address has for its answer."""


class Portal(NamedTuple):
    """The start URL for requests; and the region in its name where only a redirect has brought it to light, else ""."""

    url: str
    region: str = ""


def _scheme(url: str) -> str:
    return urlsplit(url).scheme if endpoints.is_address(url) else ""


def resolve(url: str, cancelled: threading.Event | None = None, ca_bundle: str | None = None) -> Portal:
    """Where the configured `url` leads. `ca_bundle`: the file of certificates of the profile that it is asked for.

    Raises SsoError for anything but https, and for a host of one's own that does not lead to AWS.
    """
    if _scheme(url) != "https":
        raise SsoError(f"The start URL {url} is not https", "correct sso_start_url in the configuration")
    if hosts.is_portal(host_of(url)):
        return Portal(url)
    from botocore.awsrequest import AWSRequest

    http = transport.session(url, transport.authority(ca_bundle), _LIMIT)
    target = url
    for method in ("HEAD", "GET"):
        prepared = AWSRequest(method=method, url=url).prepare()
        try:
            answer = clients.call(lambda request=prepared: http.send(request), cancelled, _LIMIT + 2)  # type: ignore[misc]
        except SsoError:
            raise
        except Exception as error:
            found = from_exception(error, f"find out where {host_of(url)}, the start URL's host, leads")
            found.code = NOT_REACHED
            raise found from None
        if answer.status_code not in (405, 501):
            location = answer.headers.get("location")
            target = _plain(urljoin(url, str(location))) if location and answer.status_code in _REDIRECTS else url
            break
    if _scheme(target) != "https" or not hosts.is_portal(host_of(target)):
        raise SsoError(
            f"The start URL's host {host_of(url)} does not lead to AWS", "check sso_start_url", code=NOT_OF_AWS
        )
    return Portal(target, hosts.region_of_portal(host_of(target)))


def find_portal(
    store: Store, session: Session, profile: str, cancelled: threading.Event | None
) -> tuple[Session, str, str]:
    """The session in the region of the portal that its start URL leads to, what to say when that is another region
    than the configured one, and the start URL for requests. Raises SsoError, Cancelled."""
    portal = resolve(session.start_url, cancelled, store.config.raw_options(profile).get("ca_bundle"))
    moved = in_region(session, portal.region)
    if moved is session:
        return session, "", portal.url
    return moved, f"{other_region(session, portal.region)} in {place(session.file, session.line)}", portal.url


def _plain(url: str) -> str:
    """An address as the AWS CLI takes it from a redirect: without what a browser alone makes use of."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path.rstrip('/')}"


def same_portal(start_url: str, sessions: Mapping[str, Session]) -> list[Session]:
    """The sessions of this start URL, whatever its spelling there; those with a section of their own first."""
    found = [each for each in sessions.values() if plain(each.start_url) == plain(start_url)]
    return sorted(found, key=lambda each: each.kind != SSO_SESSION)


def region_of(session: Session, token: Token) -> str:
    """The region in which a session's token is good. A company's own start URL can lead into another region than the
    configured one; the sign-in has found it out, and it stands in the token."""
    own = token.region and not hosts.is_portal(host_of(session.start_url))
    return token.region if own else session.region


def in_region(session: Session, region: str) -> Session:
    """The session as it would be with this region configured; itself when it is, or when `region` is ""."""
    if region in ("", session.region):
        return session
    moved = copy.copy(session)
    moved.region = region
    return moved


def may_open(url: str, start_url: str, oidc_endpoint: str) -> bool:
    """Whether a verification URL from the service may be opened in a browser.

    https, on one of AWS's hosts to sign in on or the start URL's; or on this machine, when the service's endpoint is
    this machine.
    """
    if not endpoints.is_address(url):
        return False
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return False  # a name before the host can look like the host
    if parts.scheme == "https":
        # AWS names no port. The user's own start URL may.
        aws = hosts.is_sign_in(parts.netloc.lower())
        return aws or (endpoints.is_address(start_url) and parts.netloc.lower() == urlsplit(start_url).netloc.lower())
    same = endpoints.is_address(oidc_endpoint) and parts.netloc == urlsplit(oidc_endpoint).netloc
    return parts.scheme == "http" and endpoints.is_loopback(url) and same
