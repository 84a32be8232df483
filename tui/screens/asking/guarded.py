"""What guard rules say on screens: the label beside a profile's name, and whether something may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content

from ...aws.model import Profile
from ...guard.rules import ACTIONS, NEVER_ASKED, Guard, facts_of
from ...text import clean
from ...words.marks import Mark
from ...words.states import BAD, SOON
from .. import base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App

    from ...host import Host
    from ...widgets.detail import Field
    from .guard_question import GuardQuestion


def mark_of(app: Host, profile: Profile | None) -> Mark | None:
    """The label and colour of a profile, None where it has none."""
    return app.settings.guard.mark(facts_of(profile)) if profile is not None else None


def marks_of(guard: Guard, profiles: Mapping[str, Profile]) -> dict[str, Mark]:
    """Those of all profiles that have one, by name."""
    if not guard.marks:
        return {}
    marked = ((name, guard.mark(facts_of(profile))) for name, profile in profiles.items())
    return {name: mark for name, mark in marked if mark is not None}


def titled(app: Host, words: str, profile: Profile | None, name: str = "") -> Content:
    """The title of a dialog about a profile, with its label; about `name`, where it is about none or several."""
    if profile is None:
        return Content(f"{words} {clean(name, 80)}")
    return base.titled(words, profile, app.settings.account_shown, mark_of(app, profile))


def guard_fields(guard: Guard, profile: Profile) -> Iterator[Field]:
    """What the details say of it."""
    facts = facts_of(profile)
    mark = guard.mark(facts)
    yield "label", mark.text if mark is not None else "", mark.name if mark is not None else ""
    denied = [action for action in ACTIONS if guard.denied(facts, action)]
    asked = [action for action in ACTIONS if guard.asks(facts, action) and action not in denied]
    everything = len(asked) + len(denied) == len(ACTIONS) - len(NEVER_ASKED)
    yield "asks before", ("everything" if everything and not denied else ", ".join(asked)), SOON
    yield "denied", "everything" if len(denied) == len(ACTIONS) else ", ".join(denied), BAD
    yield "agents", "may use it" if guard.lets_agents(facts) else "", ""


def then(app: Host, profiles: Sequence[Profile], action: str, undone: str, act: Callable[[], object]) -> None:
    """Do something with profiles, once nothing stands against it: at once, or after a yes to a question. `action`: one
    of those that rules know, "" for what none can guard. What is not done is said, with `undone`."""
    denied, asking = verdict(app.settings.guard, profiles, action)
    if denied:
        app.tell(f"{denied}: {undone}", "warning", timeout=10)
    elif asking:

        def answered(yes: bool | None) -> None:
            if yes:
                act()
            else:
                app.tell(f"Not confirmed: {undone}", "warning")

        _textual(app).push_screen(_question(app, asking, action), answered)
    else:
        act()


def denial(app: Host, profile: Profile, action: str) -> str:
    """Which rule denies something, "" when none does."""
    return verdict(app.settings.guard, [profile], action)[0]


async def may(app: Host, profiles: Sequence[Profile], action: str, undone: str) -> bool:
    """The same for who waits for the answer, in a worker."""
    denied, asking = verdict(app.settings.guard, profiles, action)
    if denied:
        app.tell(f"{denied}: {undone}", "warning", timeout=10)
        return False
    if not asking:
        return True
    yes: bool = await _textual(app).push_screen_wait(_question(app, asking, action))
    if not yes:
        app.tell(f"Not confirmed: {undone}", "warning")
    return bool(yes)


def _question(app: Host, profiles: Sequence[Profile], action: str) -> GuardQuestion:
    from .guard_question import GuardQuestion

    why = app.settings.guard.asks(facts_of(profiles[0]), action)
    return GuardQuestion(action, [(profile, mark_of(app, profile)) for profile in profiles], why)


def _textual(app: Host) -> App[Any]:
    return cast("App[Any]", app)


def verdict(guard: Guard, profiles: Sequence[Profile], action: str) -> tuple[str, list[Profile]]:
    """Which rule denies something for one of the profiles, "" when none does; and those before which there is a
    question."""
    if not action:
        return "", []
    facts = [facts_of(profile) for profile in profiles]
    denied = next((found for it in facts if (found := guard.denied(it, action))), "")
    return denied, [profile for profile, it in zip(profiles, facts, strict=True) if guard.asks(it, action)]
