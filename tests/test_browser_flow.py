"""The browser flow against the demo server: what is sent, what is stored, and everything that can go wrong."""

from __future__ import annotations

import re
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tui.aws import clock
from tui.aws.cache import shapes
from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import SIGNED_IN, Token
from tui.aws.session import browser_flow, device_code
from tui.aws.session.browser_flow import BrowserCode, BrowserSignIn
from tui.aws.session.renewal import renew
from tui.aws.state.store import Store
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer
from tui.exit_codes import REFUSED, SIGN_IN_NEEDED

from .aws_clients import run
from .aws_home import CONFIG, configure, content, known, session_named, sso_cache, token_file
from .redirects import allow, decide, follow, get, listening, target


class Waiting:
    """A sign-in that waits for the browser, in a thread of its own."""

    def __init__(self, store: Store, session: str = "acme", anew: bool = False) -> None:
        self.store = store
        self.flow = BrowserSignIn(store, session_named(store, session), anew=anew)
        self.code: BrowserCode = self.flow.start()
        self.cancelled = threading.Event()
        self.told: list[str] = []
        self.token: Token | None = None
        self.error: SsoError | None = None
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def _wait(self) -> None:
        try:
            self.token = self.flow.wait(self.told.append, self.cancelled)
        except SsoError as error:
            self.error = error

    def ended(self) -> SsoError:
        """The error that the sign-in ended with."""
        self.thread.join(20)
        assert self.error is not None
        assert not self.thread.is_alive()
        return self.error

    def succeeded(self) -> Token:
        """The token that the sign-in ended with."""
        self.thread.join(20)
        assert self.error is None, self.error
        assert self.token is not None
        return self.token

    @property
    def waits(self) -> bool:
        """Whether it still waits."""
        return self.thread.is_alive()


@pytest.fixture
def store(home: object, demo: DemoServer) -> Iterator[Store]:
    """A configuration; afterwards no port may be left open but the demo server's."""
    before = listening()
    yield configure()
    deadline = time.monotonic() + 20
    while listening() != before:
        assert time.monotonic() < deadline, listening() - before
        time.sleep(0.01)


