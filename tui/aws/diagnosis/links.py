"""What a diagnosis is made of: links from the environment to the credentials, each with its state."""

from __future__ import annotations

from typing import NamedTuple

GOOD, NOTE, BROKEN = "good", "note", "broken"
"""The states of a link: as it should be; worth knowing; nothing behind it can work."""

ENVIRONMENT = "environment"
CONFIGURATION = "configuration"
PROFILE = "profile"
SOURCE = "source profile"
SESSION = "session"
TOKEN = "token"
ROLE = "role credentials"
ENDPOINT = "endpoint"
REGION = "region"
CERTIFICATES = "certificates"

SIGN_IN, LIST_ACCOUNTS = "sign in", "list accounts"
"""What mends a link, where the board can do it too."""


class Link(NamedTuple):
    """One thing that decides about a profile's credentials.

    `value`: what it is, no secret among it. `where`: the file and line, or the variable, that says so; "" where nothing
    does. `message`: what is to be known, or what is wrong. `mend`: the command that helps, "" where none does.
    `deed`: what of the above that is, else "". `ends`: when it ends or has ended, in seconds since the epoch, else
    None. All is foreign text.
    """

    what: str
    state: str
    value: str
    where: str = ""
    message: str = ""
    mend: str = ""
    deed: str = ""
    ends: float | None = None


class Diagnosis(NamedTuple):
    """Why a profile's credentials are what they are. `links`: in the order in which they decide. `used`: what the
    AWS CLI and the SDK for Python take with this profile, `boto3`: what the latter says itself ("" where it was not
    asked), `now`: when it was looked at, `warnings`: where others differ."""

    profile: str
    links: tuple[Link, ...]
    used: str
    boto3: str
    now: float
    warnings: tuple[str, ...] = ()

    @property
    def broken(self) -> Link | None:
        """The first link that is broken."""
        return next((link for link in self.links if link.state == BROKEN), None)
