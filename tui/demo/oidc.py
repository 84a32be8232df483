"""The sso-oidc service: RegisterClient, StartDeviceAuthorization, CreateToken.

Paths, fields and error codes are those of the service's API model (2019-06-10); which error comes when follows
RFC 6749, RFC 8628 and RFC 7636 where the model does not say.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import quote, urlsplit

from ..aws.model import Secret
from .organisation import SCOPES
from .state import (
    APPROVED,
    AUTHORIZATION_CODE,
    DENIED,
    DEVICE_CODE,
    PENDING,
    REFRESH_TOKEN,
    USED,
    Client,
    DeviceAuthorization,
    SignIn,
    State,
)
from .wire import Answer, Refusal, Request, json_answer

GRANT_TYPES = (DEVICE_CODE, REFRESH_TOKEN, AUTHORIZATION_CODE)
_GRACE = 0.02
"""Seconds that a poll may come early: rounding of clocks is not impatience."""


def details(request: Request) -> dict[str, str]:
    """What the request log may keep of a request."""
    try:
        body = request.json()
    except Refusal:
        return {}
    kept = {name: body.get(name) for name in ("grantType", "clientName", "startUrl", "redirectUri", "issuerUrl")}
    found = {name: value for name, value in kept.items() if isinstance(value, str)}
    if isinstance(body.get("scopes"), list):
        found["scopes"] = " ".join(map(str, body["scopes"]))
    return found


def register_client(state: State, request: Request, url: str) -> Answer:
    """RegisterClient. Only public clients exist; a redirect URI has to be http on loopback, or https."""
    body = request.json()
    name = _text(body, "clientName")
    if _text(body, "clientType") != "public":
        raise Refusal("InvalidClientMetadataException", "Invalid client type provided")
    scopes = _texts(body, "scopes")
    for scope in scopes or ():
        if scope not in SCOPES:
            raise Refusal("InvalidScopeException", "Invalid scope provided")
    grant_types = _texts(body, "grantTypes")
    for grant_type in grant_types or ():
        if grant_type not in GRANT_TYPES:
            raise Refusal("UnsupportedGrantTypeException", "Unsupported grant type provided")
    redirect_uris = _texts(body, "redirectUris")
    for uri in redirect_uris or ():
        if not _may_redirect_to(uri):
            raise Refusal("InvalidRedirectUriException", "Invalid redirect URI provided")
    issuer_url = _optional(body, "issuerUrl")
    if AUTHORIZATION_CODE in (grant_types or ()):
        if not redirect_uris:
            raise Refusal("InvalidRedirectUriException", "Redirect URI is required for this grant type")
        if issuer_url is None:
            raise Refusal("InvalidRequestException", "Issuer URL is required for this grant type")
    if issuer_url is not None and state.organisation.instance(issuer_url) is None:
        raise Refusal("InvalidRequestException", "Invalid issuer URL provided")
    client = state.register(name, scopes, grant_types or None, redirect_uris, issuer_url or "")
    return json_answer(
        {
            "authorizationEndpoint": None,
            "clientId": client.client_id,
            "clientIdIssuedAt": int(state.now()),
            "clientSecret": client.secret.reveal(),
            "clientSecretExpiresAt": client.expires_at,
            "tokenEndpoint": None,
        }
    )


def start_device_authorization(state: State, request: Request, url: str) -> Answer:
    """StartDeviceAuthorization. The verification address is this server's own device page: AWS's newer one, whose
    address holds no user code and is complete as it is, or the older one."""
    body = request.json()
    client_id, client_secret = _text(body, "clientId"), _text(body, "clientSecret")
    start_url = _text(body, "startUrl")
    client = _client(state, client_id, client_secret)
    if DEVICE_CODE not in client.grant_types:
        raise Refusal("UnauthorizedClientException", "Client is not registered for device authorization")
    instance = state.organisation.instance(start_url)
    if instance is None:
        raise Refusal("InvalidRequestException", "Invalid start url provided")
    code, device = state.start_device(client, instance)
    short = complete = f"{url}/platform/authorize?request_uri={device.request_uri}"
    if state.settings.code_in_address:
        short = f"{url}/device"
        complete = f"{short}?user_code={quote(device.user_code)}"
    return json_answer(
        {
            "deviceCode": code.reveal(),
            "expiresIn": state.settings.device_code_lifetime,
            "interval": state.settings.poll_interval,
            "userCode": device.user_code,
            "verificationUri": short,
            "verificationUriComplete": complete,
        }
    )


def create_token(state: State, request: Request, url: str) -> Answer:
    """CreateToken for its three grant types."""
    body = request.json()
    client_id, client_secret = _text(body, "clientId"), _text(body, "clientSecret")
    grant_type = _text(body, "grantType")
    client = _client(state, client_id, client_secret)
    if grant_type not in GRANT_TYPES:
        raise Refusal("UnsupportedGrantTypeException", "Unsupported grant type provided")
    if grant_type not in client.grant_types:
        raise Refusal("UnauthorizedClientException", "Client is not registered for this grant type")
    scope = _texts(body, "scope")
    if any(name not in (client.scopes or ()) for name in scope or ()):
        raise Refusal("InvalidScopeException", "Invalid scope provided")
    with state.lock:
        if grant_type == DEVICE_CODE:
            return _by_device_code(state, client, Secret(_text(body, "deviceCode")), request.at)
        if grant_type == REFRESH_TOKEN:
            return _by_refresh_token(state, client, Secret(_text(body, "refreshToken")))
        return _by_authorization_code(state, client, body)


def _by_device_code(state: State, client: Client, code: Secret, at: float) -> Answer:
    device = state.devices.get(code)
    if device is None or device.client is not client:
        raise Refusal("InvalidGrantException", "Invalid device code provided")
    if device.status == USED:
        raise Refusal("InvalidGrantException", "Device code was already used")
    if device.deadline <= time.monotonic():
        raise Refusal("ExpiredTokenException", "Device code has expired")
    if device.status == DENIED:
        raise Refusal("AccessDeniedException", "The user denied the request")
    if device.status == PENDING:
        _poll(state, device, at)
    device.status = USED
    return _tokens(state, state.sign_in(device.instance, client))


def _poll(state: State, device: DeviceAuthorization, at: float) -> None:
    """Count a poll of an undecided code; returns when it is to be approved by itself, else refuses."""
    hasty = device.last_poll is not None and at - device.last_poll < state.settings.poll_interval - _GRACE
    device.last_poll = at
    if hasty and device.burst + 1 >= state.settings.poll_burst:
        raise Refusal("SlowDownException", "Polling faster than the interval allows")
    device.burst = device.burst + 1 if hasty else device.burst
    patience = state.settings.auto_approve_after
    if patience is not None and device.polls >= patience:
        device.status = APPROVED
        return
    device.polls += 1
    raise Refusal("AuthorizationPendingException", "Authorization is still pending")


def _by_refresh_token(state: State, client: Client, token: Secret) -> Answer:
    issued = state.refresh_tokens.get(token)
    if (
        issued is None
        or issued.used
        or issued.sign_in.client is not client
        or not issued.sign_in.alive
        or min(issued.expires_at, issued.sign_in.ends_at or issued.expires_at) <= state.now()
    ):
        raise Refusal("InvalidGrantException", "Invalid refresh token provided")
    return _tokens(state, issued.sign_in, state.renew(token, issued), renewed=True)


def _by_authorization_code(state: State, client: Client, body: dict[str, Any]) -> Answer:
    code, redirect_uri = Secret(_text(body, "code")), _text(body, "redirectUri")
    verifier = _text(body, "codeVerifier")
    if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        raise Refusal("InvalidRequestException", "Invalid code verifier provided")
    grant = state.codes.get(code)
    if grant is None or grant.client is not client:
        raise Refusal("InvalidGrantException", "Invalid authorization code provided")
    # One attempt a code: whoever guesses verifiers gets no second one.
    del state.codes[code]
    if grant.deadline <= time.monotonic():
        raise Refusal("InvalidGrantException", "Authorization code has expired")
    if grant.redirect_uri != redirect_uri:
        raise Refusal("InvalidGrantException", "Redirect URI does not match the authorization request")
    if not hmac.compare_digest(challenge(verifier), grant.challenge):
        raise Refusal("InvalidGrantException", "Code verifier does not match the code challenge")
    return _tokens(state, state.sign_in(grant.instance, client))


def _tokens(state: State, sign_in: SignIn, refresh: Secret | None = None, renewed: bool = False) -> Answer:
    access, issued = state.issue_access(sign_in)
    if not renewed and sign_in.client.renewable:
        refresh = state.issue_refresh(sign_in)
    return json_answer(
        {
            "accessToken": access.reveal(),
            "expiresIn": issued.expires_at - int(state.now()),
            "idToken": None,
            "refreshToken": refresh.reveal() if refresh else None,
            "tokenType": "Bearer",
        }
    )


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636): base64url of its SHA-256, without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def same_redirect(registered: str, wanted: str) -> bool:
    """Whether `wanted` is the registered redirect URI; the port of a loopback one is free (RFC 8252, 7.3)."""
    if registered == wanted:
        return True
    try:
        first, second = urlsplit(registered), urlsplit(wanted)
        _ = second.port
    except ValueError:
        return False
    return (
        _is_loopback(registered)
        and (first.scheme, first.hostname, first.path, first.query)
        == (
            second.scheme,
            second.hostname,
            second.path,
            second.query,
        )
        and not second.fragment
        and "@" not in second.netloc
    )


def _is_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")


def _may_redirect_to(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.fragment or "@" in parts.netloc:
        return False
    return _is_loopback(uri) or (parts.scheme == "https" and bool(parts.hostname))


def _client(state: State, client_id: str, client_secret: str) -> Client:
    client = state.clients.get(client_id)
    if client is None or client.secret != Secret(client_secret):
        raise Refusal("InvalidClientException", "Invalid client provided")
    if client.expires_at <= state.now():
        raise Refusal("InvalidClientException", "Client registration has expired")
    return client


def _optional(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise Refusal("InvalidRequestException", f"Invalid {name} provided")
    return value


def _text(body: dict[str, Any], name: str) -> str:
    value = _optional(body, name)
    if value is None:
        raise Refusal("InvalidRequestException", f"Missing required parameter {name}")
    return value


def _texts(body: dict[str, Any], name: str) -> list[str] | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refusal("InvalidRequestException", f"Invalid {name} provided")
    return value
