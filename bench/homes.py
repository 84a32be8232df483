"""Private HOMEs with any number of profiles in them, in the files' own formats, and the environments that use them."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

SESSION = "corp"
START_URL = "https://d-1234567890.awsapps.com/start"
REGION = "us-east-1"
ROLE = "ReadOnly"

SHOWN = 15
"""Characters of a profile's name that the board shows in any terminal of 80 columns and more."""

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
_HOUR = 3600


def profile_name(number: int) -> str:
    """The name of profile `number`. They sort by number."""
    return f"team-{number % 97:02d}-account-{number:05d}"


def account_id(number: int) -> str:
    """The account of profile `number`."""
    return f"{100000000000 + number * 7919:012d}"


def first_shown(count: int) -> str:
    """The profile that a board sorted by name shows at the top, as far as a narrow column shows it."""
    return min(map(profile_name, range(count)))[:SHOWN]


def make_config(home: Path, count: int, inline: bool = False, names: Sequence[str] = ()) -> None:
    """Write `.aws/config` alone, into a `home` that has the folder. `names`: those of the profiles, if not ours."""
    address = f"sso_start_url = {START_URL}\nsso_region = {REGION}\n"
    session = f"[sso-session {SESSION}]\n{address}sso_registration_scopes = sso:account:access\n"
    sign_in = address if inline else f"sso_session = {SESSION}\n"
    parts = [] if inline else [session]
    parts += [
        f"\n[profile {name}]\n{sign_in}"
        f"sso_account_id = {account_id(number)}\nsso_role_name = {ROLE}\nregion = eu-west-1\noutput = json\n"
        for number, name in enumerate(names or map(profile_name, range(count)))
    ]
    (home / ".aws/config").write_text("".join(parts))


def make(
    home: Path, count: int, *, access_token: str = "a-token", inline: bool = False, names: Sequence[str] = ()
) -> None:
    """Write `.aws` into `home`: `count` profiles of one session that is signed in, with role credentials for all.

    The files are those of AWS CLI v2 after a sign-in. Everything in them is good for hours. `inline`: each profile has
    the start URL itself, the older form, and there is no sso-session. `names`: those of the profiles, if not ours.
    """
    for folder in (".aws/sso/cache", ".aws/cli/cache"):
        (home / folder).mkdir(mode=0o700, parents=True)
    make_config(home, count, inline, names)
    token = {
        "startUrl": START_URL,
        "region": REGION,
        "accessToken": access_token,
        "expiresAt": _in_hours(5),
        "clientId": "a-client",
        "clientSecret": "s" * 800,
        "registrationExpiresAt": _in_hours(24 * 60),
        "refreshToken": "r" * 800,
    }
    _write(home / f".aws/sso/cache/{_sha1(START_URL if inline else SESSION)}.json", json.dumps(token))
    credentials = {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "SessionToken": "t" * 900,
        "Expiration": _in_hours(4),
    }
    for number in range(count):
        owner = {"startUrl": START_URL} if inline else {"sessionName": SESSION}
        key = {"accountId": account_id(number), "roleName": ROLE, **owner}
        value = {"ProviderType": "sso", "Credentials": {**credentials, "AccountId": account_id(number)}}
        name = _sha1(json.dumps(key, sort_keys=True, separators=(",", ":")))
        _write(home / f".aws/cli/cache/{name}.json", json.dumps(value))


def environ(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a measured program: this HOME, a capable terminal, nothing of AWS or Python."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SHELL": "/bin/bash",
        "TZ": "UTC",
        "AWS_EC2_METADATA_DISABLED": "true",
        **(more or {}),
    }


def _in_hours(hours: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + hours * _HOUR))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _write(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)
