"""The line parser: what configparser makes of a file that it accepts, and what is kept of the others."""

from __future__ import annotations

import shlex

import pytest
from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import example, given
from hypothesis import strategies as st

from tui.aws.config import ini
from tui.aws.config.file import decode

from .config_texts import texts


def sections(text: str) -> dict[str, dict[str, str]]:
    return ini.parse(text).sections


def as_botocore(parsed: ini.Ini) -> dict[str, dict[str, object]]:
    """The form of `raw_config_parse`: `[DEFAULT]` applied, blocks as dicts."""
    parsed.apply_defaults()
    return {
        header: {key: parsed.nested.get(header, {}).get(key, value) for key, value in options.items()}
        for header, options in parsed.sections.items()
    }


@given(text=texts())
@example(text="[a]\nx = 1\n\n  y\n\n[b]\n")
@example(text="[a]\n  x = 1\ny = 2\n  z = 3\n")
@example(text="[DEFAULT]\nx =\n  k = v\n[DEFAULT]\ny = 2\n[a]\nx = 3\n[b]\n")
@example(text="[a]\ns3 =\n  x = 1\x1cy = 2\n  # c\n\n  z=3\nq=1\n")
@example(text="[profile a] # see [1]\nx = 1\n[profile b] trailing\n [profile c]\nx:1\n")
@example(text="# c\n\n  ; d\n[a]\n[b]")
def test_agrees_with_botocore(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("ini") / "config"
    path.write_bytes(text.encode())
    decoded, problems = decode(path.read_bytes())
    parsed = ini.parse(decoded, str(path), problems)
    try:
        expected = raw_config_parse(str(path))
    except ConfigParseError:
        assert parsed.problems
        return
    assert as_botocore(parsed) == expected
    assert list(parsed.sections) == list(expected)
    # A block with a wrong line in [DEFAULT] does no harm where there is no other section.
    assert not parsed.problems or not expected
    for header, number in parsed.lines.items():
        line = decoded.split("\n")[number - 1].strip()
        assert line.startswith("[")
        assert line[1:].rpartition("]")[0] == header


@given(text=texts())
def test_a_refused_file_loses_no_section(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    parsed = ini.parse(text)
    for line in text.split("\n"):
        header = line[1:].rstrip().rpartition("]")[0] if line.startswith("[") else ""
        assert not header or header == "DEFAULT" or header in parsed.sections


@given(st.text("ab '\"\\\t\r\n\x0bé#", max_size=12))
def test_words_are_those_of_shlex(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        expected = None
    assert ini.split_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nKey = Value\n", {"key": "Value"}),
        ("[a]\nkey:value\n", {"key": "value"}),
        ("[a]\nkey = a:b=c\n", {"key": "a:b=c"}),
        ("[a]\nkey: a=b\n", {"key": "a=b"}),
        ("[a]\nkey =\n", {"key": ""}),
        ("[a]\nkey = v # not a comment\n", {"key": "v # not a comment"}),
        ("[a]\n# c\nkey = v\n; d\n", {"key": "v"}),
        ("[a]\nkey = v\n  # c\n  w\n", {"key": "v\nw"}),
        ("[a]\nkey = v\n\n\n  w\n\n", {"key": "v\n\n\nw"}),
        ("[a]\n  key = v\n  other = w\n", {"key": "v", "other": "w"}),
        ("[a]\ns3 =\n  b = 2\n  a = 1\n", {"s3": "\na = 1\nb = 2"}),
        ("[a]\nk\x0cy = v\n", {"k\x0cy": "v"}),
        ("[a]\nkey = v\u2028w\x0bx\x85\n", {"key": "v\u2028w\x0bx"}),
        ("[a]\nkey = v\0\n", {"key": "v\0"}),
    ],
)
def test_values(text: str, expected: dict[str, str]) -> None:
    parsed = ini.parse(text)
    assert parsed.sections == {"a": expected}
    assert parsed.problems == []


def test_a_line_is_not_mistaken_for_one_that_begins_alike() -> None:
    assert sections("[a]\nk: x = 1\n[b]\nk: x = 2\n[c]\nk = x = 3\n") == {
        "a": {"k": "x = 1"},
        "b": {"k": "x = 2"},
        "c": {"k": "x = 3"},
    }


def test_a_block_is_taken_apart() -> None:
    parsed = ini.parse("[services s]\nsso =\n  endpoint_url = http://127.0.0.1:1\n\n  x=\nsts =\n    Y = 1\n")
    assert parsed.nested == {
        "services s": {"sso": {"endpoint_url": "http://127.0.0.1:1", "x": ""}, "sts": {"Y": "1"}},
    }


def test_a07_line_ends_make_no_difference() -> None:
    text = "# c\n[profile a]\nregion = x\n\ns3 =\n  k = v\n[profile b]\nregion = y"
    plain = ini.parse(text)
    for variant in (text.replace("\n", "\r\n"), text.replace("\n", "\r"), text + "\n", text.replace("\n", "\r\n", 3)):
        parsed = ini.parse(decode(variant.encode())[0])
        assert (parsed.sections, parsed.lines, parsed.nested) == (plain.sections, plain.lines, plain.nested)


def test_a08_a_repeated_section_names_both_lines_and_the_first_counts() -> None:
    parsed = ini.parse("[profile a]\nregion = x\n\n[profile b]\n[profile a]\nregion = y\nother = z\n")
    assert parsed.sections == {"profile a": {"region": "x"}, "profile b": {}}
    assert parsed.problems == [(5, "[profile a] is there twice: first at line 1, again at line 5")]
    assert parsed.flaws == {"profile a": ["[profile a] is there twice, at lines 1 and 5"]}


def test_a08_nothing_of_a_repeated_section_is_taken() -> None:
    parsed = ini.parse("[a]\nx = 1\n[a]\ns3 =\n  k = v\ny = 1\ny = 2\n")
    assert (parsed.sections, parsed.nested) == ({"a": {"x": "1"}}, {})
    assert parsed.flaws == {"a": ["[a] is there twice, at lines 1 and 3"]}
    assert [line for line, _message in parsed.problems] == [3, 7]


def test_a08_a_repeated_key_names_both_lines_and_the_first_counts() -> None:
    parsed = ini.parse("[profile a]\nregion = x\n# c\nREGION = y\n  continued\noutput = json\n")
    assert parsed.sections == {"profile a": {"region": "x", "output": "json"}}
    assert parsed.problems == [(4, "region is there twice in [profile a]: first at line 2, again at line 4")]
    assert parsed.flaws == {"profile a": ["region is there twice, at lines 2 and 4"]}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[a]\nx = 1\nnovalue\ny = 2\n", 3, 'not of the form "key = value"'),
        ("[a]\nx = 1\n= v\ny = 2\n", 3, 'not of the form "key = value"'),
        ("stray\nmore\n[a]\nx = 1\ny = 2\n", 1, "before the first section header"),
        ("[a]\nx = 1\ny = 2\ns3 =\n  k = v\n  stray\n", 6, "in the block of s3"),
        ("[a]\nx = 1\n[unclosed\ny = 2\n", 3, 'not of the form "key = value"'),
        ("[a]\nx = 1\n[]\ny = 2\n", 3, 'not of the form "key = value"'),
    ],
)
def test_a11_wrong_lines_are_named_and_the_rest_is_kept(text: str, line: int, words: str) -> None:
    parsed = ini.parse(text)
    options = parsed.sections["a"]
    assert (options["x"], options["y"]) == ("1", "2")
    ((found, message),) = parsed.problems
    assert found == line
    assert words in message


