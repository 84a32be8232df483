"""Every key of the program, declared once: bindings, footer, help, palette and the guide's table come from here.

`python -m tui.keys` prints the guide's table; with `--check FILE` it fails when that file holds another one.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

BEGIN, END = "<!-- keys: made by python -m tui.keys -->", "<!-- end of keys -->"


class Key(NamedTuple):
    """One key. `id` is what settings rebind, `action` the method `action_<action>` of the screen `where`, `label` the
    footer's word ("" keeps it out of the footer), `help` one line for people. `palette`: also a command there. Of the
    `lists` the action is where to move."""

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
    Key("session.choose", "board", "enter", "", "", "On a session: show only its profiles", False),
    Key("board.sign_in", "board", "l", "sign_in", "Sign in", "Sign in to the session of the highlighted row"),
    Key("board.sign_in_all", "board", "L", "sign_in_all", "", "Sign in to every session that needs it, side by side"),
    Key("board.export", "board", "e", "export", "Export", "Export credentials: formats, preview, copy, write"),
    Key("board.identity", "board", "i", "identity", "Identity", "Show the caller identity"),
    Key("board.console", "board", "o", "console", "Console", "Open the AWS console in the browser"),
    Key("board.console_at", "board", "O", "console_at", "", "Open the console at a service and region"),
    Key("board.copy", "board", "y", "copy", "", "Copy the export lines in the default format, or the marked names"),
    Key(
        "board.copy_menu",
        "board",
        "c",
        "copy_menu",
        "",
        "Copy name, account, role ARN, start URL, option",
    ),
    Key("board.accounts", "board", "a", "on_rows('accounts')", "", "Accounts and roles that the session offers"),
    Key("board.refresh", "board", "r", "refresh_credentials", "", "Get fresh role credentials for this profile"),
    Key("board.refresh_all", "board", "R", "refresh_all", "", "Get fresh role credentials for all shown profiles"),
    Key("board.sign_out", "board", "x", "sign_out", "Sign out", "Sign out of this session, or of everything"),
    Key("board.undo", "board", "U", "on_rows('take_back')", "", "Take the last change of the configuration back"),
    Key(
        "board.filter",
        "board",
        "/",
        "filter",
        "",
        "Filter by name, account, role, session, region or state",
    ),
    Key("board.sort", "board", "s", "sort", "", "Sort by name, recently used, session or expiry"),
    Key("board.why", "board", "w", "on_rows('why')", "", "Why: how its credentials come about, and where that breaks"),
    Key("board.details", "board", "d", "details", "", "Details of the highlighted row, on or off"),
    Key("details.down", "board", "J", "", "", "Scroll the details down, where not all of them are in sight", False),
    Key("details.up", "board", "K", "", "", "Scroll the details up again", False),
    Key("board.switch", "board", "tab", "switch_list", "", "Go between sessions and profiles"),
    Key(
        "profile.mark",
        "board",
        "space",
        "",
        "",
        "Mark a row; l, x, r, i, o, O, y, c, * are for all marked ones then",
        False,
    ),
    Key("profile.pin", "board", "*", "", "", "Pin a row to the top", False),
    Key("board.new_session", "board", "n", "on_rows('new_session')", "", "A new session: sign in with a start URL"),
    Key(
        "board.change_session",
        "board",
        "N",
        "on_rows('change_session')",
        "",
        "Another start URL or region for the session of the highlighted row",
    ),
    Key(
        "board.remove_session",
        "board",
        "X,delete",
        "on_rows('remove_session')",
        "",
        "Remove the session of the highlighted row, with what ssotui wrote for it",
    ),
    Key("board.problems", "board", "!", "problems", "", "Show what is wrong in configuration and caches"),
    Key("board.help", "board", "?", "help", "Help", "Show all keys and what the states mean"),
    Key("app.palette", "board", "ctrl+p", "", "", "Command palette: every action and every profile", False),
    Key("app.suspend", "board", "ctrl+z", "", "", "Stop, and go back to the shell until it says fg", False),
    Key(
        "board.back",
        "board",
        "escape",
        "back",
        "",
        "Stop a refresh, clear filter or marks, show all again",
        False,
    ),
    Key("board.quit", "board", "q", "quit", "", "Quit"),
    Key("tree.use", "accounts", "enter", "", "", "On a role: use its profile; on an account: open or close it", False),
    Key("tree.open", "accounts", "right", "", "", "Open the account, or go to its first role", False),
    Key("tree.close", "accounts", "left", "", "", "Close the account, or go from a role to it", False),
    Key("tree.open_all", "accounts", "+", "", "", "Open all accounts", False),
    Key("tree.close_all", "accounts", "-", "", "", "Close all accounts", False),
    Key("tree.mark", "accounts", "space", "", "", "Mark a role, or all roles of an account that are shown", False),
    Key("accounts.mark_account", "accounts", "A", "mark_account", "", "Mark all roles of the account"),
    Key("accounts.mark_role", "accounts", "S", "mark_role", "", "Mark the same role in all accounts shown"),
    Key("accounts.mark_new", "accounts", "N", "mark_new", "", "Mark all roles shown that no profile is for"),
    Key("accounts.export", "accounts", "e", "export", "", "Export credentials of the role, with a profile or without"),
    Key("accounts.identity", "accounts", "i", "identity", "", "Show the caller identity of the role"),
    Key("accounts.console", "accounts", "o", "console", "", "Open the AWS console of the role in the browser"),
    Key("accounts.console_at", "accounts", "O", "console_at", "", "Open its console at a service and region"),
    Key("accounts.copy", "accounts", "y", "copy", "", "Copy the export lines in the default format"),
    Key("accounts.copy_menu", "accounts", "c", "copy_menu", "", "Copy name, number, role, role ARN, e-mail, start URL"),
    Key("accounts.write", "accounts", "w", "write", "", "Write profiles for the marked roles, or the highlighted one"),
    Key("accounts.undo", "accounts", "U", "take_back", "", "Take the last change of the configuration back"),
    Key("accounts.filter", "accounts", "/", "filter", "", "Filter by account, number, role, e-mail, profile or state"),
    Key("accounts.list", "accounts", "r", "list", "", "List anew, or go on where the listing was stopped"),
    Key("accounts.sign_in", "accounts", "l", "sign_in", "", "Sign in to the session"),
    Key("accounts.session", "accounts", "tab", "session", "", "Go to the next session"),
    Key("accounts.before", "accounts", "shift+tab", "session(-1)", "", "Go to the session before", False),
    Key("accounts.problems", "accounts", "!", "problems", "", "Show what is wrong, and what was said"),
    Key(
        "accounts.back", "accounts", "escape", "back", "", "Clear the filter, stop listing, clear marks, go back", False
    ),
    Key("accounts.leave", "accounts", "q", "leave", "", "Go back to the board"),
    Key("accounts.help", "accounts", "?", "help", "", "Show all keys, those of this screen first"),
    Key("sign_in.open", "sign_in", "o", "open", "Open", "Open the page in the browser"),
    Key("sign_in.open_all", "sign_in", "O", "open_all", "Open all", "With several sessions: open all their pages"),
    Key("sign_in.copy", "sign_in", "c", "copy", "Copy code", "Copy the code"),
    Key("sign_in.copy_url", "sign_in", "u", "copy_url", "Copy URL", "Copy the page's URL"),
    Key("sign_in.again", "sign_in", "n", "again", "New code", "Ask for a new code, or try again"),
    Key(
        "sign_in.browser",
        "sign_in",
        "b",
        "browser",
        "Browser flow",
        "Sign in through the browser on this machine, or with a code again",
    ),
    Key("sign_in.next", "sign_in", "tab", "next", "Next", "With several sessions: go to the next one"),
    Key("sign_in.previous", "sign_in", "shift+tab", "next(-1)", "", "With several sessions: go to the one before"),
    Key("identity.copy", "identity", "c", "copy", "Copy", "Copy the identity as JSON"),
    Key("export.copy", "export", "c,enter", "copy", "Copy", "Copy the lines"),
    Key("export.show", "export", "v", "show", "Show", "Show the secrets for 30 seconds"),
    Key(
        "export.write", "export", "w", "write", "Write", "Write the lines to a file that only you can read: asks where"
    ),
    Key("use.install", "use", "a", "install", "Add the line", "Add the line that defines sso to the shell's file"),
    Key("use.shell", "use", "s", "sub_shell", "Sub-shell", "Leave the board for a sub-shell that uses the profile"),
    Key("guard.yes", "guard", "y", "yes", "Yes", "Do what a guard rule asks before"),
    Key("save.write", "save", "enter", "", "", "Write the file", False),
    Key("identities.copy", "identities", "c", "copy", "Copy JSON", "Copy the table as JSON"),
    Key("identities.csv", "identities", "v", "copy_csv", "Copy CSV", "Copy the table as CSV"),
    Key(
        "session_form.go_on",
        "session_form",
        "enter",
        "",
        "",
        "Go on: to what is missing, or to the sign-in",
        False,
    ),
    Key("remove_session.confirm", "remove_session", "enter", "confirm", "Remove", "Remove what is listed"),
    Key(
        "remove_session.profiles", "remove_session", "p", "profiles", "Profiles", "Take the other profiles too, or not"
    ),
    Key("session_form.next", "session_form", "tab", "", "", "To the next entry", False),
    Key("session_form.previous", "session_form", "shift+tab", "", "", "To the entry before", False),
    Key(
        "copy_menu.copy",
        "copy_menu",
        "enter",
        "",
        "",
        "Copy the highlighted line; a line's letter copies it",
        False,
    ),
    Key("service.open", "service", "enter", "", "", "Open the service in the region, both as highlighted", False),
    Key("service.other", "service", "tab", "other", "", "Go between services and regions", False),
    Key("service.help", "service", "?", "", "", "Show all keys: no service and no region is found by this sign", False),
    Key(
        "problems.repair",
        "problems",
        "f",
        "repair",
        "Repair",
        "Repair what can be: shows each change, and asks",
    ),
    Key("why.mend", "why", "enter", "mend", "Mend it", "Do what mends the first broken link"),
    Key("why.copy", "why", "c", "copy", "Copy", "Copy the chain as text; no secret is in it"),
    Key("profiles.show", "profiles", "enter", "", "", "Show what changes in the config file", False),
    Key("profiles.turn", "profiles", "space", "", "", "Turn a choice on or off", False),
    Key("profiles.next", "profiles", "tab", "", "", "Next line: template, region, output, which roles", False),
    Key("change.write", "change", "enter", "write", "Write", "Write the config file as shown"),
    Key("change.copy", "change", "c", "copy", "Copy", "Copy the text that is added, or the whole file's"),
    Key("sign_out.scope", "sign_out", "tab", "scope", "Scope", "Go between this session and everything"),
    Key("sign_out.confirm", "sign_out", "enter", "confirm", "Sign out", "Sign out of what is listed"),
    Key("list.up", "lists", "up,k", "up", "", "Up", False),
    Key("list.down", "lists", "down,j", "down", "", "Down", False),
    Key("list.first", "lists", "home,g", "first", "", "First row", False),
    Key("list.last", "lists", "end,G", "last", "", "Last row", False),
    Key("list.page_up", "lists", "pageup", "page_up", "", "Page up", False),
    Key("list.page_down", "lists", "pagedown", "page_down", "", "Page down", False),
    Key("list.half_up", "lists", "ctrl+u", "half_up", "", "Half a page up", False),
    Key("list.half_down", "lists", "ctrl+d", "half_down", "", "Half a page down", False),
    Key("screen.leave", "anywhere", "escape,q", "leave", "Back", "Go back"),
    Key("screen.help", "anywhere", "?", "help", "", "Show all keys, those of this screen first"),
)

NAMES = {
    "board": "Board",
    "accounts": "Accounts and roles",
    "sign_in": "Sign-in",
    "identity": "Identity",
    "export": "Export",
    "use": "Using a profile",
    "guard": "Guarded profiles",
    "save": "Writing a file",
    "identities": "Identities",
    "session_form": "New session",
    "remove_session": "Session removal",
    "copy_menu": "Copy menu",
    "service": "Console at",
    "problems": "What is wrong",
    "why": "Why",
    "profiles": "Writing profiles",
    "change": "Change of the configuration",
    "sign_out": "Sign-out",
    "lists": "Lists and texts",
    "anywhere": "Elsewhere",
}


WHOLE = ("board", "accounts")
"""The screens that are no dialogs: all of their keys are their own, and those of their lists can be rebound."""


def keys_of(where: str, rebound: Mapping[str, str] | None = None) -> Iterator[Key]:
    """The keys of one screen. `rebound`: other keys by id, from the settings."""
    return (
        key._replace(keys=rebound[key.id]) if rebound and key.id in rebound else key
        for key in KEYS
        if key.where == where
    )


def canonical(key: str) -> str:
    """Textual's name of a key (`?` is `question_mark`), "" when there is no such key."""
    *modifiers, name = [key] if len(key) == 1 else key.split("+")
    if not all(modifier in _MODIFIERS for modifier in modifiers) or (modifiers and name != name.lower()):
        return ""
    if len(name) == 1 and not name.isalnum():
        name = unicodedata.name(name, "").lower().replace("-", "_").replace(" ", "_")
        name = _SHORTER.get(name, name)
    elif len(name) > 1 and name not in _NAMED and name not in _SHORTER.values():
        try:
            unicodedata.lookup(name.replace("_", " "))
        except KeyError:
            return ""
    return "+".join([*modifiers, name]) if name else ""


