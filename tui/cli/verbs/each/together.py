"""The commands of all profiles: each is started as soon as its credentials are there."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence

from ....aws.errors import Cancelled, SsoError
from ....aws.model import Profile, RoleCredentials
from ....aws.role.handing import Handing
from ....aws.state.store import Store
from ....desktop.children.fronted import Fronted
from ....desktop.children.outlet import Outlet, Target
from ....desktop.children.pool import GRACE, Pool, Sink
from ....desktop.children.running import STDERR, STDOUT, Command, CommandResult
from ....desktop.children.spooled import Spool, Spooled
from ....exit_codes import SIGN_IN_NEEDED
from ....text import clean
from ...ending import instead
from ...environment import Environment
from ...obtaining import sign_in_command
from ..exec.child import child_environ, not_run
from . import telling
from .placeholders import Missing, filled, safe
from .telling import NOT_SIGNED_IN, OK, REFUSED, Tally

SETTLE = 1.0
"""Seconds for the last lines, when all has ended."""


class Together:
    """One run. It is the sink of its pool too: it counts, and has another one write what they print."""

    def __init__(
        self,
        here: Environment,
        store: Store,
        profiles: Sequence[Profile],
        command: Sequence[str],
        options: Namespace,
        tally: Tally,
    ) -> None:
        self._environ = here.environ
        self._profiles = {profile.name: profile for profile in profiles}
        self._command = command
        self._options = options
        self._tally = tally
        self._number = 0
        self._over = False
        self._problems: dict[str, str] = {}
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._targets = {STDOUT: Target(here.stdout, True), STDERR: Target(here.stderr, False)}
        seen = self._targets[STDERR].terminal and not self._targets[STDOUT].pipe
        self._outlet = Outlet(self._targets[STDERR] if seen else None)
        self._fronts = {
            number: telling.fronts(self._profiles, it, here.environ) for number, it in self._targets.items()
        }
        self._spooled = Spooled(self._outlet, self._targets[STDOUT], self._record) if options.json else None
        self._sink: Sink = self._spooled or Fronted(self._outlet, self._targets, self._fronts)
        self.take, self.full, self.idle = self._sink.take, self._sink.full, self._sink.idle
        self._pool = Pool(self, options.jobs)
        self._outlet.on_change = self._changed
        self._handing = Handing(store, profiles, options.jobs, self._start, self._refused)

    def run(self) -> int:
        """Run them all. Returns the number of the signal that ended it, 0 for none. Raises OSError when nobody takes
        what they print any more."""
        self._show_progress()
        threading.Thread(target=self._fetch, daemon=True, name="ssotui-each").start()
        with instead(self._told):
            try:
                self._pool.run()
            finally:
                with self._lock:
                    self._over = True
                self._outlet.status("")
                self._outlet.settle(SETTLE)
                self._outlet.close()
        if self._outlet.failure is not None and not self._number:  # a terminal that is closed tells it first
            raise self._outlet.failure
        self._tally.rest()
        return self._number

    # What the pool says, in the thread of `run`.

    def started(self, name: str) -> None:
        """A command runs."""
        self._sink.started(name)
        with self._lock:
            self._tally.running += 1
        self._show_progress()

    def ended(self, result: CommandResult) -> None:
        """One has ended, or could not be started."""
        problem = self._spooled.lost(result.name) if self._spooled is not None else ""
        if result.error is not None:
            program = filled(self._command[:1], self._values(self._profiles[result.name], ""))[0]
            problem = not_run(program, result.error, self._environ).title
        self._problems[result.name] = problem or ("ended before its end" if result.cut else "")
        self._sink.ended(result)
        if problem:
            self._say_of(result.name, problem)
        self._handing.done_with()
        with self._lock:
            self._tally.running -= result.error is None
            kind = self._tally.ended(result, problem)
        self._show_progress()
        if kind != OK:
            self._one_failed()

    def stopping(self) -> None:
        """All that runs is being ended."""
        self._cancelled.set()
        if self._tally.running:
            what = f"Ending {self._tally.running} command{'s' if self._tally.running > 1 else ''}"
            line = f"{what}, {GRACE:.0f} s at most; ctrl+c kills at once\n"
            self._outlet.put(self._targets[STDERR], [line.encode()])

    # What the threads that get credentials do.

    def _fetch(self) -> None:
        try:
            self._handing.fleet.run(self._cancelled)
        except Cancelled:
            pass
        finally:
            self._pool.close()

    def _start(self, profile: Profile, credentials: RoleCredentials) -> None:
        environ = child_environ(self._environ, profile, credentials)
        try:
            argv = filled(self._command, self._values(profile, environ.get("AWS_REGION", "")))
        except Missing as error:
            self._handing.done_with()
            self._refused(profile, SsoError(f"There is nothing to put in place of {{{error}}}"))
            return
        self._pool.add(Command(profile.name, argv, environ))

    def _refused(self, profile: Profile, error: SsoError) -> None:
        reason = telling.reason(error)
        kind = NOT_SIGNED_IN if error.exit_code == SIGN_IN_NEEDED else REFUSED
        with self._lock:
            if self._over:
                return
            self._tally.add(profile.name, kind)
            if kind == NOT_SIGNED_IN:
                self._tally.sign_ins[sign_in_command(profile)] = None
        if self._options.json:
            text = telling.no_record(profile, reason)
            self._outlet.put(self._targets[STDOUT], [text.encode()])
        self._say_of(profile.name, f"{kind}: {reason}")
        self._show_progress()
        self._one_failed()

    # What both need.

    def _values(self, profile: Profile, region: str) -> dict[str, str]:
        return {
            "profile": profile.name,
            "account_id": profile.account_id,
            "account_name": safe(profile.account_name) or profile.account_id,
            "region": region,
        }

    def _record(self, result: CommandResult, stdout: Spool, stderr: Spool) -> Iterator[bytes]:
        profile = self._profiles[result.name]
        problem = self._problems[result.name]
        for text in telling.record(profile, result, problem, stdout, stderr):
            yield text.encode()

    def _say_of(self, name: str, text: str) -> None:
        target = self._targets[STDERR]
        self._outlet.put(target, [self._fronts[STDERR][name], target.encoded(f"! {clean(text, 1000)}\n")])

    def _show_progress(self) -> None:
        with self._lock:
            self._outlet.status("" if self._over else self._tally.progress())

    def _one_failed(self) -> None:
        if self._options.fail_fast:
            self._pool.stop()

    def _changed(self) -> None:
        if self._outlet.failure is not None:
            self._pool.stop()
        self._pool.wake()

    def _told(self, number: int) -> None:
        """A signal has come: no lock is taken here."""
        if not self._number:
            self._number = number
            self._pool.stop()
        elif number in (signal.SIGINT, signal.SIGQUIT):  # the others come twice without being meant so
            self._pool.kill()
