"""What has to change in the config file, so that roles of a portal have profiles: a plan, made from the file's text.

Only sections that this program has written and nobody has changed are ever changed or taken away. Everything else is
left, and named. A plan that is carried out leaves nothing to do for the next one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from ...model import SSO_SESSION, Session
from ..checks import plain
from ..ini import shorten
from ..other_tools import role_in
from . import sections
from .name_template import Template
from .sections import MARKS, PROFILE, SESSION, Refused, Section, is_ours, is_unchanged, named

ADD, UPDATE, RENAME, KEEP, LEAVE, REFUSE = "add", "update", "rename", "keep", "leave", "refuse"

BY_HAND = "changed by hand"
CONFIGURED = "configured already"
RENAMABLE = "has another name"

Role = tuple[str, str]
"""An account's number and the name of a role in it."""


class Wanted(NamedTuple):
    """A role that is to have a profile."""

    account_id: str
    account_name: str
    role: str

    @property
    def key(self) -> Role:
        """What tells it from others of the portal."""
        return self.account_id, self.role


class Choices(NamedTuple):
    """How profiles are to be. `region` and `output`: "" for none. `changing`: which of these two keys profiles of ours
    that are there already get too. `prune`: take away those of ours whose role is gone, and rename those that the
    template names otherwise. `beside`: also roles that have a profile of somebody else's."""

    template: Template
    region: str = ""
    output: str = ""
    changing: frozenset[str] = frozenset()
    prune: bool = False
    beside: bool = False


class Planned(NamedTuple):
    """What is done for one role. `name`: the profile that it has then, "" for none. `why`: of LEAVE and REFUSE.
    `before`: the header of the section that is there. `replaced`, `numbered`: what is special about the name."""

    wanted: Wanted
    what: str
    name: str
    why: str = ""
    before: str = ""
    replaced: bool = False
    numbered: bool = False


class ProfilePlan(NamedTuple):
    """What changes. `gone`: names and headers of profiles of ours whose role the portal no longer offers. `staying`:
    those of them that somebody has changed. `made`: what UPDATE, RENAME and ADD make, by the profile's name."""

    roles: Sequence[Planned]
    gone: Sequence[tuple[str, str]]
    staying: Sequence[str]
    made: Mapping[str, Section]

    def of(self, *what: str) -> list[Planned]:
        """The roles of which this becomes."""
        return [it for it in self.roles if it.what in what]

    def edit(self, text: str) -> str:
        """The text that the plan was made for, with the plan carried out. Raises Refused."""
        changed = {it.before: self.made[it.name] for it in self.of(UPDATE, RENAME)}
        if changed:
            text = sections.change(text, changed)
        if self.gone:
            text = sections.remove(text, [header for _name, header in self.gone])
        added = [self.made[it.name] for it in self.of(ADD)]
        return sections.add(text, added) if added else text


class _Profile(NamedTuple):
    name: str
    header: str
    options: Mapping[str, str]
    portal: str
    role: Role

    @property
    def ours(self) -> bool:
        return is_ours(PROFILE, self.options)

    @property
    def unchanged(self) -> bool:
        return is_unchanged(PROFILE, self.options)


class Existing:
    """What is there, in a form in which plans are made quickly. `in_credentials`: the names in the credentials file."""

    def __init__(self, text: str, in_credentials: Iterable[str] = ()) -> None:
        """Raises Refused for a text that the AWS CLI refuses."""
        self.text = text
        self.in_credentials = frozenset(in_credentials)
        found = sections.read(text).sections
        meant = {header: named(header) for header in found}
        self.sessions = {name: found[header] for header, (kind, name) in meant.items() if kind == SESSION}
        self.profiles: dict[str, _Profile] = {}
        for header, (kind, name) in meant.items():
            if kind == PROFILE:
                self.profiles[name] = self._profile(name, header, found[header])

    def _profile(self, name: str, header: str, options: Mapping[str, str]) -> _Profile:
        session = options.get("sso_session")
        url = options.get("sso_start_url", "")
        if session is not None:
            url = self.sessions.get(session, {}).get("sso_start_url", "")
        role = (options.get("sso_account_id", ""), options.get("sso_role_name", ""))
        if not all(role):
            account, role_name, url = role_in(options) or ("", "", "")
            role = (account, role_name)
        return _Profile(name, header, options, plain(url) if url else "", role)


def make_plan(
    existing: Existing,
    session: Session,
    wanted: Iterable[Wanted],
    choices: Choices,
    offered: Container[Role] | None = None,
) -> ProfilePlan:
    """The plan for these roles of the session's portal. `offered`: all that it offers, None as long as not all is
    known: then nothing is pruned. Raises Refused where none of it can be done."""
    if choices.template.uses("region") and not choices.region:
        raise Refused("its name is to have the region, and there is none")
    _check_session(existing, session, choices)
    maker = _Maker(existing, session, choices)
    roles = maker.roles(list({it.key: it for it in wanted}.values()))
    lost = [it for it in maker.mine if choices.prune and offered is not None and it.role not in offered]
    gone = [(it.name, it.header) for it in lost if it.unchanged]
    return ProfilePlan(roles, gone, [it.name for it in lost if not it.unchanged], maker.made)


