"""In which region a portal is, where its start URL does not tell: the page that it shows to a browser does.

The page is asked for as a browser would, without any secret, and only its word about the region is taken.
"""

from __future__ import annotations

import re
import threading
from html import unescape
from urllib.parse import urljoin

from ..config import hosts
from ..config.hosts import host_of
from ..config.writing.new_session import is_regions_name, region_in
from ..errors import Cancelled, SsoError, from_exception
from . import clients, transport
from .start_url import resolve

MOST_REDIRECTS = 5

_LIMIT = 8.0
"""Seconds that a page has."""

_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def find_region(start_url: str, cancelled: threading.Event | None = None, ca_bundle: str | None = None) -> str:
    """The region of the portal that a start URL leads to, "" where neither its address nor its page tells.

    Raises SsoError for a company's own address that does not lead to AWS, or cannot be asked; Cancelled.
    """
    portal = resolve(start_url, cancelled, ca_bundle)
    found = portal.region or region_in(portal.url)
    if found:
        return found
    try:
        return _ask(portal.url, cancelled, ca_bundle)
    except Cancelled:
        raise
    except SsoError:
        return ""


def _ask(url: str, cancelled: threading.Event | None, ca_bundle: str | None) -> str:
    from botocore.awsrequest import AWSRequest

    for _ in range(MOST_REDIRECTS):
        http = transport.session(url, transport.authority(ca_bundle), _LIMIT)
        prepared = AWSRequest(method="GET", url=url, headers={"Accept": "text/html"}).prepare()
        try:
            answer = clients.call(lambda http=http, request=prepared: http.send(request), cancelled, _LIMIT + 2)  # type: ignore[misc]
        except SsoError:
            raise
        except Exception as error:
            raise from_exception(error, f"look at {host_of(url)}") from None
        location = answer.headers.get("location")
        if not 300 <= answer.status_code < 400 or not location:
            return region_of_page(answer.content.decode("utf-8", "replace")) if answer.status_code < 300 else ""
        url = urljoin(url, str(location))
        if not url.startswith("https://") or not hosts.is_portal(host_of(url)):
            return ""
        if region_in(url):
            return region_in(url)
    return ""


def region_of_page(page: str) -> str:
    """The region that a portal's page names in its head, "" where it names none."""
    for tag in _META.findall(page):
        found = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}
        if found.get("name", "").lower() == "region" and is_regions_name(found.get("content", "")):
            return found["content"]
    return ""
