"""Credentials and profile names as text for shells, files and programs.

Every value is quoted, always, by the rules of the program that reads it: a value that looks harmless in one shell is
expanded by another (zsh reads `export A==ls` as the path of ls). What a reader cannot carry is refused, never bent.

`ssotui env` imports this module: it must not pull in anything heavy.
"""

from __future__ import annotations

from .clock import iso
from .errors import SsoError
from .model import RoleCredentials, Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import NoReturn

    from .model import Profile

DESCRIPTIONS = {
    "bash": 'bash, zsh, sh: eval "$(ssotui env PROFILE)"',
    "fish": "fish: ssotui env PROFILE --format fish | source",
    "powershell": "PowerShell: ssotui env PROFILE --format powershell | Invoke-Expression",
    "cmd": "cmd.exe: lines for a batch file or the prompt",
    "dotenv": "a .env file; in its single quotes \\\\ is a backslash and \\' a quote",
    "docker": "a file for docker run --env-file, values as they are",
    "json": "JSON as a credential_process prints it",
    "ini": "a section of the AWS credentials file",
    "profile": "only AWS_PROFILE: the SDKs find and renew the credentials by themselves",
    "unset": "remove from a shell what the export has set",
}
"""The formats of `ssotui env --format` with one line about each, in the order of the export screen."""

FORMATS: tuple[str, ...] = tuple(DESCRIPTIONS)

CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCOUNT_ID",
)
"""Static credentials in an environment. They outrank AWS_PROFILE in every SDK; AWS_SECURITY_TOKEN is the old name
of AWS_SESSION_TOKEN, which botocore still reads first. AWS_ACCOUNT_ID says whose they are: some addresses hold it."""

PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
"""AWS CLI v1 and boto3 let AWS_DEFAULT_PROFILE win over AWS_PROFILE, AWS CLI v2 the other way round."""

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

MASK = "••••••••"
"""Stands for every secret, whatever its length."""

_SHELL_FORMATS = {
    "sh": "bash",
    "ash": "bash",
    "bash": "bash",
    "dash": "bash",
    "ksh": "bash",
    "mksh": "bash",
    "zsh": "zsh",
    "fish": "fish",
    "pwsh": "powershell",
    "powershell": "powershell",
    "cmd": "cmd",
}
"""Names of shells, as programs and as formats, and the quoting that each one needs."""

_CMD_LINE_LIMIT = 8191
_DOCKER_LINE_LIMIT = 65536 - 1  # docker's reader of env files has a buffer of 64 KiB for a line and its end

_RESERVED_SECTION = "DEFAULT"


def needs_credentials(format_name: str) -> bool:
    """Whether `render` needs role credentials for this format; `profile` and `unset` do without."""
    return format_name not in ("profile", "unset")


def variables(credentials: RoleCredentials, profile: Profile) -> list[tuple[str, str]]:
    """Names and plain values of the variables that make these credentials usable, in the order of the export.

    The expiration is UTC (`YYYY-MM-DDTHH:MM:SSZ`). The region variables are there when the profile has a region, the
    account when it is known. The values include the secrets: hand them straight to a child's environment or a shell
    line.
    """
    pairs = [
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.reveal()),
        ("AWS_SESSION_TOKEN", credentials.session_token.reveal()),
        ("AWS_CREDENTIAL_EXPIRATION", iso(credentials.expires_at)),
    ]
    if profile.region:
        pairs += [(name, profile.region) for name in REGION_VARIABLES]
    account = _account(credentials, profile)
    if account:
        pairs.append(("AWS_ACCOUNT_ID", account))
    return pairs


def _account(credentials: RoleCredentials, profile: Profile) -> str:
    """The account that the credentials are of; old cache files do not say it. "" when nothing does."""
    for found in (credentials.account_id, profile.account_id):
        if len(found) == 12 and found.isascii() and found.isdigit():
            return found
    return ""


def render(format_name: str, credentials: RoleCredentials | None, profile: Profile) -> str:
    """The export of `profile` in one of FORMATS, ending in a line break. It holds the secrets in clear.

    `credentials` may be None where `needs_credentials` says so. `profile` and `unset` are written for the bash
    family; `unset_lines` and `use_profile_lines` know the other shells. Raises SsoError for a value that the format
    cannot carry, and for an unknown format.
    """
    return _render(format_name, credentials, profile, ascii_only=True)


