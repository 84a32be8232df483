"""P11: accounts and roles: how soon the first are there, how long all take, that none is lost or asked for twice."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tui.aws.errors import Cancelled
from tui.aws.role.accounts import PER_SECOND, Listing
from tui.aws.state.store import Store
from tui.demo.organisation import grid
from tui.demo.server import DemoServer

from . import homes, server
from .places import SSOTUI, Homes
from .results import Budget, Report
from .screen import Screen

LATENCY = 0.08
ACCOUNTS, ROLES, MANY = 60, 5, 700
ROUNDS = 5
"""Each takes as long as the pace wants it to."""
_WARM = 2.5
_REFUSED_EVERY = 40
"""Of so many requests one is refused."""


def measure(report: Report, places: Homes, rounds: int) -> None:
    """P11."""
    first, whole = [], []
    with server.running(ACCOUNTS, LATENCY, ROLES) as service:
        home = places.home(ACCOUNTS, service.access_token)
        for _ in range(min(rounds, ROUNDS)):
            shutil.rmtree(home / ".local/state", ignore_errors=True)
            with Screen([SSOTUI], homes.environ(home, service.environ)) as screen:
                screen.wait_for(homes.first_shown(ACCOUNTS))
                screen.pump(_WARM)
                begun = time.perf_counter()
                screen.send("a")
                accounts = screen.wait_for("not listed yet")
                first.append(screen.wait_for(f"{ROLES} roles") - accounts)
                whole.append(screen.wait_for("listed just now") - begun)
    report.add(
        Budget("P11", "roles of the first account, after the accounts", 500, "ms").of_values(
            [1000 * it for it in first]
        ),
        Budget("P11", "60 accounts / what the pace allows", 1.15).of_ratios(whole, [_allowed()] * len(whole)),
        Budget("P11", "700 accounts, refusals and a stop: all there", 1, "yes/no", at_least=True).of_values(
            [_none_lost()]
        ),
    )


def _allowed() -> float:
    """Seconds that the listing takes at its pace: one request for the accounts, and one for each of them."""
    return ACCOUNTS / PER_SECOND + LATENCY


def _none_lost() -> float:
    """List many accounts while AWS asks to slow down, stop half way, and go on. 1 when all are there and none was asked
    for again after it had been answered, 0 otherwise."""
    with DemoServer(grid(MANY, ROLES, homes.START_URL), latency=LATENCY) as portal, _at_home(portal) as store:
        for number in range(1, MANY // _REFUSED_EVERY):
            portal.state.faults.add("ListAccountRoles", skip=number * (_REFUSED_EVERY - 1), status=429)
        event = threading.Event()
        listing = Listing(store, store.config.sessions[homes.SESSION])
        thread = threading.Thread(target=_until_stopped, args=(listing, event), daemon=True)
        thread.start()
        while listing.progress[0] < MANY // 2:
            time.sleep(0.05)
        event.set()
        thread.join()
        known = Listing(store, store.config.sessions[homes.SESSION]).run(threading.Event())
        answered = Counter(
            str(it.details["account_id"]) for it in portal.state.log.entries("ListAccountRoles") if it.status == 200
        )
    whole = known.complete and all(len(it.roles or ()) == ROLES for it in known.accounts.values())
    return float(whole and len(answered) == MANY and set(answered.values()) == {1})


def _until_stopped(listing: Listing, event: threading.Event) -> None:
    try:
        listing.run(event)
    except Cancelled:
        pass


@contextmanager
def _at_home(portal: DemoServer) -> Iterator[Store]:
    """A HOME in which the portal is signed in to."""
    token = portal.state.issue_token(homes.START_URL, expires_in=5 * 3600, client_name="bench")
    with tempfile.TemporaryDirectory(prefix="ssotui-bench-") as folder:
        home = Path(folder)
        homes.make(home, 1, access_token=token.access_token.reveal())
        with mock.patch.dict(os.environ, homes.environ(home, portal.environ()), clear=True):
            yield Store()
