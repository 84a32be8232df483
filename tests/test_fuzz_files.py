"""Cache files of any content: never a crash, never an invented state, never a changed file."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import dateutil.parser  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.aws import clock
from tui.aws.cache import files, quick_json, shapes
from tui.aws.session import device_code, signing_out
from tui.aws.state.store import Store
from tui.cli import main
from tui.cli.quick.prompt import prompt_line

from .aws_home import cli_cache, configure, content, known, named, role_file, session_named, snapshot, token_file
from .aws_home import write_in_place as put
from .strategies import (
    DATES,
    cache_files,
    few,
    foreign,
    json_values,
    objects,
    registrations,
    roles,
    tokens,
)

SESSION_STATES = {"signed-in", "expiring", "refreshable", "signed-out", "unreadable"}
CREDENTIAL_STATES = {"valid", "expiring", "expired", "none"}


@contextlib.contextmanager
def some_home() -> Iterator[Path]:
    """A HOME for one example, with the usual configuration; files that stay damaged are not waited for."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
    with (
        mock.patch.dict(os.environ, HOME=str(folder), XDG_STATE_HOME=str(folder / "state")),
        mock.patch.object(files, "RETRY_DELAYS", (0.0,)),
    ):
        try:
            configure()
            yield folder
        finally:
            shutil.rmtree(folder)


