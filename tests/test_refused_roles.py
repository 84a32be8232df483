"""An AssumeRole that AWS refuses: who may not do what to which role is in AWS's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.demo.organisation import CHAINED_ROLE
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, signed_in
from .board import board
from .commands import check, ssotui

NOT_TRUSTED = CONFIG.replace("source_profile = dev", "source_profile = audit")
SENTENCE = f"is not authorized to perform: sts:AssumeRole on resource: {CHAINED_ROLE}"


@pytest.fixture(autouse=True)
def tokens(demo: DemoServer, home: Path) -> None:
    signed_in(demo, "acme", text=NOT_TRUSTED)


@pytest.mark.parametrize(
    "command", [["whoami", "deploy"], ["credential-process", "deploy"], ["exec", "deploy", "--", "x"]]
)
def test_x35_commands_say_who_and_which_role(command: list[str], demo: DemoServer) -> None:
    done = check(ssotui(*command), 4, demo)
    assert "User: arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnly_" in done.stderr
    assert SENTENCE in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("key", ["i", "e", "y", "r"])
async def test_x35_so_does_the_board(key: str) -> None:
    async with board(120, 30) as it:
        await it.highlight("deploy")
        await it.press(key)
        await it.until(lambda: "access denied: User:" in " ".join(it.words().split()))
        assert "sts:AssumeRole" in it.words()


@pytest.mark.parametrize("said", ["a\u202eb \u200b\u009b31m\nroot# ", "x" * 5000])
def test_x35_aws_s_words_are_made_harmless(said: str, demo: DemoServer) -> None:
    demo.state.faults.add("AssumeRole", code="AccessDenied", message=said, count=None)
    configure()
    done = check(ssotui("whoami", "deploy"), 4, demo)
    assert "access denied: " in done.stderr
    assert not {"\u202e", "\u200b", "\u009b"} & set(done.stderr)
    assert "\nroot#" not in done.stderr
    assert len(done.stderr) < 1000


def test_x35_without_words_it_is_said_all_the_same(demo: DemoServer) -> None:
    demo.state.faults.add("AssumeRole", code="AccessDenied", message="", count=None)
    configure()
    assert "Could not assume the role of deploy: access denied" in check(ssotui("whoami", "deploy"), 4, demo).stderr
