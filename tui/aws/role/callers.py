"""Who many profiles are: the caller identities, asked for like fresh role credentials, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from ...exit_codes import REFUSED as REFUSED_CODE
from ...exit_codes import SIGN_IN_NEEDED
from ...text import clean
from ..errors import SsoError
from ..model import Profile
from ..state.current import as_configured
from ..state.store import Store
from .caller_identity import Identity, get_identity
from .fleet import Fleet

FINE, OTHER_ACCOUNT, REFUSED, GONE, NOT_SIGNED_IN, FAILED = (
    "ok",
    "another account",
    "refused",
    "gone",
    "not signed in",
    "failed",
)
"""What can be said of a profile: who it is agrees with what it says, or not; AWS refuses the role; there is no such
role, account or profile any more; the session needs a sign-in; anything else."""

_GONE = ("ResourceNotFoundException", "NoSuchEntity")

Cell = str | int | None


class Caller:
    """What came of asking who a profile is: an `identity`, or an `error` why that is not known. `account_name`: of the
    account that it is in, else of the profile's; "" where that has none."""

    __slots__ = ("account_name", "error", "identity", "profile")

    def __init__(
        self, profile: Profile, identity: Identity | None, error: SsoError | None = None, account_name: str = ""
    ) -> None:
        self.profile = profile
        self.identity = identity
        self.error = error
        self.account_name = account_name

    @property
    def state(self) -> str:
        """One of the words above."""
        if self.error is None:
            return OTHER_ACCOUNT if self.identity is None or self.identity.warning else FINE
        if self.error.exit_code == SIGN_IN_NEEDED:
            return NOT_SIGNED_IN
        if self.error.code in _GONE:
            return GONE
        return REFUSED if self.error.exit_code == REFUSED_CODE else FAILED

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence, "" for nothing. Foreign text."""
        if self.error is not None:
            return self.error.title
        return self.identity.warning if self.identity is not None else ""

    @property
    def role(self) -> str:
        """The permission set, or the name of a role of another kind."""
        return (self.identity.permission_set or self.identity.role) if self.identity is not None else ""

    def record(self) -> dict[str, Cell]:
        """For programs, by the names that AWS has for such things. `ProfileAccount` is what the profile says."""
        found = self.identity
        return {
            "Profile": self.profile.name,
            "ProfileAccount": self.profile.account_id or None,
            "Account": found.account if found else None,
            "AccountName": self.account_name or None,
            "Role": self.role or None,
            "User": found.session_name or None if found else None,
            "Arn": found.arn if found else None,
            "UserId": found.user_id if found else None,
            "LatencyMs": round(found.latency * 1000) if found else None,
            "State": self.state,
            "Problem": self.problem or None,
        }


def caller_of(store: Store, profile: Profile, identity: Identity | None, error: SsoError | None = None) -> Caller:
    """The same, with the name of its account."""
    number = identity.account if identity is not None else profile.account_id
    return Caller(profile, identity, error, store.config.account_name(number, profile))


class Callers:
    """The `fleet` asks for the `identities` that are known by now, by the profile's name."""

    def __init__(self, store: Store, profiles: Sequence[Profile]) -> None:
        self.fleet = Fleet(store, profiles, self._ask)
        self.identities: dict[str, Identity] = {}
        self._store = store
        self._profiles = profiles

    def answers(self) -> list[Caller]:
        """Of all that are done by now, in the order in which they were given."""
        errors = {profile.name: error for profile, error in list(self.fleet.failures)}
        done = [profile for profile in self._profiles if profile.name in self.identities or profile.name in errors]
        return [caller_of(self._store, it, self.identities.get(it.name), errors.get(it.name)) for it in done]

    def _ask(self, profile: Profile, cancelled: threading.Event) -> None:
        # It may be long since it was asked for: by now the profile's name may stand for another role.
        self.identities[profile.name] = as_configured(
            self._store,
            profile.name,
            lambda found: self.fleet.in_session(found, lambda: get_identity(self._store, found, cancelled)),
        ).result


def as_csv(callers: Iterable[Caller]) -> str:
    """The records as RFC 4180 has them, the names on top. Names of accounts are given by others: a cell that a
    spreadsheet would take for a formula has an apostrophe in front, and what a terminal obeys is a visible escape."""
    import csv
    import io

    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for caller in callers:
        record = caller.record()
        if writer is None:
            writer = csv.DictWriter(text, list(record), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({key: _harmless(value) for key, value in record.items()})
    return text.getvalue()


def _harmless(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = clean(value, 1000)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
