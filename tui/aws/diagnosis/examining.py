"""What is looked at to find what is wrong: the configuration, all cached files, their modes."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

from ..cache import shapes
from ..session.manifest import make_manifest
from ..state.store import Store
from . import leftovers
from .findings import Examined, Finding, findings

OTHERS = 0o077


def examine(store: Store, now: float, of_ours: Sequence[str]) -> list[Finding]:
    """All that is wrong. Reads the files and the caches anew; no network. `now`: in seconds since the epoch. `of_ours`:
    what is wrong with this program's own files, a sentence each."""
    store.look_at_config()  # as it is at this moment: a repair may just have been made
    snapshot = store.look(store.config.profiles.values(), at_config=False)
    manifest = make_manifest(snapshot)
    folders = [shapes.token_dir(), shapes.role_dir()]
    paths = [*folders, *(item.path for item in manifest.items), snapshot.config.credentials_file]
    loose = {path: mode for path in dict.fromkeys(paths) if (mode := _mode(path)) and mode & OTHERS}
    for folder in folders:
        if folder in loose and not loose[folder] & 0o022:
            del loose[folder]  # that others see the names is usual, and does no harm
    return findings(Examined(snapshot, manifest, loose, now, leftovers.look(store.environ, now), of_ours))


def _mode(path: str) -> int:
    """The permissions of a file of one's own, 0 where there is none or the system has none."""
    try:
        info = os.stat(path)
    except OSError:
        return 0
    own = os.name == "posix" and info.st_uid == os.geteuid()
    return stat.S_IMODE(info.st_mode) if own else 0
