"""Which role credentials AWS has granted for a short time only.

A cache file says when credentials end, not for how long they were granted. Without that, those granted for less than
15 minutes would look as if they had to be renewed the moment they arrive, each time that they are used.
"""

from __future__ import annotations

import os

from .. import clock
from ..cache import files, folders
from ..model import MARGIN, RoleCredentials


def margin(path: str, credentials: RoleCredentials) -> int:
    """Seconds before their end from which the credentials in the cache file at `path` are to be renewed."""
    value = files.read(_note_path(path)).value or {}
    granted = value.get("granted")
    if value.get("accessKeyId") != credentials.access_key_id or type(granted) is not int or granted <= 0:
        return MARGIN
    return min(MARGIN, granted // 2)


def note(path: str, credentials: RoleCredentials) -> None:
    """Remember how long the credentials that are about to be written to `path` last, if that is not long."""
    granted = credentials.expires_at - int(clock.now())
    if not 0 < granted < 2 * MARGIN:
        return
    try:
        files.write(_note_path(path), {"accessKeyId": credentials.access_key_id, "granted": granted})
    except OSError:
        pass  # they are asked for anew at each use, then


def _note_path(path: str) -> str:
    return os.path.join(folders.own_folder(folders.STATE), "grants", os.path.basename(path))
