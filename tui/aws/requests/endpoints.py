"""Which address a request goes to, decided as the AWS CLI decides it, before any client exists.

Order (botocore 1.43): `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the `[services]` section that the profile
names, the profile's `endpoint_url`. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or the profile key of that name switches all
of it off. As there, a variable that is set at all, if only to nothing, outranks the profile's key.

Tokens go to these addresses, so plain http is accepted for this machine alone, and the board shows every address that
is not AWS's own. botocore, which would look for addresses by itself too, is kept from it (`clients`), and what is about
to be sent is looked at once more (`transport`).
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ..errors import SsoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..config.configuration import Config

SERVICES = {"sso": "SSO", "sso-oidc": "SSO_OIDC", "sts": "STS"}
"""The services used here (botocore's names) and their form in environment variables."""

FEDERATION_VARIABLE = "AWS_ENDPOINT_URL_SIGNIN"
"""Leads elsewhere than to AWS's sign-in service, as the AWS SDKs name it."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def configured(
    service: str, config: Config, profile: str | None, environ: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The configured address for `service` and where it comes from, or ("", "").

    `profile` is the profile on whose behalf the request is made. Raises SsoError for an address that would carry
    tokens unencrypted to another machine.
    """
    environ = os.environ if environ is None else environ
    options = config.raw_options(profile) if profile else {}
    if _is_on("ignore_configured_endpoint_urls", options, environ):
        return "", ""
    for variable in (f"AWS_ENDPOINT_URL_{SERVICES[service]}", "AWS_ENDPOINT_URL"):
        if environ.get(variable):
            return _checked(environ[variable], variable), variable
    url, source = _in_services(service, config, options)
    if url:
        return _checked(url, source), source
    url = options.get("endpoint_url", "")
    if url:
        source = f"endpoint_url of profile {profile}"
        return _checked(url, source), source
    return "", ""


def variants(config: Config, profile: str | None, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Which of AWS's own addresses are wanted, FIPS or dual-stack ones, by botocore's names for that."""
    environ = os.environ if environ is None else environ
    options = config.raw_options(profile) if profile else {}
    return tuple(name for name in ("use_fips_endpoint", "use_dualstack_endpoint") if _is_on(name, options, environ))


def federation(config: Config, profile: str, environ: Mapping[str, str] | None = None) -> str:
    """Where console links are made from credentials, if another place than AWS's is configured for just that."""
    environ = os.environ if environ is None else environ
    options = config.raw_options(profile)
    if _is_on("ignore_configured_endpoint_urls", options, environ):
        return ""
    return environ.get(FEDERATION_VARIABLE) or _in_services("signin", config, options)[0]


def _in_services(service: str, config: Config, options: Mapping[str, str]) -> tuple[str, str]:
    section = options.get("services")
    blocks = config.services.get(section, {}) if isinstance(section, str) else {}
    return blocks.get(service.replace("-", "_"), {}).get("endpoint_url", ""), f"services section {section}"


def _is_on(name: str, options: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    value = environ.get(f"AWS_{name.upper()}")
    if value is None:
        value = options.get(name)
    return isinstance(value, str) and value.lower() == "true"


def overrides(config: Config, profile: str | None, environ: Mapping[str, str] | None = None) -> list[str]:
    """One line for each address that is not AWS's own, for the board to show; refused ones say so."""
    lines: list[str] = []
    for service in SERVICES:
        try:
            url, source = configured(service, config, profile, environ)
        except SsoError as error:
            lines.append(error.title)
            continue
        if url:
            lines.append(f"{service} goes to {_host(url)} ({source})")
    return lines


def sign_in_override(config: Config, profile: str | None, environ: Mapping[str, str] | None = None) -> str:
    """The host (and port) that tokens go to when that is not AWS's own, for the list of sessions; else ""."""
    for service in ("sso-oidc", "sso"):
        try:
            url, _source = configured(service, config, profile, environ)
        except SsoError:
            continue  # refused: nothing goes there
        if url:
            return _host(url)
    return ""


def without_password(url: str) -> str:
    """`url` as it may be shown: a password in it is left out."""
    start, mark, rest = url.partition("//")
    authority = rest.partition("/")[0]
    user, at, _host = authority.rpartition("@")
    return start + mark + user.partition(":")[0] + ":***" + rest[len(user) :] if at and ":" in user else url


def is_loopback(url: str) -> bool:
    """Whether `url` points at this machine."""
    try:
        return (urlsplit(url).hostname or "") in LOOPBACK
    except ValueError:
        return False


def proxies(url: str) -> dict[str, str]:
    """The proxies for requests to `url`: the environment's, and none for this machine. What may go there in clear
    would else be sent to the proxy in clear, which is another machine."""
    if is_loopback(url):
        return {}
    from botocore.utils import get_environ_proxies

    return dict(get_environ_proxies(url))


def is_address(url: str) -> bool:
    """Whether `url` names a host in a way that every program understands alike: browsers overlook blanks and control
    characters and take a backslash for a slash, libraries do not."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and url.isprintable() and " " not in url and "\\" not in url


def _host(url: str) -> str:
    """Host and port. A name before them could look like the host, and a password is nobody's business."""
    return urlsplit(url).netloc.rpartition("@")[2]


def is_safe(url: str) -> bool:
    """Whether secrets may go to `url`: over https, or within this machine."""
    scheme = urlsplit(url).scheme if is_address(url) else ""
    return scheme == "https" or (scheme == "http" and is_loopback(url))


def _checked(url: str, source: str) -> str:
    if is_safe(url):
        return url
    scheme = urlsplit(url).scheme if is_address(url) else ""
    reason = "it would carry tokens unencrypted" if scheme == "http" else "it is not an https address"
    title = f"The endpoint {without_password(url)} from {source} is not used: {reason}"
    raise SsoError(title, "use an https address, or remove the setting")
