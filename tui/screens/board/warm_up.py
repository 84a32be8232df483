"""What the first key needs is imported and made before it is pressed, in threads: nobody waits for botocore then."""

from __future__ import annotations

from importlib import import_module

from ...aws import clock
from ...aws.requests.behalf import behalf
from ...aws.state.snapshot import Snapshot
from ...terminal import collector
from ..jobs import in_thread


async def prepare(snapshot: Snapshot, real_terminal: bool) -> None:
    """Import botocore, make the first client, import the dialogs; and close the door behind us (`real_terminal`)."""
    if real_terminal:
        await in_thread(lambda _cancelled: import_module("...terminal.privacy", __package__).forbid_looking_in())
        await in_thread(lambda _cancelled: collector.return_pieces())
    await in_thread(lambda _cancelled: _prepare_requests(snapshot))
    await in_thread(lambda _cancelled: import_module(".ahead", __package__))


def _prepare_requests(snapshot: Snapshot) -> None:
    from ...aws.requests import clients

    clients.warm_up()
    now = clock.now()
    for session in snapshot.config.sessions.values():
        if not session.problems and snapshot.usable(session.key, now):
            clients.client("sso", session.region, snapshot.config, behalf(snapshot, session.key))
            return
