"""Every secret that the Identity Center has given out, and where one of them was found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tui.aws.model import Secret
from tui.demo.server import DemoServer


def issued(server: DemoServer) -> dict[str, str]:
    """All secrets that `server` knows, by a name for messages: tokens, client secrets, codes, role credentials."""
    state = server.state
    found: list[tuple[str, Secret]] = []
    with state.lock:
        found += [("access token", token) for token in state.access_tokens]
        found += [("refresh token", token) for token in state.refresh_tokens]
        found += [("device code", code) for code in state.devices]
        found += [("authorization code", code) for code in state.codes]
        found += [("client secret", client.secret) for client in state.clients.values()]
        for principal in state.principals.values():
            found.append(("secret access key", principal.secret))
            if principal.session_token is not None:
                found.append(("session token", principal.session_token))
    return {f"{name} {number}": secret.reveal() for number, (name, secret) in enumerate(found)}


def cached(home: Path) -> dict[str, str]:
    """All secrets in the caches of `home`, by a name for messages."""
    found: dict[str, str] = {}

    def look(value: object, where: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, f"{where} {key}")
        elif isinstance(value, str) and where.rpartition(" ")[2] in _SECRET_FIELDS:
            found[where] = value

    for path in sorted((home / ".aws").glob("*/cache/*.json")):
        look(json.loads(path.read_text()), path.name)
    return found


_SECRET_FIELDS = ("accessToken", "refreshToken", "clientSecret", "SecretAccessKey", "SessionToken")

WINDOW = 16
"""So many characters in a row of a secret count as the secret: screens break long texts into lines."""


def leaked(data: bytes, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets of which a part is in `data`, looked for at their start, their middle and their end."""
    text = data.decode("utf-8", "replace")
    return [name for name, secret in secrets.items() if any(part in text for part in parts(secret))]


def parts(secret: str) -> Iterable[str]:
    """Telling parts of a secret. What begins all tokens of a kind alike tells nothing."""
    middle = len(secret) // 2
    yield secret[-WINDOW - 1 : -1]
    yield secret[middle : middle + WINDOW]
    yield secret[24 : 24 + WINDOW] if len(secret) > 60 else secret[:WINDOW]
