"""The user's settings (`config.toml`).

They are the user's own file: it is only ever changed one key at a time, with comments kept. The fields of
`Settings` declare them all: loading, `ssotui --print-config` and the guide's list come from there. What the program
remembers by itself (recently used profiles, pins, sort order) is in `state_file`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from .aws.cache.folders import settings_path as settings_path
from .aws.config.checks import OUTPUTS, is_region
from .aws.config.file import Unreadable, read_bytes
from .aws.config.writing import name_template
from .aws.model import BROWSER, DEVICE
from .desktop import announcing
from .guard.declared import UNREADABLE, from_value
from .guard.lookup import hides_rules, may_hold
from .guard.rules import NO_GUARD, Guard
from .keys import KEYS, canonical, clashes
from .shell.formats import FORMATS
from .state_file import SORTS, replace
from .words.account import BOTH, SHOWN

AUTO = "auto"
FLOWS = (DEVICE, BROWSER)
LAST = "last"

_TABLES = ("keys", "sessions", "guard")
"""What is no single setting."""

Check = Callable[[object], Any]
"""Turns a TOML value into a setting's; ValueError when it is not one."""


def _setting(key: str, default: object, check: Check, wanted: str, about: str) -> Any:
    """One setting: its place in the file, what is accepted (`wanted` completes "must be ..."), and a comment."""
    return field(default=default, metadata={"key": key, "check": check, "wanted": wanted, "about": about})


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _seconds(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 86400:
        raise ValueError
    return value


def _one_of(*choices: str) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError
        return value

    return check


def _template(value: object) -> str:
    return name_template.Template(_text(value)).text


def _region(value: object) -> str:
    if not isinstance(value, str) or (value and not is_region(value)):
        raise ValueError
    return value


def _command(value: object) -> tuple[str, ...]:
    words = shlex.split(value) if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) and "\0" not in word for word in words):
        raise ValueError
    if words and not words[0]:
        raise ValueError
    return tuple(words)


def _either(choices: tuple[str, ...]) -> str:
    return ", ".join(f'"{choice}"' for choice in choices[:-1]) + f' or "{choices[-1]}"'


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise ValueError
    return tuple(value)


_ON_OFF = "true or false"
_A_COMMAND = 'a command, such as "firefox -P work" or ["firefox", "-P", "work"]'
_A_KEY = 'a key or several with commas, such as "f5" or "l,ctrl+l"'


