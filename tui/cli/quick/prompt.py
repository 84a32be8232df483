"""One short line about a profile: `ssotui status --prompt`, for shell prompts, starship and tmux, and what `sso` says.

The first runs before every prompt: it reads one section of the configuration and one token file, and imports next to
nothing.
"""

from __future__ import annotations

from ...aws.cache import account_names, files, shapes
from ...aws.config.loading import chosen_name, find_profile
from ...aws.model import EXPIRING, SIGNED_IN, SIGNED_OUT, UNREADABLE, lasts, session_clock
from ...aws.state.attempts import is_ended
from ...aws.state.ends import is_last
from ...aws.state.issued import stray
from ...guard.lookup import present
from ...text import clean
from ...words.account import NUMBER, parts
from ...words.durations import left
from ...words.symbols import SYMBOLS
from .account_shown import account_shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...aws.model import Profile, Session
    from ..environment import Environment

NAME_LIMIT = 60
ACCOUNT_LIMIT = 40
WHOLE_NAME = 300

_MEANING = str.maketrans(dict.fromkeys("$`\\%!", "?"))
"""What a shell can take for a command, or for a part of its prompt, when the line has become a part of that. Names of
accounts are given by others."""


def print_prompt(here: Environment) -> None:
    """Print the line for AWS_PROFILE, or nothing. Where the symbol cannot be written it is left out."""
    line = prompt_line(here.environ, here.now())
    if not line:
        return
    here.show(line if here.can_show(line) else line[2:])


def prompt_line(environ: Mapping[str, str], now: float) -> str:
    """`● dev-admin 5h 12m`, `◐ dev-admin refreshable`, `○ dev-admin signed-out`: symbol, profile, and the time left on
    its session or, when it is not simply signed in, the state. Behind the profile stands the name of its account, in
    parentheses, where it is known and the profile's does not hold it. "" without AWS_PROFILE, and for a profile without
    SSO. Between them stands the label of a guard rule: `● prod-admin [PROD] 5h 12m`.
    """
    name = chosen_name(environ)
    if not name:
        return ""
    found = find_profile(name, environ)
    if found is None:
        return _the_long_way(name, environ, now)
    return _line(name, *clock_of(found[1], now), _account_beside(found[0]), _label(found[0]))


def clock_of(session: Session, now: float) -> tuple[str, float]:
    """The state of a session, and the seconds that are left of its token, from its file alone."""
    content = files.read(shapes.token_path(session.key), files.RETRY_DELAYS)
    token = shapes.parse_token(content.value) if content.value is not None else None
    unreadable = token is None and content.status != files.MISSING
    if token is not None and stray(token, session):
        token = None
    ended = token is not None and is_ended(session.key, token)
    last = token is not None and not lasts(token.expires_at, now) and is_last(session.key, token)
    state, expires_at = session_clock(session, token, now, unreadable=unreadable, ended=ended, last=last)
    return state, expires_at - now if expires_at is not None else 0


def place_line(profile: Profile, region: str, state: str, seconds: float, label: str = "") -> str:
    """Where one is after a switch: `payments · 100000000000 SecurityAudit · eu-west-1 · 7h 59m`, with the name of the
    account `pay · Payments 100000000000 · SecurityAudit · ...`; or in place of the time the state, and what to type
    when that is to sign in. What the profile's name holds is not said twice."""
    arn = profile.options.get("role_arn", "").split(":")
    number, role = profile.account_id, profile.role_name
    if len(arn) == 6 and profile.via is not None:
        number, role = arn[4], arn[5].rpartition("/")[2]
    if profile.via is not None:
        role += f" via {profile.via}"
    elif role.lower() in profile.name.lower():
        role = ""
    name, shown = _account_name(profile.account_name, number)
    called = parts(number, name, shown, profile.name)
    source = [" ".join(called), role] if len(called) > 1 or name in called else [" ".join([*called, role])]
    if profile.login_session:
        source = ["aws login"]
    if state == SIGNED_IN:
        clock_text = left(seconds)
    elif state == EXPIRING:
        clock_text = f"{state}, {left(seconds)}"
    elif state in (SIGNED_OUT, UNREADABLE):
        program = "aws" if profile.login_session else "ssotui"
        clock_text = f"{state}: {program} login"  # which profile that is for says AWS_PROFILE now
    else:
        clock_text = state
    said = (f"{profile.name} {label}", *source, region, clock_text)
    return " · ".join(text for text in (clean(part.strip(), WHOLE_NAME) for part in said) if text)


def _account_name(own: str, number: str) -> tuple[str, str]:
    """The name of an account, "" where it is not to be said, and what of accounts is. `own`: the profile's for it."""
    shown = account_shown()
    return ("" if shown == NUMBER else own or (account_names.name_of(number) if number else "")), shown


def _account_beside(profile: Profile) -> str:
    """What the prompt says of the account: its name, where that is not in the profile's."""
    name, _shown = _account_name(profile.account_name, profile.account_id)
    return "".join(parts("", name, beside=profile.name))


def _label(profile: Profile) -> str:
    """The label of a guard rule, "" where there is none."""
    if not present():
        return ""
    from ..guard_rails.allowing import mark_of

    mark = mark_of(profile)
    return mark.text if mark is not None else ""


def _line(name: str, state: str, seconds: float, account_name: str = "", label: str = "") -> str:
    words = [SYMBOLS.get(state, "!"), clean(name.translate(_MEANING), NAME_LIMIT)]
    if label:
        words.append(label.translate(_MEANING))
    if account_name:
        words.append(f"({clean(account_name.translate(_MEANING), ACCOUNT_LIMIT)})")
    if state != SIGNED_IN:
        words.append(state)
    if state in (SIGNED_IN, EXPIRING):
        words.append(left(seconds))
    return " ".join(words)


def _the_long_way(name: str, environ: Mapping[str, str], now: float) -> str:
    """The line of `prompt_line` for profiles that take the whole configuration: chained, broken, oddly named ones."""
    from ...aws.state.store import Store

    store = Store(environ)
    profile = store.snapshot.profile(name)
    if profile is None:
        return "" if name in store.config.all_names else _line(name, "unknown", 0)
    if profile.problems:
        return _line(name, "broken", 0, label=_label(profile))
    if profile.clock_key is None:
        return ""
    if profile.session is not None:
        store.newest_token(profile.session)  # waits for a file that is being written
    else:
        store.newest_login(profile.login_session)
    state, expires_at = store.snapshot.session_clock(profile.clock_key, now)
    seconds = expires_at - now if expires_at is not None else 0
    return _line(name, state or UNREADABLE, seconds, _account_beside(profile), _label(profile))
