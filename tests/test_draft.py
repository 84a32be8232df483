"""A session that is in no file yet: what a sign-in to it writes, and when."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tui.aws.cache import config_edit
from tui.aws.errors import Cancelled, SsoError
from tui.aws.model import BROWSER, SSO_SESSION, Session
from tui.aws.session.browser_flow import BrowserCode
from tui.aws.session.draft import Draft
from tui.aws.session.joining import SignIn
from tui.aws.state.store import Store
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer

from .aws_home import configure, content, sso_cache, token_file
from .redirects import allow


def draft(environ: dict[str, str] | None = None, changes: bool = False) -> Draft:
    session = Session("acme", SSO_SESSION, ACME, "us-east-1", ["sso:account:access"])
    return Draft(session, environ or dict(os.environ), changes)


def config() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


def test_the_browser_flow_writes_nothing_before_its_token(demo: DemoServer) -> None:
    made, store = draft(), Store()
    sign_in = SignIn(BROWSER, store, made.session, draft=made)
    code = sign_in.start()
    assert isinstance(code, BrowserCode)
    assert list(Path(os.environ["HOME"]).iterdir()) == []
    threading.Thread(target=allow, args=(demo, code.url), daemon=True).start()
    token = sign_in.wait()
    assert content(token_file("acme"))["accessToken"] == token.access_token.reveal()
    assert config().read_text().startswith("[sso-session acme]\n")
    registrations = [content(path) for path in sso_cache().iterdir() if path != token_file("acme")]
    assert [each["grantTypes"] for each in registrations] == [["authorization_code", "refresh_token"]]
    assert store.snapshot.config.sessions["acme"].start_url == ACME


def test_given_up_it_writes_nothing_any_more(home: Path) -> None:
    made = draft()
    assert made.give_up()
    with pytest.raises(Cancelled):
        made.settle()
    assert not config().exists()
    written = draft()
    written.settle()
    assert not written.give_up()
    assert written.path == str(config())


def test_it_is_written_once(home: Path) -> None:
    made = draft()
    made.settle()
    text = config().read_text()
    made.settle()  # a second try after a token that could not be kept
    assert config().read_text() == text
    with pytest.raises(SsoError, match=r"\[sso-session acme\] is there already"):
        draft().settle()


def test_who_writes_at_the_same_moment_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, meanwhile = config_edit.write, iter(["# one\n", "# two\n"])

    def busy(before: config_edit.ConfigFile, text: str) -> str:
        theirs = next(meanwhile, None)
        if theirs is not None:
            config().write_text(theirs)
        return write(before, text)

    monkeypatch.setattr(config_edit, "write", busy)
    draft().settle()
    assert config().read_text().startswith("# two\n\n[sso-session acme]\n")


def test_a_change_sets_two_keys_of_a_section_that_is_there(home: Path) -> None:
    with pytest.raises(SsoError, match="is not there any more"):
        draft(changes=True).check()
    configure("[sso-session 'acme']\nsso_region = eu-west-1\noutput = json\n")
    draft(changes=True).settle()
    assert config().read_text() == (
        f"[sso-session 'acme']\nsso_region = us-east-1\noutput = json\nsso_start_url = {ACME}\n"
    )
