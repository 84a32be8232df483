"""`ssotui doctor`: each trouble is put into a home, and found with its place; repairs are taken back byte for byte."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.aws import clock
from tui.aws.config.writing import repairs, sections
from tui.aws.errors import command_line
from tui.cli.arguments import parse
from tui.cli.environment import Environment
from tui.demo.organisation import ACME, LEGACY
from tui.demo.server import DemoServer
from tui.settings import settings_path

from .aws_home import (
    CONFIG,
    cli_cache,
    configure,
    put_role,
    put_token,
    role_file,
    sso_cache,
    token_file,
    write_in_place,
)
from .commands import Room

SOUND = f"""\
# Ours
[sso-session acme]
sso_start_url = {ACME}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = acme
sso_account_id = 111111111111
sso_role_name = Admin
region = us-east-1
"""
OF_A_TOOL = "credential_process = aws-sso-util credential-process --profile dev\n"
WITHOUT_SCOPES = SOUND.replace("sso_registration_scopes = sso:account:access\n", "")
ODD_NAME = SOUND.replace("sso-session acme", "sso-session ac~me").replace("= acme\n", "= ac~me\n")
OWN_ADDRESS = SOUND.replace(ACME, "https://sso.acme.example")
INLINE = f"""\
[profile attic]\r
sso_start_url = {LEGACY}\r
sso_region = us-east-1\r
sso_account_id = 444444444444\r
# which role
sso_role_name = Auditor\r
\r
[profile cellar]
sso_start_url={LEGACY}
sso_region = us-east-1
sso_account_id = 454545454545
sso_role_name = Auditor"""


def config_file() -> Path:
    return Path(os.environ["HOME"]) / ".aws/config"


def found(code: int = 1, environ: dict[str, str] | None = None) -> list[dict[str, Any]]:
    rows = json.loads(Room(environ).run("doctor", "--json", code=code))
    assert isinstance(rows, list)
    return rows


def test_a_sound_home_is_in_order(home: Path) -> None:
    configure(SOUND)
    assert found(0, {}) == []
    room = Room({})
    assert room.run("doctor") == ""
    assert room.stderr.getvalue() == "All is in order.\n"


Make = Callable[[DemoServer, pytest.MonkeyPatch], object]
TROUBLES: dict[str, tuple[Make, str, str, str]] = {}
"""What is done to a sound home -> the kind of the finding, a part of its place and of its message."""


def trouble(kind: str, where: str, message: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        TROUBLES[make.__name__] = make, kind, where, message
        return make

    return keep


@trouble("configuration", "config", "refuse this whole file")
def a_section_stands_twice(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(SOUND + "[profile dev]\nregion = x\n")


@trouble("configuration", "config", 'sso_session "acmee" does not exist')
def a_session_is_mistyped(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(SOUND.replace("sso_session = acme", "sso_session = acmee"))


@trouble("configuration", "config", "is not the same here and in its sso-session")
def a_key_differs(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(SOUND.replace("[profile dev]", "[profile dev]\nsso_registration_scopes = other"))


@trouble("configuration", "config", "spelled in two ways")
def a_url_is_spelled_in_two_ways(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(INLINE.replace(f"={LEGACY}", f"={LEGACY}/"))


@trouble("configuration", "config", "the start URL stands in the profile")
def a_profile_has_the_url_itself(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(INLINE)


@trouble("configuration", "config", "names no sso_registration_scopes")
def a_session_has_no_scopes(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(WITHOUT_SCOPES)


@trouble("configuration", "config", "do not find a section of such a name")
def a_name_has_a_blank(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(SOUND.replace("[profile dev]", '[profile "my dev"]'))


@trouble("configuration", "config", "programs in JavaScript do not find a section of such a name")
def a_session_has_a_name_that_one_sdk_alone_cannot_use(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(ODD_NAME)


@trouble("configuration", "", "act by its static keys")
def static_keys_are_beside_the_sso_keys(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    (Path(os.environ["HOME"]) / ".aws/credentials").write_text(
        "[dev]\naws_access_key_id = A\naws_secret_access_key = b\n"
    )


@trouble("configuration", "credentials", "old: temporary credentials of another tool, which ended at 2026-01-02 ")
def credentials_of_another_tool_have_ended(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    keys = "aws_access_key_id = ASIAX\naws_secret_access_key = b\naws_session_token = c\n"
    (Path(os.environ["HOME"]) / ".aws/credentials").write_text(
        f"[old]\n{keys}x_security_token_expires = 2026-01-02T02:47:31+0200\n"
        f"[mfa]\n{keys}expiration = 2099-01-02 03:04:05\n[unknown]\n{keys}"
    )


@trouble("configuration", "config", "tool-a and 1 more: credential_process runs no-such-tool, which is not here")
def a_tool_is_gone_whose_profiles_are_left(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(
        SOUND + "[profile tool-a]\ncredential_process = no-such-tool 'a b'\n"
        "[profile tool-b]\ncredential_process = no-such-tool c\n[profile tool-c]\ncredential_process = sh -c true\n"
        "[profile tool-d]\ncredential_process = 'no end\n"
    )


@trouble("configuration", "config", "dev: credential_process runs aws-sso-util, which is not here")
def a_tool_is_gone_that_was_for_older_sdks(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(SOUND.replace("[profile dev]", f"[profile dev]\n{OF_A_TOOL}"))


@trouble("cache", "sso/cache", "it is not valid JSON")
def a_token_is_torn(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    write_in_place(token_file("acme"), '{"accessToken')


@trouble("cache", "sso/cache", "was issued for")
def a_token_is_of_another_portal(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME)
    path = token_file("acme")
    write_in_place(path, path.read_text().replace(ACME, "https://other.awsapps.com/start"))


@trouble("configuration", "config", "is in eu-west-1, not in us-east-1")
def a_session_has_another_region_than_its_portal(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    configure(OWN_ADDRESS)
    put_token(demo, "acme", ACME, region="eu-west-1")


@trouble("cache", "sso/cache", "which no session is for")
def a_token_is_left_over(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME)
    token_file("acme").rename(sso_cache() / f"{40 * 'a'}.json")


@trouble("cache", "tmpab12cd34.tmp", "left behind by a program that was killed")
def a_temporary_file_is_left_over(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME)
    path = sso_cache() / "tmpab12cd34.tmp"
    token_file("acme").rename(path)
    os.utime(path, (clock.now() - 3600,) * 2)


@trouble("cache", "sso/cache", "its mode is 0644")
def a_token_is_open_to_others(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_token(demo, "acme", ACME)
    token_file("acme").chmod(0o644)


@trouble("cache", "cli/cache", "its mode is 0640")
def role_credentials_are_open_to_others(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    role_file("111111111111", "Admin", "acme").chmod(0o640)


@trouble("cache", "cli/cache", "its mode is 0777")
def a_folder_can_be_written_to_by_others(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    put_role(demo, "111111111111", "Admin", "acme")
    cli_cache().chmod(0o777)


@trouble("environment", "AWS_ACCESS_KEY_ID", "they ended at")
def variables_are_stale(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    patch.setenv("AWS_CREDENTIAL_EXPIRATION", clock.iso(clock.now() - 60))


@trouble("endpoint", "AWS_ENDPOINT_URL_STS", "https://sts.example for sts")
def an_address_leads_elsewhere(demo: DemoServer, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ENDPOINT_URL_STS", "https://sts.example")


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_is_found_with_its_place_and_why_it_hurts(
    demo: DemoServer, home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    configure(SOUND)
    for folder in (sso_cache(), cli_cache()):
        folder.mkdir(parents=True, mode=0o700)
    monkeypatch.delenv("AWS_ENDPOINT_URL_STS", raising=False)
    make, kind, where, message = TROUBLES[name]
    make(demo, monkeypatch)
    rows = [row for row in found() if row["kind"] == kind and message in row["message"]]
    assert len(rows) == 1, rows
    (row,) = rows
    assert where in (row["file"] or "")
    assert row["why"]
    assert row["fix"]
    assert_it_can_be_typed(row["fix"])
    assert message in Room().run("doctor", code=1)


def assert_it_can_be_typed(mend: str) -> None:
    """Where it is a command of ours, the command line takes it as it stands, without a word behind a lone `--`."""
    program, *words = shlex.split(mend) if mend.startswith("ssotui ") else [""]
    if program:
        parse(words, Environment())
        assert "--" not in words


@pytest.mark.parametrize(
    ("words", "name", "line"),
    [
        (("doctor", "--fix"), None, "ssotui doctor --fix"),
        (("login",), "dev", "ssotui login dev"),
        (("login",), "--dev", "ssotui login -- --dev"),
        (("login", "--session"), "a b", "ssotui login --session 'a b'"),
        (("login", "--session"), "-s", "ssotui login --session=-s"),
    ],
)
def test_only_a_name_that_begins_with_a_dash_is_kept_from_being_an_option(
    words: tuple[str, ...], name: str | None, line: str
) -> None:
    assert command_line(*words, name=name) == line


def test_of_a_tool_that_is_gone_it_says_who_would_have_run_it(home: Path) -> None:
    """The AWS CLI takes the sso_ keys beside it (tests/test_config_sdks.py)."""
    configure(SOUND.replace("[profile dev]", f"[profile dev]\n{OF_A_TOOL}") + f"[profile alone]\n{OF_A_TOOL}")
    first, second = sorted(found(1, {}), key=lambda row: int(row["line"]))
    assert first["message"].startswith("dev: ")
    assert (first["why"], first["fix"]) == (
        "programs in JavaScript run it in place of the sso_ keys, and fail",
        "remove credential_process",
    )
    assert second["message"].startswith("alone: ")
    assert second["why"] == "the AWS CLI and the SDKs get no credentials for it"


def test_what_is_no_url_is_nobodys_portal(home: Path) -> None:
    """As examples are pasted from pages, and templates are left unfilled."""
    configure("".join(INLINE.replace(LEGACY, url) for url in ("${sso_aws_url}", "{{ START URL }}")))
    assert [row for row in found(1, {}) if "one portal" in row["message"]] == []


def test_it_says_whom_a_name_hurts_also_where_it_is_one_sdk_alone(home: Path) -> None:
    configure(ODD_NAME)
    (row,) = found(1, {})
    assert row["why"] == "programs in these languages fail, or act as somebody else, where the AWS CLI works"


def test_the_region_of_the_portal_is_set_and_taken_back_byte_for_byte(demo: DemoServer, home: Path) -> None:
    configure(OWN_ADDRESS)
    put_token(demo, "acme", ACME, region="eu-west-1")
    Room({}).run("doctor", "--fix", "--yes")
    assert config_file().read_text() == OWN_ADDRESS.replace("sso_region = us-east-1", "sso_region = eu-west-1")
    assert found(0, {}) == []
    Room({}).run("doctor", "--undo", "--yes")
    assert config_file().read_text() == OWN_ADDRESS


@pytest.mark.parametrize("text", [WITHOUT_SCOPES, INLINE, WITHOUT_SCOPES.replace("\n", "\r\n")])
def test_a_repair_of_the_config_file_is_asked_about_and_taken_back_byte_for_byte(home: Path, text: str) -> None:
    configure("")
    config_file().write_bytes(text.encode())
    no = Room({}, typed="n\n")
    no.run("doctor", "--fix", code=1)
    assert config_file().read_bytes() == text.encode()
    yes = Room({}, typed="y\n")
    shown = yes.run("doctor", "--fix")
    assert "+sso_registration_scopes = sso:account:access" in shown.replace("+ ", "+")
    assert yes.stderr.getvalue().endswith("All is in order.\n")
    assert found(0, {}) == []
    Room({}, typed="y\n").run("doctor", "--undo")
    assert config_file().read_bytes() == text.encode()


def test_profiles_with_the_url_share_a_session_then_and_all_else_stays(home: Path) -> None:
    configure("")
    config_file().write_bytes(INLINE.encode())
    Room({}).run("doctor", "--fix", "--yes")
    made = config_file().read_bytes().decode()
    options = sections.read(made).sections
    assert options["sso-session d-9667182f21"]["sso_start_url"] == LEGACY
    assert options["profile attic"] == {
        "sso_session": "d-9667182f21",
        "sso_account_id": "444444444444",
        "sso_role_name": "Auditor",
    }
    assert "# which role\n" in made
    rest = [
        line for line in INLINE.splitlines(keepends=True) if "sso_start_url" not in line and "sso_region" not in line
    ]
    assert all(line in made for line in rest)


def test_settings_that_are_not_followed_are_told(home: Path) -> None:
    configure(SOUND)
    write_in_place(Path(settings_path()), 'theme = 5\n[[guard]]\nprofile = ["a"\n')
    (row,) = found(1, {})
    assert (row["kind"], row["repairable"]) == ("settings", False)
    assert "config.toml" in row["message"]
    assert "ssotui --print-config" in " ".join(Room({}).run("doctor", code=1).split())
    write_in_place(Path(settings_path()), 'theme = 5\n[[guard]]\nprofile = "["\nnonsense = 1\n')
    assert {row["kind"] for row in found(1, {})} == {"settings"}
    assert len(found(1, {})) > 1  # of a rule too


def test_a_mode_is_repaired_after_a_question(demo: DemoServer, home: Path) -> None:
    configure(SOUND)
    put_token(demo, "acme", ACME)
    token_file("acme").chmod(0o644)
    Room({}, typed="n\n").run("doctor", "--fix", code=1)
    assert token_file("acme").stat().st_mode & 0o777 == 0o644
    yes = Room({}, typed="y\n")
    yes.run("doctor", "--fix")
    assert token_file("acme").stat().st_mode & 0o777 == 0o600
    assert "chmod 0644" in yes.stderr.getvalue()


def test_nothing_is_repaired_where_nobody_can_answer(home: Path) -> None:
    configure(WITHOUT_SCOPES)
    room = Room({})
    room.run("doctor", "--fix", code=2)
    assert config_file().read_text() == WITHOUT_SCOPES
    assert "--yes" in room.stderr.getvalue()


@given(
    st.lists(st.sampled_from(["# note", "", "region = eu-west-1", "output=json", "x = y", "services : s"]), max_size=6)
)
def test_a_repair_changes_its_keys_alone(lines: list[str]) -> None:
    body = "\n".join(dict.fromkeys(lines))
    text = f"[sso-session acme]\nsso_start_url = {ACME}\n{body}\n[profile dev]\nsso_session = acme\n"
    made = repairs.with_scopes(text, "acme")
    assert made.replace("sso_registration_scopes = sso:account:access\n", "", 1) == text
    assert repairs.with_scopes(made, "acme") == made


def test_what_is_not_in_the_config_file_is_refused() -> None:
    with pytest.raises(sections.Refused, match="is not in the config file"):
        repairs.with_scopes(CONFIG, "elsewhere")
