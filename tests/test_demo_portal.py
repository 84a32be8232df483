"""The sso portal and sts of the demo server."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tui.aws.model import RoleCredentials, Secret
from tui.demo.organisation import CHAINED_ROLE, STATIC_KEY_ID, STATIC_SECRET, grid
from tui.demo.server import DemoServer

from .demo_clients import ACME, LAB, client, http_request, post_form, refused


@pytest.fixture
def server(isolation: None) -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server
    assert server.state.crashes == []


@pytest.fixture
def portal(server: DemoServer) -> Any:
    return client("sso", server)


@pytest.fixture
def token(server: DemoServer) -> str:
    return server.state.issue_token(ACME).access_token.reveal()


@pytest.fixture
def keys(server: DemoServer) -> RoleCredentials:
    return server.state.issue_role_credentials("111111111111", "Admin")


def test_accounts_and_roles(portal: Any, token: str) -> None:
    accounts = portal.list_accounts(accessToken=token)["accountList"]
    assert accounts[0] == {
        "accountId": "111111111111",
        "accountName": "Development",
        "emailAddress": "aws+development@example.com",
    }
    assert len(accounts) == 7
    roles = portal.list_account_roles(accessToken=token, accountId="111111111111")["roleList"]
    assert [role["roleName"] for role in roles] == ["Admin", "ReadOnly"]
    assert {role["accountId"] for role in roles} == {"111111111111"}


def test_a_start_url_sees_its_own_accounts_only(server: DemoServer, portal: Any) -> None:
    token = server.state.issue_token(LAB).access_token.reveal()
    names = [account["accountName"] for account in portal.list_accounts(accessToken=token)["accountList"]]
    assert names == ["Sandbox", "Playground", "Load Tests"]


def test_pages_by_the_client_and_by_the_server(server: DemoServer, portal: Any, token: str) -> None:
    def pages(**config: int) -> list[int]:
        found = portal.get_paginator("list_accounts").paginate(accessToken=token, PaginationConfig=config)
        return [len(page["accountList"]) for page in found]

    assert pages(PageSize=3) == [3, 3, 1]
    server.state.settings.page_size = 5
    assert pages() == [5, 2]
    assert pages(PageSize=7) == [5, 2]
    server.state.settings.page_size = 1
    found = portal.get_paginator("list_account_roles").paginate(accessToken=token, accountId="111111111111")
    assert [role["roleName"] for page in found for role in page["roleList"]] == ["Admin", "ReadOnly"]


def test_a_large_organisation() -> None:
    with DemoServer(grid(250, 3)) as server:
        portal = client("sso", server)
        token = server.state.issue_token(ACME).access_token.reveal()
        found = portal.get_paginator("list_accounts").paginate(accessToken=token)
        accounts = [account["accountId"] for page in found for account in page["accountList"]]
        assert len(accounts) == len(set(accounts)) == 250
        roles = portal.list_account_roles(accessToken=token, accountId=accounts[-1])["roleList"]
        assert [role["roleName"] for role in roles] == ["Admin", "ReadOnly", "Role02"]


def test_empty_pages_and_a_last_page_that_names_itself(server: DemoServer, portal: Any, token: str) -> None:
    server.state.settings.empty_pages = True
    server.state.settings.page_size = 5
    found = list(portal.get_paginator("list_accounts").paginate(accessToken=token))
    assert [len(page["accountList"]) for page in found] == [0, 5, 0, 2]
    server.state.settings.repeats_token = True
    last = found[2]["nextToken"]
    for _ in range(2):
        page = portal.list_accounts(accessToken=token, nextToken=last)
        assert (len(page["accountList"]), page["nextToken"]) == (2, last)


@pytest.mark.parametrize("number", ["0", "101", "-1", "x", "", "1e1", "9" * 30, "²"])
def test_page_sizes_out_of_range(server: DemoServer, token: str, number: str) -> None:
    from urllib.parse import quote

    page = http_request(
        server, "GET", f"/assignment/accounts?max_result={quote(number)}", headers={"x-amz-sso_bearer_token": token}
    )
    assert (page.status, page.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


@pytest.mark.parametrize("next_token", ["x", "demo-accounts-999", "demo-111111111111-1"])
def test_foreign_page_tokens(portal: Any, token: str, next_token: str) -> None:
    call = {"accessToken": token, "nextToken": next_token}
    assert refused(portal.list_accounts, **call) == (400, "InvalidRequestException")


def test_role_credentials(server: DemoServer, portal: Any, token: str) -> None:
    server.state.settings.role_credentials_lifetime = 1800
    server.state.settings.user = "somebody"
    call = {"accessToken": token, "accountId": "222222222222", "roleName": "ReadOnly"}
    found = portal.get_role_credentials(**call)["roleCredentials"]
    assert re.fullmatch("ASIA[A-Z2-7]{16}", found["accessKeyId"])
    assert abs(found["expiration"] - (time.time() + 1800) * 1000) < 60_000
    assert found["expiration"] % 1000 == 0
    assert portal.get_role_credentials(**call)["roleCredentials"]["accessKeyId"] != found["accessKeyId"]


@pytest.mark.parametrize(
    ("account_id", "role_name", "expected"),
    [
        ("222222222222", "Admin", (403, "ForbiddenException")),
        ("111111111111", "NoSuchRole", (403, "ForbiddenException")),
        ("121212121212", "Admin", (403, "ForbiddenException")),
        ("000000000000", "Admin", (404, "ResourceNotFoundException")),
        ("333333333333", "Admin", (404, "ResourceNotFoundException")),
        ("12345", "Admin", (400, "InvalidRequestException")),
        ("11111111111x", "Admin", (400, "InvalidRequestException")),
        ("111111111111", "", (400, "InvalidRequestException")),
    ],
)
def test_role_credentials_that_are_refused(
    portal: Any, token: str, account_id: str, role_name: str, expected: tuple[int, str]
) -> None:
    call = {"accessToken": token, "accountId": account_id, "roleName": role_name}
    assert refused(portal.get_role_credentials, **call) == expected


def test_the_portals_error_body(server: DemoServer, portal: Any, token: str) -> None:
    page = http_request(server, "GET", "/assignment/accounts")
    assert (page.status, page.headers["x-amzn-ErrorType"]) == (401, "UnauthorizedException")
    assert page.json()["message"] == "Session token not found or invalid"
    call = {"accessToken": token, "accountId": "000000000000"}
    assert refused(portal.list_account_roles, **call) == (404, "ResourceNotFoundException")


def test_tokens_that_are_refused_everywhere(server: DemoServer, portal: Any, token: str) -> None:
    expired = server.state.issue_token(ACME, expires_in=0).access_token.reveal()
    revoked = server.state.issue_token(ACME).access_token
    server.state.revoke(revoked)
    refresh = server.state.issue_token(ACME).refresh_token
    assert refresh is not None
    portal.logout(accessToken=token)
    for bad in ("x", expired, revoked.reveal(), refresh.reveal(), token):
        role = {"accountId": "111111111111", "roleName": "Admin"}
        for call, more in (
            (portal.list_accounts, {}),
            (portal.list_account_roles, {"accountId": "111111111111"}),
            (portal.get_role_credentials, role),
            (portal.logout, {}),
        ):
            assert refused(call, accessToken=bad, **more) == (401, "UnauthorizedException")


def test_revoke_all(server: DemoServer, portal: Any, token: str) -> None:
    server.state.revoke_all()
    assert refused(portal.list_accounts, accessToken=token) == (401, "UnauthorizedException")


def test_too_many_requests(server: DemoServer, portal: Any, token: str) -> None:
    server.state.settings.requests_per_second = 2
    for _ in range(2):
        portal.list_accounts(accessToken=token)
    assert refused(portal.list_accounts, accessToken=token) == (429, "TooManyRequestsException")
    server.state.settings.requests_per_second = 0
    assert portal.list_accounts(accessToken=token)["accountList"]
    server.state.settings.throttled = 1.0
    server.state.settings.retry_after = 7
    page = http_request(server, "GET", "/assignment/accounts", headers={"x-amz-sso_bearer_token": token})
    assert (page.status, page.headers["Retry-After"]) == (429, "7")


# sts


def test_identity_of_a_permission_set(server: DemoServer, keys: RoleCredentials) -> None:
    who = client("sts", server, keys).get_caller_identity()
    assert who["Account"] == "111111111111"
    assert re.fullmatch(
        r"arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_[0-9a-f]{16}/demo@example\.com", who["Arn"]
    )
    assert re.fullmatch(r"AROA[A-Z2-7]{17}:demo@example\.com", who["UserId"])
    again = server.state.issue_role_credentials("111111111111", "Admin", user="other")
    other = client("sts", server, again).get_caller_identity()
    assert other["Arn"] == who["Arn"].replace("demo@example.com", "other")


def test_role_credentials_outlive_the_sign_in(server: DemoServer, portal: Any, token: str) -> None:
    found = portal.get_role_credentials(accessToken=token, accountId="111111111111", roleName="Admin")[
        "roleCredentials"
    ]
    portal.logout(accessToken=token)
    keys = RoleCredentials(found["accessKeyId"], Secret(found["secretAccessKey"]), Secret(found["sessionToken"]), 0)
    assert client("sts", server, keys).get_caller_identity()["Account"] == "111111111111"


def changed(keys: RoleCredentials, **changes: Any) -> RoleCredentials:
    """A copy of `keys` with other values."""
    values = {name: getattr(keys, name) for name in ("access_key_id", "secret_access_key", "session_token")}
    return RoleCredentials(**{**values, **changes}, expires_at=0)


def test_credentials_that_sts_refuses(server: DemoServer, keys: RoleCredentials) -> None:
    def code(keys: RoleCredentials) -> tuple[int, str]:
        return refused(client("sts", server, keys).get_caller_identity)

    assert code(changed(keys, secret_access_key=Secret("x"))) == (403, "SignatureDoesNotMatch")
    assert code(changed(keys, session_token=Secret("x"))) == (403, "InvalidClientTokenId")
    assert code(changed(keys, access_key_id="ASIAXXXXXXXXXXXXXXXX")) == (403, "InvalidClientTokenId")
    expired = server.state.issue_role_credentials("111111111111", "Admin", expires_in=0)
    assert code(expired) == (403, "ExpiredToken")
    assert code(changed(expired, secret_access_key=Secret("x"))) == (403, "SignatureDoesNotMatch")


def test_a_changed_request_does_not_match_its_signature(server: DemoServer, keys: RoleCredentials) -> None:
    sent: dict[str, Any] = {}
    sts = client("sts", server, keys)
    sts.meta.events.register("before-send.sts", lambda request, **_: sent.update(request=request))
    sts.get_caller_identity()
    headers = {name: str(value) for name, value in _text_headers(sent["request"].headers).items()}
    body = sent["request"].body
    body = body.encode() if isinstance(body, str) else body
    assert http_request(server, "POST", "/", body, headers).status == 200
    page = http_request(server, "POST", "/", body + b"&X=1", {**headers, "Content-Length": str(len(body) + 4)})
    assert page.status == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in page.text
    day, second = headers["X-Amz-Date"][:15], headers["X-Amz-Date"][14]
    for date in ("20200101T000000Z", f"{day[:14]}{(int(second) + 1) % 10}Z"):
        page = http_request(server, "POST", "/", body, {**headers, "X-Amz-Date": date})
        assert (page.status, "SignatureDoesNotMatch" in page.text) == (403, True)
    unsigned = {name: value for name, value in headers.items() if name != "Authorization"}
    page = http_request(server, "POST", "/", body, unsigned)
    assert (page.status, "MissingAuthenticationToken" in page.text) == (403, True)
    page = http_request(server, "POST", "/", body, {**headers, "Authorization": "Bearer x"})
    assert (page.status, "IncompleteSignature" in page.text) == (400, True)


def _text_headers(headers: Any) -> dict[str, str]:
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}


@pytest.mark.parametrize(("offset", "message"), [(2000, "Signature expired"), (-2000, "Signature not yet current")])
def test_a_wrong_clock_shows_in_the_signature_error(
    server: DemoServer, keys: RoleCredentials, offset: int, message: str
) -> None:
    server.state.settings.clock_offset = offset
    page = refused(client("sts", server, keys).get_caller_identity)
    assert page == (403, "SignatureDoesNotMatch")
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match=message):
        client("sts", server, keys).get_caller_identity()
    server.state.settings.check_signature_time = False
    server.state.settings.clock_offset = 0
    assert client("sts", server, keys).get_caller_identity()["Account"]


def test_static_keys(server: DemoServer) -> None:
    import botocore.session

    session: Any = botocore.session.get_session()
    sts = session.create_client(
        "sts",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id=STATIC_KEY_ID,
        aws_secret_access_key=STATIC_SECRET,
    )
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::121212121212:user/ci"


def test_assume_role_by_chaining(server: DemoServer, keys: RoleCredentials) -> None:
    sts = client("sts", server, keys)
    call = {"RoleArn": CHAINED_ROLE, "RoleSessionName": "tests"}
    answer = sts.assume_role(**call, DurationSeconds=900)
    found = answer["Credentials"]
    assert abs(found["Expiration"].timestamp() - time.time() - 900) < 60
    chained = RoleCredentials(found["AccessKeyId"], Secret(found["SecretAccessKey"]), Secret(found["SessionToken"]), 0)
    who = client("sts", server, chained).get_caller_identity()
    assert who["Arn"] == answer["AssumedRoleUser"]["Arn"] == f"{_sts_arn(CHAINED_ROLE)}/tests"
    assert who["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]


def _sts_arn(role: str) -> str:
    return role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"RoleArn": "arn:aws:iam::222222222222:role/Nobody"}, (403, "AccessDenied")),
        ({"RoleArn": "arn:aws:iam::22222222222:role/Deployer"}, (400, "ValidationError")),
        ({"RoleSessionName": "a b"}, (400, "ValidationError")),
        ({"DurationSeconds": 43200}, (400, "ValidationError")),
        ({"DurationSeconds": 60}, (400, "ValidationError")),
    ],
)
def test_assume_role_refuses(
    server: DemoServer, keys: RoleCredentials, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    sts = client("sts", server, keys, parameter_validation=False)
    call = {"RoleArn": CHAINED_ROLE, "RoleSessionName": "tests", **changes}
    assert refused(sts.assume_role, **call) == expected


def test_assume_role_by_the_wrong_principal(server: DemoServer) -> None:
    keys = server.state.issue_role_credentials("111111111111", "ReadOnly")
    call = {"RoleArn": CHAINED_ROLE, "RoleSessionName": "tests"}
    assert refused(client("sts", server, keys).assume_role, **call) == (403, "AccessDenied")


def test_unknown_actions(server: DemoServer) -> None:
    page = post_form(server, "/", {"Action": "GetSession<Token>", "Version": "2011-06-15"})
    assert (page.status, page.headers["Content-Type"]) == (400, "text/xml")
    assert "<Code>InvalidAction</Code>" in page.text
    assert "GetSession&lt;Token&gt;" in page.text
