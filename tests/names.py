"""Profile names as the tools of the field give them, for tests of what a list makes of hundreds of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

TEAMS = ("billing", "orders", "search", "data-lake", "risk-models", "telemetry", "edge-network", "platform-tools")
STAGES = ("prod", "prod-us", "stage", "dev", "playground", "recovery")
ROLES = (
    "AWSAdministratorAccess",
    "AWSPowerUserAccess",
    "AWSReadOnlyAccess",
    "site-reliability-breakglass",
    "SecurityAudit",
    "DatabaseMigration",
)


class Named(NamedTuple):
    """One profile: its name, and the session, account and role that it is for."""

    name: str
    session: str
    account_id: str
    account_name: str
    role: str


SESSIONS = ("acme-corp", "acme-corp-regulated", "northwind-acquisition", "client-globex")


def profiles() -> Iterator[Named]:
    """288 of them over 48 accounts; each session's tool names them in its own way."""
    for number, (team, stage) in enumerate(product(TEAMS, STAGES)):
        account, account_id = f"{team}-{stage}", f"{200000000000 + number}"
        style = (number >= 24) + (number >= 34) + (number >= 42)
        for role in ROLES:
            name = (
                f"{account}.{role}",
                f"{role}-{account_id}",
                f"nw/{account}/{role}",
                f"globex-{account}-{role.lower()}-eu-central-1",
            )[style]
            yield Named(name, SESSIONS[style], account_id, account, role)


NAMES = [each.name for each in profiles()]
