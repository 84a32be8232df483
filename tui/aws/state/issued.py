"""Whether a token in a session's file is one of this session.

The file's name holds the session's name alone. So a token of another company's portal, from a session of the same name
in another configuration, lies in the same place; AWS refuses it there.
"""

from __future__ import annotations

from ..config.checks import plain
from ..model import OF_TOKEN, OTHER_REGION, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Session, Token


def stray(token: Token, session: Session) -> str:
    """What the token was issued for and what it would have to be, "" when it can be the session's.

    What leads to the same portal is the same: `/start`, `/start/#/`, `/START`. And what a company's own address leads
    to, where its redirect is the only one to know it: a token that names one of AWS's then says where that was.
    """
    theirs, ours = token.start_url, session.start_url
    same = not theirs or not ours or plain(theirs) == plain(ours)
    if same and (not token.region or not session.region or token.region.lower() == session.region.lower()):
        return ""
    from ..config.hosts import host_of, is_portal  # here, because it is heavy, and this is rare

    own_address = not is_portal(host_of(ours))
    if own_address and (same or is_portal(host_of(theirs))):
        return ""
    if same:
        theirs, ours = token.region, session.region
    return f"issued for {theirs}, not for {ours}"


def problems(session: Session, token: Token | None, path: str) -> list[Problem]:
    """What is wrong about the token that is in a session's file at `path`: it is another's (nobody else notices, and
    AWS refuses it), or it is of a portal in another region than the configured one, to which a company's own address
    has led."""
    if token is None:
        return []
    reason = stray(token, session)
    if reason:
        return [Problem(path, 0, f"this token of session {session.key} was {reason}: sign in again", OF_TOKEN)]
    if token.region and session.region and token.region.lower() != session.region.lower():
        return [Problem(session.file, session.line, other_region(session, token.region), OTHER_REGION)]
    return []


def other_region(session: Session, region: str) -> str:
    """What to say of a session whose portal is in another `region` than the configuration has."""
    return f"The portal of {session.key} is in {region}, not in {session.region}: correct sso_region"
