"""`ssotui --print-config`: the settings in force as TOML with comments, to be used as a settings file.

`python -m tui.cli.verbs.print_config` prints the guide's list; with `--check FILE` it fails when that file holds
another.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping, Sequence

from ...exit_codes import DONE, FAILED
from ...guard.rules import ACTIONS, NEVER_ASKED
from ...keys import KEYS, Key
from ...settings import Settings, declared, load, settings_path
from ...text import clean
from ...words.marks import COLOURS
from ..environment import Environment

BEGIN, END = "<!-- settings: made by python -m tui.cli.verbs.print_config -->", "<!-- end of settings -->"

_WIDTH = 112

_GUARD = (
    "Guard rails: rules for profiles with which nothing is to happen by accident. match: a pattern for the profile's "
    "name (* any characters, ? one), or a regular expression between slashes; or a table of patterns for profile, "
    "account (number or name), role and session, which all have to match. Upper and lower case are the same. label and "
    f"colour ({', '.join(COLOURS)}): beside the name, wherever it stands. confirm: a question before "
    f"{', '.join(action for action in ACTIONS if action not in NEVER_ASKED)}; without a terminal they are refused "
    f"unless --yes is given. deny: what is refused in any case: {', '.join(ACTIONS)}. agents: whether "
    "ssotui exec --agent may use it. Of several rules that match, the first label counts, and each confirm and deny."
)
_GUARD_EXAMPLE = (
    "[[guard]]",
    'match = "*prod*"',
    'label = "PROD"',
    'colour = "red"',
    "confirm = true",
    "[[guard]]",
    'match = { account = ["Payments*", "222222222222"], role = "/admin|poweruser/" }',
    'deny = ["each", "console"]',
    "[[guard]]",
    'match = { role = "*ReadOnly*" }',
    "agents = true",
)


def print_config(here: Environment) -> int:
    """Print the settings; what is wrong with the file goes to stderr. Returns 1 when something is."""
    settings = load()
    for problem in settings.problems:
        here.say(f"! {clean(problem, 1000)}")
    here.write(as_toml(settings, settings_path()))
    return FAILED if settings.problems else DONE


def as_toml(settings: Settings, path: str, keys: Sequence[Key] = KEYS) -> str:
    """The settings as a TOML file with comments. Loading it gives the same settings. `keys`: the ones to list."""
    lines = [f"# Settings of ssotui: {clean(path, 1000)}", "# What is left out has its default."]
    section = ""
    for key, found in declared().items():
        table, _, name = key.rpartition(".")
        lines.append("")
        if table != section:
            section = table
            lines.append(f"[{table}]")
        lines += _comment(found.metadata["about"])
        lines.append(f"{name} = {_value(getattr(settings, found.name))}")
    lines += ["", "# Other keys, by the names of the actions; several with commas. With # in front: the defaults."]
    lines.append("[keys]")
    for each in keys:
        rebound = settings.keys.get(each.id)
        lines.append(f"{'' if rebound else '# '}{each.id} = {_value(rebound or each.keys)}")
    lines += ["", "# A browser for one session, for example with a profile of its own."]
    if not settings.browsers:
        lines += ["# [sessions.acme]", '# browser = ["firefox", "-P", "acme"]']
    for session, command in settings.browsers.items():
        lines += [f"[sessions.{_value(session)}]", f"browser = {_value(command)}"]
    lines += ["", *_comment(_GUARD)]
    for rule in settings.guard.rules:
        if rule.source:
            lines += ["[[guard]]", *(f"{_key(key)} = {_value(value)}" for key, value in rule.source.items())]
    if not settings.guard.rules:
        lines += [f"# {line}" for line in _GUARD_EXAMPLE]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | datetime.date | datetime.time):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    # A basic string; TOML takes \uXXXX for whatever has no business on a terminal.
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else _escape(char) for char in text) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _comment(text: str) -> list[str]:
    from textwrap import wrap

    return [f"# {line}" for line in wrap(text, _WIDTH - 2)]


def block() -> str:
    """The guide's list: all settings with their defaults."""
    some = [key for key in KEYS if key.action.startswith("sign_in")]
    return f"```toml\n{as_toml(Settings(), '~/.config/ssotui/config.toml', some)}```"


if __name__ == "__main__":
    from ...page_block import main

    sys.exit(main(sys.argv[1:], "tui.cli.verbs.print_config", block, BEGIN, END))