def _check_session(existing: Existing, session: Session, choices: Choices) -> None:
    if session.kind != SSO_SESSION:
        return
    found = existing.sessions.get(session.key)
    if found is None:
        raise Refused(f"there is no [sso-session {shorten(session.key)}] any more")
    for key, value in (("region", choices.region), ("output", choices.output)):
        theirs = found.get(key, value)
        if value and theirs != value:
            why = f"{key} = {shorten(theirs)}, and the AWS CLI refuses a profile of it with another"
            raise Refused(f"[sso-session {shorten(session.key)}] has {why}")


class _Maker:
    def __init__(self, existing: Existing, session: Session, choices: Choices) -> None:
        self.existing = existing
        self.session = session
        self.choices = choices
        self.made: dict[str, Section] = {}
        self.taken = {*existing.profiles, "default"}
        self.portal = plain(session.start_url)
        self.mine: list[_Profile] = []
        self.having: dict[Role, list[str]] = {}
        for it in existing.profiles.values():
            if not all(it.role) or (it.portal and it.portal != self.portal):
                continue
            own = it.options.get("sso_session", it.options.get("sso_start_url")) == session.key
            if it.ours and own:
                self.mine.append(it)
            self.having.setdefault(it.role, []).append(it.name)
        self.my_names = {it.name for it in self.mine}

    def roles(self, wanted: Sequence[Wanted]) -> list[Planned]:
        """What is done for each. Who has a name already keeps it, whoever comes first in the listing."""
        mine: dict[Role, list[_Profile]] = {}
        for it in self.mine:
            mine.setdefault(it.role, []).append(it)
        found: list[Planned] = []
        for each in wanted:
            base, replaced = self.choices.template.name(self._values(each))
            own = mine.get(each.key, [])
            same = [it for it in own if it.name == base or _is_numbered(it.name, base)]
            if same:
                it = min(same, key=lambda it: it.name != base)
                found.append(self._there(each, it)._replace(replaced=replaced, numbered=it.name != base))
            else:
                found.append(self._missing(each, base, own)._replace(replaced=replaced))
        return found

    def _values(self, wanted: Wanted) -> dict[str, str]:
        return {
            "account_name": wanted.account_name,
            "account_id": wanted.account_id,
            "role_name": wanted.role,
            "session": self.session.key,
            "region": self.choices.region,
        }

    def _there(self, wanted: Wanted, it: _Profile) -> Planned:
        """A profile of ours that has the name which it should have."""
        if not it.unchanged:
            return Planned(wanted, LEAVE, it.name, BY_HAND, it.header)
        section = self._section(wanted, it.name, it.options)
        if {**section.options, MARKS[PROFILE]: ""} == {**it.options, MARKS[PROFILE]: ""}:
            return Planned(wanted, KEEP, it.name, "", it.header)
        self.made[it.name] = section
        return Planned(wanted, UPDATE, it.name, "", it.header)

    def _missing(self, wanted: Wanted, base: str, own: Sequence[_Profile]) -> Planned:
        """A role without a profile of ours that has the name which it should have."""
        choices = self.choices
        if choices.template.uses("region"):  # one for each region
            own = [it for it in own if it.options.get("region", "") == choices.region]
        renamed = next((it for it in own if it.unchanged), None)
        if own and renamed is None:
            return Planned(wanted, LEAVE, own[0].name, BY_HAND, own[0].header)
        if renamed is not None and not choices.prune:
            return Planned(wanted, LEAVE, renamed.name, RENAMABLE, renamed.header)
        others = [name for name in self.having.get(wanted.key, ()) if name not in self.my_names]
        if renamed is None and others and not choices.beside:
            return Planned(wanted, LEAVE, others[0], CONFIGURED)
        if base in self.existing.in_credentials:
            return Planned(wanted, REFUSE, "", f"{shorten(base)} stands in the credentials file")
        name, number = base, 1
        while name in self.taken or name in self.existing.in_credentials:
            number += 1
            name = f"{base}-{number}"
        self.taken.add(name)
        if renamed is None:
            self.made[name] = self._section(wanted, name, {})
            return Planned(wanted, ADD, name, numbered=number > 1)
        self.made[name] = self._section(wanted, name, renamed.options)
        return Planned(wanted, RENAME, name, "", renamed.header, numbered=number > 1)

    def _section(self, wanted: Wanted, name: str, before: Mapping[str, str]) -> Section:
        session, choices = self.session, self.choices
        if session.kind == SSO_SESSION:
            options = {"sso_session": session.key}
        else:
            options = {"sso_start_url": session.start_url, "sso_region": session.region}
        options |= {"sso_account_id": wanted.account_id, "sso_role_name": wanted.role}
        for key, value in (("region", choices.region), ("output", choices.output)):
            chosen = value if not before or key in choices.changing else before.get(key, "")
            if chosen:
                options[key] = chosen
        return Section(PROFILE, name, options)


def _is_numbered(name: str, base: str) -> bool:
    return name.startswith(base) and re.fullmatch(r"-[0-9]+", name[len(base) :]) is not None