@dataclass
class Settings:
    """All settings with their defaults. `problems` are one line each: file, key, what is wrong.

    `keys` holds rebound keys by the ids of `keys.KEYS`, `browsers` the commands of single sessions by their names;
    `guard` are the guard rules.
    """

    theme: str = _setting(
        "theme",
        AUTO,
        _text,
        "the name of a theme",
        "The colours. Ctrl+p, Theme shows all themes, and writes the chosen one here. "
        '"auto": dark, or in a terminal of fewer than 256 colours its own.',
    )
    sort: str = _setting(
        "sort",
        LAST,
        _one_of(LAST, *SORTS),
        _either((LAST, *SORTS)),
        "The order of the board when it starts: as it was left last time, or always the same.",
    )
    notices: str = _setting(
        "notices",
        announcing.AUTO,
        _one_of(*announcing.CHOICES),
        _either(announcing.CHOICES),
        "How you are told of a session that ends soon, and of a sign-in that waits while you look elsewhere: by a "
        'notification of the terminal ("auto": where it is known to show one, else the bell), the bell, or not at all.',
    )
    flow: str = _setting(
        "sign_in.flow",
        DEVICE,
        _one_of(*FLOWS),
        _either(FLOWS),
        'How to sign in: "device" shows a code that any browser can approve, "browser" needs one on this machine.',
    )
    confirm_sign_in: bool = _setting(
        "confirm.sign_in", True, _switch, _ON_OFF, "Ask before signing in anew to a session that is signed in."
    )
    confirm_sign_out: bool = _setting(
        "confirm.sign_out",
        True,
        _switch,
        _ON_OFF,
        "Ask before signing out of one session. Signing out of everything always asks.",
    )
    renew: bool = _setting(
        "renew.automatic", True, _switch, _ON_OFF, "Renew sessions by themselves while the board is open."
    )
    renew_on_open: bool = _setting(
        "renew.on_open",
        True,
        _switch,
        _ON_OFF,
        "When the board opens, renew the sessions whose token has run out too, where that takes no browser; only with "
        "renew.automatic.",
    )
    export_format: str = _setting(
        "export.format",
        "",
        _one_of("", *FORMATS),
        f'one of {", ".join(FORMATS)}, or ""',
        'The format of y and the first one of e; "" is that of the shell the board was started from.',
    )
    account_shown: str = _setting(
        "accounts.show",
        BOTH,
        _one_of(*SHOWN),
        _either(SHOWN),
        "What is said of accounts whose name is known, from a listing or as sso_account_name of a profile: the name in "
        "front of the number, the name alone, or the number alone. Without a name it is the number.",
    )
    accounts_template: str = _setting(
        "accounts.template",
        name_template.DEFAULT,
        _template,
        "a template such as {account_name|lower|replace: :-}.{role_name}",
        "How profiles are named that are written for roles: {account_name}, {account_id}, {role_name}, {session} and "
        "{region}, each with filters behind |: lower, upper, replace:OLD:NEW.",
    )
    accounts_region: str = _setting(
        "accounts.region",
        "",
        _region,
        'a region, "none", or ""',
        'The region of such profiles; "" is that of their session.',
    )
    accounts_output: str = _setting(
        "accounts.output",
        "",
        _one_of("", *OUTPUTS),
        _either(("", *OUTPUTS)),
        'The output of such profiles, as the AWS CLI knows it; "" leaves it away.',
    )
    browser: tuple[str, ...] = _setting(
        "browser.command",
        (),
        _command,
        _A_COMMAND,
        "What opens a browser; %s stands for the URL, which else is the last argument. [] is the system's own.",
    )
    clear_after: int = _setting(
        "clipboard.clear_after",
        45,
        _seconds,
        "a whole number of seconds, at most 86400",
        "Seconds after which copied secrets are taken off the clipboard again; 0 leaves them there.",
    )
    osc52: bool = _setting(
        "clipboard.osc52",
        True,
        _switch,
        _ON_OFF,
        "Where there is no clipboard, ask the terminal to copy (OSC 52); over SSH that is the one you sit at.",
    )
    roles: tuple[str, ...] = _setting(
        "each.roles",
        ("*ReadOnly*", "*ViewOnly*", "*Audit*", "*"),
        _patterns,
        'a list of role names, such as ["*ReadOnly*", "Admin"]',
        "Of an account's profiles, ssotui each --account-once takes that with the first of these roles. Accounts with "
        'none of them are left out, unless "*" is the last.',
    )
    keys: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    guard: Guard = NO_GUARD
    problems: list[str] = field(default_factory=list)

    def browser_for(self, session: str) -> tuple[str, ...]:
        """The browser command for a session: its own, else the one for all; empty for the system's."""
        return self.browsers.get(session, self.browser)

    def take_guard(self, guard: Guard) -> None:
        """These rules from now on, and what is wrong with them in place of what was wrong with those before."""
        self.problems = [each for each in self.problems if each not in self.guard.problems] + list(guard.problems)
        self.guard = guard


def declared() -> dict[str, Field[Any]]:
    """The declared settings by their keys in the file."""
    return {found.metadata["key"]: found for found in fields(Settings) if found.metadata}


def load() -> Settings:
    """The settings; a missing file gives the defaults, a bad key its default and a line in `problems`."""
    path, data = settings_path(), b""
    try:
        data = read_bytes(path)
        import tomllib  # 6 ms, which nobody need wait for who has no such file

        return from_table(tomllib.loads(data.decode()), path)
    except FileNotFoundError:
        return Settings()
    except (Unreadable, ValueError, RecursionError) as error:
        hidden = hides_rules(error) if isinstance(error, Unreadable) else may_hold(data)
        asks = "it may have guard rules, so there is a question before everything; " if hidden else ""
        problem = f"{path}: {error}; {asks}the defaults are used"
        return Settings(problems=[problem], guard=UNREADABLE if hidden else NO_GUARD)


