"""What makes a profile unusable, in which words, and what only deserves a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.config.configuration import Config

from .config_texts import CORP, load, messages, sso_profile

INLINE = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
ROLE = "sso_account_id = 111111111111\nsso_role_name = Admin\n"


def reasons(found: Config, name: str) -> list[str]:
    return found.profiles[name].problems


def test_an_unknown_session_is_named_with_file_and_line(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("good") + sso_profile("legacy-typo", "nowhere"))
    assert reasons(found, "legacy-typo") == ['sso_session "nowhere" does not exist']
    assert found.profiles["legacy-typo"].session is None
    (problem,) = found.problems
    assert (problem.file, problem.line) == (str(tmp_path / ".aws/config"), 8)
    assert problem.message == 'profile legacy-typo: sso_session "nowhere" does not exist'
    assert reasons(found, "good") == []


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("sso_session = corp\nsso_account_id = 111111111111\n", "sso_role_name is missing"),
        ("sso_session = corp\nsso_role_name = Admin\n", "sso_account_id is missing"),
        ("sso_session = corp\nsso_role_name =\nsso_account_id =\n", "sso_account_id and sso_role_name are missing"),
        (INLINE + "sso_account_id = 111111111111\n", "sso_role_name is missing"),
        ("sso_start_url = https://x/start\n" + ROLE, "sso_region is missing"),
        ("sso_region = us-east-1\n" + ROLE, "sso_start_url is missing"),
        (ROLE, "sso_session (or sso_start_url and sso_region) is missing"),
    ],
)
def test_a19_missing_keys_are_named(tmp_path: Path, keys: str, reason: str) -> None:
    found = load(tmp_path, CORP + "[profile a]\n" + keys)
    assert reasons(found, "a") == [reason]
    assert messages(found) == [f"4: profile a: {reason}"]


@pytest.mark.parametrize("account", ["012345678901", "000000000000"])
def test_a20_leading_zeros_are_kept(tmp_path: Path, account: str) -> None:
    found = load(tmp_path, CORP + sso_profile("a", account=account))
    assert found.profiles["a"].account_id == account
    assert reasons(found, "a") == []


@pytest.mark.parametrize("account", ["12345", "1234567890123", "12345678901x", "1234-5678-9012", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_a20_an_account_id_has_12_digits(tmp_path: Path, account: str) -> None:
    found = load(tmp_path, CORP + sso_profile("a", account=account))
    assert reasons(found, "a") == [f'sso_account_id "{account}" is not 12 digits']


def test_a26_a_comment_after_a_value_is_recognised(tmp_path: Path) -> None:
    hint = "a comment cannot follow a value on its line"
    text = CORP + sso_profile("a") + "region = us-east-1 # prod\n"
    text += sso_profile("b", session="corp # main") + sso_profile("c", account="111111111111 ; main")
    text += sso_profile("d", role="Admin # all") + "[sso-session e]\nsso_region = us-east-1 # x\n"
    found = load(tmp_path, text)
    assert reasons(found, "a") == [f'region "us-east-1 # prod" is not a region name; {hint}']
    assert reasons(found, "b") == [f'sso_session "corp # main" does not exist; {hint}']
    assert reasons(found, "c") == [f'sso_account_id "111111111111 ; main" is not 12 digits; {hint}']
    assert reasons(found, "d") == [f'sso_role_name "Admin # all" is not a role name; {hint}']
    assert f'sso_region "us-east-1 # x" is not a region name; {hint}' in found.sessions["e"].problems
    assert found.profiles["a"].region == "us-east-1 # prod"


def test_an_indented_line_that_belongs_to_the_value_above_is_recognised(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + "region = us-east-1\n  output = json\n")
    (reason,) = reasons(found, "a")
    assert reason.endswith("; the indented lines below it are part of it")


def test_a_block_is_no_value(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + "[profile a]\nsso_session = corp\nsso_account_id =\n  x = y\nsso_role_name = R\n")
    (reason,) = reasons(found, "a")
    assert "is not 12 digits" in reason


@pytest.mark.parametrize("region", ["us-east-1", "xx", "a1", "US-EAST-1", "a" * 63, "1-1"])
def test_regions_that_botocore_takes(tmp_path: Path, region: str) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + f"region = {region}\n")
    assert (reasons(found, "a"), found.profiles["a"].region) == ([], region)


@pytest.mark.parametrize("region", ["us_east_1", "-x", "x-", "12", "a" * 64, "é", "us.east", "us east", "-"])
def test_regions_that_botocore_refuses(tmp_path: Path, region: str) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + f"region = {region}\n")
    (reason,) = reasons(found, "a")
    assert reason.endswith("is not a region name")


def test_keys_of_the_session_may_be_repeated_but_not_changed(tmp_path: Path) -> None:
    same = "sso_region = us-east-1\n"
    url = "https://corp.awsapps.com/start"
    other = f"sso_region = eu-west-1\nextra = CANARY\nsso_start_url = {url}/\n"
    text = CORP + "extra = 1\n" + sso_profile("same") + same + sso_profile("other") + other
    found = load(tmp_path, text)
    assert reasons(found, "same") == []
    assert reasons(found, "other") == [
        f'sso_start_url is "{url}/" here and "{url}" in its sso-session',
        'sso_region is "eu-west-1" here and "us-east-1" in its sso-session',
        "extra is not the same here and in its sso-session",
    ]
    assert "CANARY" not in repr(found.problems)


def test_a_services_section_that_does_not_exist(tmp_path: Path) -> None:
    text = CORP + sso_profile("a") + "services = nowhere\n" + sso_profile("b") + "services = empty\n[services empty]\n"
    found = load(tmp_path, text + sso_profile("c") + "services = nowhere\nignore_configured_endpoint_urls = true\n")
    assert reasons(found, "a") == ['services "nowhere" does not exist']
    assert reasons(found, "b") == ['services "empty" does not exist']
    assert reasons(found, "c") == []


def test_several_reasons_are_told_in_one_line(tmp_path: Path) -> None:
    found = load(tmp_path, "[profile a]\nsso_session = x\nsso_account_id = 1\n")
    assert len(reasons(found, "a")) == 3
    assert messages(found) == [f"1: profile a: {'; '.join(reasons(found, 'a'))}"]


def test_a31_nothing_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "executed"
    text = CORP + sso_profile("a") + f"credential_process = touch {trap}\nsource_profile = b\n"
    text += f"[profile b]\ncredential_process = touch {trap}\n"
    found = load(tmp_path, text, f"[a]\ncredential_process = touch {trap}\n")
    assert (list(found.profiles), found.problems) == (["a"], [])
    assert not trap.exists()


def test_static_keys_beside_sso_keys_do_not_break_a_profile(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a"), "[a]\naws_access_key_id = x\naws_secret_access_key = CANARY\n")
    assert reasons(found, "a") == []
    assert "CANARY" not in messages(found)[0]
    assert found.profiles["a"].options == {}


def test_many_healthy_profiles_share_one_options_dict(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + "".join(sso_profile(f"p{number}") for number in range(100)))
    assert len({id(profile.options) for profile in found.profiles.values()}) == 1
    assert found.sessions["corp"].profile_count == 100
    assert found.problems == []
