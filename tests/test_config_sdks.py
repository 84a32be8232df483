"""Profiles that work here and with the AWS CLI, but not with every SDK."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.aws.role.credentials import get_credentials
from tui.demo.organisation import ACME, STATIC_KEY_ID, STATIC_SECRET
from tui.demo.server import DemoServer

from . import aws_clients
from .aws_home import configure, named, put_token
from .commands import check, ssotui
from .config_texts import CORP, load, messages, sso_profile

STATIC = f"aws_access_key_id = {STATIC_KEY_ID}\naws_secret_access_key = {STATIC_SECRET}\n"


def session(name: str) -> str:
    header = f'"{name}"' if " " in name else name
    return f"[sso-session {header}]\nsso_start_url = {ACME}\nsso_region = us-east-1\n\n"


def keys(session: str = "acme") -> str:
    return f"sso_session = {session}\nsso_account_id = 111111111111\nsso_role_name = Admin\nregion = us-east-1\n"


SECTIONS = {
    "plain": f"[profile plain]\n{keys()}",
    "a.b_c-d@e+f%g:h/i": f"[profile a.b_c-d@e+f%g:h/i]\n{keys()}",
    "quoted": f'[profile "quoted"]\n{keys()}',
    "my team": f'[profile "my team"]\n{keys()}',
    "it": f"[profile 'it']\n{keys()}",
    "équipe": f"[profile équipe]\n{keys()}",
    "a,b": f"[profile a,b]\n{keys()}",
    "two": f"[profile  two]\n{keys()}",
    "blank-session": f"[profile blank-session]\n{keys('my corp')}",
    "foreign-session": f"[profile foreign-session]\n{keys('société')}",
    "colon": f"[profile colon]\n{keys().replace(' = ', ': ')}",
    "upper": f"[profile upper]\n{keys().replace('sso_session', 'SSO_Session').replace('sso_role', 'SSO_ROLE')}",
    "static": f"[profile static]\n{keys()}{STATIC}",
}
"""By the profile's name."""

NOT_READ = "the SDKs for JavaScript and Ruby do not read"

JS = """
import { fromIni } from "@aws-sdk/credential-providers";
const found = {};
for (const profile of process.argv.slice(2)) {
  try { found[profile] = (await fromIni({ profile })()).accessKeyId; } catch (error) { found[profile] = ""; }
}
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def js() -> Iterator[list[str]]:
    path = aws_clients.script("sdks", JS)
    yield ["node", "--no-warnings", path]
    os.unlink(path)


def test_x36_all_work_here_and_are_told_where_the_sdk_for_javascript_fails(
    demo: DemoServer, home: Path, js: list[str]
) -> None:
    sessions = ("acme", "my corp", "société")
    text = "".join(map(session, sessions))
    for name in sessions:
        put_token(demo, name, ACME)
    found = json.loads(aws_clients.run(*js, *_write(home, text)).stdout)
    for name, section in SECTIONS.items():
        store = configure(text + section)
        assert named(store, name).problems == []
        assert get_credentials(store, named(store, name)).account_id == "111111111111"
        told = [each.message for each in store.config.problems if "JavaScript" in each.message]
        of_session = [each for each in told if each.startswith("sso-session")]
        asked = {"my corp": name == "blank-session", "société": name == "foreign-session"}
        about = [each for each in told if each not in of_session or any(asked.values())]
        works = found[name] not in ("", STATIC_KEY_ID)
        assert bool(about) is not works, (name, found[name], told)
    assert found["static"] == STATIC_KEY_ID


PYTHON = """
import json, sys
import botocore.session
found = {}
for profile in sys.argv[1:]:
    try: found[profile] = botocore.session.Session(profile=profile).get_credentials().access_key
    except Exception as error: found[profile] = ""
print(json.dumps(found))
"""


def test_beside_the_sso_keys_only_the_sdk_for_javascript_runs_a_process(
    demo: DemoServer, home: Path, js: list[str]
) -> None:
    """aws-sso-util writes both, for SDKs of before 2021. Where it is gone, `doctor` says whom that hurts."""
    text = f"{session('acme')}[profile dev]\n{keys()}credential_process = no-such-tool\n"
    (home / ".aws/config").write_text(text)
    put_token(demo, "acme", ACME)
    of_python = aws_clients.run(aws_clients.path("python"), "-c", PYTHON, "dev")
    assert json.loads(of_python.stdout)["dev"] != ""
    assert json.loads(aws_clients.run(*js, "dev").stdout) == {"dev": ""}
    (home / ".aws/config").write_text(text.replace("credential_process", "# credential_process"))
    assert json.loads(aws_clients.run(*js, "dev").stdout)["dev"] != ""


def _write(home: Path, text: str) -> list[str]:
    (home / ".aws/config").write_text(text + "\n".join(SECTIONS.values()))
    return list(SECTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            sso_profile("'my team'"),
            "4: profile my team: the SDKs for JavaScript, Go and Ruby do not find a section of such a name",
        ),
        (sso_profile('"dev"'), "4: profile dev: the SDKs for Go and Ruby do not find a section of such a name"),
        (sso_profile("é"), "4: profile é: programs in JavaScript do not find a section of such a name"),
        (
            sso_profile("é") + sso_profile("a,b") + sso_profile("c"),
            "4: profile é (and 1 more section): programs in JavaScript do not find a section of such a name",
        ),
        (sso_profile("a").replace(" = ", ": "), f"5: {NOT_READ} lines of the form KEY: value (and 2 more lines)"),
        (sso_profile("a").replace("sso_role", "SSO_Role"), f"7: {NOT_READ} keys in upper case"),
        (
            sso_profile("a") + STATIC,
            "4: profile a: the SDKs for JavaScript and Go act by its static keys (aws_access_key_id), "
            "not by its sso_ keys",
        ),
        (sso_profile("a") + f"[profile b]\n{STATIC}", ""),
        (sso_profile("a") + '[profile "not sso"]\nregion = us-east-1\n', ""),
        (sso_profile("a-B_c.d@e") + "# REGION: none\n; sso_session: x\n", ""),
    ],
)
def test_x36_one_line_for_each_kind_of_thing(text: str, message: str, tmp_path: Path) -> None:
    found = load(tmp_path, CORP + text)
    assert messages(found) == ([message] if message else [])
    assert all(profile.problems == [] for profile in found.profiles.values())


def test_x36_static_keys_in_the_credentials_file_count_too(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a"), f"[a]\n{STATIC}")
    (message,) = messages(found)
    assert "static keys" in message


def test_x36_the_commands_take_them_as_they_are(demo: DemoServer, home: Path) -> None:
    put_token(demo, "my corp", ACME)
    configure(
        session("my corp")
        + f'[profile "my équipe"]\n{keys("my corp").upper().replace("MY CORP", "my corp")}'.replace(
            "ADMIN", "Admin"
        ).replace("US-EAST-1", "us-east-1")
    )
    done = check(ssotui("env", "my équipe", "--format", "docker"), 0, demo, allow=["stdout"])
    assert "AWS_ACCOUNT_ID=111111111111\n" in done.stdout
    assert check(ssotui("status", "--prompt", AWS_PROFILE="my équipe"), 0).stdout.startswith("● my équipe ")
    assert "JavaScript" in check(ssotui("status"), 0).stderr
