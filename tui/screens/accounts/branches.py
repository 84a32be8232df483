"""What a portal offers as the lines of a tree: accounts with their roles, then the profiles whose role is gone. Values
in, values out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from ...aws.cache.account_list import Account, AccountList
from ...aws.model import Profile, Session
from ...aws.role.offered import CONFIGURED, GONE, NEW, Offer, gone, offers
from ...aws.state.snapshot import Snapshot
from ...text import clean
from ...widgets.fuzzy import LEAVE_OUT, Index, fold, haystack

ACCOUNT, ROLE, HEAD, LOST = "account", "role", "head", "lost"
"""What a line stands for: an account, one of its roles, the profiles that are gone, one of these."""

MARKED = "marked"
"""Beside the states of roles, a word of the filter."""

_STATES = (CONFIGURED, NEW, GONE, MARKED)
"""Words of the filter that mean a state, and are never looked for letter by letter."""

NO_NAME = "–"
"""In place of an account's name where it has none."""

_BEGINNING = 4
"""Letters of a state's word that mean the state: fewer are the beginning of too much else."""

Role = tuple[str, str]
"""The number of an account, and the name of a role in it."""

Found = tuple[list[Account], dict[str, list[Offer]], list[Profile], "Line | None"]
"""What matches: the accounts, best match first, the roles of each, the profiles that are gone, and the best line."""

IsOpen = Callable[[str, bool], bool]
"""Whether what has a key is open: by the user, else as it is by itself."""


class Line(NamedTuple):
    """A line of the tree. `open`: what belongs to it stands below. `profiles`: of a role, those that are for it, and
    `elsewhere` those of other tools; of a profile that is gone, itself. Of an account `roles` are how many it offers,
    None while that is not known, `new` those without a profile, and `problem` says why they could not be listed.
    `label`, `email` and `problem` are clean; of a profile that is gone `email` is its account's name."""

    key: str
    kind: str
    label: str
    account_id: str = ""
    role: str = ""
    profiles: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    open: bool = False
    roles: int | None = None
    new: int = 0
    email: str = ""
    problem: str = ""


