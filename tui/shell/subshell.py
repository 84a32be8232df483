"""A sub-shell with a profile, for who has not installed the function `sso`: its program, its environment, its mark.

The shell reads the user's own start-up files first, and these may name a profile too. So the lines that switch are
evaluated after them: files of ours in `rc` do both.
"""

from __future__ import annotations

import os

from .formats import switch_of
from .refusing import profile_name
from .switching import lives_on_container, region_goes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..aws.config.configuration import Config

MARKED = ("bash", "zsh", "fish")
"""The shells whose prompt can be marked."""

INSIDE = "SSOTUI_SHELL"
"""In the environment of a sub-shell: the profile that it was opened with."""

LABEL = "SSOTUI_LABEL"
"""In the environment of a sub-shell: the label that a guard rule gives that profile, for the prompt."""

_LINES, _ZDOTDIR = "SSOTUI_LINES", "SSOTUI_ZDOTDIR"
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rc")


def shell_of(parent: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The shell to open, its name and its program: the one that started us if that can be marked, else the user's."""
    program = environ.get("SHELL") or environ.get("COMSPEC") or "/bin/sh"
    own = os.path.basename(program.replace("\\", "/")).lower().removesuffix(".exe")
    name = os.path.basename(parent).removeprefix("-")
    return (name, name) if name in MARKED and name != own else (own, program)


def command(shell: str, program: str) -> list[str]:
    """What starts that shell, so that it reads our start-up file."""
    if shell == "bash":
        return [program, "--rcfile", os.path.join(_FOLDER, "bashrc"), "-i"]
    if shell == "fish":
        path = os.path.join(_FOLDER, "mark.fish").replace("\\", "\\\\").replace("'", "\\'")
        return [program, "-i", "-C", f"builtin source '{path}'"]
    return [program, "-i"] if shell == "zsh" else [program]


def environment(
    config: Config, environ: Mapping[str, str], shell: str, name: str, region: str, lines: str, label: str = ""
) -> dict[str, str]:
    """`environ` for a sub-shell that uses the profile: with nothing that was there before and would win over it.
    `lines`: what `switch_lines` gives for that shell, "" where nobody reads it. `label`: that of a guard rule."""
    drop = region_goes(config, environ, name)
    pairs, gone = switch_of(profile_name(shell, name), region, drop, lives_on_container(config, name))
    found = {key: value for key, value in environ.items() if key not in (*gone, LABEL)} | dict(pairs) | {INSIDE: name}
    if label:
        found[LABEL] = label
    if lines:
        found[_LINES] = lines
    if shell == "zsh":
        found[_ZDOTDIR] = environ.get("ZDOTDIR", "")
        found["ZDOTDIR"] = os.path.join(_FOLDER, "zsh")
    return found
