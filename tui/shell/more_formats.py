"""Export lines for the shells that `formats` leaves to this module: PowerShell, cmd.exe, nu, tcsh, xonsh and elvish."""

from __future__ import annotations

from .refusing import refuse, refuse_any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CMD_LINE_LIMIT = 8191


def _set_powershell(name: str, value: str) -> str:
    refuse_any("PowerShell", name, value, "\r\n")
    # PowerShell takes the typographic quotes for quotes too, and each doubled one for itself.
    for quote in "'\u2018\u2019\u201a\u201b":
        value = value.replace(quote, quote * 2)
    return f"$Env:{name} = '{value}'\n"


def _set_cmd(name: str, value: str) -> str:
    refuse_any("cmd.exe", name, value, '%!"^')
    if any(char < " " or char == "\x7f" for char in value):
        refuse("cmd.exe", name, "it holds a control character")
    line = f'set "{name}={value}"'
    if len(line) > _CMD_LINE_LIMIT:
        refuse("cmd.exe", name, f"it makes a line of more than {_CMD_LINE_LIMIT} characters")
    return line + "\n"


def _set_nu(name: str, value: str) -> str:
    # Between double quotes nu replaces nothing but what follows a backslash.
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    for char in filter(_is_control, set(quoted)):
        quoted = quoted.replace(char, f"\\u{{{ord(char):x}}}")
    return f'$env.{name} = "{quoted}"\n'


def _set_tcsh(name: str, value: str) -> str:
    if any(map(_is_control, value)):
        refuse("tcsh", name, "it holds a control character")
    # tcsh looks for its history between single quotes too. The semicolon parts commands when eval joins the lines.
    quoted = value.replace("'", "'\\''").replace("!", "\\!")
    return f"setenv {name} '{quoted}';\n"


def _set_xonsh(name: str, value: str) -> str:
    # It looks for commands and comments within strings too, when a line is not Python alone. Escapes hide nothing.
    plain = " +,-./:=@_"
    quoted = "".join(
        char if char.isalnum() or char in plain or (char > "\x7f" and char.isprintable()) else f"\\U{ord(char):08x}"
        for char in value
    )
    return f"${name} = '{quoted}'\n"


def _set_elvish(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"set-env {name} '{quoted}'\n"


def _is_control(char: str) -> bool:
    return char < " " or char == "\x7f"


SETTERS: dict[str, Callable[[str, str], str]] = {
    "powershell": _set_powershell,
    "cmd": _set_cmd,
    "nu": _set_nu,
    "tcsh": _set_tcsh,
    "xonsh": _set_xonsh,
    "elvish": _set_elvish,
}
"""A line that exports a variable, for each shell."""


def unset_all(shell: str, names: Sequence[str]) -> str:
    """Lines that unset variables, whether they are set or not."""
    if shell == "powershell":
        return "".join(f"$Env:{name} = $null\n" for name in names)
    if shell == "cmd":
        return "".join(f'set "{name}="\n' for name in names)
    if shell == "nu":
        return f"hide-env --ignore-errors {' '.join(names)}\n"
    if shell == "xonsh":
        # One plain statement: a prompt would show the value of an expression, and wait for the end of a block.
        listed = ", ".join(map(repr, names))
        return f"_ssotui = [${{...}}.pop(name, None) for name in ({listed},)]; del _ssotui\n"
    if shell == "elvish":
        return "".join(f"unset-env {name}\n" for name in names)
    return "".join(f"unsetenv {name};\n" for name in names)