class Branches:
    """What is `known` of a session's portal beside the configuration. `failures`: by the accounts' numbers, why their
    roles could not be listed. `new`: how many roles no profile is for."""

    def __init__(
        self, snapshot: Snapshot, session: Session, known: AccountList, failures: Mapping[str, str] | None = None
    ) -> None:
        self.accounts = sorted(known.accounts.values(), key=lambda it: (it.name.casefold(), it.account_id))
        self.offers = offers(snapshot, session, known)
        self.lost = gone(snapshot, session, known)
        self._names = {it.account_id: it.name for it in self.accounts}
        self._failures = failures or {}
        self.new = len(new_ones(self.offers))
        self._of: dict[str, list[Offer]] = {it.account_id: [] for it in self.accounts}
        for offer in self.offers:
            self._of[offer.account.account_id].append(offer)
        self._index: Index | None = None
        self._texts: list[str] = []
        self._rows: list[Account | Offer | Profile] = []
        self._places: dict[Role, int] = {}
        self._last: tuple[str, frozenset[Role], Found] | None = None

    # -- what there is -------------------------------------------------------------------------------------------

    def of_account(self, account_id: str) -> list[Offer]:
        """The roles of an account."""
        return self._of.get(account_id, [])

    def offer(self, role: Role) -> Offer | None:
        """What is offered as this role."""
        return next((it for it in self.of_account(role[0]) if it.role == role[1]), None)

    def chosen(self, marked: Collection[Role]) -> list[Offer]:
        """Those of the marked roles that are still offered, in the order of the tree."""
        return [it for it in self.offers if role_of(it) in marked] if marked else []

    def prepare(self) -> Index:
        """Get ready for a filter, so that its first letter need not wait for it."""
        if self._index is None:
            self._rows = [*self.offers, *(it for it in self.accounts if not self._of[it.account_id]), *self.lost]
            self._texts = [self._text(row) for row in self._rows]
            self._index = Index(self._texts, range(len(self._rows)))
            self._places = {role_of(it): place for place, it in enumerate(self.offers)}
        return self._index

    def count(self, query: str, marked: Collection[Role]) -> int:
        """How many roles match, and profiles that are gone; of `total` without a filter."""
        if not query.strip():
            return self.total
        _accounts, roles, lost, _best = self._found(query, frozenset(marked))
        return sum(map(len, roles.values())) + len(lost)

    @property
    def total(self) -> int:
        """How many roles there are, and profiles that are gone."""
        return len(self.offers) + len(self.lost)

    # -- lines ---------------------------------------------------------------------------------------------------

    def lines(self, is_open: IsOpen, query: str = "", marked: Collection[Role] = ()) -> tuple[list[Line], str]:
        """The lines that match, and the key of the best one ("" without a query).

        An account that matches by itself stays closed, and has all of its roles; one that was found by its roles is
        open, and has those. With words that only leave something out, all is as without a filter.
        """
        if not query.strip():
            found = [line for it in self.accounts for line in self._branch(it, self._of[it.account_id], is_open, False)]
            return found + self._head(self.lost, is_open, False), ""
        words = [word for word in fold(query).split() if not word.startswith(LEAVE_OUT)]
        accounts, roles, lost, best = self._found(query, frozenset(marked))
        found = []
        for account in accounts:
            text = _own_text(account)
            opened = bool(words) and (len(accounts) == 1 or not all(word in text for word in words))
            found += self._branch(account, roles[account.account_id], is_open, opened)
        if words and best is not None and not any(line.key == best.key for line in found):
            best = best._replace(key=best.account_id)
        return found + self._head(lost, is_open, bool(words)), best.key if words and best is not None else ""

    def _branch(self, account: Account, roles: list[Offer], is_open: IsOpen, opened: bool) -> list[Line]:
        key = account.account_id
        line = self._account_line(account, is_open(key, opened))
        if not line.open:
            return [line]
        return [line, *(_role_line(offer) for offer in roles)]

    def _account_line(self, account: Account, opened: bool) -> Line:
        of_it = self._of[account.account_id]
        return Line(
            account.account_id,
            ACCOUNT,
            clean(account.name) or NO_NAME,
            account.account_id,
            open=opened,
            roles=len(of_it) if account.roles is not None else None,
            new=len(new_ones(of_it)),
            email=clean(account.email),
            problem=clean(self._failures.get(account.account_id, "")),
        )

    def _head(self, lost: list[Profile], is_open: IsOpen, opened: bool) -> list[Line]:
        if not lost:
            return []
        label = f"No longer offered: {len(lost)} profile{'s' if len(lost) > 1 else ''}"
        line = Line(HEAD, HEAD, label, open=is_open(HEAD, opened), roles=len(lost))
        return [line, *map(self._lost_line, lost)] if line.open else [line]

    def lost_lines(self) -> list[Line]:
        """The profiles that are gone."""
        return [self._lost_line(profile) for profile in self.lost]

    def _lost_line(self, profile: Profile) -> Line:
        name = self._names.get(profile.account_id) or profile.account_name
        return Line(
            f"{LOST}/{profile.name}",
            LOST,
            clean(profile.name),
            clean(profile.account_id, 40),
            profile.role_name,
            (profile.name,),
            email=clean(name),
        )

    def _found(self, query: str, marked: frozenset[Role]) -> Found:
        if self._last is None or self._last[:2] != (query, marked):
            self._last = query, marked, self._search(query, marked)
        return self._last[2]

    def _search(self, query: str, marked: Collection[Role]) -> Found:
        found = self.prepare().search(query, lambda word: self._in_state(word, marked))
        found = self._in_a_row(query, marked, found)
        order: dict[str, Account] = {}
        roles: dict[str, list[Offer]] = {}
        lost: list[Profile] = []
        for index in found:
            row = self._rows[index]
            if isinstance(row, Profile):
                lost.append(row)
                continue
            account = row if isinstance(row, Account) else row.account
            order.setdefault(account.account_id, account)
            roles.setdefault(account.account_id, []).extend([row] if isinstance(row, Offer) else [])
        for each in roles.values():
            each.sort(key=lambda it: self._places[role_of(it)])
        return list(order.values()), roles, lost, self._line(self._rows[found[0]]) if found else None

    def _in_a_row(self, query: str, marked: Collection[Role], found: list[int]) -> list[int]:
        """Those that hold each word as it is. Only where there are none scattered letters count, and those of a state's
        word not even then: in a tree they would stand between the others, because roles stay with their accounts."""
        words = [word for word in fold(query).split() if not word.startswith(LEAVE_OUT)]
        states = {word: self._in_state(word, marked) or () for word in words}

        def holding(words: list[str]) -> list[int]:
            return [row for row in found if all(word in self._texts[row] or row in states[word] for word in words)]

        return holding(words) or holding([word for word in words if word in _STATES])

    def _line(self, row: Account | Offer | Profile) -> Line:
        if isinstance(row, Profile):
            return self._lost_line(row)
        return _role_line(row) if isinstance(row, Offer) else self._account_line(row, False)

    def _text(self, row: Account | Offer | Profile) -> str:
        if isinstance(row, Profile):
            name = self._names.get(row.account_id) or row.account_name
            return haystack(*map(clean, (name, row.account_id, row.role_name, row.name)))
        account, role, names = (row.account, row.role, row.names) if isinstance(row, Offer) else (row, "", ())
        return haystack(*map(clean, (account.name, account.account_id, account.email, role, *names)))

    def _in_state(self, word: str, marked: Collection[Role]) -> Collection[int] | None:
        """The rows in the state that a word says, or begins to say; None for any other word."""
        meant = {state for state in _STATES if state == word or (len(word) >= _BEGINNING and state.startswith(word))}
        if not meant:
            return None
        return {index for index, row in enumerate(self._rows) if not meant.isdisjoint(_states(row, marked))}


def role_of(offer: Offer) -> Role:
    """What a mark is kept by."""
    return offer.account.account_id, offer.role


def new_ones(found: Iterable[Offer]) -> list[Role]:
    """The roles without a profile."""
    return [role_of(it) for it in found if it.state == NEW]


def _role_line(offer: Offer) -> Line:
    account_id = offer.account.account_id
    key = f"{account_id}/{offer.role}"
    return Line(key, ROLE, clean(offer.role), account_id, offer.role, offer.profiles, offer.elsewhere)


def _own_text(account: Account) -> str:
    return haystack(*map(clean, (account.name, account.account_id, account.email)))


def _states(row: Account | Offer | Profile, marked: Collection[Role]) -> set[str]:
    if isinstance(row, Profile):
        return {GONE}
    if isinstance(row, Account):
        return set()
    return {row.state, MARKED} if role_of(row) in marked else {row.state}
