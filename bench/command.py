"""P6 and P7: `ssotui env PROFILE` with credentials that are cached, beside a bare Python and beside other programs."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping, Sequence

from . import homes
from .places import PASS, PEERS, SSOTUI, Homes, aws_v2
from .results import Budget, Report, shuffled
from .start import LARGE, LARGEST, SIZES

SMALL = SIZES[1]


class Failed(Exception):
    """A program did not do what it was to do."""


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P6 and P7."""
    cases = {"pass": lambda: run(PASS, homes.environ(places.home(0)))}
    for size in SIZES:
        cases[str(size)] = lambda size=size: _env(places, size)  # type: ignore[misc]
    seconds = shuffled(cases, 2 * rounds)
    report.add(
        Budget("P6", "env, 1,000 profiles / python -c pass", 2.2).of_ratios(seconds[str(LARGE)], seconds["pass"]),
        Budget("P6", "env, 10,000 / 100 profiles", 1.15).of_ratios(seconds[str(LARGEST)], seconds[str(SMALL)]),
    )
    report.series["env, ssotui"] = {size: min(seconds[str(size)]) for size in SIZES}
    report.series["env, python -c pass"] = {size: min(seconds["pass"]) for size in SIZES}
    _beside_others(report, places, rounds)


def _beside_others(report: Report, places: Homes, rounds: int) -> None:
    inline = homes.environ(places.home(LARGE, inline=True))
    name = homes.profile_name(LARGE // 2)
    others = {
        "AWS CLI v2": (aws_v2() or "", "configure export-credentials --profile P --format env"),
        "aws-sso-util": (str(PEERS / "aws-sso-util"), "credential-process --profile P"),
        "AWS CLI v1": (str(PEERS / "aws"), "configure get region --profile P"),
        "awsume": (str(PEERS / "awsumepy"), "--list-profiles"),
    }
    commands = {"ssotui": [SSOTUI, "env", name]}
    for program, (path, arguments) in others.items():
        if os.access(path, os.X_OK):
            commands[program] = [path, *arguments.replace(" P", f" {name}").split()]
    cases = {program: lambda argv=argv: run(argv, inline) for program, argv in commands.items()}
    seconds = shuffled(cases, rounds)
    budget = Budget("P7", "AWS CLI v2 export-credentials / env, 1,000 profiles", 10, at_least=True)
    if "AWS CLI v2" in seconds:
        budget.of_ratios(seconds["AWS CLI v2"], seconds["ssotui"])
    else:
        budget.note = "there is no AWS CLI v2 on the PATH"
    report.add(budget)
    report.peers.append(("ssotui", "env P", statistics.median(seconds["ssotui"])))
    for program, (_, arguments) in others.items():
        if program in seconds:
            report.peers.append((program, arguments, statistics.median(seconds[program])))


def _env(places: Homes, size: int) -> float:
    return run([SSOTUI, "env", homes.profile_name(size // 2)], homes.environ(places.home(size)))


def run(argv: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds from the start of a program to its end. Raises Failed when it ends with an error."""
    actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    started = time.perf_counter()
    pid = os.posix_spawn(argv[0], list(argv), env, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise Failed(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds
