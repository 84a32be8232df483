"""Guard rules as values: which profiles they mean, and what follows for one of them. Nothing is read or asked here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..aws.model import Profile
from ..words.marks import Mark
from .patterns import Pattern

USE, EXPORT, CONSOLE, EXEC, EACH, SHELL, CREDENTIAL_PROCESS = (
    "use",
    "export",
    "console",
    "exec",
    "each",
    "shell",
    "credential-process",
)
ACTIONS = (USE, EXPORT, CONSOLE, EXEC, EACH, SHELL, CREDENTIAL_PROCESS)
"""What rules can deny, and ask before."""

SYNONYMS = {"env": EXPORT, "copy": EXPORT}
"""Other names for them: `ssotui env`, the key that copies its lines, and the export screen hand out the same."""

NEVER_ASKED = (CREDENTIAL_PROCESS,)
"""An SDK runs this by itself, for a profile that somebody has set up by hand: there is nobody to ask."""

NO, MAYBE, YES = range(3)
"""Whether a rule means a profile."""


class Facts(NamedTuple):
    """What patterns are compared with. `account_name` is "" where nobody has told it yet."""

    profile: str
    account_id: str = ""
    account_name: str = ""
    role: str = ""
    session: str = ""


def facts_of(profile: Profile, names: Mapping[str, str] | None = None) -> Facts:
    """Those of a profile; of a chained one they are of the role that it ends in. `names`: of accounts, by number, for
    profiles that have none."""
    name = profile.account_name or (names or {}).get(profile.account_id, "")
    own = profile.name
    if profile.unlisted:  # nobody has given it a name: what guards an account by its name is to hold
        own = f"{name or profile.account_id}.{profile.role_name}"
    return Facts(own, profile.account_id, name, profile.role_name, profile.session or "")


def facts_without_sso(name: str, options: Mapping[str, str]) -> Facts:
    """Those of a profile that this program only switches shells to, from its keys."""
    arn = options.get("role_arn", "").split(":", 5)
    account, role = (arn[4], arn[5].rpartition("/")[2]) if len(arn) == 6 else ("", "")
    return Facts(name, account, "", role)


class Rule(NamedTuple):
    """One rule. `title`: how it is called; `source`: as it is written. `match`: patterns by the fields of Facts
    ("account" for both of its), one of each has to match; None where they could not be read."""

    title: str
    source: Mapping[str, Any]
    match: Mapping[str, tuple[Pattern, ...]] | None = None
    mark: Mark | None = None
    confirm: bool = False
    deny: frozenset[str] = frozenset()
    agents: bool = False

    def means(self, facts: Facts) -> int:
        """NO, YES, or MAYBE where the rule cannot be read, or asks for the name of an account that is not known."""
        if self.match is None:
            return MAYBE
        return min(_holds(field, patterns, facts) for field, patterns in self.match.items())

    def doubt(self, facts: Facts) -> str:
        """Why it counts although nobody knows whether it means the profile, in brackets; "" where that is known."""
        if self.means(facts) == YES:
            return ""
        if self.match is None:
            return " (it cannot be read)"
        if any(pattern.given_up for patterns in self.match.values() for pattern in patterns):
            return " (its pattern takes too long)"
        return f" (the name of {facts.account_id} is not known yet)"


class Guard(NamedTuple):
    """All rules, in their order, and what is wrong with them, a sentence each."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def marks(self) -> bool:
        """Whether any rule marks profiles."""
        return any(rule.mark for rule in self.rules)

    @property
    def wants_names(self) -> bool:
        """Whether any rule asks for the names of accounts."""
        return any(_of_names(pattern) for rule in self.rules for pattern in (rule.match or {}).get("account", ()))

    def mark(self, facts: Facts) -> Mark | None:
        """The label and colour of a profile: those of the first rule that means it and has some."""
        return next((rule.mark for rule in self.rules if rule.mark and rule.means(facts) == YES), None)

    def denied(self, facts: Facts, action: str) -> str:
        """Which rule denies this, as the end of a sentence, "" when none does. A rule counts that may mean it."""
        for rule in self.rules:
            if action in rule.deny and rule.means(facts):
                return f"{rule.title} denies {action}{rule.doubt(facts)}"
        return ""

    def asks(self, facts: Facts, action: str) -> str:
        """Which rule asks before this, "" when none does. A rule counts that may mean it."""
        for rule in self.rules if action not in NEVER_ASKED else ():
            if rule.confirm and rule.means(facts):
                return f"{rule.title} asks before {action}{rule.doubt(facts)}"
        return ""

    def lets_agents(self, facts: Facts) -> bool:
        """Whether coding agents may use it: only where a rule surely says so."""
        return any(rule.agents and rule.means(facts) == YES for rule in self.rules)


NO_GUARD = Guard()


def _holds(field: str, patterns: tuple[Pattern, ...], facts: Facts) -> int:
    if field != "account":
        text: str = getattr(facts, field)
        found = any(pattern.matches(text) for pattern in patterns)
        return YES if found else _unless_given_up(patterns)
    texts = [text for text in (facts.account_id, facts.account_name) if text]
    if any(pattern.matches(text) for pattern in patterns for text in texts):
        return YES
    unknown = facts.account_id and not facts.account_name
    return MAYBE if unknown and any(map(_of_names, patterns)) else _unless_given_up(patterns)


def _unless_given_up(patterns: tuple[Pattern, ...]) -> int:
    """What it comes to where none of them was found."""
    return MAYBE if any(pattern.given_up for pattern in patterns) else NO


def _of_names(pattern: Pattern) -> bool:
    """Whether a pattern for accounts is about their names: one without any letter is about their numbers."""
    return any(char.isalpha() for char in re.sub(r"\\.", "", pattern.text))
