"""Patterns of guard rules: globs, and regular expressions between slashes, in a time that grows with the text alone.

Python's own `re` can take for ever over a few characters (`(a+)+b`), and cannot be stopped: one such line in the
settings would hang the board. These follow all ways through a pattern at once, so there is nothing to go back to. What
they lack for that (references to groups, looking ahead) is refused when the settings are read. Case does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

LONGEST = 500
"""Characters of a pattern."""
MOST_STATES = 4000
MOST_REPEATS = 1000
_KEPT = 5000
"""Remembered steps of one pattern."""

_WORD, _OTHER, _EDGE = range(3)
"""What is on either side of a place in the text."""

Accepts = Callable[[str], bool]
_END = 0
"""The state of what is found."""

_Next = tuple[str, int]
"""Where a state leads without a character: under which condition ("" for none), and to which state."""


class PatternError(ValueError):
    """What is wrong with a pattern; the text completes "the pattern ..."."""


class Pattern:
    """One pattern. `regular`: it is a regular expression, found anywhere in a text; a glob means the whole text."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise PatternError(f"is longer than {LONGEST} characters")
        self.text = text
        self.regular = len(text) > 1 and text.startswith("/") and text.endswith("/")
        machine = _Regular(text[1:-1]) if self.regular else _Glob(text)
        try:
            self._free, self._taking, self._start = machine.made()
        except RecursionError:
            raise PatternError("is nested too deeply") from None
        self._nodes: dict[tuple[frozenset[int], int], _Node] = {}
        self._known = 0
        self._first = self._node(frozenset((self._start,)), _EDGE)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def matches(self, text: str) -> bool:
        """Whether it is found in `text`, or for a glob whether it is the text."""
        node = self._first
        for char in text:
            node = node.following.get(char) or self._follow(node, char)
            if node is _FOUND:
                return True
        if node.ends is None:
            node.ends = _END in self._closure(node.states, node.before, _EDGE)
        return node.ends

    def _node(self, states: frozenset[int], before: int) -> _Node:
        key = states, before
        if key not in self._nodes:
            self._nodes[key] = _Node(states, before)
        return self._nodes[key]

    def _follow(self, node: _Node, char: str) -> _Node:
        """Where this character leads, from now on without looking."""
        after = _WORD if char.isalnum() or char == "_" else _OTHER
        states = self._closure(node.states, node.before, after)
        if _END in states:
            found = _FOUND
        else:
            taking = self._taking
            taken = {taking[state][1] for state in states if state in taking and taking[state][0](char)}
            found = self._node(frozenset(taken | {self._start}), after)
        self._known += 1
        if self._known > _KEPT:
            self._known = 0
            self._nodes.clear()
            self._first = self._node(frozenset((self._start,)), _EDGE)
        node.following[char] = found
        return found

    def _closure(self, states: frozenset[int], before: int, after: int) -> set[int]:
        """These states, and all that they lead to at a place between such characters."""
        holds = {
            "": True,
            "^": before == _EDGE,
            "$": after == _EDGE,
            "b": (before == _WORD) != (after == _WORD),
            "B": (before == _WORD) == (after == _WORD),
        }
        seen, left = set(states), list(states)
        while left:
            for condition, target in self._free.get(left.pop(), ()):
                if target not in seen and holds[condition]:
                    seen.add(target)
                    left.append(target)
        return seen


class _Node:
    """All states that a text can have led to, behind a character of the kind `before`. `following`: the next ones, by
    the characters that were met so far; `ends`: whether the text may end here, None while nobody has asked."""

    __slots__ = ("before", "ends", "following", "states")

    def __init__(self, states: frozenset[int], before: int) -> None:
        self.states = states
        self.before = before
        self.following: dict[str, _Node] = {}
        self.ends: bool | None = None


_FOUND = _Node(frozenset(), _EDGE)
"""Where there is nothing more to look for."""


