"""An address in a command line that the user has chosen: there it is data, never a part of somebody's program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

# What addresses are made of and no shell acts on, but for the one that separates the fields of a query.
_NEEDLESS = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~:/?#\[\]@+,=&%-]")
_ACTED_ON = "&"

# A word that is an address, or an option with one. What else stands around %s is text of some language.
_DATA = re.compile(r"(?:-{0,2}[\w.-]+=)?%s")
_PROGRAM_FOLLOWS = re.compile(r"-[a-z]{0,2}[ce]|--?command|--eval|--exec(?:ute)?|/[ck]", re.IGNORECASE)
_JOINS = frozenset(("eval", "ssh", "su", "cmd", "powershell", "pwsh", "osascript", "xargs", "tmux"))
"""Programs, and one command of shells, that make one text of their arguments and have it carried out."""


_OTHER_LANGUAGES = re.compile(r"(?:python|perl|ruby|node|php|lua|[gmn]?awk)[\d.]*")
"""Programs whose text, given as an argument, cannot be judged from here."""


def harmless(url: str) -> str:
    """`url` with everything percent-encoded that addresses can do without and that means something to a shell."""
    return _NEEDLESS.sub(lambda match: quote(match[0], safe="", errors="surrogatepass"), url)


def with_address(words: Sequence[str], url: str) -> list[str] | None:
    """`words` with `url` where they have `%s`, else behind them. None where it would be read as a part of a program and
    has what would be acted on there."""
    url = harmless(url)
    if not any("%s" in word for word in words):
        words = [*words, "%s"]
    places = [place for place, word in enumerate(words) if "%s" in word]
    if _ACTED_ON in url and any(_is_program(words, place) for place in places):
        return None
    return [word.replace("%s", url) for word in words]


def _is_program(words: Sequence[str], place: int) -> bool:
    before = words[:place]
    names = {name.casefold() for word in before for name in re.findall(r"[\w.]+", word)}
    texts = [number for number, word in enumerate(before, 1) if _PROGRAM_FOLLOWS.fullmatch(word)]
    return (
        not _DATA.fullmatch(words[place])
        or place in texts
        or bool(texts and any(map(_OTHER_LANGUAGES.fullmatch, names)))
        or any(name.removesuffix(".exe") in _JOINS for name in names)
        or any(word.startswith(("-S", "--split-string")) for word in before)
    )
