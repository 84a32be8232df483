"""What hypothesis feeds to the program: JSON of every kind, damaged files, text that attacks terminals."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

FUZZING = "fuzz"
"""The name of the settings profile that `make fuzz` runs with."""


def few(examples: int) -> settings:
    """For a test whose single example is slow: so many of them in the test suite, and in a fuzzing run as many as
    elsewhere."""
    if settings.get_current_profile_name() == FUZZING:
        return settings()
    return settings(max_examples=examples)


# -- text -------------------------------------------------------------------------------------------------------

HOSTILE = (
    *("\x00", "\x07", "\x08", "\t", "\n", "\r", "\x0b", "\x0c", "\x1b", "\x1b]0;owned\x07", "\x1b[2J", "\x7f"),
    *("\x80", "\x85", "\x9b", "\x9d", "\xa0", "\xad", "\u034f", "\u061c", "\u115f", "\u180b", "\u180e", "\u200b"),
    *("\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202e", "\u2060", "\u2066", "\u2069", "\u2800", "\u3164"),
    *("\ufe00", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\uffff", "\ue000", "\U000e0041", "\U000e0100", "\U0010ffff"),
    *("\ud800", "\udc80", "\udfff", "[/]", "[red]", "[@click=app.quit]x[/]", "é", "e\u0301", "漢", "\U0001f511", "א"),
)
"""What terminals obey, what is drawn as nothing, what looks like markup, and what is merely uncommon."""


_PIECES = st.one_of(st.sampled_from(HOSTILE), st.text("abcZ 09-_./:", max_size=6), st.text(st.characters(), max_size=3))


@st.composite
def foreign(draw: st.DrawFn, max_size: int = 12) -> str:
    """Text of any origin: plain, hostile, any character, lone surrogates."""
    return "".join(draw(st.lists(_PIECES, max_size=max_size)))


# -- JSON -------------------------------------------------------------------------------------------------------

DATES = st.one_of(
    st.sampled_from(
        [
            "2026-11-23T10:47:24Z",
            "2026-11-23T10:47:24UTC",
            "2026-11-23T10:47:24+00:00",
            "2026-11-23T10:47:24",
            "9999-12-31T23:59:59Z",
            "10000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "2126-02-29T00:00:00Z",
            "tomorrow",
            "",
        ]
    ),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
)

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, 2**31, 2**63, 1795430844, 1795430844000]),
    st.floats(),
    foreign(4),
    DATES,
)


_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(foreign(3), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def json_values(draw: st.DrawFn) -> Any:
    """Anything that JSON can say, and NaN and Infinity, which Python's `json` says besides."""
    return draw(_VALUES)


_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2**63, 1.5, float("nan"), "", "\ud800", "\x1b[2J", "x" * 5000, [], ["x"], {}, {"a": {"b": []}}]
)


_ADDED: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {}, {}, {"\ud800": "\udc00"}, {"": [{}]}, {"startUrl": 5}]
)


@st.composite
def objects(draw: st.DrawFn, /, **fields: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Objects with these fields; each of them now and then missing or of a wrong type, and sometimes more."""
    mixed = {name: st.one_of(values, values, values, _ODD) for name, values in fields.items()}
    value = {**draw(_ADDED), **draw(st.fixed_dictionaries(mixed))}
    value.pop(draw(st.sampled_from(["", "", *mixed])), None)
    return value


_WORDS = st.sampled_from(["CANARY-a", "CANARY-b", "x"])


_TOKENS = objects(
    startUrl=st.sampled_from(["https://acme.awsapps.com/start", "https://lab.awsapps.com/start", ""]),
    region=st.sampled_from(["us-east-1", "eu-west-1"]),
    accessToken=_WORDS,
    expiresAt=DATES,
    clientId=_WORDS,
    clientSecret=_WORDS,
    registrationExpiresAt=DATES,
    refreshToken=_WORDS,
)
_REGISTRATIONS = objects(
    clientId=_WORDS,
    clientSecret=_WORDS,
    expiresAt=DATES,
    scopes=st.lists(st.sampled_from(["sso:account:access", "openid"]), max_size=2),
    grantTypes=st.just(["authorization_code", "refresh_token"]),
)
_ROLES = objects(
    ProviderType=st.just("sso"),
    Credentials=objects(
        AccessKeyId=_WORDS, SecretAccessKey=_WORDS, SessionToken=_WORDS, Expiration=DATES, AccountId=_WORDS
    ),
)


@st.composite
def tokens(draw: st.DrawFn) -> dict[str, Any]:
    """Token files, more or less."""
    return draw(_TOKENS)


@st.composite
def registrations(draw: st.DrawFn) -> dict[str, Any]:
    """Client registration files, more or less."""
    return draw(_REGISTRATIONS)


@st.composite
def roles(draw: st.DrawFn) -> dict[str, Any]:
    """Role-credential files, more or less."""
    return draw(_ROLES)


# -- files ------------------------------------------------------------------------------------------------------


_JUNK = st.one_of(
    st.binary(min_size=1, max_size=6),
    st.sampled_from([b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n", b"\r\n", b"[", b"]", b"{", b"}", b'"', b"\\", b"="]),
)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The same contents: whole, cut, with junk in them, with a piece missing, twice over."""
    kind = draw(st.sampled_from(["whole", "whole", "cut", "junk", "hole", "twice", "mark"]))
    at = draw(st.integers(0, len(data)))
    return {
        "whole": lambda: data,
        "cut": lambda: data[:at],
        "junk": lambda: data[:at] + draw(_JUNK) + data[at:],
        "hole": lambda: data[:at] + data[at + draw(st.integers(1, 40)) :],
        "twice": lambda: data * 2,
        "mark": lambda: b"\xef\xbb\xbf" + data,
    }[kind]()


@st.composite
def cache_files(draw: st.DrawFn, objects: st.SearchStrategy[dict[str, Any]]) -> bytes:
    """Cache files: well-formed ones, well-formed ones of the wrong shape, damaged ones, and no JSON at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=60))
    value = draw(json_values() if draw(st.integers(0, 5)) == 0 else objects)
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, None, 2])))
    blank = draw(st.sampled_from(["", "", "", " ", "\n"]))
    return draw(damaged((blank + text + blank).encode("utf-8", "surrogatepass")))


# -- sockets ----------------------------------------------------------------------------------------------------


def cuts(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in pieces, cut at these places."""
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(ends)]