def ssotui(*arguments: str) -> tuple[int, str, str]:
    """A command in this process: exit code, stdout, stderr, as bytes would have them."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "strict") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main.main(arguments)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return code, texts[0], texts[1]


def assert_documented(text: str) -> dict[str, Any]:
    """Asserts that this is the answer of `status --json` with none but the documented words; returns it."""
    answer: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
    assert list(answer) == ["sessions", "profiles", "problems"]
    for session in answer["sessions"]:
        assert session["state"] in SESSION_STATES
    for profile in answer["profiles"]:
        assert profile["state"] in SESSION_STATES
        assert profile["credentials"]["state"] in CREDENTIAL_STATES
    clocks = [*answer["sessions"], *answer["profiles"], *(profile["credentials"] for profile in answer["profiles"])]
    for expires_at in (each["expires_at"] for each in clocks):
        assert expires_at is None or clock.iso(clock.parse_iso(expires_at) or 0) == expires_at
    return answer


@few(60)
@given(
    token=cache_files(tokens()),
    registration=cache_files(registrations()),
    role=cache_files(roles()),
    chained=cache_files(roles()),
)
def test_b01_b02_any_cache_files(token: bytes, registration: bytes, role: bytes, chained: bytes) -> None:
    with some_home():
        store = Store()
        acme = session_named(store, "acme")
        written = [
            put(token_file("acme"), token),
            put(token_file("https://old.awsapps.com/start"), token),
            put(Path(shapes.registration_path(acme)), registration),
            put(role_file("111111111111", "Admin", "acme"), role),
            put(Path(store.snapshot.credentials_path(named(store, "deploy"))), chained),
        ]
        before = snapshot(*written)
        store.look(store.config.profiles.values())
        state, _expires_at = known(store).session_clock("acme", clock.now())
        assert state in SESSION_STATES - {"signed-out"} or known(store).stored_token("acme") is not None
        assert known(store).credentials_clock("deploy", clock.now())[0] in CREDENTIAL_STATES
        assert all(problem.message for problem in known(store).problems())
        device_code.cached_registration(acme)
        removable = {item.path for item in signing_out.make_manifest(known(store)).items}
        assert removable <= set(before)
        for name in ("dev", "deploy"):
            assert prompt_line({"HOME": os.environ["HOME"], "AWS_PROFILE": name}, clock.now()).split()[1] == name

        code, text, _errors = ssotui("status", "--json")
        assert code == 0
        answer = assert_documented(text)
        assert answer["sessions"][0]["state"] == state
        told = [each["message"] for each in answer["problems"] if each["file"] == str(written[0])]
        assert (state == "unreadable") == any("issued for" not in message for message in told)
        code, text, errors = ssotui("status")
        assert code == 0
        assert {char for char in text + errors if not char.isprintable()} <= {"\n"}
        assert "CANARY" not in text + errors
        assert snapshot(*written) == before


@few(60)
@given(role=cache_files(roles()))
def test_credentials_are_printed_as_the_file_has_them_or_not_at_all(role: bytes) -> None:
    with some_home():
        path = put(role_file("111111111111", "Admin", "acme"), role)
        code, text, errors = ssotui("env", "dev", "--format", "json")
        assert "Traceback" not in errors
        assert "unexpected" not in errors
        if code == 0:
            fields = content(path)["Credentials"]
            assert isinstance(fields, dict)
            printed = json.loads(text)
            for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
                assert printed[name] == fields[name]
        else:
            assert (code, text) in ((3, ""), (1, ""))  # no token, or a value that no environment can hold
            assert "CANARY" not in errors


@few(30)
@given(names=st.dictionaries(st.from_regex(r"[0-9a-f]{40}\.json|[\w. -]{1,20}", fullmatch=True), st.booleans()))
def test_b17_only_files_of_ours_are_ever_removed(names: dict[str, bool]) -> None:
    """Whatever other programs keep in the two folders, under whatever names."""
    with some_home():
        foreign_files = []
        for name, is_role in names.items():
            if name.strip(". "):
                folder = cli_cache() if is_role else token_file("acme").parent
                foreign_files.append(put(folder / name, '{"accessToken": {"a": 1}, "token": "CANARY"}'))
        before = snapshot(*foreign_files)
        manifest = signing_out.make_manifest(known(Store()))
        assert manifest.items == []
        assert manifest.kept == len({str(path) for path in foreign_files})
        assert signing_out.sign_out(Store(), manifest).ok
        assert snapshot(*foreign_files) == before


# -- the pieces -------------------------------------------------------------------------------------------------


def outcome(loads: Any, text: str) -> str:
    """What comes of reading `text`: the value, or that it is refused."""
    try:
        return repr(loads(text))
    except (ValueError, RecursionError):
        return "refused"


@given(
    st.one_of(
        cache_files(objects(a=json_values(), b=st.floats())).map(lambda data: data.decode("utf-8", "replace")),
        st.text('{}[]",:0123456789.eE+-\\ua truefalsnNI\n', max_size=30),
        st.text('"\\:,1 ', max_size=12).map(lambda text: "{" + text + "}"),
    )
)
@example('{"a": NaN, "b": Infinity, "c": -Infinity}')
@example('{"a": 1} \x0c')
@example('{"\\ud800": "\\udc00\\ud83d\\ude00"}')
@example('{"a": "\t"}')
@example("\ufeff{}")
@example('{"a": ' + "9" * 5000 + "}")
@example('{"a":' * 100_000)
def test_json_is_read_as_json_reads_it(text: str) -> None:
    assert outcome(quick_json.loads, text) == outcome(json.loads, text)


@given(foreign())
def test_json_is_quoted_as_json_quotes_it(text: str) -> None:
    assert quick_json.quote(text) == json.dumps(text)


_DATE_PIECES = st.sampled_from(
    [
        *("2026-11-23", "2026-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "2026-W47-1", "20261123", "2026-327"),
        *("T", " ", "t", "10:47:24", "23:59:60", "24:00:00", "10:47", "104724", ".5", ",5", ".123456789", "Z", "z"),
        *("UTC", " UTC", "+00:00", "-00:00", "+02:00", "+0000", "+23:59", "-23:59:59", "+24:00", "é", "１", "\n", ""),
    ]
)


@given(st.one_of(st.lists(_DATE_PIECES, min_size=2, max_size=6).map("".join), DATES, foreign()))
@example("2026-W47-1T10:47:24+00:00")
@example("2026-11-23+00:00+00:00")
def test_b04_a_date_that_is_understood_means_the_same_to_botocore(text: str) -> None:
    """botocore reads dates with dateutil, which takes more forms; what is taken here it takes too."""
    found = clock.parse_iso(text)
    if found is not None:
        theirs = dateutil.parser.parse(text)
        assert theirs.tzinfo is not None
        assert found - 1 < theirs.timestamp() < found + 1


_FIELDS = st.tuples(
    *(st.integers(0, last) for last in (9999, 13, 32)),
    st.integers(0, 23) | st.integers(25, 99),  # newer Pythons take 24 for the end of the day
    *(st.integers(0, last) for last in (61, 61)),
)


@given(_FIELDS)
@example((2000, 2, 29, 0, 0, 0))
@example((1900, 2, 29, 0, 0, 0))
@example((1, 1, 1, 0, 0, 0))
@example((9999, 12, 31, 23, 59, 59))
def test_b04_the_common_form_is_read_as_datetime_reads_it(fields: tuple[int, int, int, int, int, int]) -> None:
    expected = None
    with contextlib.suppress(ValueError):
        expected = int(datetime(*fields, tzinfo=UTC).timestamp())
    text = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*fields)
    assert clock.parse_iso(text) == expected
    if expected is not None:
        assert clock.iso(expected) == text


def test_early_dates_are_written_with_four_digits() -> None:
    assert clock.iso(clock.parse_iso("0999-01-01T00:00:00Z") or 0) == "0999-01-01T00:00:00Z"


@given(json_values())
def test_b04_no_value_is_too_odd_for_a_date(value: object) -> None:
    found = clock.parse_iso(value)
    assert found is None or isinstance(value, str)