def clashes(rebound: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What cannot be rebound as asked: (id, key, the id that has the key, "" when the program needs it itself)."""
    found = []
    for key in (key for key in KEYS if key.id in rebound):
        for name in map(canonical, rebound[key.id].split(",")):
            if name in RESERVED:
                found.append((key.id, name, ""))
            for other in KEYS:
                if other.id != key.id and _meet(key, other):
                    taken = rebound.get(other.id, other.keys).split(",")
                    if name and name in map(canonical, taken):
                        found.append((key.id, name, other.id))
    return found


def _meet(one: Key, other: Key) -> bool:
    """Whether both keys can be pressed in one place."""
    places = {one.where, other.where}
    if len(places) == 2 and "lists" in places:
        return not places.isdisjoint(WHOLE)  # elsewhere a screen's own keys go first
    if len(places) == 2:
        return "anywhere" in places and places.isdisjoint(WHOLE)
    return {one.id.partition(".")[0], other.id.partition(".")[0]} != {"profile", "session"}


RESERVED = ("ctrl+c", "ctrl+q")
"""Always quit."""

_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_NAMED = {
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace"),
    *("enter", "escape", "space", "tab"),
    *(f"f{number}" for number in range(1, 25)),
}
_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's names of keys and characters; other characters go by their Unicode names."""


_rebound: dict[str, str] = {}
"""What the settings bind otherwise, by id. Set once, before the first screen; only read after that."""


def rebind(rebound: Mapping[str, str]) -> None:
    """From now on texts name these keys, by id, in place of those that are declared here."""
    _rebound.clear()
    _rebound.update(rebound)


def pressed(id: str) -> str:  # noqa: A002
    """What to press for the key called `id`, in texts: the first of its keys, as it is bound in this run."""
    (declared,) = (key.keys for key in KEYS if key.id == id)
    return first_of(_rebound.get(id, declared))


def first_of(keys: str) -> str:
    """The first of these keys, as footers and texts write it."""
    first = keys.partition(",")[0]
    return "esc" if first == "escape" else first


def shown(keys: str) -> str:
    """Keys as people read them: `up, k`, `space`, `/`."""
    return ", ".join(keys.split(","))


def table() -> str:
    """The guide's table."""
    lines = ["| screen | key | what it does |", "|---|---|---|"]
    for key in KEYS:
        lines.append(f"| {NAMES[key.where]} | {_code(key.keys)} | {key.help} |")
    return "\n".join(lines)


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split(","))


if __name__ == "__main__":
    from .page_block import main

    sys.exit(main(sys.argv[1:], "tui.keys", table, BEGIN, END))
