"""The HOME of somebody in the large organisation, in the morning: what is left of yesterday, and what is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..home import MINUTE, ROUND, SCOPE, make_folders, write_credentials, write_file, write_token
from ..state import State
from .names import ACME, BREAKGLASS, GLOBEX, NORTHWIND, PARTS, REGULATED, ROLES, number, profiles

_ADMIN, _POWER, _READ, _AUDIT = ROLES[:4]

_TOKENS = (
    (ACME, 7 * 60 + 24, True),
    (REGULATED, 11, False),
    (NORTHWIND, -14 * 60 - 20, True),
    (GLOBEX, -9 * 60 - 5, False),
)
"""Minutes that are left of the sessions' tokens, and whether there is a refresh token: signed-in, expiring, refreshable
and signed-out."""

_CREDENTIALS = (
    (ACME, "payments-prod", _READ, 48),
    (ACME, "payments-staging", _POWER, 31),
    (ACME, "checkout-dev", _ADMIN, 55),
    (ACME, "data-platform-prod-eu", _AUDIT, 9),
    (ACME, "observability-prod", _READ, 4),
    (ACME, "search-sandbox", _ADMIN, -12),
    (REGULATED, "ledger-staging", _READ, 22),
    (REGULATED, "cardholder-data-prod", _AUDIT, -7),
    (NORTHWIND, "warehouse-prod", _READ, -13 * 60),
    (GLOBEX, "customer-portal-prod", _POWER, -8 * 60),
)
"""Minutes that are left of role credentials."""

_RECENT = (
    (ACME, "payments-prod", _READ, 12),
    (ACME, "payments-staging", _POWER, 29),
    (REGULATED, "ledger-staging", _READ, 38),
    (ACME, "checkout-dev", _ADMIN, 65),
    (NORTHWIND, "warehouse-prod", _READ, 14 * 60),
)
"""Which profiles were used, and how many minutes ago."""
_PINNED = ((ACME, "payments-prod", _AUDIT), (ACME, "payments-prod", BREAKGLASS))


def write(home: Path, state: State) -> None:
    """Write `.aws`, and what the program remembers of the days before, into `home`, with tokens that `state` issues."""
    make_folders(home)
    write_file(home / ".aws" / "config", "\n".join(_config()))
    for part, minutes, renews in _TOKENS:
        token = state.issue_token(
            part.start_url, expires_in=minutes * MINUTE + ROUND, refresh=renews, client_name="ssotui"
        )
        write_token(home, part.session, token, registration=renews)
    for part, account, role, minutes in _CREDENTIALS:
        credentials = state.issue_role_credentials(number(account), role, expires_in=minutes * MINUTE + ROUND)
        write_credentials(home, part.session, role, credentials)
    remembered = home / ".local" / "state" / "ssotui"
    for folder in (remembered.parent.parent, remembered.parent, remembered):
        folder.mkdir(mode=0o700, exist_ok=True)
    now = int(state.now())
    used = {part.profile(account, role): now - minutes * MINUTE for part, account, role, minutes in _RECENT}
    pinned = [part.profile(account, role) for part, account, role in _PINNED]
    write_file(remembered / "state.json", json.dumps({"recent": list(used), "used": used, "pinned": pinned}))


def _config() -> Iterator[str]:
    yield "# The configuration of ssotui --demo large. It lives in a temporary directory that is removed afterwards.\n"
    for part in PARTS:
        yield f"[sso-session {part.session}]\nsso_start_url = {part.start_url}\nsso_region = {part.region}"
        yield f"sso_registration_scopes = {SCOPE}\n" if part.renewable else ""
    for name, part, account, role in profiles():
        yield f"[profile {name}]\nsso_session = {part.session}\nsso_account_id = {number(account)}"
        yield f"sso_role_name = {role}\nregion = {part.region}\n"
