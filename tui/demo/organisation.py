"""The organisation behind the server: start URLs, accounts, permission sets, users; and the sample one.

Nothing here is secret and nothing changes while the server runs.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

ACME = "https://acme.awsapps.com/start"
LAB = "https://lab.awsapps.com/start"
PARTNER = "https://partner.awsapps.com/start"
LEGACY = "https://d-9667182f21.awsapps.com/start"

SCOPES = (
    "sso:account:access",
    "openid",
    "aws",
    "codewhisperer:completions",
    "codewhisperer:analysis",
    "codewhisperer:conversations",
    "codecatalyst:read_write",
)
"""Scopes a client may register. Those that begin with `sso:` make the tokens renewable."""


@dataclass(frozen=True)
class Account:
    """An account as a user sees it: `roles` are the permission sets assigned to the user, in listing order."""

    account_id: str
    name: str
    roles: tuple[str, ...]
    email: str = ""


@dataclass(frozen=True)
class Instance:
    """One Identity Center: its start URL, its region, the accounts with assignments to the user.

    `unassigned`: ids of further accounts of the organisation, in which the user may do nothing.
    """

    start_url: str
    region: str
    name: str
    accounts: tuple[Account, ...]
    unassigned: tuple[str, ...] = ()

    def account(self, account_id: str) -> Account | None:
        """The account if the user has any role in it."""
        return next((account for account in self.accounts if account.account_id == account_id), None)

    def knows(self, account_id: str) -> bool:
        """Whether the account belongs to the organisation at all."""
        return account_id in self.unassigned or self.account(account_id) is not None


@dataclass(frozen=True)
class AssumableRole:
    """An IAM role that principals of `trusted` (account id, permission set or user name) may assume."""

    arn: str
    trusted: tuple[tuple[str, str], ...]

    @property
    def account_id(self) -> str:
        """The account that the role lives in."""
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        """The role's name without its path."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class IamUser:
    """A user with static keys. The keys are the examples of the AWS documentation: they open nothing."""

    name: str
    account_id: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True)
class Organisation:
    """Everything the server knows before the first request."""

    instances: tuple[Instance, ...]
    roles: tuple[AssumableRole, ...] = ()
    users: tuple[IamUser, ...] = ()

    def instance(self, start_url: str) -> Instance | None:
        """The instance of a start URL. Like the service, it overlooks a trailing slash and a fragment."""
        wanted = plain(start_url)
        return next((each for each in self.instances if plain(each.start_url) == wanted), None)


def plain(start_url: str) -> str:
    """`start_url` for comparison: no fragment, no trailing slash, scheme and host in lower case."""
    address = start_url.partition("#")[0].rstrip("/")
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return scheme.lower() + separator + host.lower() + slash + path


def role_id(prefix: str, account_id: str, name: str) -> str:
    """A stable unique id of IAM's form: `prefix` (AROA, AIDA) and 17 characters."""
    digest = hashlib.sha256(f"{prefix}/{account_id}/{name}".encode()).digest()
    return prefix + b32encode(digest).decode()[:17]


def reserved_role(account_id: str, role_name: str) -> str:
    """The IAM role that Identity Center makes for a permission set: AWSReservedSSO_<name>_<16 hex digits>."""
    suffix = hashlib.sha256(f"permission-set/{account_id}/{role_name}".encode()).hexdigest()[:16]
    return f"AWSReservedSSO_{role_name}_{suffix}"


def grid(accounts: int, roles: int = 1, start_url: str = ACME, region: str = "us-east-1") -> Organisation:
    """An organisation for measurements: `accounts` accounts (ids from 100000000000) of `roles` roles each."""
    names = tuple(["Admin", "ReadOnly", *(f"Role{number:02d}" for number in range(2, roles))][:roles])
    return Organisation(
        (
            Instance(
                start_url,
                region,
                "grid",
                tuple(
                    Account(str(100_000_000_000 + number), f"Account {number:04d}", names, _email(f"{number:04d}"))
                    for number in range(accounts)
                ),
            ),
        )
    )


def _email(name: str) -> str:
    return f"aws+{name.lower().replace(' ', '-')}@example.com"


def _account(account_id: str, name: str, *roles: str) -> Account:
    return Account(account_id, name, roles, _email(name))


STATIC_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
STATIC_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CHAINED_ROLE = "arn:aws:iam::222222222222:role/Deployer"

SAMPLE = Organisation(
    instances=(
        Instance(
            ACME,
            "us-east-1",
            "acme",
            (
                _account("111111111111", "Development", "Admin", "ReadOnly"),
                _account("222222222222", "Production", "ReadOnly"),
                _account("555555555555", "Staging", "PowerUser", "ReadOnly"),
                _account("666666666666", "Analytics", "DataScientist"),
                _account("777777777777", "Billing", "Billing", "ReadOnly"),
                _account("888888888888", "Log Archive", "Auditor"),
                _account("999999999999", "Security Tooling", "Auditor", "ReadOnly"),
            ),
            unassigned=("121212121212",),
        ),
        Instance(
            LAB,
            "eu-west-1",
            "lab",
            (
                _account("333333333333", "Sandbox", "Admin", "ReadOnly"),
                _account("343434343434", "Playground", "PowerUser"),
                _account("353535353535", "Load Tests", "Admin", "ReadOnly"),
            ),
        ),
        Instance(PARTNER, "eu-central-1", "partner", (_account("131313131313", "Partner Audit", "Auditor"),)),
        Instance(
            LEGACY,
            "us-east-1",
            "d-9667182f21",
            (
                _account("444444444444", "Attic", "Auditor"),
                _account("454545454545", "Cellar", "Auditor", "ReadOnly"),
            ),
        ),
    ),
    roles=(AssumableRole(CHAINED_ROLE, (("111111111111", "Admin"), ("121212121212", "ci"))),),
    users=(IamUser("ci", "121212121212", STATIC_KEY_ID, STATIC_SECRET),),
)
"""The organisation of `ssotui --demo`."""
