"""What the screen of accounts says: of its lines, of the listing, of the keys that help. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence

from ...aws.cache.account_list import AccountList
from ...aws.errors import SignInNeeded, SsoError
from ...keys import pressed
from ...moments import since
from ...text import clean
from ...widgets.key_bar import Hint
from ...widgets.row_list import ACCENT, TEXT
from ...words.counts import counted
from ...words.states import BAD, MUTED
from .branches import ACCOUNT, HEAD, LOST, NO_NAME, ROLE, Branches, Line

GONE_MEANS = "AWS gives no credentials to profiles whose role was taken away, renamed or never there"


class Progress:
    """How the listing of a session's portal is going on. `running`: a listing is under way, `stopped`: the user has
    ended it, `error`: it has ended by itself. `listed_at`: of when that is which was there before it, 0 for nothing;
    `pause`: seconds for which AWS wants no requests; `unsaved`: why it is not kept on disk."""

    __slots__ = ("error", "failures", "listed_at", "pause", "running", "stopped", "unsaved")

    def __init__(self) -> None:
        self.running = False
        self.stopped = False
        self.error: SsoError | None = None
        self.failures: dict[str, str] = {}
        self.listed_at = 0
        self.pause = 0.0
        self.unsaved = ""


def state_of(line: Line) -> tuple[str, str]:
    """What stands beside a name, and its style."""
    if line.problem:
        return line.problem, BAD
    if line.kind == LOST:
        return clean(line.role), MUTED
    if line.kind == ROLE:
        names = profiles_of(line.profiles, line.elsewhere)
        return (names, TEXT) if names else ("new", ACCENT)
    if line.roles is None:
        return "not listed yet", MUTED
    new = f", {line.new} new" if line.new else ""
    return (f"{counted(line.roles, 'role')}{new}" if line.roles else "no roles"), MUTED


def profiles_of(profiles: Sequence[str], elsewhere: Sequence[str]) -> str:
    """The profiles of a role, with those that are another tool's."""
    return ", ".join([*map(clean, profiles), *(f"{clean(name)} (another tool's)" for name in elsewhere)])


def summary(branches: Branches) -> str:
    """How much there is, for the title."""
    if not branches.accounts:
        return ""
    counts = f"{counted(len(branches.accounts), 'account')}, {counted(len(branches.offers), 'role')}"
    return f"{counts}, {branches.new} new" if branches.new else counts


def offer_to_write(label: str, line: Line) -> str:
    """The question whether to write a profile for a role, called `label`, that is to be used and has none."""
    why = f"the profile {line.elsewhere[0]} is another tool's" if line.elsewhere else "no profile is for it yet"
    return f"{label}: {why}, and a shell needs one. Write a profile for it? e, y, i and o do without."


def listing(known: AccountList, progress: Progress, now: float) -> tuple[str, str]:
    """How old what is shown is, and what is done about it, with what to press; and its kind, "warning" or "info"."""
    left = len(known.unlisted())
    total = len(known.accounts)
    done = f"{total - left} of {counted(total, 'account')}" if total else ""
    before = f"listed {age}" if (age := _age(progress.listed_at, now)) else ""
    if progress.running:
        doing = done if total and known.accounts_at != progress.listed_at else "asking for the accounts …"
        if before:
            doing = f"{before}; now {doing}"
        if progress.pause:
            doing += f"; AWS asks to slow down ({progress.pause:.0f} s)"
        return f"{doing}   {pressed('accounts.back')} stops", "info"
    if progress.error is not None:
        error = progress.error
        if isinstance(error, SignInNeeded):
            return f"{clean(error.title, 600)}   {pressed('accounts.sign_in')} signs in", "warning"
        where = f"at {done}: " if left and done else ""
        hint = f": {clean(error.hint, 600)}" if error.hint else ""
        again = f"{pressed('accounts.list')} {'goes on' if where else 'tries again'}"
        return f"{where}{clean(error.title, 600)}{hint}   {again}", "warning"
    if progress.stopped and left:
        return f"stopped at {done}   {pressed('accounts.list')} goes on", "info"
    if progress.failures:
        count = counted(len(progress.failures), "account")
        return f"{count} could not be listed   {pressed('accounts.list')} tries them again", "warning"
    if progress.unsaved:
        return f"not kept on disk: {clean(progress.unsaved)}: it is all asked anew the next time", "warning"
    if left:
        return f"{done} are listed   {pressed('accounts.list')} goes on", "info"
    when = _age(known.accounts_at, now)
    return (f"listed {when}   {pressed('accounts.list')} lists anew" if when else "", "info")


def empty(known: AccountList, progress: Progress, session: str) -> Sequence[str]:
    """What stands in place of accounts."""
    if progress.running:
        return ("Asking for the accounts …",)
    if progress.error is not None or not known.accounts_at:
        how = f"{pressed('accounts.list')} lists them."
        if isinstance(progress.error, SignInNeeded):
            how = f"{pressed('accounts.sign_in')} signs in, and they are listed then."
        return (f"The accounts of {session} are not known.", how)
    return (
        f"The portal of {session} offers no accounts.",
        f"Whoever manages IAM Identity Center can assign some to you; {pressed('accounts.list')} looks again.",
    )


def in_full(line: Line, branches: Branches) -> str:
    """The highlighted line in full, for the line at the bottom, and what to press."""
    if line.kind == HEAD:
        return f"{GONE_MEANS}: {line.roles} of yours"
    if line.kind == LOST:
        where = f"{line.email} ({line.account_id})" if line.email else f"account {line.account_id}"
        return f"{line.label}: role {clean(line.role)} in {where} is no longer offered"
    account = next(it for it in branches.accounts if it.account_id == line.account_id)
    names = [clean(account.name) or NO_NAME, account.account_id, clean(account.email)]
    if line.kind == ACCOUNT:
        return " · ".join(filter(None, [*names, line.problem or state_of(line)[0]]))
    profiles = profiles_of(line.profiles, line.elsewhere)
    state = f"profile{'s' if len(line.profiles + line.elsewhere) > 1 else ''} {profiles}"
    return " · ".join(filter(None, [line.label, *names[:2], state if profiles else "no profile yet"]))


def hints(line: Line | None, progress: Progress, filtered: bool, marked: int, sessions: int) -> list[Hint]:
    """The keys that help now, in the order in which they always stand. What the listing wants is in its own line."""
    found = []
    if line is not None and line.kind in (ACCOUNT, HEAD):
        found.append(Hint("tree.use", "Close" if line.open else "Open", 0))
    elif line is not None and line.profiles:
        found.append(Hint("tree.use", "Use", 0))
    if line is not None:
        found.append(Hint("accounts.filter", "Filter", 4))
        found.append(Hint("tree.mark", "Mark", 5))
    if marked or (line is not None and line.kind == ROLE and not line.profiles):
        found.append(Hint("accounts.write", f"Write {marked} profiles" if marked > 1 else "Write profile", 3))
    if line is not None and line.kind in (ROLE, LOST):
        found += [
            Hint("accounts.export", "Export", 6),
            Hint("accounts.identity", "Identity", 9),
            Hint("accounts.console", "Console", 7),
        ]
    if isinstance(progress.error, SignInNeeded):
        found.append(Hint("accounts.sign_in", "Sign in", 3))
    if sessions > 1:
        found.append(Hint("accounts.session", "Session", 8))
    back = "Clear filter" if filtered else "Stop" if progress.running else "Clear marks" if marked else "Back"
    return [*found, Hint("accounts.back", back, 1), Hint("accounts.help", "Help", 2)]


def _age(at: int, now: float) -> str:
    return since(now - at) if at else ""
