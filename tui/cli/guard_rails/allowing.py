"""Whether a command may go on with a profile: what guard rules deny, and the question that they ask.

Without rules this costs a look at whether there is a settings file.
"""

from __future__ import annotations

from ...aws.cache.folders import settings_path
from ...guard import lookup
from ..environment import wants_colours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from ...aws.config.configuration import Config
    from ...aws.model import Profile
    from ...guard.rules import Facts, Guard
    from ...words.marks import Mark
    from ..environment import Environment

NAMED = 3
"""Profiles that are named where there are many."""


def add_yes(parser: ArgumentParser) -> None:
    """The option that answers the question beforehand."""
    parser.add_argument("--yes", action="store_true", help="do not ask where a guard rule would; it still can deny")


def add_agent(parser: ArgumentParser) -> None:
    """The option for coding agents."""
    parser.add_argument(
        "--agent", action="store_true", help="for coding agents: only profiles that a guard rule lets them use"
    )


def allow(here: Environment, profile: Profile, action: str, options: Namespace) -> None:
    """Come back where nothing stands against doing something with a profile, of which AWS knows. `options` may have
    `yes` and `agent`. Raises SsoError: exit code 2 where it is denied, or there is nobody to ask; 1 after a no."""
    agent = getattr(options, "agent", False)
    if not agent and not lookup.present():
        return
    guard = lookup.load()
    facts = _facts(guard, profile)
    if agent:
        _allow_agent(guard, facts, action)
    else:
        _allow(here, guard, facts, action, getattr(options, "yes", False), _said(profile, facts))


def is_free(profile: Profile, action: str) -> bool:
    """Whether rules have nothing to say of doing something with a profile, not even by a label."""
    if not lookup.present():
        return True
    guard = lookup.load()
    facts = _facts(guard, profile)
    return not (guard.denied(facts, action) or guard.asks(facts, action) or guard.mark(facts))


def allow_use(here: Environment, config: Config, name: str, action: str, options: Namespace) -> None:
    """As `allow`, for switching a shell to a profile of any kind."""
    profile, agent = config.profiles.get(name), getattr(options, "agent", False)
    if profile is not None:
        allow(here, profile, action, options)
    elif agent or lookup.present():
        from ...text import clean

        guard = lookup.load()
        facts = _facts_by_name(guard, config, name)
        if agent:
            _allow_agent(guard, facts, action)
        else:
            _allow(here, guard, facts, action, getattr(options, "yes", False), clean(name))


def allow_each(here: Environment, profiles: Sequence[Profile], yes: bool) -> bool:
    """As `allow`, for running a command under many profiles: one question for all. Returns whether it was asked."""
    if not lookup.present():
        return False
    from ...aws.errors import SsoError
    from ...exit_codes import FAILED, USAGE
    from ...guard.rules import EACH

    guard = lookup.load()
    facts = {profile.name: _facts(guard, profile) for profile in profiles}
    denied = {name: found for name, it in facts.items() if (found := guard.denied(it, EACH))}
    if denied:
        first, *_ = denied.values()
        raise SsoError(f"{first}: {_listed(list(denied))}", "nothing was run; to leave one out: '!NAME'", USAGE)
    asking = {name: found for name, it in facts.items() if (found := guard.asks(it, EACH))}
    if not asking or yes:
        return False
    first, *_ = asking.values()
    marks = dict.fromkeys(mark.text for name in asking if (mark := guard.mark(facts[name])) is not None)
    whom = f"{_listed(list(asking))} {' '.join(marks)}".rstrip()
    many = f", of {len(profiles)} profiles" if len(profiles) > len(asking) else ""
    answer = _answer(here, f"Guarded: {whom}{many}. Run it?")
    if answer is None:
        raise SsoError(f"{first}, and there is no terminal to ask on: {_listed(list(asking))}", "see: --yes", USAGE)
    if not answer:
        raise SsoError("Not confirmed: nothing was run", "", FAILED)
    return True


def mark_of(profile: Profile) -> Mark | None:
    """The label of a profile, for commands that tell of one."""
    if not lookup.present():
        return None
    guard = lookup.load()
    return guard.mark(_facts(guard, profile)) if guard.marks else None


def label_of(config: Config, name: str) -> str:
    """The label of a profile of any kind, in its brackets; "" where it has none."""
    if not lookup.present():
        return ""
    guard = lookup.load()
    mark = guard.mark(_facts_by_name(guard, config, name))
    return mark.text if mark is not None else ""


