"""What a diagnosis needs to look at: the files, the caches, and what the SDK for Python makes of the profile itself."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..config import sdks
from ..config.configuration import Config
from ..config.file import Unreadable
from ..config.loading import read_files
from ..errors import SsoError
from ..model import SPELLING
from ..requests import transport
from ..state.store import Store
from . import chain
from .chain import ASSUME_ROLE, CONFIG_FILE, LOGIN, PROCESS, SHARED, SSO, WEB_IDENTITY, ChainFacts, Origin
from .links import Diagnosis

_SECRET = frozenset(("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"))
_MAY_HOLD_SECRETS = frozenset(("credential_process", "external_id"))


def diagnose(store: Store, name: str, now: float) -> Diagnosis:
    """Why the credentials of this profile are what they are. Reads the files and the caches anew; no network. `now`: in
    seconds since the epoch. botocore is asked where the store goes by the process's own environment."""
    store.look_at_config()
    profile = store.snapshot.profile(name)
    snapshot = store.look([profile] if profile is not None else [], at_config=False)
    origins, headers = _origins(name, store.environ)
    known = ChainFacts(snapshot, origins, _certificates(origins.get(name), store.environ), now)
    used = chain.source_of(origins.get(name), snapshot.config.credentials_file)
    warnings = [
        f"{problem.file}:{problem.line}: {problem.message}"
        for problem in snapshot.config.problems
        if problem.kind == SPELLING
    ]
    unable = sdks.unable("profile", headers[name], name) if headers.get(name, "").startswith("profile") else ""
    if unable:
        warnings.append(f"{unable} do not find a section of such a name")
    boto3 = ""
    if store.environ is os.environ and origins:
        boto3, refused = _asked(name)
        if refused:
            warnings.append(f"boto3 refuses the profile: {refused}")
        elif boto3 != used:
            other = boto3 or "what the machine has"
            warnings.append(f"boto3 takes {other} for it, where {used or 'nothing'} was expected")
    return Diagnosis(name, chain.chain(known, name), used, boto3, now, tuple(warnings))


def _origins(name: str, environ: Mapping[str, str]) -> tuple[dict[str, Origin], dict[str, str]]:
    """The profile and those that its chain leads to; and the headers of their sections."""
    builder, (main, shared) = read_files(Config(), environ)
    found: dict[str, Origin] = {}
    headers: dict[str, str] = {}
    while name in builder.entries and name not in found and len(found) <= chain.MOST:
        options, file, header = builder.entries[name]
        in_shared = "aws_access_key_id" in shared.sections.get(name, {})
        static = shared.path if in_shared else main.path if "aws_access_key_id" in options else ""
        shown = {
            key: "…" if key in _MAY_HOLD_SECRETS else value for key, value in options.items() if key not in _SECRET
        }
        found[name] = Origin(shown, file.path, file.lines.get(header, 0), static)
        headers[name] = header
        name = options.get("source_profile", "")
    return found, headers


def _certificates(origin: Origin | None, environ: Mapping[str, str]) -> tuple[str, str, str]:
    own = origin.options.get("ca_bundle", "") if origin is not None else ""
    for path, where in (
        (environ.get("AWS_CA_BUNDLE", ""), "AWS_CA_BUNDLE"),
        (own, "ca_bundle of the profile"),
        (environ.get("REQUESTS_CA_BUNDLE", ""), "REQUESTS_CA_BUNDLE"),
    ):
        if path:
            return path, where, transport.bundle_problem(path)
    return "", "", ""


def _asked(name: str) -> tuple[str, str]:
    """What botocore takes for a profile that is named, by its name for that, and why it refuses the profile ("" when it
    does not). Nothing is run or asked over the network for that: where a provider would, its keys tell."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session = Session(profile=name)
        options = session.get_scoped_config()
        providers = {it.METHOD: it for it in session.get_component("credential_provider").providers}
        if "role_arn" in options:
            return (WEB_IDENTITY if "web_identity_token_file" in options else ASSUME_ROLE), ""
        keys = {SSO: "", SHARED: "", LOGIN: "login_session", PROCESS: "credential_process", CONFIG_FILE: ""}
        for method, key in keys.items():
            there = options.get(key) if key else method in providers and providers[method].load() is not None
            if there:
                return method, ""
    except (BotoCoreError, OSError, ValueError, Unreadable, SsoError) as error:
        return "", str(error)
    return "", ""
