"""Roles that are used without a profile in the configuration."""

from __future__ import annotations

from ...exit_codes import USAGE
from ..cache import account_list, account_names
from ..cache.unlisted_roles import Unlisted
from ..config.checks import is_account
from ..config.similar import similar, suggestion
from ..errors import SsoError, command_line
from ..model import Session
from ..state.snapshot import Snapshot


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


def account_meant(snapshot: Snapshot, session: Session, word: str) -> tuple[str, str]:
    """The number and the name ("" when it is not known) of the account that a word means: its number, or exactly its
    name, as the portal has told it or as a profile of the session has it. Asks nobody. Raises SsoError, with what to
    do, for a name that no account has, or several have."""
    listed = account_list.load(session).accounts
    names = [(it.account_id, it.name) for it in listed.values()]
    names += [
        (it.account_id, it.account_name)
        for it in snapshot.config.profiles.values()
        if it.session == session.key and it.account_id
    ]
    if is_account(word):
        return word, next((name for number, name in names if number == word and name), "") or account_names.name_of(
            word
        )
    found = list(dict.fromkeys(number for number, name in names if name and name == word))
    if len(found) == 1:
        return found[0], word
    if found:
        title = f"{len(found)} accounts of session {session.key} are called {word}: {', '.join(found)}"
        raise SsoError(title, f"name one by its number: --account {found[0]}", USAGE)
    listing = command_line("accounts", "--session", name=session.key)
    if word.isascii() and word.isdigit():
        raise SsoError(
            f"{word} is not the number of an account: they have 12 digits", f"to see them, run: {listing}", USAGE
        )
    if not listed:
        title = f"No account is known by the name {word}: those of session {session.key} have not been listed yet"
        raise SsoError(title, f"give its number, or run: {listing}")
    hint = [suggestion(similar(word, sorted({name for _, name in names if name}))), f"To see them, run: {listing}"]
    raise SsoError(f"No account of session {session.key} is called {word}", " ".join(filter(None, hint)))
