"""What people and their files put in: filters, settings, addresses, names and values for shells."""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui import settings, state_file
from tui.aws.config.configuration import Config
from tui.aws.errors import SsoError
from tui.aws.model import SSO_SESSION, Profile, Session
from tui.aws.requests import endpoints, start_url
from tui.aws.role import console_link
from tui.cli.verbs.print_config import as_toml
from tui.shell.formats import use_profile_lines
from tui.text import clean
from tui.widgets import fuzzy

from .strategies import HOSTILE, few, foreign, json_values
from .test_export_shells import READERS, exported, read_back

# -- the filter -------------------------------------------------------------------------------------------------

_LETTERS = st.text(st.sampled_from("abdABD-_1 2éÉİıßﬁǅe\u0301\u0307.*[(\\+^$"), max_size=8)
_ROWS = st.lists(st.tuples(_LETTERS, _LETTERS, _LETTERS), max_size=8)


@few(60)
@given(_ROWS, st.lists(st.one_of(_LETTERS.map(lambda text: text[:1]), st.just("\b")), max_size=10), st.randoms())
def test_typing_and_deleting_finds_what_a_new_search_finds(
    rows: list[tuple[str, str, str]], keys: list[str], random: Any
) -> None:
    haystacks = [fuzzy.haystack(*map(clean, row)) for row in rows]
    order = list(range(len(rows)))
    random.shuffle(order)
    index = fuzzy.Index(haystacks, order)
    query = ""
    for key in keys:
        query = query[:-1] if key == "\b" else query + key
        found = index.search(query)
        assert found == fuzzy.Index(haystacks, order).search(query)
        assert len(found) == len(set(found))
        assert set(found) <= set(order)
        for row in found:
            for word in fuzzy.fold(query).split():
                assert set(word) <= set(haystacks[row])
        exact = [at for at in order if [fuzzy.fold(rows[at][0])] == fuzzy.fold(query).split()]
        assert found[: len(exact)] == exact


@given(foreign(), foreign(4))
def test_highlights_stay_within_the_text(text: str, query: str) -> None:
    assert all(0 <= at < len(clean(text)) for at in fuzzy.positions(query, clean(text)))


# -- settings ---------------------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    [
        *settings.declared(),
        "keys",
        "sessions",
        "keys.use",
        "keys.sign_in",
        "sessions.acme.browser",
        "clipboard",
        "x",
        "a.b",
    ]
)
_TOML_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.sampled_from(
            ["", "f5", "l,ctrl+l", "device", "browser", "firefox -P '", "bash", "name", "dracula", "ctrl+q"]
        ),
        st.text(st.characters(codec="utf-8"), max_size=6),
        st.datetimes(),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.é ", max_size=3), inner, max_size=3),
    max_leaves=6,
)


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """A table from dotted keys; of keys that contradict each other the later one is left out."""
    table: dict[str, Any] = {}
    for key, value in values.items():
        *parents, last = key.split(".")
        at: Any = table
        for name in parents:
            at = at.setdefault(name, {}) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at.setdefault(last, value)
    return table