def marks_of(profiles: Sequence[Profile]) -> dict[str, Mark]:
    """The labels of all those that have one, by name."""
    guard = lookup.load()
    if not guard.marks:
        return {}
    found = ((profile.name, guard.mark(_facts(guard, profile))) for profile in profiles)
    return {name: mark for name, mark in found if mark is not None}


def painted(here: Environment, line: str, mark: Mark | None) -> str:
    """A line for people, on stderr, with the label in it in its colour where there are some."""
    if mark is None or not wants_colours(here.environ) or not _sees(here):
        return line
    return line.replace(mark.text, mark.painted(), 1)


def _allow(here: Environment, guard: Guard, facts: Facts, action: str, yes: bool, said: str) -> None:
    from ...aws.errors import SsoError
    from ...exit_codes import FAILED, USAGE
    from ...text import clean

    denied = guard.denied(facts, action)
    if denied:
        raise SsoError(f"{denied}: {facts.profile}", "", USAGE)
    asks = guard.asks(facts, action)
    if not asks or yes:
        return
    mark = guard.mark(facts)
    if mark is None or asks.endswith(")"):  # nothing in the question says why it is asked, or there is a doubt
        here.say(f"! {clean(asks)}")
    answer = _answer(here, painted(here, f"{mark.text + ' ' if mark else ''}{said}: {_DOING[action]}", mark))
    if answer is None:
        title = f"{asks}, and there is no terminal to ask on: {facts.profile}"
        raise SsoError(title, _without_asking(facts.profile, action), USAGE)
    if not answer:
        raise SsoError(f"Not confirmed: {facts.profile}", "", FAILED)


_DOING = {
    "use": "use it?",
    "export": "hand out its credentials?",
    "console": "open its console?",
    "exec": "run the command with it?",
    "shell": "open a sub-shell with it?",
}


def _without_asking(name: str, action: str) -> str:
    from ...aws.errors import command_line

    if action != "use":
        return "to go on without a question: --yes"
    return f"without a question: {command_line('env', '--yes', '--format', 'profile', name=name)}"


def _allow_agent(guard: Guard, facts: Facts, action: str) -> None:
    """Nobody is asked, and --yes is no answer: it would be the agent's own."""
    from ...aws.errors import SsoError
    from ...exit_codes import USAGE
    from ...text import place

    denied = guard.denied(facts, action)
    asks = guard.asks(facts, action)
    if denied:
        raise SsoError(f"{denied}: {facts.profile}", "", USAGE)
    if not guard.lets_agents(facts):
        rule = f'[[guard]] with match = "{facts.profile}" and agents = true'
        where = place(settings_path())
        raise SsoError(f"Agents may not use {facts.profile}; a person has to allow it: {rule}, in {where}", "", USAGE)
    if asks:
        raise SsoError(f"{asks}, which an agent cannot answer; a person has to do this: {facts.profile}", "", USAGE)


def _facts(guard: Guard, profile: Profile) -> Facts:
    from ...guard.rules import facts_of

    if not guard.wants_names or profile.account_name:
        return facts_of(profile)
    from ...aws.cache import account_names

    return facts_of(profile, account_names.load())


def _facts_by_name(guard: Guard, config: Config, name: str) -> Facts:
    profile = config.profiles.get(name)
    if profile is not None:
        return _facts(guard, profile)
    from ...guard.rules import facts_without_sso

    return facts_without_sso(name, config.unlisted.get(name, {}))


def _said(profile: Profile, facts: Facts) -> str:
    from ...text import clean
    from ...words.account import account

    number = account(facts.account_id, facts.account_name)
    return " · ".join(clean(part) for part in (profile.label, number, facts.role) if part)


def _listed(names: Sequence[str]) -> str:
    from ...text import clean

    rest = len(names) - NAMED
    if rest <= 1:
        return ", ".join(map(clean, names))
    return f"{', '.join(map(clean, names[:NAMED]))} and {rest} more"


def _answer(here: Environment, question: str) -> bool | None:
    """What the person says; None where there is none. The answer comes from the terminal, even where something else is
    read from standard input: but never behind the back of who does not see stderr."""
    if not _sees(here):
        return None
    if here.can_ask:
        return here.confirmed(question)
    from ..environment import Environment

    try:
        with open("/dev/tty", encoding="utf-8", errors="replace") as terminal:
            return Environment(here.environ, stdin=terminal, stderr=here.stderr).confirmed(question)
    except OSError:
        return None


def _sees(here: Environment) -> bool:
    try:
        return here.stderr is not None and here.stderr.isatty()
    except ValueError:  # closed
        return False
