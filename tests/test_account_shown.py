"""The setting accounts.show: read in lines where that is enough, and how an account is said with it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tui import settings
from tui.aws.model import Profile
from tui.cli.quick.account_shown import account_shown
from tui.cli.verbs.print_config import as_toml
from tui.settings import Settings, settings_path
from tui.words.account import SHOWN, about, account


def write(text: str | bytes) -> None:
    path = Path(settings_path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


TEXTS = [
    "",
    "theme = 'nord'\n",
    '[accounts]\nshow = "name"\n',
    "  [accounts]\r\n  show='number'\r\n\r\n[confirm]\r\nsign_in = true\r\n",
    '# accounts\n[sign_in]\nflow = "browser"\n[accounts]\n# what to show\nshow = "number"\n',
    'accounts.show = "name"\n',
    'accounts = { show = "number" }\n',
    '[ accounts ]\nshow = "name"\n',
    '["accounts"]\n"show" = "name"\n',
    '[accounts]\nshow = "name" # in front\n',
    '[accounts]\nshow = "everything"\n',
    "[accounts]\nshow = 5\n",
    "[accounts]\nshow = []\n",
    'accounts = "show"\n',
    '[other]\nshow = "name"\n[accounts]\n',
    '[browser]\ncommand = """\n[accounts]\nshow = "name"\n"""\n',
    '[sessions.accounts]\nbrowser = "show"\n',
    '[accounts]\nshow = """name"""\n',
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_quick_way_to_it_is_that_of_all_settings(home: Path, text: str) -> None:
    write(text)
    assert account_shown() == settings.load().account_shown


@pytest.mark.parametrize("shown", SHOWN)
def test_what_print_config_gives_takes_no_parser(home: Path, monkeypatch: pytest.MonkeyPatch, shown: str) -> None:
    write(as_toml(Settings(account_shown=shown), "x"))
    monkeypatch.setattr(tomllib, "loads", lambda _text: pytest.fail("a parser is slow"))
    assert account_shown() == shown


def test_a_file_that_cannot_be_read_is_none(home: Path) -> None:
    write(b"[accounts]\nshow = \xff")
    assert account_shown() == "both"
    Path(settings_path()).unlink()
    Path(settings_path()).mkdir()
    assert account_shown() == "both"


def test_an_account_is_said_once_and_never_left_out() -> None:
    said = [[account(number, name, shown) for shown in SHOWN] for number, name in (("1", "Dev"), ("1", ""), ("1", "1"))]
    assert said == [["Dev 1", "Dev", "1"], ["1", "1", "1"], ["1", "1", "1"]]


def test_what_a_profiles_name_says_is_not_said_beside_it() -> None:
    def told(name: str, shown: str = "both") -> list[str]:
        profile = Profile(name, "acme", "100000000000", "ReadOnly")
        profile.account_name = "Payments Prod"
        return about(profile, shown)

    assert told("x") == ["Payments Prod 100000000000", "ReadOnly"]
    assert told("payments prod.readonly") == ["100000000000"]
    assert told("ReadOnly-100000000000") == ["Payments Prod"]
    assert told("ReadOnly-100000000000", "number") == []
    assert told("x", "name") == ["Payments Prod", "ReadOnly"]
