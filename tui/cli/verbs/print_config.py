"""`ssotui --print-config`: the settings in force as TOML with comments, to be used as a settings file.

`python -m tui.cli.verbs.print_config` prints the README's list; with `--check FILE` it fails when that file holds
another.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ...exit_codes import DONE, FAILED
from ...keys import KEYS, Key, main
from ...settings import Settings, declared, load, settings_path
from ...text import clean
from ..output import say

BEGIN, END = "<!-- settings: made by python -m tui.cli.verbs.print_config -->", "<!-- end of settings -->"

_WIDTH = 112


def print_config() -> int:
    """Print the settings; what is wrong with the file goes to stderr. Returns 1 when something is."""
    settings = load()
    for problem in settings.problems:
        say(f"! {clean(problem, 1000)}")
    sys.stdout.write(as_toml(settings, settings_path()))
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
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
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
    """The README's list: all settings with their defaults."""
    some = [key for key in KEYS if key.action.startswith("sign_in")]
    return f"```toml\n{as_toml(Settings(), '~/.config/ssotui/config.toml', some)}```"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], "tui.cli.verbs.print_config", block, BEGIN, END))
