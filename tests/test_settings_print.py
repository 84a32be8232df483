"""`ssotui --print-config`, and the guide's list of settings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tui.cli.verbs.print_config import BEGIN, END, as_toml, block
from tui.keys import KEYS
from tui.page_block import main
from tui.settings import Settings, declared, from_table, load, settings_path

from .commands import check, ssotui

PAGE = Path(__file__).parent.parent / "docs/settings.md"

CHANGED = Settings(
    theme="nord",
    sort="recent",
    flow="browser",
    confirm_sign_out=False,
    renew=False,
    export_format="json",
    browser=("open", "-a", 'My "Browser"', "%s"),
    clear_after=7,
    osc52=False,
    keys={"board.sign_in": "f5", "profile.pin": "p,asterisk"},
    browsers={"acme": ("a",), "https://x/#/": ("b", "back\\slash"), 'quo"te \u202e\x1b\U000e0041': ("c",)},
)


@pytest.mark.parametrize("settings", [Settings(), CHANGED])
def test_what_is_printed_loads_back(settings: Settings) -> None:
    text = as_toml(settings, "/x/config.toml")
    found = from_table(tomllib.loads(text), "x")
    assert found == settings
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) <= 120


def test_every_setting_and_every_key_is_there_with_a_comment() -> None:
    text = as_toml(Settings(), "x")
    table = tomllib.loads(text)
    for key in declared():
        value: object = table
        for name in key.split("."):
            assert isinstance(value, dict)
            value = value[name]
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith("#"):
            assert lines[number - 1].startswith("# ")
    keys = [line.partition(" = ")[0].removeprefix("# ") for line in lines[lines.index("[keys]") + 1 :]]
    assert keys[: len(KEYS)] == [key.id for key in KEYS]
    # With the comment signs gone, the defaults are still the defaults.
    shown = text.partition("[keys]")[2].partition("\n\n")[0].replace("# ", "")
    assert tomllib.loads("[keys]" + shown)["keys"]["board"]["sign_in"] == "l"


def test_the_command_prints_the_settings_in_force(home: Path) -> None:
    path = Path(settings_path())
    path.parent.mkdir(parents=True)
    path.write_text('theme = "nord"\n[clipboard]\nclear_after = 20\n')
    done = check(ssotui("--print-config"), 0)
    assert done.stderr == ""
    assert done.stdout.startswith(f"# Settings of ssotui: {path}\n")
    path.write_text(done.stdout)
    assert load() == Settings(theme="nord", clear_after=20)
    assert ssotui("--print-config").stdout == done.stdout


def test_what_is_wrong_goes_to_stderr_and_the_exit_code(home: Path) -> None:
    path = Path(settings_path())
    path.parent.mkdir(parents=True)
    path.write_text('sort = "size"\n"\\u001b]0;x" = 1\n')
    done = check(ssotui("--print-config"), 1)
    assert done.stderr.splitlines() == [
        f'! {path}: sort must be "last", "name", "recent", "session" or "expiry"; the default is used',
        f"! {path}: \\x1b]0;x is not a setting",
    ]
    assert tomllib.loads(done.stdout)["sort"] == "last"


def test_the_guide_lists_the_settings_as_they_are() -> None:
    arguments = ["--check", str(PAGE)]
    assert main(arguments, "tui.cli.verbs.print_config", block, BEGIN, END) == 0
    assert BEGIN in PAGE.read_text()


def test_an_outdated_list_is_found_and_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "settings.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    command = (["--check", str(path)], "tui.cli.verbs.print_config", block, BEGIN, END)
    assert main(*command) == 1
    assert "python -m tui.cli.verbs.print_config --write" in capsys.readouterr().err
    assert main(["--write", str(path)], *command[1:]) == 0
    assert main(*command) == 0
    assert path.read_text() == f"before\n{BEGIN}\n{block()}\n{END}\nafter\n"
