"""The copy menu: what there is to copy of a row, a letter each."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from ...aws.errors import SsoError
from ...aws.model import Profile, Session
from ...aws.role.caller_identity import get_identity
from ...aws.state.current import as_configured
from ...aws.state.store import Store
from ...text import clean
from ...widgets.rows import session_label
from ..asking.guarded import titled
from ..base import Dialog, Options, bindings
from ..copying import copy
from ..jobs import in_thread, plain

ASK = "AWS is asked for it"
"""What stands for a role's ARN that only AWS knows."""


class CopyItem(NamedTuple):
    """Something to copy: its letter, what it is, the text ("" where AWS has to be asked)."""

    letter: str
    what: str
    text: str


class CopyLines(Options):
    """The lines of the menu."""

    BINDINGS = [Binding("enter", "select", "Copy", key_display="enter", id="copy_menu.copy")]


class CopyMenu(Dialog[None]):
    """A letter, or enter, copies and goes back. `who`: whose it is; `profile`: for what AWS has to be asked."""

    BINDINGS = [
        *bindings("copy_menu"),
        *(Binding(letter, f"letter('{letter}')", show=False) for letter in "nmarspoe"),
    ]
    CSS_PATH = "../../styles/dialogs.tcss"
    PLACE = "copy_menu"
    AUTO_FOCUS = "OptionList"

    def __init__(self, store: Store, who: str, items: Sequence[CopyItem], profile: Profile | None = None) -> None:
        super().__init__()
        self._store = store
        self._who = who
        self._items = items
        self._profile = profile

    def compose(self) -> ComposeResult:
        """A line each: letter, what, text."""
        width = max(len(item.what) for item in self._items)
        with Vertical(classes="dialog -small"):
            yield Static(titled(self.sso, "Copy of", self._profile, self._who), classes="dialog-title")
            yield CopyLines(*(Option(_line(item, width), id=item.letter) for item in self._items), markup=False)
            yield Footer(show_command_palette=False)

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        self.action_letter(message.option.id or "")

    def action_letter(self, letter: str) -> None:
        """Copy what has this letter."""
        for item in self._items:
            if item.letter == letter:
                self.copy(item)

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy")
    async def copy(self, item: CopyItem) -> None:
        """Copy, and go back to the board."""
        what, text = f"The {item.what} of {self._who}", item.text
        if not text and self._profile is not None:
            asked = self._profile
            self.query_one(".dialog-title", Static).update(Content(f"Asking AWS who {clean(asked.label, 120)} is …"))
            try:
                text = await in_thread(
                    lambda cancelled: (
                        as_configured(
                            self._store,
                            asked,
                            lambda profile: _role_arn(self._store, profile, cancelled),
                        ).result
                    ),
                    f"ask who {asked.name} is",
                )
            except SsoError as error:
                self.dismiss()
                self.sso.tell(plain(error), "error")
                return
        words = await copy(self.sso, text, what, quiet=True)
        self.dismiss()
        self.sso.tell(words)


def _role_arn(store: Store, profile: Profile, cancelled: threading.Event) -> str:
    session = store.snapshot.session_of(profile)
    arn = get_identity(store, profile, cancelled).role_arn(session.region if session is not None else "")
    if not arn:
        raise SsoError(f"{profile.name} is no role")
    return arn


def of_profile(profile: Profile, session: Session | None) -> list[CopyItem]:
    """What there is to copy of a profile."""
    arn = profile.options.get("role_arn", "") if profile.via else ""
    return _those_with(
        [
            CopyItem("n", "name", profile.name),
            CopyItem("m", "account name", clean(profile.account_name)),
            CopyItem("a", "account number", profile.account_id),
            CopyItem("r", "role ARN", arn or ASK if not profile.problems else ""),
            CopyItem("s", "start URL", session.start_url if session is not None else ""),
            CopyItem("p", "option", f"--profile {shlex.quote(profile.name)}"),
        ]
    )


def of_role(profile: Profile, session: Session | None, email: str) -> list[CopyItem]:
    """What there is to copy of a role that has no profile."""
    return _those_with(
        [
            CopyItem("m", "account name", clean(profile.account_name)),
            CopyItem("a", "account number", profile.account_id),
            CopyItem("o", "role name", profile.role_name),
            CopyItem("r", "role ARN", ASK),
            *_of_account(email, session),
        ]
    )


def of_account(account_id: str, name: str, email: str, session: Session) -> list[CopyItem]:
    """What there is to copy of an account."""
    return _those_with(
        [
            CopyItem("m", "account name", clean(name)),
            CopyItem("a", "account number", account_id),
            *_of_account(email, session),
        ]
    )


def _of_account(email: str, session: Session | None) -> list[CopyItem]:
    url = session.start_url if session is not None else ""
    return [CopyItem("e", "e-mail address", email), CopyItem("s", "start URL", url)]


def of_session(session: Session) -> list[CopyItem]:
    """What there is to copy of a session."""
    return _those_with([CopyItem("n", "name", session_label(session)), CopyItem("s", "start URL", session.start_url)])


def of_many(profiles: Sequence[Profile], sessions: Sequence[Session]) -> list[CopyItem]:
    """What there is to copy of several profiles: a line for each, nothing twice."""
    return _those_with(
        [
            CopyItem("n", "names", _lines(profile.name for profile in profiles)),
            CopyItem("m", "account names", _lines(clean(profile.account_name) for profile in profiles)),
            CopyItem("a", "account numbers", _lines(profile.account_id for profile in profiles)),
            CopyItem("s", "start URLs", _lines(session.start_url for session in sessions)),
        ]
    )


def _those_with(items: Sequence[CopyItem]) -> list[CopyItem]:
    """Those that have a text; what AWS has to be asked for has none yet."""
    return [item._replace(text="") if item.text == ASK else item for item in items if item.text]


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))


def _line(item: CopyItem, width: int) -> Content:
    lines = item.text.splitlines()
    shown = clean(lines[0], 200) + (f"  and {len(lines) - 1} more" if len(lines) > 1 else "") if lines else ASK
    return Content.assemble((f"{item.letter}  ", "bold"), f"{item.what:{width}}  {shown}")
