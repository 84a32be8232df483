"""`ssotui console`: links through the portal and with role credentials, and what the browser gets of them."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tui.aws.model import RoleCredentials, Secret
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.desktop.redirect import Handover
from tui.screens.picking.service_picker import service_choices
from tui.state_file import load_state

from .aws_home import CONFIG, configure, put_role, put_token
from .commands import check, ssotui
from .pythons import python_program
from .terminal import Terminal
from .test_console import Endpoint, serve

MORE = """
[profile signed-by-aws-login]
login_session = arn:aws:iam::111111111111:user/me

[profile china]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = cn-north-1
"""

SIGNIN_TOKEN = "CANARY-signin/+="

BROWSER = """\
import json, sys, urllib.request
class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None
found = {"arguments": sys.argv[1:]}
if sys.argv[1].startswith("http://127.0.0.1"):
    try:
        urllib.request.build_opener(Stay).open(sys.argv[1], timeout=20)
    except urllib.error.HTTPError as answer:
        found["status"], found["location"] = answer.code, answer.headers["Location"]
with open(FILE, "a") as file:
    file.write(json.dumps(found) + "\\n")
"""


@pytest.fixture(autouse=True)
def signed_in(home: Path, demo: DemoServer) -> RoleCredentials:
    """dev has good credentials in the cache."""
    configure(CONFIG + MORE)
    put_token(demo, "acme", ACME)
    return put_role(demo, "111111111111", "Admin", "acme")


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that follows no redirect; the file in which it writes down what it was called with and found."""
    program, file = tmp_path / "browser", tmp_path / "visits"
    program.write_text(python_program(BROWSER.replace("FILE", repr(str(file)))))
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    return file


