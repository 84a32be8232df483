"""`ssotui login`: sign in from a command line, to one session or several side by side."""

from __future__ import annotations

import threading
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor

from .... import settings
from ....aws import model
from ....aws.cache.shapes import token_path
from ....aws.config.loading import chosen_name
from ....aws.errors import AwsLoginNeeded, Cancelled, SignInNeeded, SsoError, aws_command, command_line
from ....aws.model import Session
from ....aws.session.browser_flow import BrowserCode
from ....aws.session.device_code import ShownCode
from ....aws.session.joining import SignIn
from ....aws.session.renewal import renew
from ....aws.state import finishing
from ....aws.state.store import Store
from ....desktop import browser as desktop
from ....exit_codes import DONE, INTERRUPTED
from ....moments import moment
from ....settings import Settings
from ....text import clean, place
from ....words.durations import left
from ...environment import Environment
from ...options import UsageError
from ...output import check_read, the_profile, the_session, warn

_print_lock = threading.Lock()


def login(options: Namespace, here: Environment) -> int:
    """Sign in to what the options name. Returns the exit code of the worst failure."""
    store = Store(here.environ)
    store.look()  # it waits for files that are being written
    chosen = settings.load()
    for problem in chosen.problems:
        here.say(f"! {clean(problem, 1000)}")
    _check_port(options)
    # A default that is no SSO profile stands in nobody's way.
    in_use = chosen_name(store.environ) or store.snapshot.profile("default") is not None
    if in_use and not (options.all or options.session is not None or options.profile):
        options.profile = the_profile(store.snapshot, None).name  # from here on as if it had been named
    if options.profile and not options.force and _by_aws_login(here, store, options.profile):
        return DONE
    sessions = _sessions(here, store, options)
    if not sessions:
        here.say("Every session is signed in.")
        return DONE
    cancelled = threading.Event()
    pool = ThreadPoolExecutor(max_workers=len(sessions), thread_name_prefix="ssotui-login")
    codes = []
    try:
        waiting = [
            pool.submit(_sign_in, here, store, session, options, chosen, len(sessions) == 1, cancelled)
            for session in sessions
        ]
        codes = [future.result() for future in waiting]
    finally:
        cancelled.set()  # for Ctrl+C: the others end at once, and write nothing
        pool.shutdown(wait=False, cancel_futures=True)
    warn(here, store.snapshot)
    return max(codes)


def _check_port(options: Namespace) -> None:
    """A port of one's own is for the browser flow, and for one sign-in."""
    if options.redirect_port is None:
        return
    if not 0 < options.redirect_port < 1 << 16:
        raise UsageError("--redirect-port takes a number from 1 to 65535")
    if options.flow == model.DEVICE or options.all:
        raise UsageError("--redirect-port goes with the browser flow, for one session")
    options.flow = model.BROWSER


def _by_aws_login(here: Environment, store: Store, name: str) -> bool:
    """Whether the profile is signed in by `aws login`; says so, and how to do that anew."""
    profile = the_profile(store.snapshot, name)
    if not profile.login_session or profile.problems:
        return False
    state, _ = store.snapshot.session_clock(profile.clock_key or "", here.now())
    if state not in (model.SIGNED_IN, model.EXPIRING, model.REFRESHABLE):
        return False
    here.say(f"{clean(name)}: signed in already, with aws login; to do it anew, run: {aws_command('login', name)}")
    return True


def _sessions(here: Environment, store: Store, options: Namespace) -> list[Session]:
    known = store.config.sessions
    if options.all:
        if not known:
            check_read(store.snapshot, "any session")
            raise SsoError("There is no session to sign in to", "to make one, run: ssotui sessions add")
        return [
            session
            for session in known.values()
            if options.force or store.snapshot.session_clock(session.key, here.now())[0] != model.SIGNED_IN
        ]
    if options.session is not None:
        return [the_session(store.snapshot, options.session)]
    name = options.profile
    if name:
        profile = the_profile(store.snapshot, name)
        session = store.snapshot.session_of(profile)
        if session is None and profile.login_session and not profile.problems:
            raise AwsLoginNeeded(name, "it signs in with aws login")
        if session is None:
            raise SsoError(
                f"Profile {name}: {(profile.problems or ['it has no SSO session'])[0]}",
                f"see {place(profile.file, profile.line)}",
            )
        return [session]
    if len(known) == 1:
        return list(known.values())
    if not known:
        check_read(store.snapshot, "any session")
        raise SsoError("There is no session to sign in to", "to make one, run: ssotui sessions add")
    raise UsageError(f"Which session? Name a profile, --all, or --session with one of: {', '.join(map(clean, known))}")