def from_table(table: Mapping[str, Any], path: str) -> Settings:
    """The settings in a parsed file; `path` is for the messages."""
    settings = Settings()
    known = declared()

    def bad(key: str, wanted: str) -> None:
        settings.problems.append(f"{path}: {key} must be {wanted}; the default is used")

    for key, value in _flat({name: value for name, value in table.items() if name not in _TABLES}):
        if key in known:
            try:
                setattr(settings, known[key].name, known[key].metadata["check"](value))
            except ValueError:
                bad(key, known[key].metadata["wanted"])
        elif any(name.startswith(f"{key}.") for name in known):
            bad(key, "a table")
        else:
            settings.problems.append(f"{path}: {key} is not a setting")
    for name in ("keys", "sessions"):
        if not isinstance(table.get(name, {}), dict):
            bad(name, "a table")
    _take_keys(settings, table.get("keys"), path)
    _take_sessions(settings, table.get("sessions"), path)
    settings.take_guard(from_value(table.get("guard"), path))
    return settings


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    """All values that are no tables (or empty ones), by their dotted keys."""
    found: list[tuple[str, object]] = []
    for name, value in table.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found


def _take_keys(settings: Settings, table: object, path: str) -> None:
    names = {key.id for key in KEYS}
    for name, value in _flat(table) if isinstance(table, dict) else ():
        if name not in names:
            settings.problems.append(f"{path}: keys.{name} is not the name of a key; --print-config shows them all")
        elif isinstance(value, str) and all(canonical(key.strip()) for key in value.split(",")):
            settings.keys[name] = ",".join(key.strip() for key in value.split(","))
        else:
            settings.problems.append(f"{path}: keys.{name} must be {_A_KEY}; the default is used")
    while found := clashes(settings.keys):
        # One that is taken back can free or take a key of another, so look again each time.
        name, key, other = found[0]
        taken = f"{other} has it" if other else "it always quits"
        settings.problems.append(f"{path}: keys.{name} cannot be {key}: {taken}; the default is used")
        del settings.keys[name]


def _take_sessions(settings: Settings, table: object, path: str) -> None:
    for name, values in table.items() if isinstance(table, dict) else ():
        if not isinstance(values, dict):
            settings.problems.append(f"{path}: sessions.{name} must be a table; it is not used")
            continue
        for key, value in values.items():
            if key != "browser":
                settings.problems.append(f"{path}: sessions.{name}.{key} is not a setting")
                continue
            try:
                settings.browsers[name] = _command(value)
            except ValueError:
                settings.problems.append(f"{path}: sessions.{name}.browser must be {_A_COMMAND}; it is not used")


def save_theme(theme: str) -> str:
    """Write the chosen theme into the settings file. Returns as `save`."""
    return save({"theme": theme})


def save(values: Mapping[str, str]) -> str:
    """Write some settings, by their keys, into the file, leaving the rest as it is. Returns why not, "" when done."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from .aws.cache import locks

    path = settings_path()
    try:
        with locks.alone("settings"):
            try:
                document = tomlkit.parse(read_bytes(path).decode())
            except FileNotFoundError:
                document = tomlkit.document()
            before = tomlkit.dumps(document)
            for key, value in values.items():
                table, _, name = key.rpartition(".")
                within = document if not table else document.setdefault(table, tomlkit.table())
                if within.get(name) != value:
                    within[name] = value
            if tomlkit.dumps(document) != before:
                replace(path, tomlkit.dumps(document))
    except OSError as error:
        return f"{path}: {error.strerror or type(error).__name__}"
    except Unreadable as error:
        return f"{path}: {error}"
    except (TOMLKitError, ValueError, AttributeError, TypeError):
        return f"{path} cannot be changed: it is not valid TOML"
    return ""
