"""The one gate for foreign text: profile names, account names, server messages, file contents.

Whatever comes from outside passes through `clean` before it reaches a widget or a terminal. A terminal obeys
control characters wherever they come from (a profile name can set the clipboard with OSC 52), and bidirectional
or invisible characters make one name look like another; all of them become visible escapes. The result is plain
text: give it to widgets as `textual.content.Content` or `rich.text.Text`, never as markup.
"""

from __future__ import annotations

import os

# Letters and marks by their category, yet drawn as nothing: they would make two names look the same. Variation
# selectors are among them, which terminals moreover give different widths.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)

LIMIT = 300
"""Characters kept of one foreign text unless the caller says otherwise."""


def clean(text: str, limit: int = LIMIT) -> str:
    """`text` with every control, bidirectional and invisible character made visible, cut at `limit` characters.

    Line breaks and tabs are escaped too: the result is always one line. A cut is marked with `…`.
    """
    if len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return text
    return "".join(map(_visible, text))


def clean_lines(text: str, limit: int = 4000) -> str:
    """Like `clean`, but line breaks stay (for multi-line messages); tabs become spaces."""
    return "\n".join(clean(line.replace("\t", "    "), limit) for line in text[:limit].splitlines())


def place(path: str, line: int = 0) -> str:
    """Where something is written, as people write it: `~/.aws/config:12`. Not clean yet."""
    home = os.path.expanduser("~")
    if path.startswith(home + os.sep):
        path = "~" + path[len(home) :]
    return f"{path}:{line}" if line else path


def _visible(char: str) -> str:
    if char.isprintable() and char not in _INVISIBLE:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"
