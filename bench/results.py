"""What is measured against what: the budgets, and the verdict on each."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

ROUNDS = 15


@dataclass
class Budget:
    """One budget and what was measured. Missed only when both `median` and `best` are beyond `limit`.

    Of ratios, `median` is the median of the ratios of single rounds, and `best` the ratio of the two fastest runs: the
    one is robust against a machine that is busy for a while, the other against one that is busy most of the time. Of
    plain values, they are the median of the rounds and the best round.
    """

    number: str
    what: str
    limit: float
    unit: str = ""
    at_least: bool = False
    median: float | None = None
    best: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the budget is met, None when it could not be measured."""
        if self.median is None or self.best is None:
            return None
        values = (self.median, self.best)
        return max(values) >= self.limit if self.at_least else min(values) <= self.limit

    def of_ratios(self, tops: Sequence[float], bottoms: Sequence[float]) -> Budget:
        """Take in the rounds of both sides, in the same order."""
        self.median = statistics.median([top / bottom for top, bottom in zip(tops, bottoms, strict=True)])
        self.best = min(tops) / min(bottoms)
        return self

    def of_values(self, values: Sequence[float]) -> Budget:
        """Take in plain values, one a round."""
        self.median = statistics.median(values)
        self.best = max(values) if self.at_least else min(values)
        return self


@dataclass
class Report:
    """All that a run has found. `series`: the points of the picture, by line and number of profiles."""

    budgets: list[Budget] = field(default_factory=list)
    series: dict[str, dict[int, float]] = field(default_factory=dict)
    peers: list[tuple[str, str, float]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    machine: dict[str, str] = field(default_factory=dict)

    def add(self, *budgets: Budget) -> None:
        """Keep the budgets."""
        self.budgets += budgets


def shuffled(cases: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """What each case returns in each round. The order changes from round to round; a first round does not count."""
    values: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        order = list(cases)
        random.shuffle(order)
        for name in order:
            value = cases[name]()
            if number:
                values[name].append(value)
    return values


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


def table(report: Report) -> str:
    """The report for people."""
    lines = [("#", "budget", "limit", "median", "best", "")]
    for budget in report.budgets:
        lines.append(
            (
                budget.number,
                budget.what,
                f"{'>=' if budget.at_least else '<='} {_number(budget.limit, budget.unit)}",
                _number(budget.median, budget.unit),
                _number(budget.best, budget.unit),
                {True: "met", False: "MISSED", None: "not measured"}[budget.met]
                + (f": {budget.note}" if budget.note else ""),
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text += ["", *report.remarks] if report.remarks else []
    if report.peers:
        text += ["", "For comparison, 1,000 profiles, median of the rounds:"]
        text += [f"  {seconds * 1000:7.0f} ms  {program}: {command}" for program, command, seconds in report.peers]
    return "\n".join(text)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "yes/no":
        return "yes" if value else "no"
    return f"{value:.{1 if unit else 2}f}{' ' + unit if unit else ''}"
