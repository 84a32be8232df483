"""The sts service, query protocol of 2011-06-15: GetCallerIdentity and AssumeRole, with real signature checks."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ..aws import clock
from ..aws.model import Secret
from .organisation import role_id
from .state import Principal, State
from .wire import STS_NAMESPACE, Answer, Refusal, Request

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<day>[0-9]{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9]+)"
    r"/aws4_request,\s*SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_SKEW = 15 * 60
_CHAINING_LIMIT = 3600


def details(request: Request) -> dict[str, str]:
    """What the request log may keep of a request."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    kept: dict[str, str] = {}
    for name in ("RoleArn", "RoleSessionName"):
        if name in request.form:
            kept[name] = request.form[name]
    if match:
        kept.update(access_key_id=match["key"], region=match["region"])
    return kept


def get_caller_identity(state: State, request: Request, url: str) -> Answer:
    """GetCallerIdentity."""
    caller = authenticate(state, request, url)
    return _answer("GetCallerIdentity", {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account_id})


def assume_role(state: State, request: Request, url: str) -> Answer:
    """AssumeRole, for the roles and principals that the organisation trusts with each other."""
    caller = authenticate(state, request, url)
    form = request.form
    arn, session = form.get("RoleArn", ""), form.get("RoleSessionName", "")
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", arn):
        raise Refusal("ValidationError", f"{arn or 'RoleArn'} is invalid")
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", session, re.ASCII):
        raise Refusal("ValidationError", "Invalid RoleSessionName")
    lifetime = state.settings.assumed_role_lifetime
    duration = form.get("DurationSeconds")
    if duration is not None:
        if not re.fullmatch("[0-9]{1,6}", duration) or not 900 <= int(duration) <= 43200:
            raise Refusal("ValidationError", "DurationSeconds must be between 900 and 43200")
        lifetime = int(duration)
        if caller.session_token is not None and lifetime > _CHAINING_LIMIT:
            raise Refusal(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            )
    role = next((role for role in state.organisation.roles if role.arn == arn), None)
    if role is None or (caller.account_id, caller.name) not in role.trusted:
        raise Refusal(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        )
    issued = state.issue_credentials(role.account_id, role.name, role.name, session, lifetime)
    return _answer(
        "AssumeRole",
        {
            "AssumedRoleUser": {
                "AssumedRoleId": f"{role_id('AROA', role.account_id, role.name)}:{session}",
                "Arn": f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{session}",
            },
            "Credentials": {
                "AccessKeyId": issued.access_key_id,
                "SecretAccessKey": issued.secret_access_key.reveal(),
                "SessionToken": issued.session_token.reveal(),
                "Expiration": clock.iso(issued.expires_at),
            },
        },
    )


def authenticate(state: State, request: Request, url: str) -> Principal:
    """Who signed the request. Raises Refusal with the code that sts gives for the first thing wrong.

    The signature's date is compared with the real clock (plus the server's offset) even when the server's time is
    fixed: signers take the date from the system.
    """
    authorization = request.headers.get("Authorization", "")
    if not authorization:
        raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(authorization)
    date = request.headers.get("X-Amz-Date", "")
    if match is None or not re.fullmatch("[0-9]{8}T[0-9]{6}Z", date):
        raise Refusal("IncompleteSignature", "Authorization header is not a complete AWS4-HMAC-SHA256 one", 400)
    if not {"host", "x-amz-date"} <= set(match["headers"].split(";")):
        raise Refusal("SignatureDoesNotMatch", "'Host' and 'X-Amz-Date' must be signed headers")
    caller = state.principals.get(match["key"])
    token = request.headers.get("X-Amz-Security-Token")
    if caller is None or (Secret(token) if token else None) != caller.session_token:
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")
    if match["service"] != "sts":
        raise Refusal("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.")
    if match["day"] != date[:8]:
        raise Refusal("SignatureDoesNotMatch", "Date in Credential scope does not match X-Amz-Date")
    if not hmac.compare_digest(_signature(caller, request, url, match), match["signature"]):
        raise Refusal(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
        )
    if state.settings.check_signature_time:
        _check_date(date, time.time() + state.settings.clock_offset)
    if caller.expires_at is not None and caller.expires_at <= state.now():
        raise Refusal("ExpiredToken", "The security token included in the request is expired")
    return caller


def _signature(caller: Principal, request: Request, url: str, match: re.Match[str]) -> str:
    """The signature that the request should have, calculated anew from what arrived."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    headers = {name: request.headers.get(name, "") for name in match["headers"].split(";")}
    claimed = headers.get("x-amz-content-sha256")
    if claimed is not None and claimed != hashlib.sha256(request.body).hexdigest():
        return ""  # botocore would believe the hash that the client names
    arrived = AWSRequest(request.method, url + request.path, headers, request.body, params=request.query)
    arrived.context["timestamp"] = request.headers["X-Amz-Date"]
    keys = Credentials(match["key"], caller.secret.reveal())
    signer = SigV4Auth(keys, match["service"], match["region"])
    text = signer.string_to_sign(arrived, signer.canonical_request(arrived))
    return str(signer.signature(text, arrived))


def _check_date(date: str, now: float) -> None:
    signed = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))

    def stamp(seconds: float) -> str:
        return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))

    if signed < now - _SKEW:
        raise Refusal(
            "SignatureDoesNotMatch",
            f"Signature expired: {date} is now earlier than {stamp(now - _SKEW)} ({stamp(now)} - 15 min.)",
        )
    if signed > now + _SKEW:
        raise Refusal(
            "SignatureDoesNotMatch",
            f"Signature not yet current: {date} is still later than {stamp(now + _SKEW)} ({stamp(now)} + 15 min.)",
        )


def _answer(action: str, result: Mapping[str, Any]) -> Answer:
    body = (
        f'<{action}Response xmlns="{STS_NAMESPACE}">\n<{action}Result>{_elements(result)}</{action}Result>\n'
        f"<ResponseMetadata><RequestId>@REQUEST_ID@</RequestId></ResponseMetadata>\n</{action}Response>\n"
    )
    return Answer(body=body.encode(), content_type="text/xml")


def _elements(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_elements(value) if isinstance(value, Mapping) else escape(str(value))}</{name}>"
        for name, value in values.items()
    )