@pytest.fixture
def signin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A federation endpoint on this machine."""
    endpoint = Endpoint(body=json.dumps({"SigninToken": SIGNIN_TOKEN}).encode())
    server = serve(endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", endpoint.url.removesuffix("/federation"))
    yield endpoint
    server.shutdown()
    server.server_close()


class Visit(NamedTuple):
    """One start of the browser: its arguments, and the answer that it got from this machine."""

    arguments: list[str]
    status: int = 0
    location: str = ""


def visits(file: Path) -> list[Visit]:
    return [Visit(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.parametrize(
    ("words", "query"),
    [
        (["dev"], {"account_id": "111111111111", "role_name": "Admin", "region": "us-east-1", "path": "console"}),
        (["dev", "--service", "s3"], {"region": "us-east-1", "path": "s3"}),
        (["dev", "--service", "Step Functions"], {"region": "us-east-1", "path": "states"}),
        (["audit"], {"account_id": "222222222222", "role_name": "ReadOnly"}),
        (["audit", "--service", "ec2/v2"], {"region": "us-east-1", "path": "ec2/v2"}),
        (["china"], {"region": "cn-north-1", "path": "console", "domain": "amazonaws.cn"}),
    ],
)
def test_the_portal_s_link(words: list[str], query: dict[str, str], demo: DemoServer) -> None:
    done = check(ssotui("console", *words, "--print"), 0, demo)
    link = done.stdout.strip()
    before, _, after = link.partition("#/console?")
    assert before == "https://acme.awsapps.com/start/"
    found = {name: values[0] for name, values in parse_qs(after, strict_parsing=True).items()}
    destination = urlsplit(found.pop("destination", ""))
    if destination.netloc:
        found["region"] = parse_qs(destination.query)["region"][0]
        found["path"] = destination.path.removeprefix("/").removesuffix("/home")
        found["domain"] = destination.netloc.partition(".console.")[2]
    else:
        assert "region" not in query
    assert query.items() <= found.items()
    assert done.stderr == ""
    assert demo.state.log.entries() == []


def test_the_browser_gets_the_portal_s_link(browser: Path, demo: DemoServer) -> None:
    done = check(ssotui("console", "dev", "--service", "s3"), 0, demo)
    assert done.stdout == ""
    (visit,) = visits(browser)
    assert visit.arguments == [check(ssotui("console", "dev", "--service", "s3", "--print"), 0).stdout.strip()]


def test_where_it_was_opened_is_offered_first_on_the_board(browser: Path) -> None:
    check(ssotui("console", "dev", "--service", "Step Functions", "--print"), 0)
    assert load_state().services == []
    check(ssotui("console", "dev", "--service", "Step Functions", "--region", "eu-west-1"), 0)
    check(ssotui("console", "dev", "--service", "S3"), 0)
    assert len(visits(browser)) == 2
    assert (load_state().services, load_state().regions) == (["s3", "states"], ["eu-west-1"])
    assert [choice.title for choice in service_choices(load_state().services)[:2]] == ["S3", "Step Functions"]


def test_the_session_s_own_browser_is_used(browser: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROWSER")
    folder = home / ".config/ssotui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'[sessions.acme]\nbrowser = ["{browser.parent}/browser", "%s", "--work"]\n')
    check(ssotui("console", "dev"), 0)
    assert [visit.arguments[1:] for visit in visits(browser)] == [["--work"]]


def test_w01_without_a_browser_the_link_is_printed(demo: DemoServer) -> None:
    for changes, reason in (({"BROWSER": ""}, "no desktop"), ({"BROWSER": "", "SSH_TTY": "/dev/pts/1"}, "SSH")):
        done = check(ssotui("console", "dev", **changes), 0, demo)
        assert done.stdout.startswith("https://acme.awsapps.com/start/#/console?")
        assert reason in done.stderr


def test_profiles_that_the_portal_has_no_link_for() -> None:
    done = check(ssotui("console", "deploy"), 1)
    assert "assumed by way of dev" in done.stderr
    assert "ssotui console --federate deploy" in done.stderr
    for words in (["signed-by-aws-login"], ["signed-by-aws-login", "--federate"]):
        assert "aws login" in check(ssotui("console", *words), 1).stderr
    assert "did you mean lambda" in check(ssotui("console", "dev", "--service", "lamda"), 2).stderr
    assert "no console for a service" in check(ssotui("console", "dev", "--service", "../x"), 2).stderr
    assert "The service has no name\n" in check(ssotui("console", "dev", "--service", ""), 2).stderr
    assert "no profile" in check(ssotui("console", "nowhere-to-be-found"), 1).stderr


@pytest.mark.parametrize(("profile", "region"), [("dev", "us-east-1"), ("audit", "us-east-1"), ("deploy", "eu-west-1")])
def test_the_federation_link(
    profile: str, region: str, signin: Endpoint, demo: DemoServer, signed_in: RoleCredentials
) -> None:
    done = check(ssotui("console", profile, "--federate", "--print", "--service", "s3"), 0, demo)
    query = parse_qs(urlsplit(done.stdout.strip()).query, strict_parsing=True)
    assert query["SigninToken"] == [SIGNIN_TOKEN]
    assert query["Destination"] == [f"https://{region}.console.aws.amazon.com/s3/home?region={region}"]
    (asked,) = signin.asked
    session = json.loads(asked[2]["Session"][0])
    assert session["sessionToken"] in {
        principal.session_token.reveal() for principal in demo.state.principals.values() if principal.session_token
    }
    if profile == "dev":
        assert session["sessionId"] == signed_in.access_key_id
    assert SIGNIN_TOKEN not in unquote(done.stderr)


def test_e16_the_browser_gets_it_without_it_being_in_an_argument(browser: Path, signin: Endpoint) -> None:
    done = check(ssotui("console", "dev", "--federate"), 0)
    assert SIGNIN_TOKEN not in unquote(done.stdout + done.stderr)
    (visit,) = visits(browser)
    (address,) = visit.arguments
    assert "SigninToken" not in address
    assert visit.status == 303
    query = parse_qs(urlsplit(visit.location).query)
    assert query["SigninToken"] == [SIGNIN_TOKEN]


def test_h10_the_federation_link_is_not_printed_to_a_terminal(signin: Endpoint) -> None:
    command = [sys.executable, "-m", "tui", "console", "dev", "--federate", "--print"]
    with Terminal(command, size=(200, 24)) as terminal:
        assert terminal.wait_exit() == 2
        assert "not printed to a terminal" in terminal.text()
    assert signin.asked == []
    with Terminal([*command, "--force"], size=(200, 24)) as terminal:
        assert terminal.wait_exit() == 0
        assert "SigninToken=" in terminal.text()


def test_no_federation_without_a_browser_a_sign_in_or_consent(signin: Endpoint) -> None:
    done = check(ssotui("console", "dev", "--federate", BROWSER=""), 1)
    assert "no desktop" in done.stderr
    assert "--print dev" in done.stderr
    assert "SigninToken" not in done.stdout + done.stderr
    assert "ssotui login sandbox" in check(ssotui("console", "sandbox", "--federate"), 3).stderr
    signin.status = 403
    check(ssotui("console", "dev", "--federate"), 4)


def fetched(url: str, **headers: str) -> tuple[int, str]:
    """Status and redirect of a GET."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments: object) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return int(answer.status), ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Location"] or ""


def test_the_handover_is_for_one_who_knows_its_address_once() -> None:
    with Handover(Secret("https://example.com/CANARY")) as handover:
        base = handover.url.rpartition("/")[0]
        assert "CANARY" not in handover.url
        for url in (f"{base}/", f"{base}/guess", f"{handover.url}x", f"{handover.url}?x", f"{base}/%C3%A9"):
            assert fetched(url) == (404, "")
        assert fetched(handover.url, Host="evil.example") == (404, "")
        assert not handover.wait(0)
        assert fetched(handover.url) == (303, "https://example.com/CANARY")
        assert handover.wait(5)
        assert fetched(handover.url) == (404, "")
    with pytest.raises(urllib.error.URLError):
        fetched(handover.url)
