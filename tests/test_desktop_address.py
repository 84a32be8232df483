"""Addresses in the command that opens a browser: whatever is in them and whatever the command is, they are data."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from tui.desktop.address import harmless, with_address
from tui.desktop.browser import open_browser

from .pythons import PYTHON

PKCE = "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=x&scopes=sso%3Aaccount%3Aaccess"

RUNS = [
    "sh -c 'one %s'",
    "sh -c 'one \"%s\"'",
    "sh -c \"one '%s'\"",
    "sh -c %s",
    "sh -ec %s",
    "sh -c 'eval one %s'",
    "sh -c 'eval one \"$1\"' sh",
    "sh -c 'eval one \"$1\"' sh %s",
    "env sh -c 'one %s'",
    "env -S 'sh -c' %s",
    f"{PYTHON} -c 'import os; os.system(\"one %s\")'",
    f"{PYTHON} -c 'import os, sys; os.system(\"one \" + sys.argv[1])'",
    "sh -c 'cat <<END\n%s\nEND'",
    "xargs -n1 sh -c",
    "missing:sh -c 'one %s' &",
]
"""Commands that run a text. That of those which join their arguments by themselves, as ssh does, is all of these."""

EXOTIC = [
    "https://x.example/;touch${IFS}ran",
    "https://x.example/?a=1&touch%20ran",
    "https://x.example/?a=1&ran",
    "https://x.example/$(ran)",
    "https://x.example/`ran`",
    "https://x.example/'\"'\"';ran;'",
    'https://x.example/";ran;"',
    "https://x.example/\nran\n",
    "https://x.example/|ran",
    "https://x.example/>ran",
    "https://x.example/%s;ran",
    "https://x.example/ ran -ran",
    "https://x.example/\\;ran",
    "https://x.example/%0Aran%",
    "https://x.example/{ran,ran}#&ran",
    "https://x.example/*?[r]an!ran",
    "https://x.example/\ud800é;ran",
]


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`one` notes its arguments, `ran` that it was run."""
    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = {"one": f'printf "%s\\n" "$@" >{tmp_path}/arguments', "ran": f"touch {tmp_path}/work/ran"}
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.mark.process
@pytest.mark.parametrize("command", RUNS)
def test_x49_no_part_of_an_address_is_run(command: str, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", command)
    for url in EXOTIC:
        # Of a command that is a mistake itself it does not matter what becomes of it.
        open_browser(url)
        assert list((programs / "work").iterdir()) == [], url


@pytest.mark.parametrize("url", EXOTIC)
@pytest.mark.parametrize("command", ["one", "one %s", "one --new-window=%s", "sh -c 'one \"$1\"' sh", "xterm:one %s &"])
def test_x49_as_a_word_of_its_own_any_address_arrives(
    command: str, url: str, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", command)
    assert open_browser(url) == ""
    (arrived,) = (programs / "arguments").read_text().splitlines()
    assert unquote(arrived.removeprefix("--new-window="), errors="surrogatepass") == unquote(url, "utf-8", "strict")


def test_x49_usual_addresses_are_opened_by_a_text_too(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://acme.awsapps.com/start/#/device?user_code=BCDF-GHJK"
    monkeypatch.setenv("BROWSER", "sh -c 'one %s'")
    assert open_browser(url) == ""
    assert (programs / "arguments").read_text() == f"{url}\n"


def test_x49_what_would_be_run_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "sh would run a part of this address; %s has to be a word of its own there"
    monkeypatch.setenv("BROWSER", "sh -c 'one %s'")
    assert open_browser(PKCE) == reason
    assert open_browser(PKCE, ["sh", "-c", "one %s"]) == reason
    assert open_browser(PKCE, ["sh", "-c", 'one "$1"', "sh", "%s"]) == ""
    for words in (["ssh", "desk", "firefox"], ["cmd.exe", "/c", "start"], ["powershell.exe", "Start", "%s"]):
        assert with_address(words, PKCE) is None


def test_addresses_of_awss_stay_as_they_are() -> None:
    for url in (PKCE, "https://[::1]:8080/a~b/c?d=e,f+g@h#i%2Fj"):
        assert harmless(url) == url
