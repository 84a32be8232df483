"""The symbols of the session states. Apart from `states`, which loads more than `ssotui status --prompt` can afford."""

from __future__ import annotations

from ..aws import model

SYMBOLS = {
    model.SIGNED_IN: "●",
    model.EXPIRING: "◔",
    model.REFRESHABLE: "◐",
    model.SIGNED_OUT: "○",
    model.UNREADABLE: "!",
}
RENEWS = "↻"
"""In place of the time left of a session that renews silently."""
