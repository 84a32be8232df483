"""The same files, read by botocore and by the real AWS CLI."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.configloader import load_config, raw_config_parse
from botocore.credentials import SSOProvider
from botocore.exceptions import ConfigParseError, InvalidConfigError
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tui.aws.config import loading
from tui.aws.model import SSO_SESSION

from .aws_clients import run
from .config_texts import CORP, load, sso_profile, texts

LISTING = ("sso_session", "sso_account_id", "sso_role_name")


def botocore_config(folder: Path) -> dict[str, Any] | None:
    """What a botocore session makes of both files, None when it refuses one."""
    try:
        full: dict[str, Any] = load_config(str(folder / ".aws/config"))
        for name, options in raw_config_parse(str(folder / ".aws/credentials")).items():
            full["profiles"].setdefault(name, {}).update(options)
    except ConfigParseError:
        return None
    return full


@given(text=texts(), credentials=st.one_of(st.just(""), texts()))
@example(text="[profile a]\nregion = x\n[profile 'a']\noutput = y\n", credentials="")
@example(text="[default]\nx=1\n[profile default]\ny=2\n", credentials="[a]\n[default]\nz=3\n")
@example(text="[DEFAULT]\nsso_session = b\n[profile a]\n[sso-session b]\n[x]\n", credentials="[DEFAULT]\ny=1\n[a]\n")
def test_agrees_with_botocore(tmp_path_factory: pytest.TempPathFactory, text: str, credentials: str) -> None:
    folder = tmp_path_factory.mktemp("both")
    found = load(folder, text, credentials)
    expected = botocore_config(folder)
    if expected is None:
        assert any("refuse this whole file" in problem.message for problem in found.problems)
        return
    profiles = expected["profiles"]
    assert found.all_names == list(profiles)
    listed = [name for name, options in profiles.items() if not options.keys().isdisjoint(LISTING)]
    assert list(found.profiles) == listed  # these texts have no chains and no login sessions
    assert found.other_profiles == len(profiles) - len(listed)
    for name, profile in found.profiles.items():
        for key, value in (
            ("sso_account_id", profile.account_id),
            ("sso_role_name", profile.role_name),
            ("region", profile.region),
        ):
            wanted = profiles[name].get(key, "")
            assert value == wanted or isinstance(wanted, dict)
    sessions = {key: session for key, session in found.sessions.items() if session.kind == SSO_SESSION}
    assert list(sessions) == list(expected["sso_sessions"])
    for key, session in sessions.items():
        options = expected["sso_sessions"][key]
        assert session.options.keys() == options.keys()
        assert all(session.options[name] == options[name] for name in options if isinstance(options[name], str))
    assert found.services == {
        name: {key: block for key, block in options.items() if isinstance(block, dict)}
        for name, options in expected["services"].items()
    }


_KEYS = {
    "sso_session": ["corp", "lab", "nowhere"],
    "sso_account_id": ["111111111111"],
    "sso_role_name": ["Admin"],
    "sso_start_url": ["https://corp.awsapps.com/start", "https://lab/start"],
    "sso_region": ["us-east-1", "eu-west-1"],
    "region": ["us-east-1"],
    "extra": ["1", "2"],
}
_PROFILE = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in _KEYS.items()})


@given(profile=_PROFILE, session=st.fixed_dictionaries({}, optional={"extra": st.just("1"), "region": st.just("x")}))
def test_what_botocore_refuses_to_use_has_a_reason(
    tmp_path_factory: pytest.TempPathFactory, profile: dict[str, str], session: dict[str, str]
) -> None:
    assume("sso_account_id" in profile or "sso_role_name" in profile)
    folder = tmp_path_factory.mktemp("sso")
    text = "[profile a]\n" + "".join(f"{key} = {value}\n" for key, value in profile.items())
    text += CORP + "".join(f"{key} = {value}\n" for key, value in session.items())
    found = load(folder, text + "[sso-session lab]\nsso_region = us-east-1\n", "")
    expected = botocore_config(folder)
    provider: Any = SSOProvider(lambda: expected, pytest.fail, "a")
    try:
        used = provider._load_sso_config()
    except InvalidConfigError:
        assert found.profiles["a"].problems
        return
    if used.get("sso_session") == "lab":
        # Complete for this provider by the profile's own URL; its token provider then misses that in the section.
        assert found.profiles["a"].problems == ["sso-session lab: sso_start_url is missing"]
        return
    assert found.profiles["a"].problems == []
    key = found.profiles["a"].session or ""
    assert key == used.get("sso_session", used["sso_start_url"])
    assert found.sessions[key].start_url == used["sso_start_url"]
    assert found.sessions[key].region == used["sso_region"]


def test_an_incomplete_session_is_refused_by_the_token_provider(home: Path) -> None:
    text = (
        "[sso-session lab]\nsso_region = us-east-1\n" + sso_profile("a", "lab") + "sso_start_url = https://lab/start\n"
    )
    found = load(home, text)
    session: Any = botocore.session.Session(profile="a")
    with pytest.raises(InvalidConfigError, match="sso_start_url"):
        session.get_component("token_provider").load_token()
    assert found.profiles["a"].problems == ["sso-session lab: sso_start_url is missing"]


def names_for_the_aws_cli(aws_python: str) -> list[str]:
    """The profiles of the AWS CLI's own session; version 2 prints them by `aws configure list-profiles`."""
    program = "import json, awscli.clidriver as c; print(json.dumps(c.create_clidriver().session.available_profiles))"
    done = subprocess.run([aws_python, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    names: list[str] = json.loads(done.stdout)
    return names


def test_a17_the_names_are_those_of_the_aws_cli(home: Path, aws_python: str) -> None:
    text = """
[profile it's]
[profile a b]
[profile ""]
[profilefoo bar]
[profile "with space"]
[profile 'it''s']
[profile back\\ slash]
[profile  two  ]
[profile\ttab]
[ profile indented]
 [profile really-indented]
[Profile upper]
[profile "x" y]
[profile]
[profiles many]
[profile trailing] # comment
[profile a]b]
[sso-session s]
[sso-session two words]
[default]
[profile default]
[bare]
[DEFAULT]
[profile 漢字]
[profile same]
[profile "same"]
"""
    found = load(home, text, "[from credentials]\n[same]\n[profile x]\n[it's]\n")
    assert found.all_names == names_for_the_aws_cli(aws_python)
    assert found.skipped_sections == 5
    assert len([problem for problem in found.problems if "the AWS CLI skips" in problem.message]) == 5


def test_a05_the_aws_cli_expands_the_same_paths(home: Path, aws_cli: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "x").mkdir()
    (home / "x/config").write_text(CORP + sso_profile("dev"))
    (home / "x/keys").write_text("[dev]\nregion = eu-west-1\n")
    monkeypatch.setenv("WHERE", "x")
    monkeypatch.setenv("AWS_CONFIG_FILE", "~/${WHERE}/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "$HOME/$WHERE/keys")
    profile = loading.load().profiles["dev"]
    for key, value in (("sso_role_name", profile.role_name), ("region", profile.region)):
        done = run(aws_cli, "configure", "get", key, "--profile", "dev")
        assert (done.stdout, done.returncode) == (f"{value}\n", 0)


def test_the_aws_cli_refuses_what_is_said_to_be_refused(home: Path, aws_cli: str) -> None:
    text = CORP + sso_profile("a") + sso_profile("b")
    command = (aws_cli, "configure", "get", "sso_role_name", "--profile", "b")
    assert (load(home, text).problems, run(*command).stdout) == ([], "Admin\n")
    found = load(home, text + sso_profile("a"))
    assert list(found.profiles) == ["a", "b"]
    assert "refuse this whole file" in found.problems[0].message
    done = run(*command)
    assert done.stdout == ""
    assert done.returncode != 0
