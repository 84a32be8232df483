"""Which hosts are AWS's: those that serve access portals, those with pages to sign in on, those that take requests.

A name that only looks like one of them must not pass, so every name is compared whole, label by label, and anything
but plain lower-case ASCII without a dot at its end is none.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

PORTAL_SUFFIXES = (
    ".app.aws",
    ".portal.amazonaws.com",
    ".portal.amazonaws.com.cn",
    ".portal.amazonaws.eu",
    ".app.amazonwebservices.com.cn",
    ".api.amazonwebservices.eu",
    ".awsapps.com",
    ".awsapps.cn",
)
PORTAL_HOSTS = (
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
)
"""Where a start URL leads in the end (the list of AWS CLI v2, 2.36)."""

SERVICE_SUFFIXES = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".api.amazonwebservices.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    ".api.aws.ic.gov",
    ".api.aws.scloud",
    ".api.cloud-aws.adc-e.uk",
    ".api.aws.hci.ic.gov",
)
"""The domains of AWS's services in all partitions, dual-stack ones included. Customers have names below some of them
(buckets, machines), so this alone makes no host one to send a browser to."""

_REGION = r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}"
_LABELS = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)"

_SERVICES = "|".join(map(re.escape, SERVICE_SUFFIXES))
_SIGN_IN = re.compile(
    rf"{_LABELS}+signin\.aws"
    rf"|({_REGION}\.)?signin\.aws\.amazon\.com"
    rf"|{_LABELS}*signin\.amazonaws\.cn"
    rf"|{_LABELS}*signin\.amazonaws-us-gov\.com"
    rf"|({_REGION}\.)?signin\.amazonaws-eusc\.eu"
    rf"|{_REGION}\.signin\.(c2shome\.ic\.gov|sc2shome\.sgov\.gov|csphome\.adc-e\.uk|csphome\.hci\.ic\.gov)"
    rf"|(device\.sso|oidc|portal\.sso)(-fips)?\.{_REGION}({_SERVICES})"
)
_PORTAL = re.compile(rf"{_LABELS}+({'|'.join(re.escape(suffix[1:]) for suffix in PORTAL_SUFFIXES)})")

_PORTAL_REGION = re.compile(
    r"[^.]+\.(?:"
    r"portal\.(?P<before>[a-z0-9-]+)\.(?:app\.aws|app\.amazonwebservices\.com\.cn|api\.amazonwebservices\.eu)"
    r"|(?P<after>[a-z0-9-]+)\.portal\.amazonaws\.(?:com|com\.cn|eu))"
)


def host_of(url: str) -> str:
    """The host of a URL in lower case, "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_portal(host: str) -> bool:
    """Whether `host` (in lower case) is one that serves access portals."""
    return host in PORTAL_HOSTS or _PORTAL.fullmatch(host) is not None


def is_sign_in(host: str) -> bool:
    """Whether `host` (in lower case) is one of AWS's with pages to sign in on: a portal, or a sign-in page."""
    return is_portal(host) or _SIGN_IN.fullmatch(host) is not None


def is_service(host: str) -> bool:
    """Whether `host` (in lower case) is one of those that AWS's SDKs send requests to by themselves."""
    return host.endswith(SERVICE_SUFFIXES)


def region_of_portal(host: str) -> str:
    """The region that is part of a portal's host name, "" where none is."""
    match = _PORTAL_REGION.fullmatch(host)
    return (match["before"] or match["after"]) if match is not None else ""
