"""Credentials and profile names as text for shells, files and programs.

Every value is quoted, always, by the rules of the program that reads it: a value that looks harmless in one shell is
expanded by another (zsh reads `export A==ls` as the path of ls). What a reader cannot carry is refused, never bent.

`ssotui env` imports this module: it must not pull in anything heavy.
"""

from __future__ import annotations

from ..aws.clock import iso
from ..aws.errors import SsoError
from ..aws.model import RoleCredentials, Secret
from ..exit_codes import USAGE
from .refusing import carried, profile_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..aws.model import Profile


class Format:
    """An export format. `about`: one line for people. `ending`: of the name of a file with it. `sets_only`: it is read
    from a file, which sets variables and can unset none. `secret`: it holds role credentials."""

    __slots__ = ("about", "ending", "secret", "sets_only")

    def __init__(self, about: str, ending: str, *, sets_only: bool = False, secret: bool = True) -> None:
        self.about, self.ending, self.sets_only, self.secret = about, ending, sets_only, secret


FORMATS = {
    "bash": Format('bash, zsh, sh: eval "$(ssotui env PROFILE)"', "sh"),
    "fish": Format("fish: ssotui env PROFILE --format fish | source", "fish"),
    "powershell": Format("PowerShell: ssotui env PROFILE --format powershell | Invoke-Expression", "ps1"),
    "cmd": Format("cmd.exe: lines for a batch file or the prompt", "bat"),
    "nu": Format("nu: lines to paste, or a file for `source`", "nu"),
    "tcsh": Format('tcsh, csh: eval "`ssotui env PROFILE --format tcsh`"', "csh"),
    "xonsh": Format("xonsh: execx($(ssotui env PROFILE --format xonsh))", "xsh"),
    "elvish": Format("elvish: eval (ssotui env PROFILE --format elvish | slurp)", "elv"),
    "dotenv": Format("a .env file; in its single quotes \\\\ is a backslash and \\' a quote", "env", sets_only=True),
    "docker": Format("a file for docker run --env-file, values as they are", "env", sets_only=True),
    "json": Format("JSON as a credential_process prints it", "json"),
    "sts-json": Format('JSON as aws sts prints it: {"Credentials": {...}}', "json"),
    "ini": Format("a section of the AWS credentials file", "ini"),
    "profile": Format("only AWS_PROFILE: the SDKs find and renew the credentials by themselves", "sh", secret=False),
    "unset": Format("remove from a shell what the export has set", "sh", secret=False),
}
"""The formats of `ssotui env --format`, in the order of the export screen."""

FILES = tuple(name for name, form in FORMATS.items() if form.sets_only)
"""The formats of files that set variables, and can unset none."""

CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_SCOPE",
)
"""Static credentials in an environment. They outrank AWS_PROFILE in most SDKs; AWS_SECURITY_TOKEN is the old name
of AWS_SESSION_TOKEN, which botocore still reads first. The last two go with the credentials of whoever set them."""

OTHER_VARIABLES = (
    *("AWS_ACCESS_KEY", "AWS_SECRET_KEY"),
    *("AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"),
)
"""Older names of the same, which the SDKs for Go, Java and Ruby know, and the role of a pod or a pipeline. Both come
before the profile that AWS_PROFILE names, and the second in .NET before all else."""

CONTAINER_VARIABLES = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
"""The role of a container."""

PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
"""AWS CLI v1 and boto3 let AWS_DEFAULT_PROFILE win over AWS_PROFILE, AWS CLI v2 the other way round. The SDK for
JavaScript prefers AWS_PROFILE to credentials."""

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

REGION_MARK = "SSOTUI_REGION"
"""Beside the region variables: the region that an export has set them to. One that differs is the user's own."""

OUTRANKING = (
    *PROFILE_VARIABLES,
    *CREDENTIAL_VARIABLES,
    *OTHER_VARIABLES,
    *CONTAINER_VARIABLES,
    *REGION_VARIABLES,
    REGION_MARK,
)
"""All that could win over what is handed out. What an export does not set of them it unsets."""

EMPTIED = ("AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_SCOPE")
"""What a file sets to nothing, as it cannot unset: SDKs take that for none. An empty profile or region they refuse."""

MASK = "••••••••"
"""Stands for every secret, whatever its length."""

_SHELL_FORMATS = (
    dict.fromkeys(("sh", "ash", "bash", "busybox", "dash", "ksh", "lksh", "loksh", "mksh", "oksh"), "bash")
    | dict.fromkeys(("osh", "posh", "rbash", "yash"), "bash")
    | {name: name for name in ("zsh", "fish", "powershell", "cmd", "nu", "tcsh", "xonsh", "elvish")}
    | {"pwsh": "powershell", "csh": "tcsh"}
)
"""Names of shells, as programs and as formats, and the quoting that each one needs."""

_OTHER_SHELLS = frozenset(("rc", "es", "ion", "murex", "nsh", "oil", "scsh", "ysh"))
"""Shells that read no format of ours: lines of another one would do something else there, or nothing."""


