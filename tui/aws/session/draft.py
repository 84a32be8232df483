"""A session that somebody is just adding or changing: nothing is written before its sign-in has succeeded.

A start URL with a typing error, or a region that is not the portal's, would else be left in the configuration of
somebody who has given up. So the sign-in keeps its registration here, and writes the section when the token is there;
whoever leaves before leaves no trace.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping

from ..cache import config_edit, files, shapes
from ..config.writing import sections
from ..config.writing.new_session import session_section
from ..config.writing.sections import SESSION
from ..errors import Cancelled
from ..model import Registration, Session

TRIES = 5
"""Times that the section is added anew, because somebody else has just written the file."""


class Draft:
    """A `session` that is to be in the config file that `environ` names. `changes`: it is there already, with another
    start URL or region.

    `registration`: its client, once it has one. `path`: the file that it stands in, "" until it does; `backup`: the
    copy of what that file was, "" where there was none.
    """

    def __init__(self, session: Session, environ: Mapping[str, str], changes: bool = False) -> None:
        self.session = session
        self.registration: Registration | None = None
        self.path = ""
        self.backup = ""
        self._environ = environ
        self._changes = changes
        self._given_up = False
        self._lock = threading.Lock()

    def edit(self, text: str) -> str:
        """The config file's `text` with the session. Raises sections.Refused."""
        session = self.session
        if not self._changes:
            return sections.add(text, [session_section(session.key, session.start_url, session.region)])
        own = [header for header in sections.read(text).sections if sections.named(header) == (SESSION, session.key)]
        if not own:
            raise sections.Refused(f"[sso-session {session.key}] is not there any more")
        values = {"sso_start_url": session.start_url, "sso_region": session.region}
        return sections.set_values(text, own[-1], values)

    def check(self) -> None:
        """Raises SsoError where the config file could not be written: to be known before anybody signs in."""
        config_edit.read(self._environ).edited(self.edit)

    def settle(self) -> None:
        """The token is there: write the session into the config file as it is by now, and keep its registration. Raises
        SsoError, Cancelled; then nothing is written."""
        with self._lock:
            if self._given_up:
                raise Cancelled
            if not self.path:  # else it was written before a token that could not be kept then
                self._write()

    def give_up(self) -> bool:
        """Write nothing from now on. False when it is written already."""
        with self._lock:
            self._given_up = not self.path
            return self._given_up

    def _write(self) -> None:
        for tried in range(1, TRIES + 1):
            file = config_edit.read(self._environ)
            try:
                self.backup = config_edit.write(file, file.edited(self.edit))
            except config_edit.Changed:
                if tried == TRIES:
                    raise
            else:
                self.path = file.path
                break
        if self.registration is not None:
            with contextlib.suppress(OSError):  # it only saves a request next time
                files.write(shapes.registration_path(self.session), shapes.registration_json(self.registration))
