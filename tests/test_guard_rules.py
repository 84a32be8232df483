"""Guard rules: which profiles they mean, what follows, and that what cannot be read errs on the safe side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import settings
from tui.aws.model import Profile
from tui.cli.verbs.print_config import as_toml
from tui.guard import lookup
from tui.guard.declared import from_value
from tui.guard.patterns import Pattern
from tui.guard.rules import ACTIONS, NEVER_ASKED, Facts, Guard, facts_of, facts_without_sso
from tui.settings import settings_path
from tui.words.marks import COLOURS, Mark

PROD = Facts("payments-prod.Admin", "222222222222", "Payments Production", "Admin", "acme")
DEV = Facts("dev-readonly", "111111111111", "Development", "ReadOnly", "acme")


def guard(*tables: object) -> Guard:
    found = from_value(list(tables), "config.toml")
    assert found.problems == ()
    return found


@pytest.mark.parametrize(
    ("match", "prod", "dev"),
    [
        ("*prod*", True, False),
        ("prod*", False, False),
        ("*", True, True),
        (["x*", "*.admin"], True, False),
        (r"/prod\b/", True, False),
        ({"profile": "*prod*"}, True, False),
        ({"account": "222222222222"}, True, False),
        ({"account": "2222*"}, True, False),
        ({"account": "payments*"}, True, False),
        ({"account": "/^(dev|test)/"}, False, True),
        ({"role": "*Admin*"}, True, False),
        ({"session": "acme"}, True, True),
        ({"session": "acme", "role": "readonly"}, False, True),
        ({"account": ["Payments*", "1111*"], "role": "Admin"}, True, False),
    ],
)
def test_what_a_rule_means(match: object, prod: bool, dev: bool) -> None:
    found = guard({"match": match, "confirm": True, "label": "X", "agents": True, "deny": ["exec"]})
    for facts, meant in ((PROD, prod), (DEV, dev)):
        assert bool(found.asks(facts, "use")) == meant
        assert bool(found.denied(facts, "exec")) == meant
        assert found.mark(facts) == (Mark("X") if meant else None)
        assert found.lets_agents(facts) == meant


def test_the_first_label_counts_and_every_confirm_and_deny() -> None:
    found = guard(
        {"match": "*", "confirm": True},
        {"match": "*prod*", "label": "PROD", "deny": ["each"]},
        {"match": "*Admin", "label": "ADMIN", "colour": "blue", "deny": "console"},
    )
    assert found.mark(PROD) == Mark("PROD", "red")
    assert found.denied(PROD, "each") == "guard rule PROD denies each"
    assert found.denied(PROD, "console") == "guard rule ADMIN denies console"
    assert found.denied(PROD, "exec") == ""
    assert found.asks(PROD, "use") == "guard rule 1 asks before use"
    assert found.denied(DEV, "each") == ""


def test_there_are_no_rules_unless_somebody_writes_some() -> None:
    assert settings.Settings().guard.rules == ()
    assert not Guard().asks(PROD, "use")
    assert not Guard().denied(PROD, "use")
    assert not Guard().lets_agents(PROD)


def test_what_hands_out_the_same_has_one_name() -> None:
    for word in ("env", "copy", "export"):
        assert guard({"match": "*", "deny": [word]}).denied(DEV, "export")


def test_nobody_can_be_asked_where_an_sdk_runs_it() -> None:
    found = guard({"match": "*", "confirm": True})
    assert [action for action in ACTIONS if not found.asks(DEV, action)] == list(NEVER_ASKED)
    assert guard({"match": "*", "deny": ["credential-process"]}).denied(DEV, "credential-process")


def test_an_account_whose_name_is_not_known_counts_as_the_one_that_is_guarded() -> None:
    found = guard(
        {"match": {"account": "Payments*"}, "confirm": True, "deny": ["each"], "label": "PAY", "agents": True}
    )
    unknown = PROD._replace(account_name="")
    assert found.asks(unknown, "use") == "guard rule PAY asks before use (the name of 222222222222 is not known yet)"
    assert found.denied(unknown, "each")
    assert found.mark(unknown) is None
    assert not found.lets_agents(unknown)
    assert not found.asks(DEV, "use")
    assert found.wants_names
    by_number = guard({"match": {"account": ["2222*", r"/\d{11}3$/"]}, "confirm": True})
    assert not by_number.wants_names
    assert not by_number.asks(DEV._replace(account_name=""), "use")


def test_the_facts_of_profiles() -> None:
    profile = Profile("prod", "acme", "222222222222", "Admin")
    assert facts_of(profile) == Facts("prod", "222222222222", "", "Admin", "acme")
    assert facts_of(profile, {"222222222222": "Production"}).account_name == "Production"
    options = {"role_arn": "arn:aws:iam::222222222222:role/path/Deployer"}
    assert facts_without_sso("ci", options) == Facts("ci", "222222222222", "", "Deployer", "")
    assert facts_without_sso("ci", {}) == Facts("ci")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            {"match": "/(prod/"},
            "guard 1, match: /(prod/ cannot be read: missing ) at position 5; until",
        ),
        ({"match": 5}, "guard 1, match: must be a pattern or a list of patterns; until"),
        ({"match": []}, "guard 1, match: must be a pattern or a list"),
        ({"match": ""}, "guard 1, match: must be a pattern or a list"),
        ({"match": {}}, "guard 1, match: is missing: name profiles, or a table of profile, account, role, session"),
        ({}, "guard 1, match: is missing"),
        ({"match": {"acount": "*"}}, "guard 1, match: has a key acount, which is none of profile, account, role"),
    ],
)
def test_a_rule_whose_pattern_cannot_be_read_means_everything(table: dict[str, Any], told: str) -> None:
    found = from_value([{**table, "confirm": True, "deny": ["each"], "agents": True, "label": "P"}], "config.toml")
    (problem,) = found.problems
    assert problem.startswith(f"config.toml: {told}")
    assert found.asks(DEV, "use") == "guard rule P asks before use (it cannot be read)"
    assert found.denied(DEV, "each") == "guard rule P denies each (it cannot be read)"
    assert not found.denied(DEV, "exec")
    assert found.mark(DEV) is None
    assert not found.lets_agents(DEV)


@pytest.mark.parametrize(
    ("more", "told", "asks", "denies"),
    [
        ({"confirm": "yes"}, "guard 1, confirm: must be true or false", True, False),
        ({"confrim": True}, "guard 1 has a key confrim, which is none of match, label", True, False),
        ({"deny": ["exec", "consle"]}, "guard 1, deny: must be a list of these: use, export", False, True),
        ({"deny": True}, "guard 1, deny: must be a list", False, True),
        ({"agents": 1}, "guard 1, agents: must be true or false; none may", False, False),
        ({"label": "a label of many words"}, "guard 1, label: must be a text of at most 16", False, False),
        ({"label": 3}, "guard 1, label: must be a text", False, False),
        ({"label": "P", "colour": "mauve"}, "guard 1, colour: must be one of red, orange", False, False),
        ({"colour": "red"}, "guard 1, colour: is that of the label, and there is none", False, False),
    ],
)
def test_what_cannot_be_read_in_a_rule_is_told_and_asks_or_denies(
    more: dict[str, Any], told: str, asks: bool, denies: bool
) -> None:
    found = from_value([{"match": "*prod*", **more}], "config.toml")
    (problem,) = found.problems
    assert problem.startswith(f"config.toml: {told}")
    assert bool(found.asks(PROD, "console")) == asks
    assert bool(found.denied(PROD, "console")) == denies
    assert not found.asks(DEV, "console")
    assert not found.lets_agents(PROD)


def test_what_is_no_table_asks_before_everything() -> None:
    for value in (5, "x", [[1]], ["*prod*"]):
        found = from_value(value, "config.toml")
        assert len(found.problems) == 1
        assert found.asks(DEV, "use")
    assert from_value({"match": "*prod*", "confirm": True}, "config.toml").asks(PROD, "use")  # [guard] with one bracket
    assert from_value(None, "config.toml") == Guard()
    assert from_value([], "config.toml") == Guard()


def test_the_american_spelling_of_a_colour_is_understood() -> None:
    assert guard({"match": "*", "label": "P", "color": "blue"}).mark(DEV) == Mark("P", "blue")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("*/()[]ab|+{}\\", max_size=9) | st.sampled_from(COLOURS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["match", "label", "colour", "confirm", "deny", "agents", "account", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_is_written_is_a_guard_or_told(value: object) -> None:
    found = from_value(value, "config.toml")
    for facts in (PROD, DEV, Facts("")):
        for action in ACTIONS:
            assert isinstance(found.denied(facts, action) + found.asks(facts, action), str)
        assert found.mark(facts) is None or found.mark(facts) in [rule.mark for rule in found.rules]
    for rule in found.rules:
        if rule.match is None:
            assert found.problems
            assert not found.lets_agents(DEV) or any(other.agents and other.match for other in found.rules)


@given(st.text("*?[]ab-/|+().", max_size=8), st.text("ab-.", max_size=8))
def test_a_confirm_that_can_be_read_means_what_its_pattern_matches(pattern: str, name: str) -> None:
    found = from_value([{"match": pattern, "confirm": True}], "config.toml")
    meant = bool(found.problems) or Pattern(pattern).matches(name)
    assert bool(found.asks(Facts(name), "use")) == meant


# -- the file ----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(home: Path) -> Path:
    path = home / ".config/ssotui/config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"XDG_CONFIG_HOME": ""},
        {"XDG_CONFIG_HOME": "relative"},
        {"XDG_CONFIG_HOME": "/elsewhere/"},
        {"XDG_CONFIG_HOME": "", "HOME": "/home/me/"},
        {"XDG_CONFIG_HOME": "", "HOME": "/"},
        {"XDG_CONFIG_HOME": "", "HOME": "relative"},
        {"XDG_CONFIG_HOME": "", "HOME": ""},
    ],
)
def test_the_file_is_where_platformdirs_has_it(change: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick commands find it without platformdirs: a file elsewhere would be rules that nobody obeys."""
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    folder = platformdirs.user_config_dir("ssotui", appauthor=False)
    assert settings_path() == os.path.join(folder, "config.toml")


