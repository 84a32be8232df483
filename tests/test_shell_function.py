"""The function `sso` in real shells: switching, going back, switching off, and everything that must change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.aws.errors import SsoError
from tui.shell.function import init_script
from tui.shell.install import COMPLETION_LINES, INIT_LINES, STARTUP_FILES

from .test_shell_support import STATUS, Sandbox, reports_in

SHELLS = ["bash", "zsh", "fish"]

OFF_SAID = "no profile is chosen now (default applies, if there is one)\n"

STATIC = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "CANARY-secret",
    "AWS_SESSION_TOKEN": "CANARY-token",
    "AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z",
    "AWS_SECURITY_TOKEN": "CANARY-old-token",
    "AWS_DEFAULT_PROFILE": "other",
}

# Options and aliases under which a user may run the function. Each is set before it is defined.
HARDSHIPS = {
    "plain": ("bash", ""),
    "set -eu": ("bash", "set -eu"),
    "noclobber": ("bash", "set -o noclobber"),
    "posix": ("bash", "set -o posix"),
    "pipefail, errtrace": ("bash", "set -Eeuo pipefail; trap 'echo ERR' ERR"),
    "aliases": (
        "bash",
        "shopt -s expand_aliases\n"
        "alias export='echo A' eval='echo A' command='echo A' builtin='echo A' local='echo A' unset='echo A' "
        "return='echo A' printf='echo A' shopt='echo A' sso='echo A' ssotui='echo A' true='echo A'",
    ),
    "functions": (
        "bash",
        "eval() { echo F; }; command() { echo F; }; local() { echo F; }; ssotui() { echo F; }; return() { echo F; }",
    ),
    "IFS": ("bash", "IFS=/-"),
    "zsh plain": ("zsh", ""),
    "zsh set -eu": ("zsh", "set -eu"),
    "zsh noclobber": ("zsh", "setopt noclobber"),
    "zsh ksh options": ("zsh", "setopt ksh_arrays sh_word_split posix_builtins posix_identifiers ksh_glob sh_glob"),
    "zsh quoting options": ("zsh", "setopt rc_quotes csh_junkie_quotes csh_junkie_history bang_hist"),
    "zsh strict options": ("zsh", "setopt no_unset err_exit err_return warn_create_global no_global_export"),
    "zsh emulate sh": ("zsh", "emulate sh"),
    "zsh emulate ksh": ("zsh", "emulate ksh"),
    "zsh aliases": (
        "zsh",
        "alias export='echo A' eval='echo A' command='echo A' builtin='echo A' local='echo A' unset='echo A' "
        "return='echo A' printf='echo A' emulate='echo A' sso='echo A' ssotui='echo A' true='echo A' typeset='echo A'",
    ),
    "zsh functions": ("zsh", "ssotui() { echo F; }; local() { echo F; }; printf() { echo F; }"),
    "fish plain": ("fish", ""),
    "fish functions": (
        "fish",
        "function ssotui; echo F; end; function source; echo F; end; function count; echo F; end; "
        "function printf; echo F; end; function echo; builtin echo F; end",
    ),
}


@pytest.fixture
def box(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.mark.parametrize("hardship", HARDSHIPS)
def test_h11_works_under(box: Sandbox, hardship: str) -> None:
    shell, preparation = HARDSHIPS[hardship]
    # The line that installs it is the user's own; theirs has to get past their aliases and functions.
    install = INIT_LINES[shell].replace("$(ssotui", "$(env ssotui")
    install = install.replace("eval", "\\builtin eval").replace("| source", "| builtin source")
    if shell == "fish":
        install = f"command {install}"
    script = "\n".join([preparation, install, "sso prod", "sso", "sso -", "report 0", "sso --off", "report 0"])
    done = box.run(shell, script, **STATIC)
    assert reports_in(done.stdout) == [(0, {"AWS_PROFILE": "prod"}), (0, {})], (done.stdout, done.stderr)
    assert done.stderr == OFF_SAID


@pytest.mark.parametrize("shell", SHELLS)
def test_switches_at_once_and_drops_static_credentials(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso prod\nREPORT", **STATIC, AWS_REGION="eu-west-1")
    assert found == [(0, {"AWS_PROFILE": "prod", "AWS_REGION": "eu-west-1"})]
    assert box.calls()[-1] == ["--emit", shell, "--filter=prod"]


@pytest.mark.parametrize("shell", SHELLS)
def test_x08_sso_takes_a_region(box: Sandbox, shell: str) -> None:
    for words, asked in (
        ("prod", "--filter=prod"),
        ("prod payments", "--filter=prod payments"),
        ("-- prod", "--use=prod"),
        ("-- --off", "--use=--off"),
    ):
        box.reports(shell, f"sso {words} --region us-west-2\nREPORT")
        assert box.calls()[-1] == ["--emit", shell, asked, "--region=us-west-2"]
    for words in (
        "--off --region us-west-2",
        "--region us-west-2",
        "prod --region ''",
        "prod --region",
        "'' --region x",
        "prod --region x y",
        "--region x prod",
        "-- prod --region ''",
        "- --region x",
    ):
        found = box.reports(shell, f"sso {words}\nREPORT", **STATIC)
        assert found == [(2, STATIC)], words
        assert box.calls()[-1][0] == "init"


@pytest.mark.parametrize("shell", SHELLS)
def test_x07_off_takes_the_region_too(box: Sandbox, shell: str) -> None:
    left = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION", "SSOTUI_REGION"), "eu-west-1")
    assert box.reports(shell, "sso --off\nREPORT", **STATIC, **left) == [(0, {})]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_board_switches(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso\nREPORT", **STATIC, FAKE_PLAN="pick prod")
    assert found == [(0, {"AWS_PROFILE": "prod"})]
    assert box.calls()[-1] == ["--emit", shell]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ("cancel 1", 1),
        ("cancel 3", 3),
        ("cancel 130", 130),
        ("crash", 1),
        ("kill 15", 143),
        ("kill 1", 129),
        ("kill 9", 137),
        ("nothing", 1),
    ],
)
def test_h07_cancelled_or_crashed_board_changes_nothing(box: Sandbox, shell: str, plan: str, code: int) -> None:
    before = STATIC | {"AWS_PROFILE": "dev"}
    assert box.reports(shell, "sso\nREPORT", **before, FAKE_PLAN=plan) == [(code, before)]


@pytest.mark.parametrize("shell", SHELLS)
def test_unknown_profile_changes_nothing(box: Sandbox, shell: str) -> None:
    script = f"{INIT_LINES[shell]}\nsso nowhere\nreport {STATUS[shell]}"
    done = box.run(shell, script, AWS_PROFILE="dev")
    assert reports_in(done.stdout) == [(5, {"AWS_PROFILE": "dev"})]
    assert "there is no profile of that name" in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_a_failure_is_not_remembered_as_the_previous_profile(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso prod\nsso nowhere\nsso -\nREPORT", AWS_PROFILE="dev")
    assert found == [(0, {"AWS_PROFILE": "dev"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_back_and_forth(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso prod\nsso old\nsso -\nREPORT\nsso -\nREPORT\nsso old\nsso -\nREPORT")
    assert [variables["AWS_PROFILE"] for _code, variables in found] == ["prod", "old", "prod"]


@pytest.mark.parametrize("shell", SHELLS)
def test_back_to_no_profile(box: Sandbox, shell: str) -> None:
    assert box.reports(shell, "sso prod\nsso -\nREPORT\nsso -\nREPORT") == [(0, {}), (0, {"AWS_PROFILE": "prod"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_back_to_a_profile_that_was_there_before(box: Sandbox, shell: str) -> None:
    assert box.reports(shell, "sso prod\nsso -\nREPORT", AWS_PROFILE="dev") == [(0, {"AWS_PROFILE": "dev"})]
    assert box.reports(shell, "sso prod\nsso -\nREPORT", AWS_DEFAULT_PROFILE="dev") == [(0, {"AWS_PROFILE": "dev"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_back_in_a_new_shell_is_what_the_program_remembers(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso -\nREPORT\nsso -\nREPORT", AWS_PROFILE="dev", FAKE_PREVIOUS="old")
    assert found == [(0, {"AWS_PROFILE": "old"}), (0, {"AWS_PROFILE": "dev"})]
    assert box.calls()[1:] == [["--emit", shell, "--previous"], ["--emit", shell, "--use=dev"]]
    assert box.reports(shell, "sso -\nREPORT", AWS_PROFILE="dev") == [(5, {"AWS_PROFILE": "dev"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_words_go_to_the_program_as_they_are(box: Sandbox, shell: str) -> None:
    box.names("a b", "dev")
    found = box.reports(shell, "sso a b\nREPORT\nsso 'a b'\nREPORT\nsso a 'c  d' '*'\nREPORT", IFS="/")
    assert found == [(0, {"AWS_PROFILE": "a b"}), (0, {"AWS_PROFILE": "a b"}), (5, {"AWS_PROFILE": "a b"})]
    assert box.calls()[-1] == ["--emit", shell, "--filter=a c  d *"]


@pytest.mark.parametrize("shell", SHELLS)
def test_off_says_so_and_only_then(box: Sandbox, shell: str) -> None:
    done = box.run(shell, f"{INIT_LINES[shell]}\nsso prod\nsso --off", AWS_PROFILE="dev")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", OFF_SAID)
    assert box.run(shell, f"{INIT_LINES[shell]}\nsso prod").stderr == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_off_and_back(box: Sandbox, shell: str) -> None:
    found = box.reports(shell, "sso --off\nREPORT\nsso -\nREPORT", **STATIC, AWS_PROFILE="dev")
    assert found == [(0, {}), (0, {"AWS_PROFILE": "dev"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_usage(box: Sandbox, shell: str) -> None:
    script = "sso --nonsense\nREPORT\nsso ''\nREPORT\nsso a -b\nREPORT\nsso --help\nREPORT"
    assert [code for code, _variables in box.reports(shell, script)] == [2, 2, 2, 0]


@pytest.mark.parametrize("shell", SHELLS)
def test_strange_names(box: Sandbox, shell: str) -> None:
    names = ["a b", "it's", "$(touch pwned)", "`touch pwned`", "a*b", "=ls", "~", "a\\b", 'say "x"', "a;b", "é漢", "!!"]
    box.names("dev", *names)
    variables = {f"STRANGE{number}": name for number, name in enumerate(names)}
    script = "\n".join(f'sso "${variable}"\nsso dev\nsso -\nREPORT' for variable in variables)
    assert box.reports(shell, script, **variables) == [(0, {"AWS_PROFILE": name}) for name in names]
    assert not list(Path().glob("pwned"))


@pytest.mark.parametrize("shell", SHELLS)
def test_names_that_begin_with_a_dash(box: Sandbox, shell: str) -> None:
    box.names("-", "-x", "--off")
    found = box.reports(shell, "sso -- -\nREPORT\nsso -- -x\nREPORT\nsso -- --off\nREPORT")
    assert found == [(0, {"AWS_PROFILE": name}) for name in ("-", "-x", "--off")]


def test_a_readonly_profile_is_a_failure(box: Sandbox) -> None:
    assert box.reports("bash", "readonly AWS_PROFILE\nsso prod\nREPORT", AWS_PROFILE="dev") == [
        (1, {"AWS_PROFILE": "dev"})
    ]


def test_bash_aliases_are_on_again_afterwards(box: Sandbox) -> None:
    found = box.reports("bash", "shopt -s expand_aliases\nalias again='report 7'\nsso prod\nagain")
    assert found == [(7, {"AWS_PROFILE": "prod"})]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_function_leaves_no_variables_behind(box: Sandbox, shell: str) -> None:
    script = f"{INIT_LINES[shell]}\nset > before.txt\nsso prod\nset > after.txt"
    done = box.run(shell, f"cd {box.bin}\n{script}")
    assert done.returncode == 0, done.stderr

    def names(file: str) -> set[str]:
        lines = (box.bin / file).read_text(encoding="utf-8").splitlines()
        return {line.replace("=", " ").split(" ")[0] for line in lines}

    added = {name for name in names("after.txt") - names("before.txt") if "sso" in name.lower()}
    assert added == {"__ssotui_previous" if shell == "fish" else "_ssotui_previous"}


@pytest.mark.parametrize("shell", sorted(INIT_LINES))
def test_the_script_begins_with_how_to_install_it(shell: str) -> None:
    head = init_script(shell).splitlines()[:2]
    assert all(line.startswith("#") for line in head)
    assert STARTUP_FILES[shell] in head[0]
    assert INIT_LINES[shell] in head[1]


@pytest.mark.parametrize("shell", sorted(INIT_LINES))
def test_no_placeholder_is_left(shell: str) -> None:
    assert "@USAGE@" not in init_script(shell)
    assert "@OFF" not in init_script(shell)
    assert not [word for word in init_script(shell).split() if word.strip("@").isupper() and word.startswith("@")]


def test_unknown_shell() -> None:
    with pytest.raises(SsoError) as caught:
        init_script("tcsh")
    assert caught.value.exit_code == 2


def test_the_documented_lines_are_the_real_ones() -> None:
    import tui.shell

    for line in (*INIT_LINES.values(), *COMPLETION_LINES.values()):
        assert line in str(tui.shell.__doc__)


@pytest.mark.parametrize("shell", sorted(INIT_LINES))
def test_every_shell_asks_the_program_in_the_same_words(shell: str) -> None:
    text = init_script(shell)
    assert [
        word for word in ("--use=", "--filter=", "--previous", "--region", OFF_SAID.strip()) if word not in text
    ] == []