def test_what_is_indented_below_a_wrong_line_is_not_taken_for_something_else() -> None:
    assert sections("[a]\nx = 1\ns3\n  x = 2\n  y = 3\nz = 4\n") == {"a": {"x": "1", "z": "4"}}


def test_a_wrong_line_is_not_quoted() -> None:
    parsed = ini.parse("[a]\nCANARY-secret\n= CANARY-secret\nkey = 1\nkey = CANARY-secret\ns3 =\n  CANARY-secret\n")
    assert len(parsed.problems) == 4
    assert "CANARY" not in repr((parsed.problems, parsed.flaws))


def test_problems_are_limited_and_counted() -> None:
    parsed = ini.parse("[a]\n" + "stray\n" * 1000)
    assert len(parsed.problems) == ini.PROBLEM_LIMIT
    assert len(parsed.problems) + parsed.omitted == 1000


def test_defaults_go_into_every_section_that_lacks_them() -> None:
    parsed = ini.parse("[a]\nregion = x\n[DEFAULT]\nregion = y\noutput = json\n[b]\n[DEFAULT]\ns3 =\n  k = v\n")
    assert parsed.defaults_line == 3
    parsed.apply_defaults()
    assert parsed.sections == {
        "a": {"region": "x", "output": "json", "s3": "\nk = v"},
        "b": {"region": "y", "output": "json", "s3": "\nk = v"},
    }
    assert parsed.nested["b"] == {"s3": {"k": "v"}}


@pytest.mark.parametrize(
    ("text", "header", "options"),
    [
        ("[" + "n" * 1_000_000 + "]\nx = 1\n", "n" * 1_000_000, {"x": "1"}),
        ("[a]\nx = " + "v" * 1_000_000, "a", {"x": "v" * 1_000_000}),
        ("[a]\nx = 1\n" + "  more\n" * 100_000, "a", {"x": "1" + "\nmore" * 100_000}),
        ("[a]\n" + "# c\n" * 100_000 + "x = 1\n", "a", {"x": "1"}),
        ("[a]\nx = 1\n" + "\n" * 100_000 + "  y\n", "a", {"x": "1" + "\n" * 100_001 + "y"}),
        ("[a]\nx = 1\n" + "[a]\n" * 50_000, "a", {"x": "1"}),
        ("[a]\nx = 1\n" + "[\n" * 50_000, "a", {"x": "1"}),
    ],
    ids=["name", "value", "continued", "comments", "blank", "repeated", "brackets"],
)
def test_a28_huge_files_are_read_whole(text: str, header: str, options: dict[str, str]) -> None:
    assert sections(text)[header] == options


def test_a28_a_huge_quoted_name_is_taken_apart() -> None:
    name = "a b" * 300_000
    assert ini.split_words(f'profile "{name}"') == ["profile", name]


def test_strings_are_shared_between_sections() -> None:
    parsed = ini.parse("".join(f"[profile {number}]\nsso_role_name = Admin\n" for number in range(3)))
    values = [options["sso_role_name"] for options in parsed.sections.values()]
    assert values[0] is values[1] is values[2]
