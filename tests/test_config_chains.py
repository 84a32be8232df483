"""Profiles that get their credentials through the `source_profile` of another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.aws.config import loading
from tui.aws.config.configuration import Config

from .config_texts import CORP, load, messages, sso_profile

ARN = "arn:aws:iam::222222222222:role/path/Deploy"
STATIC = "aws_access_key_id = x\naws_secret_access_key = y\n"


def chained(name: str, source: str, more: str = "") -> str:
    return f"[profile {name}]\nrole_arn = {ARN}\nsource_profile = {source}\n{more}"


def reasons(found: Config, name: str) -> list[str]:
    return found.profiles[name].problems


def test_a_chain_is_listed_by_its_sso_end(tmp_path: Path) -> None:
    text = chained("c", "b") + chained("b", "a", "region = eu-west-1\nexternal_id = 7\n") + sso_profile("a") + CORP
    found = load(tmp_path, text)
    assert list(found.profiles) == ["c", "b", "a"]
    assert [profile.via for profile in found.profiles.values()] == ["a", "a", None]
    profile = found.profiles["b"]
    assert (profile.session, profile.region, profile.problems) == ("corp", "eu-west-1", [])
    # The identity that one gets, not the one that one starts from.
    assert (profile.account_id, profile.role_name) == ("222222222222", "Deploy")
    assert profile.options == {"role_arn": ARN, "source_profile": "a", "external_id": "7"}
    assert found.sessions["corp"].profile_count == 3
    assert (found.other_profiles, found.problems) == (0, [])


def test_a_legacy_profile_can_be_the_end(tmp_path: Path) -> None:
    inline = "[profile a]\nsso_start_url = https://x/start\nsso_region = us-east-1\n"
    found = load(tmp_path, inline + "sso_account_id = 111111111111\nsso_role_name = R\n" + chained("b", "a"))
    assert (found.profiles["b"].via, found.profiles["b"].session) == ("a", "https://x/start")


@pytest.mark.parametrize(
    "end",
    [
        STATIC,
        "credential_process = x\n",
        "login_session = x\n",
        "role_arn = x\ncredential_source = Environment\n",
        "role_arn = x\nweb_identity_token_file = x\n",
        f"role_arn = x\nsource_profile = a\n{STATIC}",
    ],
)
def test_other_chains_are_counted(tmp_path: Path, end: str) -> None:
    found = load(tmp_path, chained("b", "a") + "[profile a]\n" + end)
    assert "b" not in found.profiles
    assert found.other_profiles == 2 - len(found.profiles)
    assert found.problems == []


def test_a_session_beside_another_chain_keeps_the_profile_listed(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + chained("b", "a", "sso_session = corp\n") + "[profile a]\n" + STATIC)
    assert (found.profiles["b"].session, found.profiles["b"].via, reasons(found, "b")) == ("corp", None, [])


def test_role_arn_alone_and_source_profile_alone_are_no_chain(tmp_path: Path) -> None:
    text = CORP + sso_profile("a") + f"[profile b]\nrole_arn = {ARN}\n[profile c]\nsource_profile = a\n"
    found = load(tmp_path, text)
    assert (list(found.profiles), found.other_profiles, found.problems) == (["a"], 2, [])


def test_an_unknown_source_is_told_where_it_is_named(tmp_path: Path) -> None:
    found = load(tmp_path, chained("c", "b") + chained("b", "nobody"))
    assert reasons(found, "b") == ['source_profile "nobody" does not exist']
    assert reasons(found, "c") == ['source profile b: source_profile "nobody" does not exist']
    assert messages(found) == ['4: profile b: source_profile "nobody" does not exist']


def test_loops_are_told(tmp_path: Path) -> None:
    found = load(tmp_path, chained("a", "b") + chained("b", "c") + chained("c", "b") + chained("d", "d"))
    assert all("chain" in reasons(found, name)[0] for name in "abc")
    assert reasons(found, "d") == ["its source_profile is the profile itself"]
    assert len(found.problems) == 4


def test_a_profile_may_be_its_own_source_with_static_keys(tmp_path: Path) -> None:
    found = load(tmp_path, chained("a", "a", STATIC))
    assert (found.profiles, found.other_profiles, found.problems) == ({}, 1, [])


def test_a_broken_end_breaks_the_chain_and_is_told_once(tmp_path: Path) -> None:
    found = load(tmp_path, chained("b", "a") + sso_profile("a", "nowhere"))
    assert reasons(found, "b") == ['source profile a: sso_session "nowhere" does not exist']
    assert messages(found) == ['4: profile a: sso_session "nowhere" does not exist']


def test_a_source_with_a_session_alone_has_no_credentials(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + "[profile a]\nsso_session = corp\n" + chained("b", "a"))
    assert reasons(found, "b") == ['source_profile "a" has no sso_account_id and sso_role_name']


def test_x15_role_arn_and_source_profile_beside_sso_keys_are_followed(tmp_path: Path) -> None:
    middle = sso_profile("b", account="999999999999", role="Other") + f"role_arn = {ARN}\nsource_profile = a\n"
    found = load(tmp_path, CORP + sso_profile("a") + middle + chained("c", "b") + chained("d", "c"))
    for name in "bcd":
        profile = found.profiles[name]
        assert (profile.via, profile.account_id, profile.role_name) == ("a", "222222222222", "Deploy")
        assert profile.problems == []
    assert messages(found) == [
        f'8: profile b: role_arn outranks the sso_ keys: the role is "{ARN}", by way of "a"'.replace(
            ARN, found.profiles["b"].options["role_arn"]
        )
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (f"role_arn = {ARN}\n", "and there is no source_profile for it"),
        (f"role_arn = {ARN}\ncredential_source = Environment\n", 'with the credentials of "Environment"'),
        (f"role_arn = {ARN}\nsource_profile = base\n", 'source_profile "base" does not lead to IAM Identity Center'),
        (f"role_arn = {ARN}\nsource_profile = x\n", "its source_profile is the profile itself"),
        (f"role_arn = {ARN}\nsource_profile = nobody\n", 'source_profile "nobody" does not exist'),
        (f"role_arn = {ARN}\nsource_profile = a\ncredential_source = Environment\n", "it has both"),
        (f"role_arn = {ARN}\nweb_identity_token_file = /t\n", "web_identity_token_file outranks"),
        (f"role_arn = {ARN}\nsource_profile = a\nweb_identity_token_file = /t\n", "web_identity_token_file outranks"),
        ("web_identity_token_file = /t\n", "web_identity_token_file outranks"),
    ],
)
def test_x15_what_else_outranks_the_sso_keys_is_refused_with_the_reason(more: str, reason: str, tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + "[profile base]\n" + STATIC + sso_profile("x") + more)
    assert reason in reasons(found, "x")[0]
    assert loading.find_profile("x", {"HOME": str(tmp_path)}) is None


def test_x15_beside_static_keys_a_profile_s_own_sso_keys_are_its_source(tmp_path: Path) -> None:
    itself = sso_profile("x") + f"role_arn = {ARN}\nsource_profile = x\n" + STATIC
    found = load(tmp_path, CORP + itself + chained("y", "x"))
    for name in "xy":
        profile = found.profiles[name]
        source = found.source_of(profile)
        assert source is not None
        assert (profile.via, profile.account_id, profile.problems) == ("x", "222222222222", [])
        assert (source.via, source.account_id, source.role_name) == (None, "111111111111", "Admin")
    assert found.sessions["corp"].profile_count == 2
    assert found.problems == []


@pytest.mark.parametrize("arn", ["", "x", "arn:aws:iam::1:role/x", "arn:aws:iam::222222222222:user/x"])
def test_role_arn_must_be_one(tmp_path: Path, arn: str) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + chained("b", "a").replace(ARN, arn))
    assert reasons(found, "b") == [f'role_arn "{arn}" is not the ARN of a role']


def test_long_chains_and_loops_take_no_recursion(tmp_path: Path) -> None:
    chain = "".join(chained(f"p{number}", f"p{number - 1}") for number in range(1, 5000))
    found = load(tmp_path, CORP + sso_profile("p0") + chain)
    assert (found.profiles["p4999"].via, found.problems) == ("p0", [])
    found = load(tmp_path, chain + chained("p0", "p4999"))
    assert len(found.problems) == 5000


# -- against botocore -------------------------------------------------------------------------------------------


def _options(name: str) -> st.SearchStrategy[str]:
    sources = st.sampled_from([*"abcd", "nobody"])
    return st.builds(
        lambda *parts: f"[profile {name}]\n" + "".join(parts),
        st.sampled_from(["", f"role_arn = {ARN}\n"]),
        st.one_of(st.just(""), sources.map("source_profile = {}\n".format)),
        st.sampled_from(["", "", "sso_session = corp\n", "sso_session = corp\n", "sso_session = nowhere\n"]),
        st.sampled_from(["", "sso_account_id = 111111111111\nsso_role_name = R\n", "sso_account_id = 111111111111\n"]),
        st.sampled_from(["", "", "", STATIC, "credential_source = Environment\n", "sso_region = eu-west-1\n"]),
        st.sampled_from(["", "", "", "web_identity_token_file = /t\n", "web_identity_token_file =\n"]),
    )


def _source_of(name: str, folder: Path) -> tuple[str, str]:
    """How botocore would get credentials for a profile, and from where the first of them: no request is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        try:
            found: Any = botocore.session.Session(profile=name).get_credentials()
        except Exception as error:
            return "error", type(error).__name__
    first = found
    while first is not None and first.method == "assume-role":
        first = first._refresh_using.__self__._source_credentials
    return (found.method, first.method) if found is not None else ("none", "none")


@given(parts=st.tuples(*map(_options, "abcd")))
@settings(max_examples=25)
def test_agrees_with_botocore(tmp_path_factory: pytest.TempPathFactory, parts: tuple[str, ...]) -> None:
    folder = tmp_path_factory.mktemp("chain")
    found = load(folder, CORP + "".join(parts))
    assert not any(name.startswith("AWS_") for name in os.environ)
    for name in "abcd":
        how, first = _source_of(name, folder)
        profile = found.profiles.get(name)
        if profile is None:
            assert first != "sso"
        elif not (profile.account_id or profile.role_name or profile.problems):
            continue  # it has a session, and no SSO credentials
        elif how == "error":
            assert profile.problems
        elif how == "sso":
            assert (profile.problems, profile.via) == ([], None)
        elif first == "sso":
            assert (profile.problems, profile.via is not None) == ([], True)
        else:
            assert profile.problems
