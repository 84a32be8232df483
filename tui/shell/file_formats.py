"""Export lines for files: .env, docker's --env-file, and the AWS credentials file. See `formats`, which imports this
late."""

from __future__ import annotations

from ..aws.errors import SsoError
from .refusing import carried, profile_name, refuse, refuse_any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DOCKER_LINE_LIMIT = 65536 - 1  # docker's reader of env files has a buffer of 64 KiB for a line and its end

_RESERVED_SECTION = "DEFAULT"

_KEYS = {
    "AWS_ACCESS_KEY_ID": "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
    "AWS_SESSION_TOKEN": "aws_session_token",
    "AWS_ACCOUNT_ID": "aws_account_id",
    "AWS_REGION": "region",
}
"""What a section has of the variables, and how it is called there."""


def _set_dotenv(name: str, value: str) -> str:
    refuse_any("a .env file", name, value, "\r\n")
    # python-dotenv, whose rules these are, replaces ${...} even between single quotes; its older versions take an
    # escaped backslash before the closing quote for an escaped quote.
    if "${" in value:
        refuse("a .env file", name, "it holds ${, which readers replace")
    if value.endswith("\\"):
        refuse("a .env file", name, "it ends with a backslash")
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'\n"


def _set_docker(name: str, value: str) -> str:
    refuse_any("docker's env file", name, value, "\r\n")
    line = f"{name}={value}"
    if len(line.encode()) > _DOCKER_LINE_LIMIT:
        refuse("docker's env file", name, "its line is longer than docker reads")
    return line + "\n"


SETTERS: dict[str, Callable[[str, str], str]] = {"dotenv": _set_dotenv, "docker": _set_docker}
"""A line that sets a variable, for each format of a file."""


def ini(name: str, values: Mapping[str, str]) -> str:
    """A section of the credentials file with what a shell would have in its variables. Raises SsoError for what such
    a file cannot hold."""
    name = profile_name("ini", name)
    if not name or name != name.strip() or "]" in name or name == _RESERVED_SECTION:
        raise SsoError("A credentials file cannot hold a section of this profile's name", "choose another format")
    lines = [f"[{name}]"]
    for variable, key in _KEYS.items():
        value = carried("ini", key, values.get(variable, ""))
        refuse_any("a credentials file", key, value, "\r\n")
        if value != value.strip():
            refuse("a credentials file", key, "it begins or ends with a space")
        if any(mark in value for mark in (" #", " ;", "\t#", "\t;")):
            refuse("a credentials file", key, "some SDKs would take a part of it for a comment")
        if value:
            lines.append(f"{key} = {value}")
    return "\n".join(lines) + "\n"
