"""The table of cases says where their tests are: it has to be true."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (TESTS / "CASES.md").read_text().splitlines()
    if re.match(r"\| [A-Z][0-9]{2} ", line)
]


def test_the_table_is_sorted_and_names_no_case_twice() -> None:
    cases = [row[0] for row in ROWS]
    assert cases == sorted(set(cases))
    assert "B19" in cases


def test_every_file_in_the_table_has_a_test_of_the_case() -> None:
    wrong = [
        (case, name)
        for case, _about, places in ROWS
        for name in re.findall(r"`(\w+\.py)`", places)
        if not re.search(rf"def test_(?:[a-z]\d\d_)*{case.lower()}_", (TESTS / name).read_text())
    ]
    assert wrong == []
