"""P14: twenty `credential-process` at once, as an SDK's clients start them, with nothing cached."""

from __future__ import annotations

import os
import shutil
import statistics
import time

from tui.demo.organisation import Account, Instance, Organisation
from tui.demo.server import DemoServer

from . import homes
from .places import SSOTUI, Homes
from .results import Budget, Report, shuffled

CALLERS = 20
LATENCY = 0.08


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P14: how long the last one takes, and how many ask AWS."""
    account = Account(homes.account_id(0), "account 0", (homes.ROLE,))
    instance = Instance(homes.START_URL, homes.REGION, "corp", (account,))
    requests = []
    with DemoServer(Organisation((instance,)), latency=LATENCY) as server:
        token = server.state.issue_token(homes.START_URL, expires_in=5 * 3600, client_name="bench")
        home = places.home(1, token.access_token.reveal())
        environ = homes.environ(home, server.environ())

        def at_once(count: int) -> float:
            shutil.rmtree(home / ".aws/cli/cache", ignore_errors=True)
            before = _asked(server)
            seconds = _last_of(count, environ)
            requests.append(_asked(server) - before)
            return seconds

        seconds = shuffled({"one": lambda: at_once(1), "all": lambda: at_once(CALLERS)}, rounds)
    report.add(
        Budget("P14", f"the last of {CALLERS} credential-process at once / one alone", 1.5).of_ratios(
            seconds["all"], seconds["one"]
        ),
        Budget("P14", "requests for role credentials of those", 2, "requests").of_values([max(requests)]),
    )
    report.remarks.append(
        f"One credential-process with nothing cached: {statistics.median(seconds['one']) * 1000:.0f} ms."
    )


def _asked(server: DemoServer) -> int:
    return len(server.state.log.entries("GetRoleCredentials"))


def _last_of(count: int, environ: dict[str, str]) -> float:
    """Seconds until the last of so many has ended well."""
    argv = [SSOTUI, "credential-process", homes.profile_name(0)]
    actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1)]
    started = time.perf_counter()
    processes = [os.posix_spawn(argv[0], argv, environ, file_actions=actions) for _ in range(count)]
    statuses = [os.waitpid(process, 0)[1] for process in processes]
    seconds = time.perf_counter() - started
    assert statuses == [0] * count, statuses
    return seconds
