"""Guard rails on the command line: what is denied, what is asked about, what agents may do, and where labels stand."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from tui.aws.cache import account_names
from tui.cli.environment import Environment
from tui.cli.main import main
from tui.cli.quick.quick_env import quick_env
from tui.cli.quick.quick_use import quick_use
from tui.demo.home import add_guard_rule
from tui.demo.server import DemoServer
from tui.settings import settings_path
from tui.words.marks import Mark

from .aws_home import add_rule
from .board import sample

PROD, DEV = "prod-readonly", "dev-admin"


class Seen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Run:
    """A command that was run in this process. `typed`: what the person at the terminal answers, None where there is no
    terminal."""

    def __init__(self, *arguments: str, typed: str | None = None, environ: dict[str, str] | None = None) -> None:
        stdout, stderr = io.StringIO(), Seen() if typed is not None else io.StringIO()
        stdin = Seen(typed) if typed is not None else io.StringIO()
        here = Environment({**os.environ, **(environ or {})}, stdin, stdout, stderr)
        self.code = main(arguments, here)
        self.out, self.err = stdout.getvalue(), stderr.getvalue()
        assert "unexpected" not in self.err


@pytest.fixture(autouse=True)
def guarded(home: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sample(home, demo)
    add_guard_rule(home)
    monkeypatch.setenv("SHELL", "/bin/bash")


class Became(Exception):
    """The command would have taken this program's place."""


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which programs were become, with which access keys."""
    found: list[str] = []

    def note(program: str, _words: list[str], environ: dict[str, str]) -> None:
        found.append(f"{program} {environ.get('AWS_ACCESS_KEY_ID', environ.get('AWS_PROFILE'))}")
        raise OSError(13, "Permission denied")  # what it would have done is not ours

    monkeypatch.setattr(os, "execvpe", note)
    return found


COMMANDS = {
    "env": (("env", PROD), "hand out its credentials?"),
    "env profile": (("env", PROD, "--format", "profile"), "use it?"),
    "exec": (("exec", PROD, "--", "aws"), "run the command with it?"),
    "console": (("console", "--print", PROD), "open its console?"),
    "federate": (("console", "--print", "--federate", "--force", PROD), "open its console?"),
    "use": (("--emit", "bash", f"--use={PROD}"), "use it?"),
    "words": (("--emit", "bash", "--filter=prod readonly"), "use it?"),
}
REFUSED = {
    "env": "export",
    "env profile": "use",
    "exec": "exec",
    "console": "console",
    "federate": "console",
    "use": "use",
    "words": "use",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_without_a_terminal_it_is_refused(name: str, became: list[str]) -> None:
    run = Run(*COMMANDS[name][0])
    assert (run.code, run.out, became) == (2, "", [])
    action = REFUSED[name]
    assert f"guard rule PROD asks before {action}, and there is no terminal to ask on: {PROD}" in run.err
    assert "--yes" in run.err


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yess\n", "prod\n"])
@pytest.mark.parametrize("name", ["env", "exec", "console", "use"])
def test_anything_but_a_yes_is_a_no(name: str, answer: str, became: list[str]) -> None:
    arguments, question = COMMANDS[name]
    run = Run(*arguments, typed=answer)
    assert (run.code, run.out, became) == (1, "", [])
    asked = run.err.splitlines()[0]
    assert asked.startswith("\x1b[1;31m[PROD]\x1b[0m prod-readonly · ")
    assert f"222222222222 · ReadOnly: {question} [y/N] " in asked
    assert run.err.endswith(f"ssotui: Not confirmed: {PROD}\n")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("exec", "federate")])
def test_a_yes_does_it(name: str) -> None:
    arguments, question = COMMANDS[name]
    run = Run(*arguments, typed="y\n", environ={"NO_COLOR": "1"})
    assert run.code == 0
    assert run.err.count(question) == 1
    assert run.err.startswith("[PROD] prod-readonly")
    assert PROD in run.out or "222222222222" in run.out


def test_a_yes_runs_the_command(became: list[str]) -> None:
    run = Run("exec", PROD, "--", "true", typed="yes\n")
    assert run.code == 126  # the test does not let it run
    assert became[0].startswith("true ASIA")


def shell(*arguments: str, typed: str) -> tuple[int, str]:
    stderr = Seen()
    code = main(["shell", *arguments], Environment({**os.environ, "NO_COLOR": "1"}, Seen(typed), Seen(), stderr))
    return code, stderr.getvalue()


def test_a_sub_shell_is_asked_about(became: list[str]) -> None:
    code, said = shell(PROD, typed="\n")
    assert (code, became) == (1, [])
    assert said.startswith("[PROD] prod-readonly · 222222222222 · ReadOnly: open a sub-shell with it? [y/N] ")
    assert "prod-readonly [PROD] · " in shell(PROD, typed="y\n")[1]
    assert "[y/N]" not in shell("--yes", PROD, typed="")[1]
    assert len(became) == 2
    add_rule('match = "dev-*"\ndeny = ["shell"]')
    assert shell(DEV, typed="y\n") == (2, "ssotui: guard rule 2 denies shell: dev-admin\n")


def test_yes_is_said_beforehand(became: list[str]) -> None:
    assert "AWS_SECRET_ACCESS_KEY" in Run("env", "--yes", PROD).out
    assert "AWS_PROFILE='prod-readonly'" in Run("env", "--yes", "--format", "profile", PROD).out
    assert Run("console", "--yes", "--print", PROD).code == 0
    Run("exec", "--yes", PROD, "--", "aws")
    assert len(became) == 1


def test_what_is_not_guarded_is_not_asked_about(became: list[str]) -> None:
    for arguments in (("env", DEV), ("console", "--print", DEV), ("--emit", "bash", f"--use={DEV}")):
        run = Run(*arguments)
        assert (run.code, "[y/N]" in run.err) == (0, False)
    assert Run("env", "--unset").code == 0


def test_an_sdk_is_never_asked_but_can_be_denied() -> None:
    assert json.loads(Run("credential-process", PROD).out)["Version"] == 1
    add_rule(f'match = "{PROD}"\nlabel = "NO"\ndeny = ["credential-process"]')
    run = Run("credential-process", PROD)
    assert (run.code, run.out) == (2, "")
    assert run.err == f"ssotui: guard rule NO denies credential-process: {PROD}\n"


def test_what_is_denied_cannot_be_confirmed(became: list[str]) -> None:
    add_rule('match = { role = "ReadOnly" }\ndeny = ["env", "use", "exec", "console", "shell"]')
    for name, (arguments, _question) in COMMANDS.items():
        for more in ((), ("--yes",)) if name.startswith("env") else ((),):
            run = Run(*arguments, *more, typed="y\ny\n")
            assert (run.code, run.out, became) == (2, "", [])
            assert f"guard rule 2 denies {REFUSED[name]}: {PROD}" in run.err
    assert Run("env", "dev-readonly").code == 2
    assert Run("env", DEV).code == 0


def test_a_profile_without_sso_is_guarded_by_its_name() -> None:
    add_rule('match = "ci"\nconfirm = true')
    assert Run("--emit", "bash", "--use=ci").code == 2
    assert "AWS_PROFILE='ci'" in Run("--emit", "bash", "--use=ci", typed="y\n").out
    add_rule('match = { account = "222222222222" }\ndeny = ["use"]')
    assert "guard rule 3 denies use: ci-deploy" in Run("--emit", "bash", "--use=ci-deploy").err


def test_the_way_back_asks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Run("--emit", "bash", f"--use={PROD}", typed="y\n")
    Run("--emit", "bash", f"--use={DEV}")
    monkeypatch.setenv("AWS_PROFILE", DEV)
    assert Run("--emit", "bash", "--previous").code == 2
    assert f"AWS_PROFILE='{PROD}'" in Run("--emit", "bash", "--previous", typed="y\n").out


def test_the_quick_forms_leave_guarded_profiles_to_the_long_ones() -> None:
    here = Environment(stdout=io.StringIO(), stderr=io.StringIO())
    assert quick_env(here, [DEV])
    assert quick_use(here, ["bash", f"--use={DEV}"])
    assert not quick_use(here, ["bash", f"--use={PROD}"])
    add_rule('match = "dev-*"\ndeny = ["env"]')
    assert not quick_env(here, [DEV])
    assert quick_env(here, [DEV, "--format", "json"], "credential-process")
    assert quick_use(here, ["bash", f"--use={DEV}"])
    add_rule('match = "/(/"\ndeny = ["use"]')
    assert not quick_use(here, ["bash", f"--use={DEV}"])
    Path(settings_path()).write_text('theme = "nord"\n')
    assert quick_env(here, [DEV])
    Path(settings_path()).write_text("[[guard]")
    assert not quick_env(here, [DEV])
    assert not quick_use(here, ["bash", f"--use={DEV}"])


def test_a_rule_that_cannot_be_read_asks_before_everything() -> None:
    add_rule('match = "/(/"\nconfirm = true')
    run = Run("env", DEV)
    assert run.code == 2
    assert "guard rule 2 asks before export (it cannot be read), and there is no terminal" in run.err
    asked = Run("env", DEV, typed="\n").err.splitlines()
    assert asked[0] == "! guard rule 2 asks before export (it cannot be read)"
    assert asked[1].startswith("dev-admin · 111111111111 · Admin: hand out its credentials? [y/N] ")
    Path(settings_path()).write_text('[[guard]]\nmatch = "*prod*\n')
    assert "the settings file asks before export (it cannot be read)" in Run("env", DEV).err
    assert Run("--print-config").code == 1


def test_the_name_of_an_account_is_looked_up() -> None:
    add_rule('match = { account = "Dev*" }\nlabel = "DEV"\nconfirm = true')
    assert "(the name of 111111111111 is not known yet)" in Run("env", DEV).err
    account_names.note({"111111111111": "Development", "666666666666": "Analytics"})
    assert "guard rule DEV asks before export, and" in Run("env", DEV).err
    assert Run("env", "analytics").code == 0


# -- many at once ------------------------------------------------------------------------------------------------


def test_each_asks_once_for_all_and_names_the_guarded_ones() -> None:
    words = ("each", "acme", "readonly", "--", "true")
    run = Run(*words)
    assert run.code == 2
    assert "guard rule PROD asks before each, and there is no terminal to ask on: prod-readonly" in run.err
    run = Run(*words, typed="n\n")
    assert run.code == 1
    assert "Guarded: prod-readonly [PROD], of 2 profiles. Run it? [y/N] " in run.err
    assert "Not confirmed: nothing was run" in run.err
    run = Run(*words, typed="y\n")
    assert (run.code, "2 profiles: 2 ok" in run.err) == (0, True)
    assert Run("each", "--yes", *words[1:]).code == 0
    assert Run("each", "dev-readonly", "--", "true").code == 0


def test_each_runs_nothing_where_a_rule_denies_one() -> None:
    add_rule('match = "prod-readonly"\ndeny = ["each"]')
    run = Run("each", "--yes", "acme", "readonly", "--", "true")
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[0] == "ssotui: guard rule 2 denies each: prod-readonly"


# -- agents ------------------------------------------------------------------------------------------------------


AGENT = {
    "exec": ("exec", "--agent", DEV, "--", "aws"),
    "env": ("env", "--agent", DEV),
    "env profile": ("env", "--agent", DEV, "--format", "profile"),
    "process": ("credential-process", "--agent", DEV),
}


@pytest.mark.parametrize("name", AGENT)
def test_agents_may_use_what_a_rule_lets_them_use_and_nothing_else(name: str, became: list[str]) -> None:
    run = Run(*AGENT[name])
    assert (run.code, run.out, became) == (2, "", [])
    (line,) = run.err.splitlines()
    assert line == (
        f'ssotui: Agents may not use {DEV}; a person has to allow it: [[guard]] with match = "{DEV}" '
        "and agents = true, in ~/.config/ssotui/config.toml"
    )
    add_rule('match = "dev-*"\nagents = true')
    run = Run(*AGENT[name])
    assert became if name == "exec" else run.code == 0
    assert Run(*AGENT[name][:2], "analytics", *AGENT[name][3:]).code == 2


def test_without_a_settings_file_agents_may_use_nothing() -> None:
    Path(settings_path()).unlink()
    assert Run(*AGENT["env"]).code == 2


def test_no_answer_of_an_agent_counts(became: list[str]) -> None:
    add_rule('match = "*"\nagents = true')
    run = Run("exec", "--agent", "--yes", PROD, "--", "aws", typed="y\n")
    assert (run.code, became) == (2, [])
    (line,) = run.err.splitlines()
    assert line == (
        f"ssotui: guard rule PROD asks before exec, which an agent cannot answer; a person has to do this: {PROD}"
    )
    add_rule('match = "dev-admin"\ndeny = ["exec"]')
    assert Run(*AGENT["exec"]).err == "ssotui: guard rule 3 denies exec: dev-admin\n"


def test_an_agent_signs_in_to_nothing(became: list[str]) -> None:
    add_rule('match = "*"\nagents = true')
    assert Run("exec", "--agent", "--login", "attic", "--", "aws", typed="").code == 2
    for arguments in (("exec", "--agent", "attic", "--", "aws"), ("env", "--agent", "attic")):
        run = Run(*arguments, typed="")
        assert (run.code, run.out, became) == (3, "", [])
        (line,) = run.err.splitlines()
        assert line.endswith("; a person has to run: ssotui login attic")


def test_what_renews_silently_is_renewed_for_an_agent(became: list[str]) -> None:
    add_rule('match = "playground"\nagents = true')
    Run("exec", "--agent", "playground", "--", "aws")  # of the session lab, which is refreshable
    assert became[0].startswith("aws ASIA")


def test_credentials_in_the_shape_of_sts() -> None:
    add_rule('match = "dev-admin"\nagents = true')
    answer = json.loads(Run("env", "--agent", "--format", "sts-json", DEV).out)
    assert answer["Credentials"]["SessionToken"]


# -- labels ------------------------------------------------------------------------------------------------------


def test_the_line_of_sso_has_the_label() -> None:
    run = Run("--emit", "bash", f"--use={PROD}", typed="y\n", environ={"NO_COLOR": "1"})
    assert "\nprod-readonly [PROD] · " in "\n" + run.err.partition("[y/N] ")[2]
    run = Run("--emit", "bash", f"--use={PROD}", typed="y\n")
    assert f"prod-readonly {Mark('PROD').painted()} · " in run.err
    assert "[PROD]" not in Run("--emit", "bash", f"--use={DEV}").err


def test_the_prompt_has_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", PROD)
    assert Run("status", "--prompt").out.startswith("● prod-readonly [PROD] ")
    monkeypatch.setenv("AWS_PROFILE", "prod-deploy")  # by the long way
    assert " prod-deploy [PROD] " in Run("status", "--prompt").out
    monkeypatch.setenv("AWS_PROFILE", DEV)
    assert "[" not in Run("status", "--prompt").out


def test_status_has_the_label() -> None:
    table = Run("status", "--all").out
    assert "prod-readonly [PROD] " in table
    assert "dev-readonly [" not in table
    assert Run("status", PROD).out.startswith("prod-readonly [PROD]: session acme signed-in")
    labels = {row["name"]: row["label"] for row in json.loads(Run("status", "--json").out)["profiles"]}
    assert (labels[PROD], labels[DEV]) == ("PROD", None)
    assert json.loads(Run("status", PROD, "--json").out)["label"] == "PROD"