def _sign_in(
    here: Environment,
    store: Store,
    session: Session,
    options: Namespace,
    chosen: Settings,
    alone: bool,
    cancelled: threading.Event,
) -> int:
    name = clean(session.key)
    try:
        state, expires_at = store.snapshot.session_clock(session.key, here.now())
        if state == model.SIGNED_IN and not options.force and expires_at is not None:
            _say(here, [f"{name}: signed in already, until {moment(expires_at, here.now())}"])
            return DONE
        tried = None
        if state == model.REFRESHABLE and not options.force:
            tried = store.snapshot.token(session.key)
            try:
                token = renew(store, session, options.profile, cancelled, before_sign_in=True)
            except SignInNeeded:
                pass
            except SsoError as error:
                error.hint = "; ".join(filter(None, [error.hint, "or sign in anew with --force"]))
                finishing.withdraw(token_path(session.key))  # it is told here
                raise
            else:
                _check_stored(store, session)
                _say(here, [f"{name}: renewed, signed in until {moment(token.expires_at, here.now())}"])
                return DONE
        reason = store.snapshot.why_no_token(session.key)
        if reason:
            _say(here, [f"{name}: {clean(reason, 1000)}"])
        browser = chosen.browser_for(session.key)
        wanted = options.flow or chosen.flow
        flow, why_not = desktop.choose_flow(session, wanted, command=browser, asked=options.flow is not None)
        if why_not:
            _say(here, [f"{name}: with a code, not in the browser: {clean(why_not)}"])
        sign_in = SignIn(flow, store, session, options.profile, port=options.redirect_port or 0, tried=tried)
        shown: list[object] = []

        def show_code() -> None:
            """Show the code, unless it is the one that was shown last."""
            if sign_in.code is not None and sign_in.code not in shown:
                shown.append(sign_in.code)
                _show(here, session, sign_in.code, sign_in.joined)
                if sign_in.joined is None and not options.no_open:
                    _open(here, sign_in.code, browser)

        def pending(message: str) -> None:
            _say(here, [f"{name}: {clean(message)}"])
            show_code()

        sign_in.start(cancelled)
        if sign_in.note:
            _say(here, [f"! {clean(sign_in.note, 1000)}"])
        show_code()
        token = sign_in.wait(pending, cancelled)
        _check_stored(store, session)
    except Cancelled:
        return INTERRUPTED
    except SsoError as error:
        if error.code in ("AccessDeniedException", "ExpiredTokenException"):
            error.hint = f"to try again, run: {command_line('login', '--session', name=session.key)}"
        if alone:
            raise
        _say(here, [f"ssotui: {name}: {clean(error.title, 1000)}", f"        {clean(error.hint, 1000)}"])
        return error.exit_code
    _say(
        here,
        [f"{name}: signed in until {moment(token.expires_at, here.now())} ({left(token.expires_at - here.now())})"],
    )
    return DONE


def _check_stored(store: Store, session: Session) -> None:
    """Raises SsoError when the new token ends with this program: nobody is signed in then."""
    reason = store.snapshot.unwritten_reason(session.key)
    if reason:
        finishing.withdraw(token_path(session.key))  # it is told here
        raise SsoError(
            f"Signed in to {session.key}, but the token could not be stored: {reason}",
            f"make {place(token_path(session.key))} a file that you can write, and sign in again",
        )


def _show(here: Environment, session: Session, code: ShownCode | BrowserCode, joined: int | None) -> None:
    """What to do. `joined`: the process that has asked for this code already."""
    if joined is not None:
        _say(here, [f"{clean(session.key)}: another ssotui (process {joined}) is signing in: one approval is for both"])
    if not code.url:
        _say(here, [f"  Approve in the browser that it has opened; waiting for {left(code.seconds_left())}"])
        return
    lines = [f"Sign in to {clean(session.key)}", f"  1  Open     {clean(code.url, 2000)}"]
    if isinstance(code, ShownCode):
        typed = "" if code.in_url else "   the page asks for it"
        until = f"the code expires in {left(code.expires_in)}" if code.expires else "approve it soon"
        lines += [
            f"  2  Enter or compare  {clean(code.user_code)}{typed}",
            f"  3  Approve  only a sign-in that you started yourself; {until}",
        ]
        if code.complete_url != code.url:
            lines.append(f"  or open     {clean(code.complete_url, 2000)}")
    else:
        lines.append(f"  2  Approve  there; waiting for the browser for {left(code.seconds_left())}")
        forward = desktop.way_back(code.port)
        if forward:
            lines.append(f"  With a browser on another machine, run there first: {clean(forward)}")
    if not code.may_open:
        lines.append("  Careful: this address is not one of AWS's. Open it only if you trust it.")
    _say(here, lines)


def _open(here: Environment, code: ShownCode | BrowserCode, browser: tuple[str, ...]) -> None:
    if not code.may_open:
        return
    problem = desktop.open_browser(code.complete_url, browser)
    if problem:
        _say(here, [f"  No browser was opened: {clean(problem)}."])


def _say(here: Environment, lines: list[str]) -> None:
    with _print_lock:
        for line in lines:
            here.say(line)
