"""The large organisation: 60 accounts behind four start URLs, and the 300 profiles that tools have made for them.

Each tool names profiles in a way of its own, as where several teams, a regulated part, a company that was bought and
a client's accounts have come together in one configuration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from ..organisation import Account, Instance, Organisation

BREAKGLASS = "incident-responder-breakglass"
ROLES = ("AWSAdministratorAccess", "AWSPowerUserAccess", "AWSReadOnlyAccess", "SecurityAudit", BREAKGLASS)


class Part(NamedTuple):
    """What stands behind one sign-in: `pattern` is how its tool makes a profile's name of `account`, `number` and
    `role`. `renewable`: whether its tokens come with a refresh token."""

    session: str
    region: str
    teams: tuple[str, ...]
    stages: tuple[str, ...]
    pattern: str
    renewable: bool = True

    @property
    def start_url(self) -> str:
        """The address of its portal."""
        return f"https://{self.session}.awsapps.com/start"

    @property
    def accounts(self) -> list[str]:
        """The names of its accounts."""
        return [f"{team}-{stage}" for team, stage in product(self.teams, self.stages)]

    def profile(self, account: str, role: str) -> str:
        """The name of the profile for a role in an account."""
        lower = role.lower()
        return self.pattern.format(account=account, number=number(account), role=role, lower=lower, region=self.region)


ACME = Part(
    "acme",
    "eu-west-1",
    ("payments", "checkout", "catalog", "search", "data-platform", "observability"),
    ("prod", "prod-eu", "staging", "dev", "sandbox", "dr"),
    "{account}.{role}",
)
REGULATED = Part(
    "acme-regulated",
    "eu-central-1",
    ("ledger", "cardholder-data"),
    ("prod", "prod-eu", "staging", "dev", "archive"),
    "{role}-{number}",
    renewable=False,
)
NORTHWIND = Part(
    "northwind-logistics",
    "us-east-2",
    ("warehouse", "fleet-telemetry"),
    ("prod", "staging", "dev", "sandbox"),
    "nw/{account}/{role}",
)
GLOBEX = Part(
    "globex",
    "eu-central-1",
    ("customer-portal", "mobile-backend"),
    ("prod", "staging", "dev"),
    "globex-{account}-{lower}-{region}",
)
PARTS = (ACME, REGULATED, NORTHWIND, GLOBEX)


class Named(NamedTuple):
    """A profile: its name, and what it stands for."""

    name: str
    part: Part
    account: str
    role: str


def number(account: str) -> str:
    """The twelve digits of an account, always the same."""
    digest = hashlib.sha256(f"account/{account}".encode()).hexdigest()
    return str(10**11 + int(digest[:12], 16) % (9 * 10**11))


def profiles() -> Iterator[Named]:
    """All profiles, as the tools have written them: by session, account and role."""
    for part in PARTS:
        for account, role in product(part.accounts, ROLES):
            yield Named(part.profile(account, role), part, account, role)


def assigned(part: Part, account: str) -> tuple[str, ...]:
    """The permission sets that the user has in an account. In the regulated part's production nobody has the last one
    before an incident, so AWS refuses it, and a new one has not been written into the configuration yet."""
    if part is REGULATED and "-prod" in account:
        return (*ROLES[:-1], "Billing")
    return ROLES


LARGE = Organisation(
    tuple(
        Instance(
            part.start_url,
            part.region,
            part.session,
            tuple(
                Account(number(account), account, assigned(part, account), f"aws+{account}@example.com")
                for account in part.accounts
            ),
        )
        for part in PARTS
    )
)
"""The organisation of `ssotui --demo large`."""
