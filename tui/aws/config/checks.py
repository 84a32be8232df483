"""What the values of profiles and sessions must look like, and the sentences for those that do not."""

from __future__ import annotations

from .ini import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Session

LISTING_KEYS = frozenset(("sso_session", "sso_account_id", "sso_role_name"))
"""A profile with one of these is an SSO profile."""

SSO_KEYS = LISTING_KEYS | {"sso_start_url", "sso_region"}

OUTPUTS = ("json", "yaml", "yaml-stream", "text", "table")
"""The values of `output` that the AWS CLI knows."""


def assumes_role(options: dict[str, str]) -> bool:
    """Whether a profile with these keys assumes a role with the credentials of another source."""
    return "role_arn" in options and "web_identity_token_file" not in options


def gives_sso_credentials(options: dict[str, str]) -> bool:
    # An empty token file keeps the role from being assumed, and gives no credentials itself: the sso_ keys are next.
    return ("sso_account_id" in options or "sso_role_name" in options) and not options.get("web_identity_token_file")


def is_chained(options: dict[str, str]) -> bool:
    return "source_profile" in options and assumes_role(options)


def outranking(options: dict[str, str]) -> str:
    """Why the AWS CLI and the SDKs do not use the sso_ keys of a profile that is not chained, "" when they do."""
    if options.get("web_identity_token_file"):
        how = "web_identity_token_file outranks the sso_ keys"
        return f"{how} for the AWS CLI and the SDKs: they sign in with its token, which is not done here"
    if not assumes_role(options):
        return ""
    how = "role_arn outranks the sso_ keys for the AWS CLI and the SDKs"
    if "credential_source" in options:
        source = quoted(options["credential_source"])
        return f"{how}: they assume that role with the credentials of {source}, which is not done here"
    return f"{how}, and there is no source_profile for it"


def is_account(account: str) -> bool:
    """Whether this can be the number of an account: twelve ASCII digits."""
    return len(account) == 12 and account.isdigit() and account.isascii()


def role_of(arn: str) -> tuple[str, str]:
    """Account id and role name in a role's ARN; empty strings when it is not one."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn" and is_account(parts[4]) and parts[5].startswith("role/"):
        return parts[4], parts[5].rpartition("/")[2]
    return "", ""


def account_of(arn: str) -> str:
    """The account id in an ARN, "" when there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" and is_account(parts[4]) else ""


def conflicts(options: dict[str, str], session: Session) -> list[str]:
    """botocore refuses a profile that has any key of its sso-session section with another value."""
    found = []
    for key, value in session.options.items():
        if options.get(key, value) != value:
            if key in SSO_KEYS or key == "region":
                found.append(f"{key} is {quoted(options[key])} here and {quoted(value)} in its sso-session")
            else:
                found.append(f"{shorten(key)} is not the same here and in its sso-session")
    return found


def missing_keys(keys: list[str]) -> str:
    return f"{' and '.join(keys)} {'is' if len(keys) == 1 else 'are'} missing"


def quoted(value: str) -> str:
    """A value as a message shows it: between quotes, shortened where it is long."""
    return f'"{shorten(value)}"'


def hint(value: str) -> str:
    """What probably went wrong with a value that cannot be used."""
    if any(mark in value for mark in (" #", " ;", "\t#", "\t;")):
        return "; a comment cannot follow a value on its line"
    if "\n" in value:
        return "; the indented lines below it are part of it"
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return "; values are written without quotes"
    return ""


def is_region(region: str) -> bool:
    """Whether botocore takes this text for a region: it must be a valid label of a host name."""
    letters = region.replace("-", "")
    good = letters.isascii() and letters.isalnum() and not region.isdigit() and len(region) <= 63
    return good and region[0] != "-" and region[-1] != "-"


def url_problems(url: str) -> list[str]:
    """What is wrong with a start URL that is not empty. The AWS CLI v2 refuses all but https."""
    if url and not url.lower().startswith("https://"):
        return [f"sso_start_url {quoted(url)} does not begin with https://{hint(url)}"]
    if url and (" " in url or not url.isprintable() or not url[8:].strip("/")):
        return [f"sso_start_url {quoted(url)} is not a URL{hint(url)}"]
    return []


def plain(start_url: str) -> str:
    """A start URL for comparing: the service overlooks the case, a fragment, a trailing slash and the usual port. The
    portal's path is `/start`, also where it is left out. What is no URL stays as it is."""
    scheme, _, rest = start_url.strip().partition("#")[0].partition("?")[0].rstrip("/").lower().partition("://")
    if not rest:
        return start_url
    host, _, path = rest.partition("/")
    return f"{host.removesuffix(':443' if scheme == 'https' else ':80').rstrip('.')}/{path or 'start'}"