def test_the_rules_are_read_alike_with_and_without_the_other_settings(file: Path) -> None:
    assert not lookup.present()
    file.write_text('theme = "nord"\n')
    assert not lookup.present()
    assert lookup.load() == settings.load().guard == Guard()
    file.write_text('[[guard]]\nmatch = "*prod*"\nlabel = "PROD"\nconfrim = true\n')
    assert lookup.present()
    assert lookup.load() == settings.load().guard
    assert settings.load().problems == list(lookup.load().problems)
    assert lookup.load().asks(PROD, "use") == "guard rule PROD asks before use"


def test_a_damaged_file_that_has_rules_asks_before_everything(file: Path) -> None:
    file.write_text('[[guard]]\nmatch = "*prod*\n')
    assert lookup.load() == settings.load().guard
    assert lookup.load().asks(DEV, "exec") == "the settings file asks before exec (it cannot be read)"
    (problem,) = settings.load().problems
    assert "it may have guard rules, so there is a question before everything; the defaults are used" in problem
    file.write_text("theme = \n")
    assert lookup.load() == settings.load().guard == Guard()


def test_what_print_config_says_of_rules_is_none(file: Path) -> None:
    file.write_text(as_toml(settings.Settings(), str(file)))
    assert not lookup.present()
    assert settings.load().guard == Guard()
    file.write_text('  [["gu\\u0061rd"]]\nmatch = "*"\nconfirm = true\n')
    assert lookup.load() == settings.load().guard
    assert lookup.load().asks(DEV, "use")


def test_what_is_no_file_has_no_rules(file: Path) -> None:
    file.mkdir()
    assert not lookup.present()
    assert settings.load().guard == Guard()


def test_print_config_writes_the_rules_as_they_are(file: Path) -> None:
    text = (
        '[[guard]]\nmatch = { account = ["Payments*", "2222\\u00a02"], role = "/admin|root/" }\nlabel = "PROD"\n'
        'colour = "orange"\nconfirm = true\ndeny = ["each", "console"]\n[[guard]]\nmatch = "*"\nagents = true\n'
    )
    file.write_text(text)
    found = settings.load()
    assert found.problems == []
    file.write_text(as_toml(found, str(file)))
    assert settings.load() == found
    assert len(found.guard.rules) == 2


def test_the_example_of_print_config_can_be_used(file: Path) -> None:
    lines = as_toml(settings.Settings(), str(file)).splitlines()
    example = [line[2:] for line in lines[lines.index("# [[guard]]") :]]
    file.write_text("\n".join(example))
    found = settings.load()
    assert found.problems == []
    assert found.guard.mark(PROD) == Mark("PROD", "red")
    assert found.guard.lets_agents(DEV)