def needs_credentials(format_name: str) -> bool:
    """Whether `render` needs role credentials for this format; `profile` and `unset` do without."""
    form = FORMATS.get(format_name)
    return form is None or form.secret  # `render` says what is wrong with one that is not known


def variables(credentials: RoleCredentials, profile: Profile, region: str = "") -> list[tuple[str, str]]:
    """Names and plain values of the variables that make these credentials usable, in the order of the export.

    The expiration is UTC (`YYYY-MM-DDTHH:MM:SSZ`). The region variables are there when the profile has a region or
    `region` names another one, the account when it is known. The values include the secrets: hand them straight to a
    child's environment or a shell line.
    """
    pairs = [
        ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.reveal()),
        ("AWS_SESSION_TOKEN", credentials.session_token.reveal()),
        ("AWS_CREDENTIAL_EXPIRATION", iso(credentials.expires_at)),
    ]
    region = region or profile.region
    if region:
        pairs += [(name, region) for name in REGION_VARIABLES]
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


def own_region(environ: Mapping[str, str]) -> str:
    """The region that the user has set in the environment, "" when there is none, or only what an export of ours has
    left there for the profile before."""
    left = environ.get(REGION_MARK)
    for name in REGION_VARIABLES:
        found = environ.get(name, "")
        if found and found != left:
            return found
    return ""


def region_is_left(environ: Mapping[str, str]) -> bool:
    """Whether the region in the environment came with the profile before, by us or others, and is to go with it."""
    if environ.get(REGION_MARK):
        return not own_region(environ)
    return any(environ.get(name) for name in (CREDENTIAL_VARIABLES[0], *PROFILE_VARIABLES))


def render(
    format_name: str,
    credentials: RoleCredentials | None,
    profile: Profile,
    *,
    region: str = "",
    drop_region: bool = False,
    shell: str = "bash",
) -> str:
    """The export of `profile` in one of FORMATS, ending in a line break. It holds the secrets in clear.

    `credentials` may be None where `needs_credentials` says so. `region` goes before that of the profile;
    `drop_region`: where there is neither, the shell's own goes. `profile` and `unset` are written for `shell`. Raises
    SsoError for a value that the format cannot carry, and for an unknown format.
    """
    return _render(format_name, credentials, profile, region, drop_region, shell)


def render_masked(
    format_name: str,
    credentials: RoleCredentials | None,
    profile: Profile,
    *,
    drop_region: bool = False,
    shell: str = "bash",
) -> str:
    """Like `render`, for a screen: secrets are MASK, the access key id keeps its first and last four characters.

    Raises what `render` raises, so that a preview never promises an export that would be refused. The profile's name
    and region are foreign text and still have to pass the text gate.
    """
    if credentials is None or not needs_credentials(format_name):
        return render(format_name, credentials, profile, drop_region=drop_region, shell=shell)
    render(format_name, credentials, profile)
    key_id = credentials.access_key_id
    masked = RoleCredentials(
        f"{key_id[:4]}{MASK}{key_id[-4:]}" if len(key_id) >= 16 else MASK,
        Secret(MASK),
        Secret(MASK),
        credentials.expires_at,
        credentials.account_id,
    )
    return _render(format_name, masked, profile, "", drop_region, shell, ascii_only=False)


def use_profile_lines(
    shell: str, name: str, region: str = "", *, drop_region: bool = False, container: bool = False
) -> str:
    """Lines that make `shell` use the profile `name`, and drop all that would outrank it: credentials, and with
    `drop_region` the region. `region` is set in its place.

    `shell`: sh, bash, dash, ksh, zsh, fish, pwsh, powershell, cmd, nu, tcsh, xonsh or elvish. `container`: the
    profile lives on the container's role, whose variables stay. Raises SsoError for a name with a NUL or a line break,
    for a name that the shell cannot carry, and for an unknown shell.
    """
    shell = _known_shell(shell)
    pairs, gone = switch_of(profile_name(shell, name), region, drop_region, container)
    lines = _set_all(shell, pairs) + _unset(shell, gone)
    # Where the user has made AWS_PROFILE read-only, the shell function is to hear of it.
    return lines.replace("\n", " &&\n", len(pairs)) if shell in ("bash", "zsh") else lines


