"""What tests say of a command that runs in their own process is true of one that is a process of its own."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from pathlib import Path

import pytest

from tui.cli.table import VERBS
from tui.demo.organisation import ACME, LAB
from tui.demo.server import DemoServer

from .aws_home import configure, put_role, put_token
from .commands import Done, ssotui, ssotui_apart

WAYS = {
    "status": ("status", "--all", "--json"),
    "login": ("login", "dev", "--no-open"),
    "logout": ("logout", "--all", "--yes"),
    "whoami": ("whoami", "dev", "--json"),
    "env": ("env", "dev", "--format", "docker"),
    "exec": ("exec", "nobody", "--", "true"),
    "each": ("each", "dev", "--", "true"),
    "shell": ("shell", "dev"),
    "credential-process": ("credential-process", "dev"),
    "console": ("console", "dev", "--print"),
    "accounts": ("accounts", "--json"),
    "sessions": ("sessions", "--json"),
    "why": ("why", "forbidden"),
    "init": ("init", "bash"),
    "completion": ("completion", "zsh"),
    "help": ("help",),
}
"""Of a verb a command line that says something; of others it is their help."""


@pytest.fixture
def signed_in(demo: DemoServer, home: Path) -> DemoServer:
    """What the commands need, made anew each time."""
    configure()
    demo.state.settings.auto_approve_after = 0
    return demo


def prepare(demo: DemoServer) -> None:
    put_token(demo, "acme", ACME)
    put_token(demo, "lab", LAB, expires_in=-60)
    put_role(demo, "111111111111", "Admin", "acme")


def steady(done: Done) -> Done:
    """Without what no two runs share: secrets, times and ports."""
    return Done(done.returncode, *(re.sub(r"[\w%/+=-]{20,}|\b[A-Z]{4}-[A-Z]{4}\b|\d+", "*", it) for it in done[1:]))


@pytest.mark.parametrize("verb", VERBS)
def test_both_ways_to_run_a_command_say_the_same(signed_in: DemoServer, verb: str) -> None:
    found = []
    for run in (ssotui, ssotui_apart):
        prepare(signed_in)
        found.append(steady(run(*WAYS.get(verb, (verb, "--help")), COLUMNS="80")))
    assert found[0] == found[1]
    assert found[0].stdout + found[0].stderr


def test_a_command_leaves_this_process_as_it_was(signed_in: DemoServer) -> None:
    prepare(signed_in)

    def state() -> tuple[object, ...]:
        heard = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)]
        return dict(os.environ), heard, sys.stdout, sys.stderr, sys.excepthook, threading.excepthook

    before = state()
    assert ssotui("whoami", "dev", AWS_PROFILE="audit").returncode == 0
    assert state() == before
