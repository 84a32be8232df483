"""What is known to be wrong without looking for it: the same for the board, its `!`, and that of the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...aws.model import REDIRECTED, Problem
from ...aws.requests.behalf import profile_in_use
from ...aws.requests.endpoints import overrides
from ...aws.requests.skew import skew_warning
from ...aws.state.snapshot import Snapshot

if TYPE_CHECKING:
    from ...host import Host


def known_problems(app: Host, snapshot: Snapshot) -> list[Problem]:
    """All that is wrong or unusual, the gravest first. In a demo it is no news that requests do not go to AWS."""
    elsewhere = [] if app.demo else overrides(snapshot.config, profile_in_use(snapshot), snapshot.environ)
    return [
        *(Problem("", 0, text) for text in (snapshot.notice, skew_warning()) if text),
        *snapshot.problems(),
        *(Problem("", 0, text, REDIRECTED) for text in elsewhere),
        *(Problem("", 0, text) for text in of_ours(app)),
    ]


def of_ours(app: Host) -> list[str]:
    """What is wrong with this program's own files, a sentence each."""
    return [*app.settings.problems, *filter(None, [app.remembered.problem])]
