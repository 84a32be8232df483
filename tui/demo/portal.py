"""The sso portal: GetRoleCredentials, ListAccounts, ListAccountRoles, Logout (API model of 2019-06-10).

ForbiddenException is not in the model; the live portal answers it for a role that is not assigned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .organisation import Account, reserved_role
from .state import SignIn, State
from .wire import Answer, Refusal, Request, json_answer

BEARER = "x-amz-sso_bearer_token"
_LARGEST_PAGE = 100


def details(request: Request) -> dict[str, str]:
    """What the request log may keep of a request."""
    return {name: request.query[name] for name in ("account_id", "role_name", "max_result") if name in request.query}


def get_role_credentials(state: State, request: Request, url: str) -> Answer:
    """GetRoleCredentials. The expiration is in milliseconds."""
    sign_in = _sign_in(state, request)
    role_name = request.query.get("role_name", "")
    if not role_name:
        raise Refusal("InvalidRequestException", "Missing required parameter role_name")
    account = _account(sign_in, request)
    if role_name not in account.roles:
        raise Refusal("ForbiddenException", "No access")
    credentials = state.issue_credentials(
        account.account_id,
        role_name,
        reserved_role(account.account_id, role_name),
        sign_in.user,
        state.settings.role_credentials_lifetime,
    )
    return json_answer(
        {
            "roleCredentials": {
                "accessKeyId": credentials.access_key_id,
                "secretAccessKey": credentials.secret_access_key.reveal(),
                "sessionToken": credentials.session_token.reveal(),
                "expiration": credentials.expires_at * 1000,
            }
        }
    )


def list_accounts(state: State, request: Request, url: str) -> Answer:
    """ListAccounts: the accounts in which the user has a role."""
    sign_in = _sign_in(state, request)
    accounts, next_token = _page(state, request, "accounts", sign_in.instance.accounts)
    found = [{"accountId": each.account_id, "accountName": each.name, "emailAddress": each.email} for each in accounts]
    return json_answer({"accountList": found, "nextToken": next_token})


def list_account_roles(state: State, request: Request, url: str) -> Answer:
    """ListAccountRoles: the roles that the user has in one account."""
    account = _account(_sign_in(state, request), request)
    roles, next_token = _page(state, request, account.account_id, account.roles)
    found = [{"accountId": account.account_id, "roleName": role} for role in roles]
    return json_answer({"nextToken": next_token, "roleList": found})


def logout(state: State, request: Request, url: str) -> Answer:
    """Logout ends the sign-in with all its tokens. Issued role credentials live on until they expire."""
    with state.lock:
        _sign_in(state, request).alive = False
    return Answer()


def _sign_in(state: State, request: Request) -> SignIn:
    settings = state.settings
    busy = settings.throttled > 0 and state.chance() < settings.throttled
    if settings.requests_per_second:
        with state.lock:
            state.portal_times = [at for at in state.portal_times if at > request.at - 1.0]
            busy = busy or len(state.portal_times) >= settings.requests_per_second
            if not busy:
                state.portal_times.append(request.at)
    if busy:
        raise Refusal("TooManyRequestsException", "HTTP 429 Unknown Code", retry_after=settings.retry_after)
    sign_in = state.access(request.headers.get(BEARER, ""))
    if sign_in is None:
        raise Refusal("UnauthorizedException", "Session token not found or invalid")
    return sign_in


def _account(sign_in: SignIn, request: Request) -> Account:
    account_id = request.query.get("account_id", "")
    if not re.fullmatch("[0-9]{12}", account_id):
        raise Refusal("InvalidRequestException", "Invalid account id provided")
    account = sign_in.instance.account(account_id)
    if account is not None:
        return account
    if sign_in.instance.knows(account_id):
        raise Refusal("ForbiddenException", "No access")
    raise Refusal("ResourceNotFoundException", "The specified account does not exist")


def _page(state: State, request: Request, kind: str, items: Sequence[Any]) -> tuple[Sequence[Any], str | None]:
    """The page that the request asks for and the token of the next one. Tokens hold their list and position, and
    whether the empty page in front of it has been given."""
    size = min(state.settings.page_size, _LARGEST_PAGE)
    wanted = request.query.get("max_result")
    if wanted is not None:
        if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted[:9]) <= _LARGEST_PAGE:
            raise Refusal("InvalidRequestException", "Invalid max results provided")
        size = min(size, int(wanted))
    start, given = 0, False
    token = request.query.get("next_token")
    if token is not None:
        match = re.fullmatch(r"demo-(\w+)-([0-9]{1,9})(x?)", token)
        if match is None or match[1] != kind or int(match[2]) > len(items):
            raise Refusal("InvalidRequestException", "Invalid next token provided")
        start, given = int(match[2]), bool(match[3])
    if state.settings.empty_pages and not given:
        return [], f"demo-{kind}-{start}x"
    end = start + size
    if end >= len(items):
        return items[start:end], f"demo-{kind}-{start}x" if state.settings.repeats_token else None
    return items[start:end], f"demo-{kind}-{end}"