def render_masked(format_name: str, credentials: RoleCredentials | None, profile: Profile) -> str:
    """Like `render`, for a screen: secrets are MASK, the access key id keeps its first and last four characters.

    Raises what `render` raises, so that a preview never promises an export that would be refused. The profile's name
    and region are foreign text and still have to pass the text gate.
    """
    if credentials is None or not needs_credentials(format_name):
        return render(format_name, credentials, profile)
    render(format_name, credentials, profile)
    key_id = credentials.access_key_id
    masked = RoleCredentials(
        f"{key_id[:4]}{MASK}{key_id[-4:]}" if len(key_id) >= 16 else MASK,
        Secret(MASK),
        Secret(MASK),
        credentials.expires_at,
        credentials.account_id,
    )
    return _render(format_name, masked, profile, ascii_only=False)


def use_profile_lines(shell: str, profile_name: str) -> str:
    """Lines that make `shell` use `profile_name`, and drop static credentials that would outrank it.

    `shell`: sh, bash, dash, ksh, zsh, fish, pwsh, powershell or cmd. Raises SsoError for a name with a NUL or a line
    break, for a name that the shell cannot carry, and for an unknown shell.
    """
    shell = _known_shell(shell)
    gone = (*CREDENTIAL_VARIABLES, *PROFILE_VARIABLES[1:])
    return _unset(shell, gone) + _set(shell, "AWS_PROFILE", _profile_name(shell, profile_name))


def unset_lines(shell: str, region: bool = False) -> str:
    """Lines that remove profile and credential variables from `shell` (see `use_profile_lines`).

    With `region` the region variables too: what the export of a profile with a region has set. Raises SsoError for
    an unknown shell.
    """
    names = (*PROFILE_VARIABLES, *CREDENTIAL_VARIABLES)
    return _unset(_known_shell(shell), (*names, *REGION_VARIABLES) if region else names)


def default_format(environ: Mapping[str, str], parent: str = "") -> str:
    """The format for the shell that started us: bash, fish, powershell or cmd; bash when nothing tells.

    `parent` is the parent process's name or path ("fish", "-zsh", "pwsh.exe"), "" when unknown; a parent that is
    no shell counts as unknown. Then SHELL decides, and on Windows PROMPT, which only cmd.exe sets.
    """
    for name in (parent, environ.get("SHELL", "")):
        shell = _SHELL_FORMATS.get(_program(name))
        if shell:
            return "bash" if shell == "zsh" else shell
    if environ.get("OS") == "Windows_NT":
        return "cmd" if "PROMPT" in environ else "powershell"
    return "bash"


def _render(format_name: str, credentials: RoleCredentials | None, profile: Profile, ascii_only: bool) -> str:
    if format_name not in DESCRIPTIONS:
        raise SsoError(f"There is no export format {format_name}", f"formats: {', '.join(FORMATS)}", exit_code=2)
    if format_name == "profile":
        return _set("bash", "AWS_PROFILE", _profile_name("bash", profile.name))
    if format_name == "unset":
        return unset_lines("bash", region=bool(profile.region))
    if credentials is None:
        raise ValueError(f"format {format_name} needs credentials")
    if format_name == "json":
        return _json(credentials, profile, ascii_only)
    if format_name == "ini":
        return _ini(credentials, profile)
    return "".join(_set(format_name, name, value) for name, value in variables(credentials, profile))


def _set(reader: str, name: str, value: str) -> str:
    return _SETTERS[reader](name, _carried(reader, name, value))


def _set_bash(name: str, value: str) -> str:
    # Also safe under zsh's RC_QUOTES: no two quotes ever meet inside a quoted part.
    quoted = value.replace("'", "'\\''")
    return f"export {name}='{quoted}'\n"


def _set_fish(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}'\n"


def _set_powershell(name: str, value: str) -> str:
    _refuse_any("PowerShell", name, value, "\r\n")
    # PowerShell takes the typographic quotes for quotes too, and each doubled one for itself.
    for quote in "'\u2018\u2019\u201a\u201b":
        value = value.replace(quote, quote * 2)
    return f"$Env:{name} = '{value}'\n"


def _set_cmd(name: str, value: str) -> str:
    _refuse_any("cmd.exe", name, value, '%!"^')
    if any(char < " " or char == "\x7f" for char in value):
        _refuse("cmd.exe", name, "it holds a control character")
    line = f'set "{name}={value}"'
    if len(line) > _CMD_LINE_LIMIT:
        _refuse("cmd.exe", name, f"it makes a line of more than {_CMD_LINE_LIMIT} characters")
    return line + "\n"


def _set_dotenv(name: str, value: str) -> str:
    _refuse_any("a .env file", name, value, "\r\n")
    # python-dotenv, whose rules these are, replaces ${...} even between single quotes; its older versions take an
    # escaped backslash before the closing quote for an escaped quote.
    if "${" in value:
        _refuse("a .env file", name, "it holds ${, which readers replace")
    if value.endswith("\\"):
        _refuse("a .env file", name, "it ends with a backslash")
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'\n"


