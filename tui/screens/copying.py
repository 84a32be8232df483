"""Copying, with truthful words about where the text went, and clearing it again."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..aws.errors import SignInNeeded, SsoError
from ..aws.model import Profile, Secret
from ..aws.role.credentials import get_credentials
from ..aws.state.current import as_configured, profile_now
from ..desktop import browser
from ..shell.formats import default_format, needs_credentials, region_is_left, render
from ..terminal.application import takes_osc52
from .jobs import in_thread, plain

if TYPE_CHECKING:
    from ..host import Host


async def copy(app: Host, text: str, what: str, secret: bool = False, quiet: bool = False) -> str:
    """Copy `text` and tell the user how it went, unless `quiet`; returns the words.

    The system clipboard first; where there is none, the terminal is asked (OSC 52), which cannot be confirmed. What
    is `secret` is cleared after a while (a setting) if it is still on the clipboard.
    """
    clear_after = app.settings.clear_after
    failure = await in_thread(lambda _cancelled: browser.copy(text, secret, clear_after), "copy")
    if not failure:
        words = f"{what}: {browser.COPIED}"
        if secret:
            words += f"; cleared in {clear_after} s" if clear_after else ""
            app.copied = Secret(text)
        if not quiet:
            app.tell(words)
        return words
    sent = app.settings.osc52 and takes_osc52(os.environ)
    if sent:
        app.copy_to_clipboard(text)
        words = f"{what}: {browser.SENT} (system clipboard: {failure})"
    else:
        words = f"{what}: no clipboard: {failure}"
    if not quiet:
        app.tell(words, "information" if sent else "warning", timeout=10)
    return words


async def copy_export(app: Host, profile: Profile) -> None:
    """Copy the export lines of a profile in the default format. Raises SsoError when there are no credentials."""
    form = app.settings.export_format or default_format(os.environ, app.parent_shell)
    shell = form if needs_credentials(form) else default_format(os.environ, app.parent_shell)
    credentials = None
    secret = needs_credentials(form)
    if secret:
        answer = await in_thread(
            lambda cancelled: as_configured(
                app.store, profile, lambda found: get_credentials(app.store, found, False, cancelled)
            ),
            f"get credentials for {profile.name}",
        )
        profile, credentials = answer.profile, answer.result
    else:
        profile = await in_thread(lambda _cancelled: profile_now(app.store, profile))
    if not profile.unlisted:
        app.note_use(profile.name)
    lines = render(form, credentials, profile, drop_region=region_is_left(os.environ), shell=shell)
    await copy(app, lines, f"{form} lines for {profile.label}", secret)


async def copy_lines(
    app: Host, profile: Profile, needed: Callable[[SignInNeeded], object] | None, progress: Callable[[str], object]
) -> None:
    """The same for a key: it says how it goes. `needed`: what to call where a sign-in is needed first; `progress`:
    shows what is being done, "" at its end."""
    progress(f"Copying {profile.label} …")
    try:
        await copy_export(app, profile)
    except SsoError as error:
        if isinstance(error, SignInNeeded) and needed is not None:
            needed(error)
        else:
            app.tell(plain(error), "error")
    finally:
        progress("")
