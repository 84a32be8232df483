"""Every key of the program, declared once: bindings, footer, help, palette and the README's table come from here.

`python -m tui.keys` prints the README's table; with `--check FILE` it fails when that file holds another one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

BEGIN, END = "<!-- keys: made by python -m tui.keys -->", "<!-- end of keys -->"


class Key(NamedTuple):
    """One key. `id` is what settings rebind, `action` the method `action_<action>` of the screen `where`, `label` the
    footer's word ("" keeps it out of the footer), `help` one line for people. `palette`: also a command there."""

    id: str
    where: str
    keys: str
    action: str
    label: str
    help: str
    palette: bool = True


KEYS = (
    Key(
        "profile.use",
        "board",
        "enter",
        "",
        "",
        "Use this profile: switch the shell, or copy the line",
        False,
    ),
    Key("board.sign_in", "board", "l", "sign_in", "Sign in", "Sign in to the session of the highlighted row"),
    Key("board.sign_in_all", "board", "L", "sign_in_all", "", "Sign in to every session that needs it, side by side"),
    Key("board.export", "board", "e", "export", "Export", "Export credentials: formats, preview, copy, write"),
    Key("board.identity", "board", "i", "identity", "Identity", "Show the caller identity"),
    Key("board.copy", "board", "y", "copy", "", "Copy the export lines in the default format at once"),
    Key("board.refresh", "board", "r", "refresh_credentials", "", "Get fresh role credentials for this profile"),
    Key("board.refresh_all", "board", "R", "refresh_all", "", "Get fresh role credentials for all shown profiles"),
    Key("board.sign_out", "board", "x", "sign_out", "Sign out", "Sign out of this session, or of everything"),
    Key("board.filter", "board", "/", "filter", "", "Filter by name, account, role, session or region"),
    Key("board.sort", "board", "s", "sort", "", "Sort by name, recently used, session or expiry"),
    Key("board.switch", "board", "tab", "switch_list", "", "Go between sessions and profiles"),
    Key("list.up", "board", "up,k", "", "", "Up", False),
    Key("list.down", "board", "down,j", "", "", "Down", False),
    Key("list.first", "board", "home,g", "", "", "First row", False),
    Key("list.last", "board", "end,G", "", "", "Last row", False),
    Key("list.page_up", "board", "pageup", "", "", "Page up", False),
    Key("list.page_down", "board", "pagedown", "", "", "Page down", False),
    Key("profile.mark", "board", "space", "", "", "Mark a row, for R and y on several", False),
    Key("profile.pin", "board", "*", "", "", "Pin a row to the top", False),
    Key("board.problems", "board", "!", "problems", "", "Show what is wrong in configuration and caches"),
    Key("board.help", "board", "?", "help", "Help", "Show all keys and what the states mean"),
    Key("app.palette", "board", "ctrl+p", "", "", "Command palette: every action and every profile", False),
    Key("board.back", "board", "escape", "back", "", "Clear the filter, stop a refresh", False),
    Key("board.quit", "board", "q", "quit", "", "Quit"),
    Key("sign_in.open", "sign_in", "o", "open", "Open", "Open the page in the browser"),
    Key("sign_in.copy", "sign_in", "c", "copy", "Copy URL", "Copy the page's URL"),
    Key("sign_in.again", "sign_in", "n", "again", "New code", "Ask for a new code"),
    Key("identity.copy", "identity", "c", "copy", "Copy", "Copy the identity as JSON"),
    Key("export.copy", "export", "c", "copy", "Copy", "Copy the lines"),
    Key("export.show", "export", "v", "show", "Show", "Show the secrets for 30 seconds"),
    Key("export.write", "export", "w", "write", "Write", "Write the lines to a file that only you can read"),
    Key("sign_out.scope", "sign_out", "tab", "scope", "Scope", "Go between this session and everything"),
    Key("sign_out.confirm", "sign_out", "enter", "confirm", "Sign out", "Sign out of what is listed"),
    Key("screen.leave", "anywhere", "escape,q", "leave", "Back", "Go back"),
)

NAMES = {
    "board": "Board",
    "sign_in": "Sign-in",
    "identity": "Identity",
    "export": "Export",
    "sign_out": "Sign-out",
    "anywhere": "Elsewhere",
}


def keys_of(where: str) -> Iterator[Key]:
    """The keys of one screen."""
    return (key for key in KEYS if key.where == where)


def shown(keys: str) -> str:
    """Keys as people read them: `up, k`, `space`, `/`."""
    return ", ".join(keys.split(","))


def table() -> str:
    """The README's table."""
    lines = ["| screen | key | what it does |", "|---|---|---|"]
    for key in KEYS:
        lines.append(f"| {NAMES[key.where]} | {_code(key.keys)} | {key.help} |")
    return "\n".join(lines)


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split(","))


def main(arguments: Iterable[str]) -> int:
    """Print the table, or check or rewrite the one in a file (`--check FILE`, `--write FILE`)."""
    match list(arguments):
        case []:
            print(table())
            return 0
        case ["--check" | "--write" as mode, path]:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            before, _, rest = text.partition(BEGIN)
            _, _, after = rest.partition(END)
            wanted = f"{before}{BEGIN}\n{table()}\n{END}{after}"
            if mode == "--write":
                with open(path, "w", encoding="utf-8") as file:
                    file.write(wanted)
                return 0
            if text == wanted:
                return 0
            print(f"The key table in {path} is out of date: run python -m tui.keys --write {path}", file=sys.stderr)
            return 1
        case _:
            print("usage: python -m tui.keys [--check FILE | --write FILE]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
