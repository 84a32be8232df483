"""Which profiles and sessions there are, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.config.configuration import Config
from tui.aws.model import LEGACY, SSO_SESSION

from .config_texts import CORP, load, messages, sso_profile

INLINE = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
ROLE = "sso_account_id = 111111111111\nsso_role_name = Admin\n"


def reasons(found: Config, name: str) -> list[str]:
    return found.profiles[name].problems


# -- what is listed ---------------------------------------------------------------------------------------------


def test_a_profile_and_its_session(tmp_path: Path) -> None:
    found = load(
        tmp_path, CORP + "sso_registration_scopes = a:b, ,c:d,\n\n" + sso_profile("dev") + "region = eu-west-1\n"
    )
    (profile,) = found.profiles.values()
    assert (profile.name, profile.session, profile.account_id) == ("dev", "corp", "111111111111")
    assert (profile.role_name, profile.region, profile.via) == ("Admin", "eu-west-1", None)
    assert (profile.problems, profile.login_session) == ([], "")
    assert (profile.file, profile.line) == (str(tmp_path / ".aws/config"), 6)
    (session,) = found.sessions.values()
    assert (session.key, session.kind, session.region) == ("corp", SSO_SESSION, "us-east-1")
    assert session.start_url == "https://corp.awsapps.com/start"
    assert session.scopes == ["a:b", "c:d"]
    assert (session.file, session.line) == (str(tmp_path / ".aws/config"), 1)
    assert (session.problems, session.profile_count) == ([], 1)
    assert found.problems == []


def test_scopes_that_are_not_configured_are_none(tmp_path: Path) -> None:
    assert load(tmp_path, CORP).sessions["corp"].scopes is None


def test_others_are_counted(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        CORP + "[profile plain]\nregion = us-east-1\n[profile url-only]\n" + INLINE + sso_profile("dev"),
        "[keys]\naws_access_key_id = x\naws_secret_access_key = y\n",
    )
    assert list(found.profiles) == ["dev"]
    assert found.other_profiles == 3
    assert found.all_names == ["plain", "url-only", "dev", "keys"]
    assert found.problems == []


def test_one_sso_key_is_enough_to_be_listed(tmp_path: Path) -> None:
    text = CORP + "[profile a]\nsso_session = corp\n[profile b]\nsso_account_id = 111111111111\n"
    found = load(tmp_path, text + "[profile c]\nsso_role_name = Admin\n")
    assert list(found.profiles) == ["a", "b", "c"]
    # A session alone is a bearer token's profile: nothing is wrong with it, though it has no role.
    assert reasons(found, "a") == []
    assert found.profiles["a"].session == "corp"


def test_the_order_is_that_of_the_files(tmp_path: Path) -> None:
    text = sso_profile("z") + "[profile other]\n" + sso_profile("a") + CORP
    found = load(tmp_path, text, "[b]\nsso_session = corp\n" + ROLE + "[a]\nregion = x\n")
    assert list(found.profiles) == ["z", "a", "b"]
    assert (found.profiles["b"].file, found.profiles["b"].line) == (str(tmp_path / ".aws/credentials"), 1)
    assert Path(found.profiles["a"].file).name == "config"


def test_the_credentials_file_wins_key_by_key(tmp_path: Path) -> None:
    text = CORP + sso_profile("dev") + "region = eu-west-1\n"
    found = load(tmp_path, text, "[dev]\nsso_role_name = ReadOnly\naws_access_key_id = x\n")
    profile = found.profiles["dev"]
    assert (profile.role_name, profile.account_id, profile.region) == ("ReadOnly", "111111111111", "eu-west-1")


def test_the_credentials_file_has_no_sessions(tmp_path: Path) -> None:
    found = load(tmp_path, sso_profile("dev"), CORP + "[profile dev]\nsso_session = corp\n")
    assert found.sessions == {}
    assert found.all_names == ["dev", "sso-session corp", "profile dev"]
    told = [message for message in messages(found) if "is part of the name here" in message]
    assert [message.partition(":")[0] for message in told] == ["1", "4"]


def test_login_profiles_are_listed_as_such(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111111111111:user/me"
    text = f"[profile me]\nlogin_session = {arn}\n" + sso_profile("both") + f"login_session = {arn}\n" + CORP
    found = load(tmp_path, text)
    assert (found.profiles["me"].login_session, found.profiles["me"].session) == (arn, None)
    assert found.profiles["both"].login_session == ""  # the sso_ keys come first in the credential chain
    assert found.problems == []


def test_a13_other_sections_are_no_profiles(tmp_path: Path) -> None:
    text = "[plugins]\ncli = x\n[preview]\nx = true\n[services local]\nsso =\n  endpoint_url = http://127.0.0.1:9\n"
    text += "sts =\n  endpoint_url = http://127.0.0.1:8\ns3 = x\n" + CORP + sso_profile("dev") + "services = local\n"
    found = load(tmp_path, text)
    assert found.all_names == ["dev"]
    assert (found.skipped_sections, found.problems) == (0, [])
    assert found.services == {
        "local": {"sso": {"endpoint_url": "http://127.0.0.1:9"}, "sts": {"endpoint_url": "http://127.0.0.1:8"}}
    }
    assert found.raw_options("dev") == {"services": "local"}


def test_raw_options_are_there_for_every_profile_and_hold_no_secret(tmp_path: Path) -> None:
    text = "[default]\nendpoint_url = http://127.0.0.1:9\nregion = us-east-1\naws_secret_access_key = CANARY\n"
    text += CORP + sso_profile("dev") + "region = eu-west-1\nca_bundle = /x.pem\naws_session_token = CANARY\n"
    found = load(tmp_path, text, "[default]\nuse_fips_endpoint = true\naws_access_key_id = CANARY\n")
    assert found.raw_options("default") == {
        "endpoint_url": "http://127.0.0.1:9",
        "region": "us-east-1",
        "use_fips_endpoint": "true",
    }
    assert found.raw_options("dev") == {"region": "eu-west-1", "ca_bundle": "/x.pem"}
    assert found.raw_options("nobody") == {}


# -- names and sections -----------------------------------------------------------------------------------------


def test_a14_unusual_names_are_listed_once_each(tmp_path: Path) -> None:
    names = ["漢字", "\u00e9", "e\u0301", "🙂", "שלום", "a\u202eb", "a\u200bb", "-x", "a=b", "a:b", "[x", "x]y"]
    found = load(tmp_path, CORP + "".join(map(sso_profile, names)) + sso_profile('"a b"'))
    assert list(found.profiles) == [*names, "a b"]
    assert all("do not find a section of such a name" in message for message in messages(found))


def test_a16_control_characters_stay_in_names(tmp_path: Path) -> None:
    names = ["a\x1b]0;t\x07", "a\x1b]52;c;eA==\x07", "\x1b[2J", "a\x9bb", "a\0b", "a\x7fb"]
    found = load(tmp_path, CORP + "".join(map(sso_profile, names)))
    assert list(found.profiles) == names


def test_a17_skipped_sections_are_counted_and_explained(tmp_path: Path) -> None:
    found = load(tmp_path, '[profile it\'s]\n[profile a b]\n[profile ""]\n[profilefoo bar]\n[profile]\n[dev]\n' + ROLE)
    assert found.all_names == ["", "bar"]
    assert found.skipped_sections == 4
    assert messages(found) == [
        "1: the AWS CLI skips [profile it's]: its quotes do not match",
        "2: the AWS CLI skips [profile a b]: a name with spaces needs quotes around it",
        "5: the AWS CLI skips [profile]: it has no name",
        "6: the AWS CLI skips [dev]: its header must be [profile NAME]",
    ]


def test_a25_the_later_default_replaces_the_earlier_one(tmp_path: Path) -> None:
    plain, prefixed = "[default]\nsso_session = corp\n" + ROLE, "[profile default]\nregion = eu-west-1\n"
    found = load(tmp_path, CORP + plain + prefixed)
    assert (found.profiles, found.all_names) == ({}, ["default"])
    assert messages(found) == ["8: [profile default] replaces [default] of line 4"]
    found = load(tmp_path, CORP + prefixed + plain)
    assert (found.profiles["default"].session, found.profiles["default"].region) == ("corp", "")
    assert messages(found) == ["6: [default] replaces [profile default] of line 4"]


def test_a25_the_keys_of_default_leak_into_everything_and_this_is_told(tmp_path: Path) -> None:
    found = load(tmp_path, "[DEFAULT]\nsso_session = corp\n" + CORP + "[profile a]\n" + ROLE + "[preview]\n")
    assert found.profiles["a"].session == "corp"
    assert found.profiles["a"].problems == []
    assert found.skipped_sections == 0
    assert messages(found) == ["1: the keys of [DEFAULT] apply to every section of this file: sso_session"]


def test_a08_a_repeated_section_breaks_that_profile_only(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + sso_profile("b") + sso_profile("a", account="2" * 12))
    assert reasons(found, "a") == ["[profile a] is there twice, at lines 4 and 12"]
    assert found.profiles["a"].account_id == "1" * 12
    assert reasons(found, "b") == []
    assert messages(found) == [
        "0: the AWS CLI and the SDKs refuse this whole file until its errors are corrected",
        "12: [profile a] is there twice: first at line 4, again at line 12",
    ]


def test_a08_a_repeated_key_breaks_that_profile_only(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("b") + sso_profile("a") + "sso_account_id = 222222222222\n")
    assert reasons(found, "a") == ["sso_account_id is there twice, at lines 10 and 12"]
    assert reasons(found, "b") == []


def test_a08_a_section_that_is_replaced_breaks_nothing(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + "[profile 'a']\nregion = x\nregion = y\n" + sso_profile("a"))
    assert (reasons(found, "a"), found.profiles["a"].line) == ([], 7)


def test_a08_a_repeated_session_breaks_its_profiles(tmp_path: Path) -> None:
    found = load(tmp_path, CORP + sso_profile("a") + CORP)
    assert found.sessions["corp"].problems == ["[sso-session corp] is there twice, at lines 1 and 8"]
    assert reasons(found, "a") == ["sso-session corp: [sso-session corp] is there twice, at lines 1 and 8"]


def test_a28_a_huge_name_and_value_are_cut_in_messages(tmp_path: Path) -> None:
    name = "n" * 1_000_000
    found = load(tmp_path, sso_profile(name, session="s" * 1_000_000) + sso_profile(f'"{name} x"'))
    assert list(found.profiles) == [name, f"{name} x"]
    assert all(len(message) < 300 for message in messages(found))


# -- sessions ---------------------------------------------------------------------------------------------------


def test_a22_a_session_and_a_start_url_are_two_sessions(tmp_path: Path) -> None:
    url = "https://corp.awsapps.com/start"
    inline = f"[profile old]\nsso_start_url = {url}\nsso_region = us-east-1\n" + ROLE
    found = load(tmp_path, inline + CORP + sso_profile("new") + inline.replace("old", "older"))
    assert list(found.sessions) == ["corp", url]
    assert [session.kind for session in found.sessions.values()] == [SSO_SESSION, LEGACY]
    assert [session.profile_count for session in found.sessions.values()] == [1, 2]
    assert [found.profiles[name].session for name in ("old", "new", "older")] == [url, "corp", url]
    assert found.sessions[url].scopes is None
    assert found.problems == []


@pytest.mark.parametrize("tail", ["", "/", "/#", "/#/", "#/", "?x=1"])
def test_a23_start_urls_are_kept_as_they_are_written(tmp_path: Path, tail: str) -> None:
    url = f"HTTPS://D-1.AwsApps.com:443/start{tail}"
    found = load(tmp_path, f"[profile a]\nsso_start_url =  {url} \nsso_region = us-east-1\n" + ROLE)
    (session,) = found.sessions.values()
    assert (session.key, session.start_url, session.problems) == (url, url, [])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://x.awsapps.com/start", "does not begin with https://"),
        ("x.awsapps.com/start", "does not begin with https://"),
        ('"https://x.awsapps.com/start"', "values are written without quotes"),
        ("https://x.awsapps.com/start # prod", "a comment cannot follow a value"),
        ("https://x.awsapps.com/st art", "is not a URL"),
        ("https://x\x1b]0;", "is not a URL"),
        ("https://", "is not a URL"),
    ],
)
def test_a23_start_urls_that_cannot_be_used(tmp_path: Path, url: str, words: str) -> None:
    session = f"[sso-session s]\nsso_start_url = {url}\nsso_region = us-east-1\n"
    inline = f"[profile b]\nsso_start_url = {url}\nsso_region = us-east-1\n" + ROLE
    found = load(tmp_path, session + sso_profile("a", "s") + inline + inline.replace("b", "c", 1))
    for key in ("s", url):
        (reason,) = found.sessions[key].problems
        assert words in reason
    for name in ("a", "b", "c"):
        assert any(words in reason for reason in reasons(found, name))
    # Told once for the section, once for the start URL: not for each profile that has it.
    assert [message.partition(": sso_start_url")[0] for message in messages(found)] == [
        "1: sso-session s",
        "8: profile b",
    ]


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ("sso_region = us-east-1\n", "sso_start_url is missing"),
        ("sso_start_url = https://x/start\n", "sso_region is missing"),
        ("sso_start_url =\nsso_region =\n", "sso_start_url and sso_region are missing"),
        ("", "sso_start_url and sso_region are missing"),
    ],
)
def test_a19_incomplete_sessions(tmp_path: Path, keys: str, missing: str) -> None:
    found = load(tmp_path, "[sso-session s]\n" + keys + sso_profile("a", "s") + sso_profile("b", "s"))
    assert found.sessions["s"].problems == [missing]
    assert reasons(found, "a") == reasons(found, "b") == [f"sso-session s: {missing}"]
    assert messages(found) == [f"1: sso-session s: {missing}"]


def test_inline_profiles_complete_each_others_session(tmp_path: Path) -> None:
    url = "sso_start_url = https://x/start\n"
    found = load(tmp_path, "[profile a]\n" + url + ROLE + "[profile b]\n" + url + "sso_region = us-east-1\n" + ROLE)
    assert found.sessions["https://x/start"].region == "us-east-1"
    assert reasons(found, "a") == ["sso_region is missing"]
    assert reasons(found, "b") == []
    alone = load(tmp_path, "[profile a]\n" + url + ROLE)
    assert alone.sessions["https://x/start"].problems == ["sso_region is missing"]


def test_one_start_url_with_two_regions_is_told(tmp_path: Path) -> None:
    other = INLINE.replace("us-east-1", "eu-west-1")
    found = load(tmp_path, "[profile a]\n" + INLINE + ROLE + "[profile b]\n" + other + ROLE)
    assert reasons(found, "a") == []
    (reason,) = reasons(found, "b")
    assert reason.startswith('sso_region is "eu-west-1" here and "us-east-1" in another profile')
