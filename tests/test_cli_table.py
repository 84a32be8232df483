"""The table of commands: what is made from what each one declares."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tui import exit_codes
from tui.cli import arguments
from tui.cli.arguments import make_parser
from tui.cli.environment import Environment
from tui.cli.table import BEGIN, END, VERBS, Verb, block, find
from tui.page_block import main
from tui.shell.verbs import read_verbs

from .commands import check, ssotui

ROOT = Path(__file__).parent.parent


def test_the_help_and_the_completions_know_every_command() -> None:
    found = {verb.name: verb.summary for verb in read_verbs(make_parser()) if verb.name}
    assert list(found) == list(VERBS)
    assert found == {name: find(name).HELP for name in VERBS}


def test_every_module_of_a_command_is_in_the_table() -> None:
    names = {path.stem for path in (ROOT / "tui/cli/verbs").iterdir() if not path.name.startswith("__")}
    of_options = {"use", "print_config"}
    assert names - of_options == {name.replace("-", "_") for name in VERBS}


@pytest.mark.parametrize("name", VERBS)
def test_what_a_command_declares_can_be_parsed(name: str) -> None:
    parser = ArgumentParser(prog=name)
    find(name).arguments(parser)
    words = ["bash"] if name in ("init", "completion") else []
    parser.parse_args(words)
    assert callable(find(name).run)


@pytest.mark.process
def test_the_declarations_load_nothing_that_only_the_work_needs() -> None:
    program = "import sys; from tui.cli.arguments import make_parser; make_parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert {f"tui.cli.verbs.{name.replace('-', '_')}" for name in VERBS} <= loaded
    assert {name for name in loaded if name.startswith("tui.cli.verbs.") and name.count(".") > 3} == set()
    assert loaded & {"json", "threading", "tui.aws.state.store", "tui.cli.output", "tui.settings"} == set()


def test_the_guide_lists_the_commands_as_they_are() -> None:
    path = ROOT / "docs/commands.md"
    assert BEGIN in path.read_text()
    assert main(["--check", str(path)], "tui.cli.table", block, BEGIN, END) == 0


def test_the_list_shows_alternatives_and_leaves_out_what_is_hidden() -> None:
    lines = block().splitlines()
    assert any(line.startswith(r"| `ssotui login [PROFILE \| --session S \| --all] [--flow ") for line in lines)
    assert any(line.startswith(r"| `ssotui completion bash\|zsh\|fish` |") for line in lines)
    role = r"[PROFILE \| --session S --account A --role R]"
    agent = r"[--yes \| --agent]"
    assert any(line.startswith(f"| `ssotui exec [--region R] [--login] {agent} {role} -- COMMAND ") for line in lines)
    assert any(line.startswith(f"| `ssotui env {role} [--region R] ") for line in lines)
    assert "--names" not in block()
    assert "--profile" not in block()


def test_the_help_tells_the_exit_codes_as_they_are() -> None:
    said = " ".join(make_parser().format_help().split())
    told = [
        (exit_codes.DONE, "done"),
        (exit_codes.FAILED, "failed"),
        (exit_codes.USAGE, "usage or no terminal"),
        (exit_codes.SIGN_IN_NEEDED, "sign-in needed"),
        (exit_codes.REFUSED, "refused by AWS"),
        (f"{exit_codes.ended_by(0)}+n", "ended by signal n"),
    ]
    assert "Exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in told) in said


@pytest.mark.parametrize("name", VERBS)
def test_the_help_of_a_command_has_a_sentence_and_two_examples(name: str) -> None:
    verb = find(name)
    assert verb.ABOUT.endswith(".")
    assert len(verb.EXAMPLES) >= 2
    with redirect_stdout(StringIO()) as printed, pytest.raises(SystemExit) as ended:
        make_parser().parse_args([name, "--help"])
    assert ended.value.code == 0
    said = printed.getvalue()
    assert " ".join(verb.ABOUT.split()) in " ".join(said.split())
    assert all(command in said and what in said for command, what in verb.EXAMPLES)
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("name", VERBS)
def test_the_examples_can_be_typed(name: str) -> None:
    for command, _what in find(name).EXAMPLES:
        words = command.partition("ssotui ")[2].partition(" |")[0].partition(" &&")[0].partition(" >")[0]
        words = words.removesuffix(')"').partition(" -- ")[0]
        if "--help" not in words:
            make_parser().parse_args(words.split())


@pytest.mark.parametrize("name", VERBS)
def test_a_command_alone_is_parsed_as_among_all(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    alone, among_all = make_parser(None, (name,)), make_parser()
    for words in (["--help"], [], ["--nonsense"], ["a", "b", "c"], ["--region"], ["--", "-x"], ["bash"], ["--dem"]):
        answers = []
        for parser in (alone, among_all):
            answer: object
            try:
                answer = parser.parse_args([name, *words])
            except SystemExit as ended:
                answer = ended.code
            answers.append((answer, *capsys.readouterr()))
        assert answers[0] == answers[1]


def test_only_the_command_that_is_named_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others cost more time than what it does."""
    found: list[str] = []

    def noted(name: str) -> Verb:
        found.append(name)
        return find(name)

    monkeypatch.setattr(arguments, "find", noted)
    assert arguments.parse(["status", "--json"], Environment()).verb == "status"
    assert found == ["status"]
    with pytest.raises(SystemExit):
        arguments.parse(["statos"], Environment())
    assert found[1:] == list(VERBS)


def test_help_prints_the_help_of_all_or_of_one() -> None:
    for words, alike in ((["help"], ["--help"]), (["help", "status"], ["status", "--help"])):
        done = check(ssotui(*words), 0)
        assert done.stdout == check(ssotui(*alike), 0).stdout
        assert done.stderr == ""
