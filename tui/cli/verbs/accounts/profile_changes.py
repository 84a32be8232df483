"""`ssotui accounts --write` and `--undo`: profiles for roles, and the last change of the config file taken back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence

from ....aws.cache import config_edit
from ....aws.cache.config_edit import Changed, ChangedSince
from ....aws.config.checks import OUTPUTS, is_region
from ....aws.config.loading import credentials_sections, name_from
from ....aws.config.writing.name_template import Template, Wrong
from ....aws.config.writing.profile_plan import REFUSE, Choices, Existing, ProfilePlan, make_plan
from ....aws.model import Session
from ....aws.role.offered import to_prune_by, wanted
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....settings import Settings, load
from ....text import clean, place
from ....widgets.fuzzy import haystack
from ....words.differences import differences
from ....words.plans import summed_up, told
from ...editing import change, require_terminal, show_change
from ...environment import Environment
from ...matching import holds
from ...options import UsageError
from .offering import list_sessions, matching

NO_VALUE = "none"
"""What is given for a region or an output that profiles are not to have."""


def write_profiles(options: Namespace, here: Environment) -> int:
    """Write profiles for the roles that the options choose. Returns FAILED where one could not be written."""
    settings = load()
    choices = _choices(options, settings)
    query = " ".join(map(name_from, [*options.words, *options.only]))
    store = Store(here.environ)
    snapshot = store.look()
    listed = list_sessions(options, here, store)
    roles = {each.session.key: wanted(matching(snapshot, each, query)) for each in listed}
    in_credentials = credentials_sections(here.environ)
    plans: list[ProfilePlan] = []
    for each in listed:
        if options.prune and to_prune_by(each.known) is None:
            why = "it offers no role at all" if each.known.complete else "not everything is listed"
            here.say(f"! {clean(each.session.key)}: {why}, so nothing of it is removed")

    def edit(text: str) -> str:
        plans.clear()
        for each in listed:
            existing = Existing(text, in_credentials)
            own = choices._replace(region=_region(options, settings, each.session))
            plan = make_plan(existing, each.session, roles[each.session.key], own, to_prune_by(each.known))
            plan = _only_matching(plan, existing, query)
            text = plan.edit(text)
            plans.append(plan)
        return text

    file = config_edit.read(here.environ, to_write=False)
    made = file.edited(edit)
    code = max(_code(plans), *(each.code for each in listed))
    if made == file.text:
        _tell(here, plans)
        here.say("Nothing is to be changed.")
        return code
    if options.dry_run:
        show_change(here, file, made)
        _tell(here, plans)
        here.say("Nothing was changed (--dry-run).")
        return code
    reason = config_edit.why_not_writable(file.path)
    if reason:
        refused = config_edit.not_written(file.path, reason)
        refused.hint = "to see what would be written, for whatever makes the file: --dry-run"
        raise refused
    if change(here, edit, f"{summed_up(plans)}?", options.yes, lambda _text: _tell(here, plans)) is None:
        return FAILED
    return max(_code(plans), *(each.code for each in listed))


def undo_change(options: Namespace, here: Environment) -> int:
    """Take back what was written last."""
    while True:
        try:
            last = config_edit.last_change(here.environ)
        except ChangedSince as error:
            here.say("! This has been changed since, and would be lost with it:")
            for _kind, line in differences(error.after, error.now):
                here.say(f"  {line}")
            raise
        show_change(here, last.file, last.text or "")
        if last.text is None:
            here.say("There was no such file before: it is removed.")
        if options.dry_run:
            here.say("Nothing was changed (--dry-run).")
            return DONE
        if not options.yes:
            require_terminal(here)
            if not here.confirmed("Take the last change back?"):
                here.say("Nothing was changed.")
                return FAILED
        try:
            last.carry_out()
        except Changed:
            continue  # which is told now
        here.say(f"{clean(place(last.file.path), 1000)} is what it was before.")
        return DONE


def _choices(options: Namespace, settings: Settings) -> Choices:
    """How the options want profiles to be; the region is each session's. Raises UsageError."""
    try:
        template = Template(settings.accounts_template if options.template is None else options.template)
    except Wrong as error:
        raise UsageError(f"--template: {clean(str(error))}") from None
    if options.output is not None and options.output not in (*OUTPUTS, NO_VALUE):
        raise UsageError(f"--output is one of {', '.join(OUTPUTS)}, or {NO_VALUE}")
    if options.region is not None and not is_region(options.region):
        raise UsageError(f"{clean(options.region) or 'The empty word'} is not a region")
    output = settings.accounts_output if options.output is None else options.output
    given = frozenset(key for key in ("region", "output") if getattr(options, key) is not None)
    return Choices(template, "", "" if output == NO_VALUE else output, given, options.prune)


def _region(options: Namespace, settings: Settings, session: Session) -> str:
    chosen: str = options.region or settings.accounts_region or session.region
    return "" if chosen == NO_VALUE else chosen


def _only_matching(plan: ProfilePlan, existing: Existing, query: str) -> ProfilePlan:
    """Words choose what is taken away too."""
    found = existing.profiles
    going = [it for it in plan.gone if holds(haystack(it[0], *found[it[0]].role), query)]
    return plan._replace(gone=going, staying=[it for it in plan.staying if holds(haystack(it), query)])


def _code(plans: Iterable[ProfilePlan]) -> int:
    return FAILED if any(plan.of(REFUSE) for plan in plans) else DONE


def _tell(here: Environment, plans: Sequence[ProfilePlan]) -> None:
    for line in told(plans, "--prune"):
        here.say(line)