def switch_of(name: str, region: str, drop_region: bool, container: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """What a switch to a profile sets, and what it takes away."""
    pairs = [("AWS_PROFILE", name)]
    if region:
        pairs += [(variable, region) for variable in (*REGION_VARIABLES, REGION_MARK)]
    kept = {variable for variable, _value in pairs}.union(CONTAINER_VARIABLES if container else ())
    kept.update(() if drop_region else REGION_VARIABLES)
    return pairs, [each for each in OUTRANKING if each not in kept]


def unset_lines(shell: str, region: bool = False) -> str:
    """Lines that remove profile and credential variables from `shell` (see `use_profile_lines`), and with `region` the
    region variables, which an export or a switch has set. Raises SsoError for an unknown shell."""
    names = (*PROFILE_VARIABLES, *CREDENTIAL_VARIABLES)
    return _unset(_known_shell(shell), (*names, *REGION_VARIABLES, REGION_MARK) if region else names)


def default_format(environ: Mapping[str, str], parent: str = "") -> str:
    """The format for the shell that started us; bash when nothing tells.

    `parent` is the parent process's name or path ("fish", "-zsh", "pwsh.exe"), "" when unknown; a parent that is
    no shell counts as unknown. Then SHELL decides, and on Windows PROMPT, which only cmd.exe sets. Raises SsoError for
    a shell that reads none of FORMATS.
    """
    for name in (_program(parent), _program(environ.get("SHELL", ""))):
        shell = _SHELL_FORMATS.get(name)
        if shell:
            return "bash" if shell == "zsh" else shell
        if name in _OTHER_SHELLS:
            raise SsoError(
                f"There are no lines for the shell {name}",
                f"choose a format: --format with one of {', '.join(FORMATS)}",
                exit_code=USAGE,
            )
        if name.startswith("python") and "XONSH_VERSION" in environ:
            return "xonsh"
    if environ.get("OS") == "Windows_NT":
        return "cmd" if "PROMPT" in environ else "powershell"
    return "bash"


def _render(
    format_name: str,
    credentials: RoleCredentials | None,
    profile: Profile,
    region: str,
    drop_region: bool,
    shell: str,
    ascii_only: bool = True,
) -> str:
    if format_name not in FORMATS:
        raise SsoError(f"There is no export format {format_name}", f"formats: {', '.join(FORMATS)}", exit_code=USAGE)
    if format_name == "profile":
        if profile.unlisted:
            title = "There is no profile of this role that AWS_PROFILE could name"
            raise SsoError(title, "write one, or choose another format")
        return use_profile_lines(shell, profile.name, region, drop_region=drop_region or bool(profile.region))
    if format_name == "unset":
        return unset_lines(shell, region=True)
    if credentials is None:
        raise ValueError(f"format {format_name} needs credentials")
    if format_name in ("json", "sts-json"):
        from ..aws.cache.quick_json import process_answer, sts_answer

        write = process_answer if format_name == "json" else sts_answer
        return write(dict(variables(credentials, profile)), ascii_only)
    if format_name == "ini":
        from .file_formats import ini

        return ini(profile.name, dict(variables(credentials, profile, region)))
    pairs = variables(credentials, profile, region)
    names = {name for name, _value in pairs}
    if format_name in FILES:
        return _set_all(format_name, pairs + [(name, "") for name in EMPTIED if name not in names])
    region = region or profile.region
    if region:
        pairs.append((REGION_MARK, region))
        names.add(REGION_MARK)
    elif not drop_region:
        names.update(REGION_VARIABLES)
    return _set_all(format_name, pairs) + _unset(format_name, [name for name in OUTRANKING if name not in names])


def _set_all(reader: str, pairs: Sequence[tuple[str, str]]) -> str:
    return "".join(_set(reader, name, value) for name, value in pairs)


def _set(reader: str, name: str, value: str) -> str:
    value = carried(reader, name, value)
    if reader in ("bash", "zsh"):
        return _set_bash(name, value)
    if reader == "fish":
        return _set_fish(name, value)
    # The rest is imported late: most shells do without it.
    if reader in FILES:
        from .file_formats import SETTERS
    else:
        from .more_formats import SETTERS
    return SETTERS[reader](name, value)


def _set_bash(name: str, value: str) -> str:
    # Also safe under zsh's RC_QUOTES: no two quotes ever meet inside a quoted part.
    quoted = value.replace("'", "'\\''")
    return f"export {name}='{quoted}'\n"


def _set_fish(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}'\n"


def _unset(shell: str, names: Sequence[str]) -> str:
    if shell in ("bash", "zsh"):
        return f"unset {' '.join(names)}\n"
    if shell == "fish":
        return _unset_fish(names)
    from .more_formats import unset_all

    return unset_all(shell, names)


def _unset_fish(names: Sequence[str]) -> str:
    # A universal variable belongs to all of the user's shells and stays: a global one that is not exported hides it.
    # Of the access key id an empty one does, which SDKs take for none.
    key_id = CREDENTIAL_VARIABLES[0]
    lines = f"set -eg {' '.join(names)}\n"
    others = [name for name in names if name != key_id]
    lines += f"for name in {' '.join(others)}; set -qU $name; and set -gu $name ''; end; or true\n"
    if key_id in names:
        lines += f"set -qU {key_id}; and set -gx {key_id} ''; or true\n"
    return lines


def _known_shell(name: str) -> str:
    shell = _SHELL_FORMATS.get(name)
    if shell is None:
        raise SsoError(f"The shell {name} is not known", f"shells: {', '.join(_SHELL_FORMATS)}", exit_code=USAGE)
    return shell


def _program(path: str) -> str:
    """The bare name of a program: without its folder, a login shell's dash, and `.exe`."""
    name = path.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    return name.removeprefix("-")
