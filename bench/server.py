"""The embedded Identity Center in a process of its own, for as many accounts as a benchmark needs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tui.demo.organisation import Account, Instance, Organisation
from tui.demo.server import DemoServer

from . import homes

ROOT = Path(__file__).resolve().parent.parent


class Running:
    """A server that runs: `environ` leads to it, `access_token` is good there, for every account of `homes`."""

    def __init__(self, environ: dict[str, str], access_token: str) -> None:
        self.environ = environ
        self.access_token = access_token


@contextlib.contextmanager
def running(accounts: int, latency: float, roles: int = 1) -> Iterator[Running]:
    """A server that takes `latency` seconds for each answer; it ends with the block. `roles`: of each account."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(accounts), str(latency), str(roles)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        answer = json.loads(process.stdout.readline())
        yield Running(answer["environ"], answer["token"])
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Serve until standard input ends."""
    roles = (homes.ROLE, *(f"Role{number}" for number in range(1, int(sys.argv[3]))))
    accounts = tuple(
        Account(homes.account_id(number), f"account {number}", roles) for number in range(int(sys.argv[1]))
    )
    instance = Instance(homes.START_URL, homes.REGION, "corp", accounts)
    with DemoServer(Organisation((instance,)), latency=float(sys.argv[2])) as server:
        token = server.state.issue_token(homes.START_URL, expires_in=5 * 3600, client_name="bench")
        print(json.dumps({"environ": server.environ(), "token": token.access_token.reveal()}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
