"""What a start URL tells, however somebody has typed or copied it: the URL as a session has it, a region, a name."""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import urlsplit

from ..hosts import host_of, is_portal, region_of_portal
from ..ini import shorten
from .sections import SESSION, Section

SCOPE = "sso:account:access"
"""What a session has to be registered for, so that its tokens can be renewed."""

_DIRECTORY = re.compile(r"d-[0-9a-z]{10}")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9]")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")

_SAYS_NOTHING = frozenset(
    ("www", "sso", "aws", "login", "start", "portal", "signin", "identity", "access", "com", "co")
)
"""Parts of a company's own host name that do not tell whose it is."""


def start_url_from(typed: str) -> str:
    """The start URL that somebody means: copied from the browser with what the portal puts behind it, without https://,
    or as the bare id of a directory. Raises ValueError with a sentence for anything else."""
    text = typed.strip().strip("<>\"'").strip()
    if _DIRECTORY.fullmatch(text.lower()):
        return f"https://{text.lower()}.awsapps.com/start"
    if "://" not in text:
        text = f"https://{text}"
    wrong = f'"{shorten(typed)}" is not a start URL: it looks like https://acme.awsapps.com/start'
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        raise ValueError(wrong) from None
    if not text.isprintable() or " " in text or "@" in parts.netloc or _HOST.fullmatch(host) is None:
        raise ValueError(wrong)
    if parts.scheme.lower() not in ("http", "https") or (parts.scheme.lower() == "http" and not is_portal(host)):
        raise ValueError(f'"{shorten(typed)}" does not begin with https://')
    path = re.sub("/+", "/", parts.path).rstrip("/")
    if host.endswith((".awsapps.com", ".awsapps.cn")):
        path = path or "/start"
    return f"https://{host}{f':{port}' if port not in (None, 80, 443) else ''}{path}"


def region_in(start_url: str) -> str:
    """The region that the host of a portal names, "" where it names none."""
    host = host_of(start_url)
    if not is_portal(host):
        return ""
    named = [label for label in host.split(".") if _REGION.fullmatch(label)]
    return region_of_portal(host) or (named[0] if len(named) == 1 else "") or _only_region(host)


def is_regions_name(text: str) -> bool:
    """Whether `text` is formed as AWS names its regions."""
    return _REGION.fullmatch(text) is not None


def likely_regions(start_url: str) -> tuple[str, ...]:
    """Regions to name as examples, where somebody has to say which one it is."""
    host = host_of(start_url)
    if "us-gov" in host:
        return "us-gov-west-1", "us-gov-east-1"
    if host.endswith(".cn"):
        return "cn-north-1", "cn-northwest-1"
    return "us-east-1", "eu-west-1"


def _only_region(host: str) -> str:
    return "eusc-de-east-1" if host.endswith((".amazonaws.eu", ".amazonwebservices.eu")) else ""


def name_for(start_url: str, taken: Container[str] = ()) -> str:
    """A name for the session of a start URL, numbered while it is one of those `taken`."""
    parts = urlsplit(start_url)
    labels = (parts.hostname or "").split(".")
    last = parts.path.rpartition("/")[2]
    if is_portal(".".join(labels)):
        name = last if labels[0] in ("start", "identitycenter") and last not in ("", "start") else labels[0]
    else:
        telling = [label for label in labels[:-1] if label not in _SAYS_NOTHING]
        name = telling[-1] if telling else labels[0]
    name = _NAME.sub("-", name).strip("-.") or "sso"
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def session_section(name: str, start_url: str, region: str) -> Section:
    """The section of a new session."""
    return Section(SESSION, name, {"sso_start_url": start_url, "sso_region": region, "sso_registration_scopes": SCOPE})
