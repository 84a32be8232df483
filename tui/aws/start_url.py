"""Start URLs: which hosts are AWS's, and where a company's own address leads.

The rules are those of AWS CLI v2 (2.36): https is mandatory; a host that is not one of AWS's own is asked once where it
redirects to, and that address is used in requests. Cache file names always come from the configured text.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any
from urllib.parse import urljoin, urlsplit

from . import clients, endpoints, transport
from .errors import SsoError, from_exception

_SUFFIXES = (
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".portal.amazonaws.eu",
    ".app.amazonwebservices.com.cn",
    ".api.amazonwebservices.eu",
    ".awsapps.com",
    ".awsapps.cn",
)
_HOSTS = (
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
)
_BROWSER_SUFFIXES = (*_SUFFIXES, ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu")


def host_of(url: str) -> str:
    """The host of a URL in lower case, "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _scheme(url: str) -> str:
    return urlsplit(url).scheme if endpoints.is_address(url) else ""


def is_aws_host(host: str) -> bool:
    """Whether `host` is one that serves AWS access portals."""
    return host in _HOSTS or host.endswith(_SUFFIXES)


def resolve(url: str, cancelled: threading.Event | None = None) -> str:
    """The start URL to use in requests for the configured `url`.

    Raises SsoError for anything but https, and for a host of one's own that does not lead to AWS.
    """
    if _scheme(url) != "https":
        raise SsoError(f"The start URL {url} is not https", "correct sso_start_url in the configuration")
    if is_aws_host(host_of(url)):
        return url
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    verify: Any = transport.authority()  # a path too, which its type stubs do not know
    http = transport.Careful(URLLib3Session(verify=verify, proxies=endpoints.proxies(url), timeout=10))
    target = url
    for method in ("HEAD", "GET"):
        prepared = AWSRequest(method=method, url=url).prepare()
        try:
            answer = clients.call(lambda request=prepared: http.send(request), cancelled, 12.0)  # type: ignore[misc]
        except SsoError:
            raise
        except Exception as error:
            raise from_exception(error, f"find out where {host_of(url)}, the start URL's host, leads") from None
        if answer.status_code not in (405, 501):
            location = answer.headers.get("location")
            with contextlib.suppress(ValueError):
                target = urljoin(url, str(location)) if location and 300 <= answer.status_code < 400 else url
            break
    if _scheme(target) != "https" or not is_aws_host(host_of(target)):
        raise SsoError(f"The start URL's host {host_of(url)} does not lead to AWS", "check sso_start_url")
    return target


def may_open(url: str, start_url: str, oidc_endpoint: str) -> bool:
    """Whether a verification URL from the service may be opened in a browser.

    https, on a host of AWS's or the start URL's; or on this machine, when the service's endpoint is this machine.
    """
    if not endpoints.is_address(url):
        return False
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if "@" in parts.netloc:
        return False  # a name before the host can look like the host
    if parts.scheme == "https":
        return host.endswith(_BROWSER_SUFFIXES) or host in _HOSTS or host == host_of(start_url)
    same = endpoints.is_address(oidc_endpoint) and parts.netloc == urlsplit(oidc_endpoint).netloc
    return parts.scheme == "http" and endpoints.is_loopback(url) and same