def write_settings(data: bytes) -> None:
    """Writes the settings file."""
    path = Path(settings.settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@given(st.dictionaries(_KEYS, _TOML_VALUES, max_size=4).map(nested))
@example({"clipboard": {"clear_after": -1}, "keys": 5, "sessions": {"a": 1, "b": {"browser": ["", "x"]}}})
@example({"browser": {"command": "firefox 'P"}, "export": {"format": []}, "sort": {}})
def test_settings_of_any_kind_are_used_or_told(table: dict[str, Any]) -> None:
    found = settings.from_table(table, "file")
    assert all(problem.startswith("file: ") for problem in found.problems)
    plain = {key: value for key, value in table.items() if key not in ("keys", "sessions")}
    for key, value in settings._flat(plain):
        each = settings.declared().get(key)
        if each is None:
            assert any(f" {key} " in problem for problem in found.problems)
        elif not any(f" {key} " in problem for problem in found.problems):
            used = getattr(found, each.name)
            assert used == value or isinstance(used, tuple)
    # What is in force can be written down, and read again to the same.
    again = settings.from_table(tomllib.loads(as_toml(found, "file")), "file")
    found.problems = []
    assert again == found


@example(b"\r")
@example(b"sort = 'name' # mine\r\n\r\n[confirm]\r\nsign_in = false\r\n")
@given(st.one_of(st.binary(max_size=60), st.text("[]=\"'.a\n{}1#,", max_size=30).map(str.encode)))
def test_a_settings_file_of_any_bytes_is_read_or_told(data: bytes) -> None:
    write_settings(data)
    found = settings.load()
    try:
        table = tomllib.loads(data.decode())
    except ValueError:
        assert len(found.problems) == 1
        assert found.problems[0].endswith("the defaults are used")
        assert settings.save_theme("dracula")
        assert Path(settings.settings_path()).read_bytes() == data
        return
    assert found == settings.from_table(table, settings.settings_path())
    if isinstance(table.get("theme", ""), str):
        assert settings.save_theme("dracula") == ""
        written = Path(settings.settings_path()).read_bytes()
        assert tomllib.loads(written.decode()) == {**table, "theme": "dracula"}
        if "theme" not in table:
            assert all(line in written for line in data.split(b"\n")[:-1])


@given(json_values())
def test_a_remembered_state_of_any_kind_is_used_or_dropped(value: Any) -> None:
    path = Path(state_file.state_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    state = state_file.load_state()
    assert all(isinstance(name, str) for name in (*state.recent, *state.pinned))
    assert state.sort in state_file.SORTS
    state_file.note_use("dev")
    assert state_file.load_state().recent[0] == "dev"


# -- addresses --------------------------------------------------------------------------------------------------

_URLS = st.one_of(
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(
            ["https://", "http://", "HTTPS://", "javascript:", "file://", "//", "", "https:/\\", " https://"]
        ),
        st.sampled_from(["", "user@", "user:pw@", "acme.awsapps.com@", "127.0.0.1@"]),
        st.sampled_from(
            [
                *("acme.awsapps.com", "device.sso.us-east-1.amazonaws.com", "acme.awsapps.com.", "evil.example\\@"),
                *(
                    "evil.example",
                    "awsapps.com.evil.example",
                    "evilawsapps.com",
                    "xn--80ak6aa92e.com",
                    "evil.example\\",
                ),
                *("127.0.0.1", "localhost", "[::1]", "[", "evil.example/.awsapps.com", "evil.example?.awsapps.com"),
            ]
        ),
        st.sampled_from(["", ":443", ":80443", ":x", ":", ":1"]),
        st.sampled_from(["", "/start", "/#/device?user_code=A", "\n", "\\@x", "?a=[", "/\x1b]0;x\x07", "/\ud800"]),
    ),
    foreign(),
)
SAFE_HOSTS = ("acme.awsapps.com", "device.sso.us-east-1.amazonaws.com")


def host_to_a_browser(url: str) -> str:
    """Where a browser goes (the URL standard): blanks and control characters at the ends and line breaks anywhere do
    not count, a backslash is a slash, and however many slashes follow the scheme, the host comes next."""
    url = re.sub("[\t\n\r]", "", url.strip("".join(map(chr, range(33))))).replace("\\", "/")
    rest = re.sub("^[a-zA-Z]+:/*", "", url)
    return re.split("[/?#]", rest)[0].rpartition("@")[2].partition(":")[0].lower()


@given(
    _URLS,
    st.sampled_from(["https://acme.awsapps.com/start", "https://[", ""]),
    st.sampled_from(["http://127.0.0.1:1", "["]),
)
@example("https:/\\evil.example", "https://[", "http://127.0.0.1:1")
@example("https://evil.example\\@acme.awsapps.com/", "https://acme.awsapps.com/start", "")
@example("https://acme.awsapps.com\n.evil.example/", "https://acme.awsapps.com/start", "")
def test_c22_only_addresses_of_aws_are_opened(url: str, start: str, endpoint: str) -> None:
    if start_url.may_open(url, start, endpoint):
        assert url.lower().startswith(("https://", "http://127.0.0.1:1"))
        assert host_to_a_browser(url) in (*SAFE_HOSTS, "127.0.0.1")
        assert host_to_a_browser(url) in SAFE_HOSTS or url.lower().startswith("http:")


@given(_URLS, _URLS)
@example("https://acme.awsapps.com\n", " https://acme.awsapps.com")
@example("https://acme.awsapps.com/\x1b]0;x\x07", "https://\\[")
def test_no_address_is_too_odd(url: str, other: str) -> None:
    config = Config()
    environ = {"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_STS": other}
    for line in endpoints.overrides(config, None, environ):
        assert clean(line)
    with contextlib.suppress(SsoError):
        address, _source = endpoints.configured("sso", config, None, environ)
        assert not address or address.lower().startswith("https://") or endpoints.is_loopback(address)
    session = Session("acme", SSO_SESSION, url, "us-east-1")
    profile = Profile("dev", "acme", "111111111111", "Admin", "us-east-1")
    with contextlib.suppress(SsoError):
        link = console_link.shortcut_link(profile, session, "s3")
        assert link.isprintable()
        assert " " not in link


# -- shells -----------------------------------------------------------------------------------------------------

_CHARACTERS = st.one_of(
    st.sampled_from([piece for piece in HOSTILE if piece not in ("\x00", "\ud800", "\udc80", "\udfff")]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
    st.sampled_from(
        ["$(id)", "`id`", "=ls", "~root", "!!", "';'", '"', "\\", "\\'", "${x}", "%s", "-n", "*", "\ufdd0"]
    ),
)
_VALUES = st.lists(st.lists(_CHARACTERS, max_size=5).map("".join), min_size=40, max_size=40)


@pytest.mark.parametrize("reader", READERS)
@few(2)
@given(_VALUES)
def test_h01_hostile_values_come_back_from_the_shell(reader: str, values: list[str]) -> None:
    _argv, form, shell = READERS[reader]
    texts = [exported(form, value) for value in values]
    assert read_back(reader, texts)[::2] == values
    names = [value for value in values if value.isprintable()]
    reset = "set -gx AWS_SECRET_ACCESS_KEY ''\n" if form == "fish" else "AWS_SECRET_ACCESS_KEY=''\n"
    assert read_back(reader, [use_profile_lines(shell, name) + reset for name in names])[1::2] == names
