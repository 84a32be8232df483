"""Roles that are used without a profile in the configuration."""

from __future__ import annotations

from ..model import Session, Unlisted


def unlisted_profile(session: Session, account_id: str, role_name: str, account_name: str = "") -> Unlisted:
    """What stands for a profile with this role, wherever one is wanted. Its credentials are cached where the AWS CLI
    and the SDKs look for them; requests are made as for the session as a whole."""
    profile = Unlisted(
        f"{role_name}-{account_id}",
        session.key,
        account_id,
        role_name,
        file=session.file,
        line=session.line,
        problems=session.problems,
    )
    profile.account_name = account_name
    return profile