def test_the_authorize_url_is_the_aws_clis(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    pattern = (
        re.escape(demo.url) + r"/authorize\?response_type=code&client_id=[^&]+"
        r"&redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Foauth%2Fcallback"
        f"&state={uuid}&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[A-Za-z0-9_-]{{43}}"
    )
    assert re.fullmatch(pattern, waiting.code.url)
    assert waiting.code.may_open
    assert 590 < waiting.code.seconds_left() <= 600
    registered = demo.state.log.entries("RegisterClient")[0].details
    assert registered == {
        "clientName": "ssotui",
        "issuerUrl": ACME,
        "scopes": "sso:account:access",
    }
    client = demo.state.clients[target(waiting.code.url).query["client_id"]]
    assert client.grant_types == ["authorization_code", "refresh_token"]
    assert client.redirect_uris == ["http://127.0.0.1/oauth/callback"]
    allow(demo, waiting.code.url)
    waiting.succeeded()


def test_several_scopes_are_separated_by_spaces(store: Store, demo: DemoServer) -> None:
    both = "sso:account:access, codewhisperer:completions"
    changed = configure(CONFIG.replace("scopes = sso:account:access", f"scopes = {both}"))
    flow = BrowserSignIn(changed, session_named(changed, "acme"))
    assert "&scopes=sso%3Aaccount%3Aaccess%20codewhisperer%3Acompletions&" in flow.start().url
    flow.close()


def test_the_verifier_belongs_to_the_challenge_and_stays_private(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = [BrowserSignIn(store, session_named(store, "acme")) for _ in range(2)]
    urls = [flow.start().url for flow in flows]
    verifiers = [flow._verifier.reveal() for flow in flows]
    for verifier, url in zip(verifiers, urls, strict=True):
        assert re.fullmatch("[A-Za-z0-9._~-]{64}", verifier)
        assert (
            target(url).query["code_challenge"] == urlsafe_b64encode(sha256(verifier.encode()).digest())[:43].decode()
        )
        assert verifier not in url
    assert verifiers[0] != verifiers[1]
    assert target(urls[0]).query["state"] != target(urls[1]).query["state"]
    assert verifiers[0] not in repr(vars(flows[0]))
    for flow in flows:
        flow.close()


def test_the_token_is_stored_in_the_form_of_the_device_flow(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    page = allow(demo, waiting.code.url)
    assert page.status == 200
    assert "Return to the terminal" in page.text
    waiting.succeeded()
    by_browser = content(token_file("acme"))
    registration = content(_registration(store))
    assert known(store).session_clock("acme", clock.now())[0] == SIGNED_IN
    assert list(by_browser) == [
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "refreshToken",
    ]
    assert list(registration) == ["clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"]
    assert registration["scopes"] == ["sso:account:access"]
    assert registration["grantTypes"] == ["authorization_code", "refresh_token"]
    assert {by_browser[key] for key in ("clientId", "clientSecret")} <= set(map(str, registration.values()))
    assert by_browser["registrationExpiresAt"] == registration["expiresAt"]

    demo.state.settings.auto_approve_after = 0
    device = device_code.DeviceSignIn(store, session_named(store, "acme"))
    device.start()
    device.wait()
    by_device = content(token_file("acme"))
    assert list(by_browser) == list(by_device)
    assert [type(value) for value in by_browser.values()] == [type(value) for value in by_device.values()]
    assert by_browser["startUrl"] == by_device["startUrl"] == ACME
    assert sorted(path.suffix for path in sso_cache().iterdir()) == [".json", ".json"]


def test_boto3_uses_and_renews_what_the_browser_flow_stored(store: Store, demo: DemoServer, aws_python: str) -> None:
    demo.state.settings.access_token_lifetime = 600
    waiting = Waiting(store)
    allow(demo, waiting.code.url)
    token = waiting.succeeded()
    script = "import boto3; print(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Account'])"
    done = run(aws_python, "-c", script)
    assert done.stdout.strip() == "111111111111", done.stderr
    assert [entry.details["grantType"] for entry in demo.state.log.entries("CreateToken")] == [
        "authorization_code",
        "refresh_token",
    ]
    assert content(token_file("acme"))["accessToken"] != token.access_token.reveal()


def test_ssotui_renews_what_the_browser_flow_stored(store: Store, demo: DemoServer) -> None:
    demo.state.settings.access_token_lifetime = 600
    waiting = Waiting(store)
    allow(demo, waiting.code.url)
    first = waiting.succeeded()
    demo.state.settings.access_token_lifetime = 3600
    assert renew(store, session_named(store, "acme")).expires_at > first.expires_at


def test_a_registration_is_used_again_by_its_own_flow_only(store: Store, demo: DemoServer) -> None:
    for _ in range(2):
        waiting = Waiting(store)
        allow(demo, waiting.code.url)
        waiting.succeeded()
    assert demo.state.log.count("RegisterClient") == 1
    device_code.DeviceSignIn(store, session_named(store, "acme")).start()
    assert demo.state.log.count("RegisterClient") == 2
    assert "grantTypes" not in content(_registration(store))
    again = BrowserSignIn(store, session_named(store, "acme"))
    again.start()
    again.close()
    assert demo.state.log.count("RegisterClient") == 3
    anew = BrowserSignIn(store, session_named(store, "acme"), anew=True)
    anew.start()
    anew.close()
    assert demo.state.log.count("RegisterClient") == 4


def test_c25_the_port_is_open_before_anything_is_registered(store: Store, demo: DemoServer) -> None:
    before = listening()
    hanging = demo.state.faults.add("RegisterClient", hang=True)
    flow = BrowserSignIn(store, session_named(store, "acme"))
    cancelled = threading.Event()
    ended: list[SsoError] = []

    def start() -> None:
        try:
            flow.start(cancelled)
        except SsoError as error:
            ended.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    assert demo.state.log.wait_for("RegisterClient")
    ports = listening() - before
    assert [address for address, _ in ports] == ["0100007F"]  # C26: 127.0.0.1, and no other address
    cancelled.set()
    thread.join(20)
    hanging.release()
    assert isinstance(ended[0], Cancelled)
    assert listening() == before


def test_c25_a_redirect_that_comes_before_anybody_waits(store: Store, demo: DemoServer) -> None:
    flow = BrowserSignIn(store, session_named(store, "acme"))
    assert allow(demo, flow.start().url).status == 200
    assert flow.wait().refresh_token is not None


def test_c28_wrong_states_do_not_end_it(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    location = decide(demo, waiting.code.url)
    for state in ("", "wrong", target(waiting.code.url).query["state"][:-1]):
        assert follow(location, state=state).status == 400
        assert follow(location, state=state, error="access_denied").status == 400
    assert waiting.waits
    assert demo.state.log.count("CreateToken") == 0
    assert follow(location).status == 200
    waiting.succeeded()


def test_c29_denied_in_the_browser(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    page = follow(decide(demo, waiting.code.url, "deny"))
    assert page.status == 200
    error = waiting.ended()
    assert (error.code, error.exit_code) == ("AccessDeniedException", REFUSED)
    assert error.title == "The sign-in was denied in the browser"
    assert not token_file("acme").exists()
    assert demo.state.log.count("CreateToken") == 0


def test_c29_another_error_is_told_as_clean_text(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    state = target(waiting.code.url).query["state"]
    get(
        target(waiting.code.url).port,
        f"/oauth/callback?error=server_error&error_description=%1b[31mbusy&state={state}",
    )
    assert waiting.ended().title == "AWS refused the sign-in in the browser: server_error: \\x1b[31mbusy"


def test_c31_a_reload_is_told_so_and_the_code_is_exchanged_once(store: Store, demo: DemoServer) -> None:
    slow = demo.state.faults.add("CreateToken", hang=True)
    waiting = Waiting(store)
    location = decide(demo, waiting.code.url)
    assert follow(location).status == 200
    assert demo.state.log.wait_for("CreateToken")
    assert follow(location).status == 409
    assert follow(location, code="another").status == 409
    slow.release()
    waiting.succeeded()
    assert demo.state.log.count("CreateToken") == 1
    assert waiting.told == ["the browser is back; getting the token …"]


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ({"code": "InvalidGrantException"}, "Could not sign in to acme: AWS no longer accepts the sign-in"),
        ({"status": 500, "count": None}, "Could not sign in to acme: AWS has a problem"),
        ({"reset": True, "count": None}, "Could not sign in to acme: the connection was cut"),
        ({"malformed": True}, "The sign-in service's answer could not be understood"),
    ],
)
def test_c32_the_exchange_fails(store: Store, demo: DemoServer, fault: dict[str, object], title: str) -> None:
    demo.state.faults.add("CreateToken", **fault)
    waiting = Waiting(store)
    page = allow(demo, waiting.code.url)
    assert "igned in" not in page.text
    assert waiting.ended().title.startswith(title)
    assert not token_file("acme").exists()


def test_the_exchange_is_tried_again_when_the_failure_passes(store: Store, demo: DemoServer) -> None:
    demo.state.faults.add("CreateToken", status=503)
    waiting = Waiting(store)
    allow(demo, waiting.code.url)
    waiting.succeeded()
    assert demo.state.log.count("CreateToken") == 2


def test_c17_cancelling_ends_it_at_once_and_closes_the_port(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    location = decide(demo, waiting.code.url)
    waiting.cancelled.set()
    assert isinstance(waiting.ended(), Cancelled)
    with pytest.raises(ConnectionRefusedError):
        follow(location)
    assert not token_file("acme").exists()


def test_c17_cancelling_the_exchange_writes_nothing(store: Store, demo: DemoServer) -> None:
    slow = demo.state.faults.add("CreateToken", hang=True)
    waiting = Waiting(store)
    allow(demo, waiting.code.url)
    assert demo.state.log.wait_for("CreateToken")
    waiting.cancelled.set()
    assert isinstance(waiting.ended(), Cancelled)
    slow.release()
    time.sleep(0.2)
    assert not token_file("acme").exists()


def test_nobody_comes_back_in_time(store: Store, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_flow, "LIMIT", 0.2)
    waiting = Waiting(store)
    error = waiting.ended()
    assert (error.code, error.exit_code) == ("ExpiredTokenException", SIGN_IN_NEEDED)
    assert waiting.code.seconds_left() == 0
    with pytest.raises(ConnectionRefusedError):
        get(target(waiting.code.url).port, "/oauth/callback")


def test_c07_a_registration_that_aws_has_forgotten_is_replaced(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    location = decide(demo, waiting.code.url)
    old = content(_registration(store))["clientId"]
    demo.state.forget_clients()
    follow(location)
    assert waiting.ended().code == "InvalidClientException"
    assert content(_registration(store))["clientId"] != old
    assert demo.state.log.count("RegisterClient") == 2
    again = Waiting(store)
    allow(demo, again.code.url)
    again.succeeded()
    assert demo.state.log.count("RegisterClient") == 2


def test_a_client_that_the_authorize_page_refuses_is_replaced(store: Store, demo: DemoServer) -> None:
    waiting = Waiting(store)
    state = target(waiting.code.url).query["state"]
    get(target(waiting.code.url).port, f"/oauth/callback?error=invalid_client&state={state}")
    assert "invalid_client" in waiting.ended().title
    assert demo.state.log.count("RegisterClient") == 2


def test_a_failed_registration_closes_the_port(store: Store, demo: DemoServer) -> None:
    before = listening()
    demo.state.faults.add("RegisterClient", code="InvalidRequestException")
    with pytest.raises(SsoError, match="refused"):
        BrowserSignIn(store, session_named(store, "acme")).start()
    assert listening() == before


def test_c35_legacy_sessions_have_no_browser_flow(store: Store) -> None:
    flow = BrowserSignIn(store, session_named(store, LEGACY))
    with pytest.raises(SsoError, match="device code"):
        flow.start()


def test_wait_needs_a_start(store: Store) -> None:
    with pytest.raises(ValueError, match="start"):
        BrowserSignIn(store, session_named(store, "acme")).wait()


def _registration(store: Store) -> Path:
    return Path(shapes.registration_path(session_named(store, "acme")))