def _set_docker(name: str, value: str) -> str:
    _refuse_any("docker's env file", name, value, "\r\n")
    line = f"{name}={value}"
    if len(line.encode()) > _DOCKER_LINE_LIMIT:
        _refuse("docker's env file", name, "its line is longer than docker reads")
    return line + "\n"


_SETTERS: dict[str, Callable[[str, str], str]] = {
    "bash": _set_bash,
    "zsh": _set_bash,
    "fish": _set_fish,
    "powershell": _set_powershell,
    "cmd": _set_cmd,
    "dotenv": _set_dotenv,
    "docker": _set_docker,
}


def _unset(shell: str, names: Sequence[str]) -> str:
    if shell == "powershell":
        return "".join(f"$Env:{name} = $null\n" for name in names)
    if shell == "cmd":
        return "".join(f'set "{name}="\n' for name in names)
    if shell == "fish":
        # A universal variable belongs to all of the user's shells and stays. An empty access key id hides it here:
        # SDKs take that for none.
        key_id = CREDENTIAL_VARIABLES[0]
        return f"set -eg {' '.join(names)}\nset -qU {key_id}; and set -gx {key_id} ''; or true\n"
    return f"unset {' '.join(names)}\n"


def _json(credentials: RoleCredentials, profile: Profile, ascii_only: bool) -> str:
    if ascii_only:
        from .quick_json import quote
    else:
        from json import dumps

        def quote(text: str) -> str:
            return dumps(text, ensure_ascii=False)

    answer = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.reveal(),
        "SessionToken": credentials.session_token.reveal(),
        "Expiration": iso(credentials.expires_at),
    }
    account = _account(credentials, profile)
    if account:
        answer["AccountId"] = account
    fields = [f'"{name}": {quote(value)}' for name, value in answer.items()]
    return "{\n  " + ",\n  ".join(['"Version": 1', *fields]) + "\n}\n"


def _ini(credentials: RoleCredentials, profile: Profile) -> str:
    name = _profile_name("ini", profile.name)
    if not name or name != name.strip() or "]" in name or name == _RESERVED_SECTION:
        raise SsoError("A credentials file cannot hold a section of this profile's name", "choose another format")
    pairs = [
        ("aws_access_key_id", credentials.access_key_id),
        ("aws_secret_access_key", credentials.secret_access_key.reveal()),
        ("aws_session_token", credentials.session_token.reveal()),
    ]
    account = _account(credentials, profile)
    if account:
        pairs.append(("aws_account_id", account))
    if profile.region:
        pairs.append(("region", profile.region))
    for key, value in pairs:
        _carried("ini", key, value)
        _refuse_any("a credentials file", key, value, "\r\n")
        if value != value.strip():
            _refuse("a credentials file", key, "it begins or ends with a space")
        if any(mark in value for mark in (" #", " ;", "\t#", "\t;")):
            _refuse("a credentials file", key, "some SDKs would take a part of it for a comment")
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in pairs)


def _profile_name(reader: str, name: str) -> str:
    """`name`, if it can be a profile's name at all."""
    if "\n" in name or "\r" in name:
        raise SsoError("A profile whose name holds a line break cannot be exported", "rename the profile")
    return _carried(reader, "AWS_PROFILE", name)


def _carried(reader: str, name: str, value: str) -> str:
    """`value`, if it is text without a NUL: no shell and no environment carries anything else."""
    if "\0" in value:
        _refuse(reader, name, "it holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        # Outside of the handler, because the exception holds the value.
        broken = True
    else:
        broken = False
    if broken:
        _refuse(reader, name, "it is not valid Unicode text")
    return value


def _refuse_any(reader: str, name: str, value: str, characters: str) -> None:
    for char in characters:
        if char in value:
            shown = "a line break" if char in "\r\n" else f"the character {char}"
            _refuse(reader, name, f"it holds {shown}")


def _refuse(reader: str, name: str, reason: str) -> NoReturn:
    raise SsoError(f"{name} cannot be written for {reader}: {reason}", "choose another format")


def _known_shell(name: str) -> str:
    shell = _SHELL_FORMATS.get(name)
    if shell is None:
        raise SsoError(f"The shell {name} is not known", "shells: bash, zsh, fish, pwsh, cmd", exit_code=2)
    return shell


def _program(path: str) -> str:
    """The bare name of a program: without its folder, a login shell's dash, and `.exe`."""
    name = path.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    return name.removeprefix("-")
