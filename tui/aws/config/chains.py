"""Where the credentials of a `source_profile` come from, as botocore's assume-role provider decides it."""

from __future__ import annotations

from .checks import LISTING_KEYS, assumes_role, hint, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .ini import Ini

    Entry = tuple[dict[str, str], Ini, str]
    """A profile's or session's keys, the file it is in, and its header there."""

STATIC_KEYS = frozenset(("aws_access_key_id", "aws_secret_access_key"))
_OTHER_SOURCES = STATIC_KEYS | {"login_session", "credential_process", "web_identity_token_file"}


class Chains:
    """The chains among all profiles, which `entries` has by name.

    Each profile is looked at once, however long the chains are and however many lead through it.
    """

    def __init__(self, entries: dict[str, Entry]) -> None:
        self._entries = entries
        self._ends: dict[str, tuple[str | None, str]] = {}

    def end(self, source: str) -> tuple[str | None, str]:
        """The profile at which the chain from source profile `source` ends, and what is wrong with the chain.

        (name, ""): that profile has credentials of its own, of whatever kind. (name, reason): a loop through it.
        (None, reason): the chain is broken. (None, ""): it ends elsewhere, and not in SSO credentials.
        """
        path: dict[str, dict[str, str]] = {}
        name = source
        found = self._ends.get(name)
        while found is None:
            options = self._entries[name][0] if name in self._entries else None
            if options is None:
                found = None, f"source_profile {quoted(name)} does not exist{hint(name)}"
            elif name in path:
                found = name, f"its source_profile chain is a loop through {quoted(name)}"
            elif not assumes_role(options) or not STATIC_KEYS.isdisjoint(options):
                found = name, ""
                if LISTING_KEYS & options.keys() == {"sso_session"} and _OTHER_SOURCES.isdisjoint(options):
                    found = None, f"source_profile {quoted(name)} has no sso_account_id and sso_role_name"
            elif "source_profile" in options:
                path[name] = options
                name = options["source_profile"]
                found = self._ends.get(name)
            else:
                found = None, ""
        self._ends[name] = found
        for step in path:
            self._ends[step] = found
        return found
