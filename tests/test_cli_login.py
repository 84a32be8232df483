"""`ssotui login`: one session or several, signed in already, renewed silently, denied, too late, interrupted."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tui.aws.clock import iso
from tui.demo.organisation import ACME, LAB, LEGACY
from tui.demo.server import DemoServer

from .aws_home import CONFIG, configure, content, put_token, sso_cache, token_file, write_in_place
from .commands import check, leaked, ssotui, start
from .sign_ins import waiting_codes


@pytest.fixture
def config(demo: DemoServer, home: Path) -> DemoServer:
    """The configuration, and a server on which every first poll finds the sign-in approved."""
    configure()
    demo.state.settings.auto_approve_after = 0
    return demo


def tokens() -> set[str]:
    """The start URLs of the tokens that there are."""
    found = [content(path) for path in sso_cache().glob("*.json")]
    return {str(value["startUrl"]) for value in found if "accessToken" in value}


def test_a_person_approves_the_code_that_is_shown(demo: DemoServer, home: Path) -> None:
    configure()
    process = start("login", "dev", "--no-open")
    codes = waiting_codes(demo)
    demo.state.approve(codes[0])
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "")
    assert f"Enter or compare  {codes[0]}   the page asks for it" in errors
    assert f"{demo.url}/platform/authorize?request_uri=" in errors
    assert "or open" not in errors  # the address is complete as it is
    assert "only a sign-in that you started yourself" in errors
    assert "signed in until" in errors
    assert tokens() == {ACME}
    assert leaked(demo, errors) == []


def test_signed_in_already_is_no_work(config: DemoServer) -> None:
    put_token(config, "acme", ACME)
    before = token_file("acme").read_bytes()
    assert "signed in already" in check(ssotui("login", "dev"), 0, config).stderr
    assert config.state.log.count() == 0
    assert token_file("acme").read_bytes() == before
    check(ssotui("login", "dev", "--force"), 0, config)
    assert config.state.log.count("StartDeviceAuthorization") == 1
    assert token_file("acme").read_bytes() != before


def test_a_renewable_session_is_renewed_silently(config: DemoServer) -> None:
    put_token(config, "acme", ACME, -60)
    done = check(ssotui("login", "--session", "acme"), 0, config)
    assert "renewed" in done.stderr
    assert [entry.operation for entry in config.state.log.entries()] == ["CreateToken"]


def test_a_session_that_cannot_be_renewed_is_signed_in_to(config: DemoServer) -> None:
    config.state.revoke(put_token(config, "acme", ACME, -60).access_token)
    done = check(ssotui("login", "--session", "acme", "--no-open"), 0, config)
    assert "Enter or compare" in done.stderr
    assert config.state.log.count("StartDeviceAuthorization") == 1


@pytest.mark.parametrize(
    ("arguments", "environ", "url"),
    [
        (["deploy"], {}, ACME),  # by its source profile
        (["--session", "lab"], {}, LAB),
        (["--session", LEGACY], {}, LEGACY),
        ([], {"AWS_PROFILE": "sandbox"}, LAB),
    ],
)
def test_every_way_to_say_which_session(
    config: DemoServer, arguments: list[str], environ: dict[str, str], url: str
) -> None:
    check(ssotui("login", *arguments, **environ), 0, config)
    assert tokens() == {url}
    assert [entry.details["startUrl"] for entry in config.state.log.entries("StartDeviceAuthorization")] == [url]


def test_c19_all_sessions_are_signed_in_to_side_by_side(demo: DemoServer, home: Path) -> None:
    configure(
        CONFIG + "\n[sso-session done]\nsso_start_url = https://partner.awsapps.com/start\nsso_region = eu-central-1\n"
    )
    put_token(demo, "done", "https://partner.awsapps.com/start")
    process = start("login", "--all", "--no-open")
    codes = waiting_codes(demo, 3)  # all of them wait at the same time
    lab = next(device for device in demo.state.devices.values() if device.instance.start_url == LAB)
    for code in codes:
        if code != lab.user_code:
            demo.state.approve(code)
    demo.state.deny(lab.user_code)
    _output, errors = process.communicate(timeout=30)
    assert process.returncode == 4  # the worst of them
    assert tokens() == {ACME, LEGACY, "https://partner.awsapps.com/start"}
    assert "ssotui: lab: The sign-in was denied" in errors
    assert "acme: signed in until" in errors
    assert leaked(demo, errors) == []


def test_all_of_nothing(demo: DemoServer, home: Path) -> None:
    configure()
    for key, url in (("acme", ACME), ("lab", LAB), (LEGACY, LEGACY)):
        put_token(demo, key, url)
    assert "Every session is signed in" in check(ssotui("login", "--all"), 0).stderr


def test_b11_one_unwritable_folder_does_not_stop_the_other_sign_ins(config: DemoServer, home: Path) -> None:
    write_in_place(home / ".aws/sso/cache", "a file")
    done = check(ssotui("login", "--all", "--no-open"), 1, config)
    assert done.stderr.count("could not be stored: Not a directory") == 3
    assert [entry.code for entry in config.state.log.entries("CreateToken")] == ["", "", ""]


def test_c05_a_denied_sign_in_is_refused(demo: DemoServer, home: Path) -> None:
    configure()
    process = start("login", "dev", "--no-open")
    demo.state.deny(waiting_codes(demo)[0])
    _output, errors = process.communicate(timeout=30)
    assert process.returncode == 4
    assert "denied in the browser" in errors
    assert "ssotui login --session acme" in errors
    assert tokens() == set()


def test_c04_a_code_that_expires_needs_a_new_sign_in(demo: DemoServer, home: Path) -> None:
    configure()
    demo.state.settings.device_code_lifetime = 1
    done = check(ssotui("login", "dev", "--no-open"), 3, demo)
    assert "The code has expired" in done.stderr
    assert "ssotui login --session acme" in done.stderr
    assert tokens() == set()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_c17_an_interrupted_sign_in_leaves_no_token(demo: DemoServer, home: Path, number: int, code: int) -> None:
    configure()
    process = start("login", "--all", "--no-open")
    assert demo.state.log.wait_for("CreateToken", 3, timeout=30)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert process.returncode in (code, -number)
    assert output == ""
    assert "Traceback" not in errors
    for user_code in demo.state.pending_user_codes():
        demo.state.approve(user_code)
    assert tokens() == set()
    assert not [name for name in os.listdir(sso_cache()) if name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        (CONFIG, [], 2, "Which session?"),
        (CONFIG, ["--session", "acm"], 1, "did you mean acme"),
        (CONFIG, ["dve"], 1, "did you mean dev"),
        (CONFIG, ["dev", "--all"], 2, "not allowed with"),
        ("", ["--all"], 1, "ssotui sessions add"),
        ("", [], 1, "ssotui sessions add"),
        ("[profile x]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n", ["x"], 1, "gone"),
        (CONFIG.replace(ACME, "http://acme.awsapps.com/start"), ["dev"], 1, "https"),
        (CONFIG.replace(ACME, "https://nobody.awsapps.com/start"), ["dev"], 1, "nobody.awsapps.com/start in region"),
    ],
)
def test_what_cannot_be_signed_in_to(
    demo: DemoServer, home: Path, text: str, arguments: list[str], code: int, said: str
) -> None:
    configure(text)
    done = check(ssotui("login", *arguments), code, demo)
    assert said in done.stderr
    assert tokens() == set()


def test_a_service_that_cannot_be_reached(home: Path) -> None:
    configure()
    done = check(ssotui("login", "dev", AWS_ENDPOINT_URL="http://127.0.0.1:9"), 1)
    assert "AWS cannot be reached" in done.stderr


def test_a32_an_address_in_clear_is_refused_before_any_request(home: Path) -> None:
    configure()
    done = check(ssotui("login", "dev", AWS_ENDPOINT_URL_SSO_OIDC="http://192.0.2.1"), 1)
    assert "http://192.0.2.1 from AWS_ENDPOINT_URL_SSO_OIDC is not used" in done.stderr


def test_c16_a_wrong_clock_is_told(config: DemoServer) -> None:
    config.state.settings.clock_offset = 7200
    done = check(ssotui("login", "dev", "--no-open"), 0, config)
    assert "clock is 120 minutes behind" in done.stderr
    assert str(content(token_file("acme"))["expiresAt"]) < iso(time.time() + 8 * 3600 + 60)


def test_c22_a_strange_address_is_not_opened(config: DemoServer, home: Path) -> None:
    opened = home / "opened"
    browser = write_in_place(home / "browser", f'#!/bin/sh\necho "$1" >>{opened}\n', 0o755)
    config.state.faults.add(
        "StartDeviceAuthorization", replace={"verificationUriComplete": "https://evil.example.com/\x1b]52;c;eA==\x07"}
    )
    done = check(ssotui("login", "dev", BROWSER=str(browser)), 0, config)
    assert "Careful: this address is not one of AWS's" in done.stderr
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert not opened.exists()
    check(ssotui("login", "dev", "--force", BROWSER=str(browser)), 0, config)
    assert opened.read_text().startswith(f"{config.url}/platform/authorize?request_uri=")


def test_two_commands_for_one_session_do_not_disturb_each_other(config: DemoServer) -> None:
    """Each has a code of its own; the file is whole whichever ends last."""
    processes = [start("login", "dev", "--no-open") for _ in range(2)]
    for process in processes:
        _output, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
    assert tokens() == {ACME}
    assert config.state.access(str(content(token_file("acme"))["accessToken"])) is not None
