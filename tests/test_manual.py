"""The man page: what the commands declare stands in it, and none of it is taken for a command of roff."""

from __future__ import annotations

import re
import subprocess

from docs.manual import _escaped, manual
from tui.cli.table import VERBS, find

from . import needs


def test_every_command_is_there_with_its_examples() -> None:
    text = manual()
    for name in VERBS:
        assert f".SS {_escaped(f'ssotui {name}')}\n" in text
        for command, _ in find(name).EXAMPLES:
            assert f".B {_escaped(command)}\n" in text


def test_what_is_written_by_hand_begins_no_line_as_a_request() -> None:
    requests = {line.split()[0] for line in manual().splitlines() if re.match("[.']", line)}
    assert requests == {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".BR", ".br"}
    assert _escaped(".profile is read") == "\\&.profile is read"
    assert _escaped("a\\b -- 'x'") == "a\\eb \\-\\- \\(aqx\\(aq"


def test_groff_has_nothing_to_complain_about() -> None:
    done = subprocess.run(
        [needs.program("groff"), "-man", "-Tutf8", "-ww", "-z"],
        input=manual(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
