"""A person and their browser, for the browser flow: decides on the authorize page, and follows it back."""

from __future__ import annotations

import http.client
import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from tui.demo.server import DemoServer

from .demo_clients import Page, http_request, post_form

BROWSER = """\
#!/bin/sh
# Opens nothing: writes its arguments and environment down, one below the other.
printf '%s\\n' "$@" >>"{folder}/arguments"
env >"{folder}/environment"
"""


class Target(NamedTuple):
    """What is in an authorize URL."""

    endpoint: str
    query: dict[str, str]

    @property
    def port(self) -> int:
        """The port that the browser is to come back to."""
        port = urlsplit(self.query["redirect_uri"]).port
        assert port is not None
        return port


def target(url: str) -> Target:
    """An authorize URL taken apart."""
    parts = urlsplit(url)
    assert parts.path == "/authorize"
    fields = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    query = dict(fields)
    assert len(query) == len(fields)
    return Target(f"{parts.scheme}://{parts.netloc}", query)


def decide(server: DemoServer, url: str, decision: str = "confirm") -> str:
    """Press a button of the authorize page: the address that the browser is sent to."""
    shown = http_request(server, "GET", url.removeprefix(server.url))
    assert shown.status == 200, shown.text
    answer = post_form(server, "/authorize", {**target(url).query, "decision": decision})
    assert answer.status == 302, answer.text
    return answer.headers["Location"] or ""


def follow(location: str, **changes: str) -> Page:
    """Go where the browser is sent; `changes` replaces parameters of the query."""
    parts = urlsplit(location)
    assert parts.hostname == "127.0.0.1"
    query = urlencode({**dict(parse_qsl(parts.query, True)), **changes})
    return get(parts.port or 0, f"{parts.path}?{query}")


def get(port: int, target: str) -> Page:
    """A GET of the loopback listener."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return Page(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def allow(server: DemoServer, url: str) -> Page:
    """Allow the sign-in in the browser, and come back."""
    return follow(decide(server, url))


def listening() -> set[tuple[str, int]]:
    """Address and port of every socket of this process that listens, of either family."""
    inodes = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if found.startswith("socket:["):
            inodes.add(found[8:-1])
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, _, port = fields[1].partition(":")
                sockets.add((address, int(port, 16)))
    return sockets


def fake_browser(folder: Path) -> str:
    """A program to be the browser: it writes its arguments to `folder`/arguments. Returns its path."""
    program = folder / "fake-browser"
    program.write_text(BROWSER.format(folder=folder))
    program.chmod(0o755)
    return str(program)