class _Machine:
    """The states of a pattern, made from its end to its beginning: each part is given the state that comes after it,
    and gives the one that it begins with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._free: dict[int, list[_Next]] = {}
        self._taking: dict[int, tuple[Accepts, int]] = {}
        self._count = 1

    def made(self) -> tuple[dict[int, list[_Next]], dict[int, tuple[Accepts, int]], int]:
        """What leads on without a character, what with one, and the first state."""
        part = self.parsed()
        return self._free, self._taking, part(_END)

    def parsed(self) -> _Part:
        """The whole pattern, as a part."""
        raise NotImplementedError

    def _state(self) -> int:
        self._count += 1
        if self._count > MOST_STATES:
            raise PatternError("is too large")
        return self._count

    def _one(self, accepts: Accepts) -> _Part:
        def part(after: int) -> int:
            state = self._state()
            self._taking[state] = accepts, after
            return state

        return part

    def _place(self, condition: str) -> _Part:
        def part(after: int) -> int:
            state = self._state()
            self._free[state] = [(condition, after)]
            return state

        return part

    def _row(self, parts: list[_Part]) -> _Part:
        def part(after: int) -> int:
            for each in reversed(parts):
                after = each(after)
            return after

        return part

    def _either(self, parts: list[_Part]) -> _Part:
        def part(after: int) -> int:
            state = self._state()
            self._free[state] = [("", each(after)) for each in parts]
            return state

        return part

    def _repeated(self, part: _Part, least: int, most: int | None) -> _Part:
        def whole(after: int) -> int:
            if most is None:
                loop = self._state()
                self._free[loop] = [("", after)]
                self._free[loop].append(("", part(loop)))
                begin = loop
            else:
                begin = after
                for _ in range(most - least):
                    state = self._state()
                    self._free[state] = [("", after), ("", part(begin))]
                    begin = state
            for _ in range(least):
                begin = part(begin)
            return begin

        return whole


_Part = Callable[[int], int]


class _Glob(_Machine):
    """`*` any characters, `?` one, `[abc]` and `[!a-c]` one of these or none of them, all else itself."""

    def parsed(self) -> _Part:
        parts = [self._place("^")]
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == "*":
                parts.append(self._repeated(self._one(_any), 0, None))
            elif char == "?":
                parts.append(self._one(_any))
            else:
                accepts = self._set() if char == "[" else None
                parts.append(self._one(accepts or _is(char)))
        return self._row([*parts, self._place("$")])

    def _set(self) -> Accepts | None:
        """What is between brackets, None where nothing closes them: then it is a bracket like any character."""
        negative = self.text[self.at : self.at + 1] == "!"
        begin = self.at + negative
        end = self.text.find("]", begin + 1)
        if end < 0:
            return None
        self.at = end + 1
        wanted = _any_of(list(_members_of(self.text[begin:end])))
        return _none_of(wanted) if negative else wanted


class _Regular(_Machine):
    """The part of Python's syntax that needs no going back."""

    def parsed(self) -> _Part:
        part = self._alternatives()
        if self.at < len(self.text):
            raise PatternError("has a ) that nothing opens")
        return part

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise PatternError("ends in the middle")
        self.at += 1
        return char

    def _alternatives(self) -> _Part:
        rows = [self._row_of_parts()]
        while self._peek() == "|":
            self.at += 1
            rows.append(self._row_of_parts())
        return rows[0] if len(rows) == 1 else self._either(rows)

    def _row_of_parts(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._with_repeats(self._atom()))
        return self._row(parts)

    def _with_repeats(self, part: _Part) -> _Part:
        found = self._repeat()
        if found is None:
            return part
        # Whether it takes few or many at first is the same for whether it is there at all.
        if self._peek() in ("?", "+") and self._take() == "+":
            raise PatternError("has a possessive repeat, which is not understood here")
        if self._repeat() is not None:
            raise PatternError("repeats a repeat")
        return self._repeated(part, *found)

    def _repeat(self) -> tuple[int, int | None] | None:
        char = self._peek()
        if char in ("*", "+", "?") and char:
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        end = self.text.find("}", self.at)
        if char != "{" or end < 0:
            return None
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if not (low or high) or not all(not part or (part.isascii() and part.isdigit()) for part in (low, high)):
            return None  # a brace that is itself
        least, most = int(low or 0), int(high) if high else None if comma else int(low)
        if least > MOST_REPEATS or (most is not None and not least <= most <= MOST_REPEATS):
            raise PatternError(f"repeats something {self.text[self.at : end + 1]} times")
        self.at = end + 1
        return least, most

    def _atom(self) -> _Part:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._one(self._set())
        if char == ".":
            return self._one(_any)
        if char in "^$":
            return self._place(char)
        if char in "*+?":
            raise PatternError(f"has a {char} with nothing in front of it")
        if char != "\\":
            return self._one(_is(char))
        char = self._take()
        if char in "bB":
            return self._place(char)
        if char in "AZ":
            return self._place("^" if char == "A" else "$")
        return self._one(_CLASSES[char] if char in _CLASSES else _is(_escaped(char)))

    def _group(self) -> _Part:
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise PatternError(f"has ({self.text[self.at : self.at + 2]}, which is not understood here")
            self.at += 2
        part = self._alternatives()
        if self._peek() != ")":
            raise PatternError("has a ( that nothing closes")
        self.at += 1
        return part

    def _set(self) -> Accepts:
        negative = self._peek() == "^"
        self.at += negative
        begin, members = self.at, list[Accepts]()
        while self._peek() != "]" or self.at == begin:
            low = self._member()
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                high = self._member()
                if not (isinstance(low, str) and isinstance(high, str) and low <= high):
                    raise PatternError("has a range without an order")
                members.append(_between(low, high))
            else:
                members.append(_is(low) if isinstance(low, str) else low)
        self.at += 1
        wanted = _any_of(members)
        return _none_of(wanted) if negative else wanted

    def _member(self) -> str | Accepts:
        char = self._take()
        if char != "\\":
            return char
        char = self._take()
        return _CLASSES.get(char) or _escaped(char)


def _escaped(char: str) -> str:
    if char.isalnum():
        raise PatternError(f"has \\{char}, which is not understood here")
    return char


def _any(_char: str) -> bool:
    return True


def _is(wanted: str) -> Accepts:
    both = {wanted, wanted.lower(), wanted.upper()}
    return both.__contains__


def _between(low: str, high: str) -> Accepts:
    return lambda char: low <= char <= high or low <= char.lower() <= high or low <= char.upper() <= high


def _any_of(members: list[Accepts]) -> Accepts:
    return lambda char: any(member(char) for member in members)


def _none_of(wanted: Accepts) -> Accepts:
    return lambda char: not wanted(char)


def _members_of(text: str) -> Iterator[Accepts]:
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            yield _between(text[at], text[at + 2])
            at += 3
        else:
            yield _is(text[at])
            at += 1


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CLASSES: dict[str, Accepts] = {
    "d": str.isdigit,
    "D": _none_of(str.isdigit),
    "w": _is_word,
    "W": _none_of(_is_word),
    "s": str.isspace,
    "S": _none_of(str.isspace),
}
