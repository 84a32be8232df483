"""`ssotui doctor`: what is found is told, and repaired where that is wanted."""

from __future__ import annotations

import os
from argparse import Namespace

from .... import settings
from ....aws.diagnosis.examining import examine
from ....aws.diagnosis.findings import Edit, Finding, Mode, repairable, where_of
from ....aws.errors import SsoError
from ....aws.state.store import Store
from ....exit_codes import DONE, FAILED
from ....state_file import load_state
from ....text import clean, place
from ....words.counts import counted
from ...editing import change, require_terminal
from ...environment import Environment
from ...output import wrapped


def doctor(options: Namespace, here: Environment) -> int:
    """Print what is wrong; with `fix` repair it. Returns 0 when all is in order (by then), else 1."""
    store = Store(here.environ)
    found = examine(store, here.now(), _of_ours())
    if options.json:
        here.show_json([as_json(finding) for finding in found])
        return FAILED if found else DONE
    if options.fix:
        if not options.yes:
            require_terminal(here)
        for finding in repairable(found):
            _tell(finding, here)
            _repair(finding, options.yes, here)
        found = examine(Store(here.environ), here.now(), _of_ours())
        if found:
            here.say(
                f"What is left: {counted(len(found), 'finding')}"
                + ("" if repairable(found) else ", which nobody but you can mend")
            )
    for finding in found:
        _tell(finding, here)
    repairs = len(repairable(found))
    if not found:
        here.say("All is in order.")
    elif repairs and not options.fix:
        here.say(f"{counted(len(found), 'finding')}; {repairs} can be repaired: ssotui doctor --fix")
    return FAILED if found else DONE


def _of_ours() -> list[str]:
    """What is wrong with this program's own files."""
    return [*settings.load().problems, *filter(None, [load_state().problem])]


def as_json(finding: Finding) -> dict[str, object]:
    """The documented form."""
    return {
        "kind": finding.kind,
        "file": finding.file or None,
        "line": finding.line or None,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.mend or None,
        "repairable": finding.repair is not None,
    }


def _tell(finding: Finding, here: Environment) -> None:
    where = clean(where_of(finding), 1000)
    what = clean(finding.message, 1000)
    mend = f"; to mend it: {finding.mend}" if finding.mend else ""
    why = wrapped(f"  {clean(finding.why + mend, 1000)}", here.width or 100)
    for line in (*wrapped(f"! {where}: {what}" if where else f"! {what}", here.width), *why):
        here.show(line)


def _repair(finding: Finding, agreed: bool, here: Environment) -> None:
    repair = finding.repair
    try:
        if isinstance(repair, Edit):
            change(here, repair.change, clean(repair.question, 1000), agreed)
        elif isinstance(repair, Mode):
            if not agreed and not here.confirmed(clean(repair.question, 1000)):
                here.say("Nothing was changed.")
                return
            before = os.stat(repair.path).st_mode & 0o7777
            os.chmod(repair.path, repair.mode)
            here.say(f"Done; what it was: chmod {before:04o} {clean(place(repair.path), 1000)}")
    except OSError as error:
        here.say(f"! {clean(place(repair.path) if isinstance(repair, Mode) else '', 1000)}: {error.strerror}")
    except SsoError as error:
        here.say(f"! {clean(error.in_a_line(), 2000)}")
