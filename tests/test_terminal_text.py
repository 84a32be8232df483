"""Text from outside on the terminal: names, server messages, settings and files that hold control sequences, markup,
bidirectional and invisible characters. Nothing of it is obeyed, and every screen shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tui.aws.cache import shapes
from tui.demo.organisation import ACME
from tui.demo.server import DemoServer
from tui.state_file import change_state, details_shown

from .program import WIDE, assert_no_foreign_bytes, program, quit_board
from .terminal import Terminal

CONTROLS = "c\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1b[2J\x9b2J\x9d0;pwned\x9c\x08\x0e\x7fz"
MARKUP = "m[/] [red]x[/blue] [@click=app.quit]go[/] [b]"
INVISIBLE = "i\u202egpj.exe\u2066\u200b\u200d\ufeff\u00ad\u2028\u3164\u034fz"
NAMES = {"controls": CONTROLS, "markup": MARKUP, "invisible": INVISIBLE}
SHOWN = {
    "controls": r"c\x1b]0;pwned\x07\x1b]52;c;",
    "markup": "m[/] [red]x[/blue]",
    "invisible": r"i\u202egpj.exe\u2066\u200b",
}
"""How each begins on the screen."""


def config(home: Path, *names: str, session: str = "acme", role: str = "Admin") -> None:
    """A session and a profile for each name."""
    lines = [f'[sso-session "{session}"]', f"sso_start_url = {ACME}", "sso_region = us-east-1"]
    lines.append("sso_registration_scopes = sso:account:access")
    for name in names:
        lines += [f'[profile "{name}"]', f"sso_session = {session}", "sso_account_id = 111111111111"]
        lines += [f"sso_role_name = {role}", "region = us-east-1"]
    (home / ".aws/config").write_text("\n".join(lines) + "\n")


def sign_in(home: Path, server: DemoServer, session: str = "acme") -> None:
    """A token for the session, as it is after a sign-in."""
    folder = home / ".aws/sso/cache"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = shapes.token_json(server.state.issue_token(ACME))
    Path(shapes.token_path(session)).write_text(json.dumps(token))


def visit(terminal: Terminal, key: str, *texts: str) -> None:
    """Open a screen, see these texts on it, and go back to the board."""
    terminal.press(key)
    for text in texts:
        terminal.wait_for(lambda it, text=text: said(it, text))  # type: ignore[misc]
    leave(terminal)


PANELS = ((0, 130), (10, 120), (21, 109), (27, 103))
"""The columns of the screen, and of the large, the middle and the small dialogs on it; beside them is the board."""


def said(terminal: Terminal, text: str) -> bool:
    """Whether `text` can be read, however it is broken into lines."""
    lines, wanted = terminal.lines(), "".join(text.split())
    return any(wanted in "".join("".join(line[start:end] for line in lines).split()) for start, end in PANELS)


def leave(terminal: Terminal) -> None:
    """Back to the board, of which much can be seen beside a dialog."""
    terminal.press("escape")
    terminal.wait_for(lambda it: it.lines()[0].startswith(" ssotui") and "esc Back" not in it.text())
    terminal.settle()


@pytest.mark.parametrize("kind", NAMES)
def test_a16_names_on_every_screen(kind: str, home: Path, demo: DemoServer) -> None:
    name, shown = NAMES[kind], SHOWN[kind]
    config(home, name, session=name, role="ReadOnly")
    sign_in(home, demo, name)
    change_state(details_shown(True))
    with program(size=WIDE, env={"AWS_PROFILE": name}) as terminal:
        terminal.wait_for("written in")
        terminal.wait_for(lambda it: it.text().count(shown[:12]) >= 4)  # both lists, and the details of both
        visit(terminal, "i", f"Identity of {shown}", "answered in")
        visit(terminal, "e", f"Export {shown}", "credentials valid for")
        terminal.press("e")
        terminal.wait_for("credentials valid for")
        terminal.press("end", "up")
        terminal.wait_for("AWS_PROFILE='")
        leave(terminal)
        visit(terminal, "o", "console")
        visit(terminal, "x", shown, "Removes")
        visit(terminal, "enter", f"Use {shown}")
        visit(terminal, "?", "Keys and states")
        visit(terminal, "!", "problem")
        terminal.press("y")
        terminal.wait_for("lines for")
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.send("use " + name[0])
        terminal.wait_for(f"Use {shown}")
        terminal.press("escape")
        terminal.wait_for(lambda it: f"Use {shown}" not in it.text())
        terminal.press("/", name[0])
        terminal.wait_for(f"/ {name[0]} ")
        terminal.press("escape")
        terminal.wait_for(lambda it: f"/ {name[0]} " not in it.text())
        terminal.press("tab", "l")
        terminal.wait_for("enter Yes")
        terminal.press("enter")
        terminal.wait_for("waiting for approval")
        terminal.wait_for(f"Sign in to {shown[:12]}")
        demo.state.approve(demo.state.pending_user_codes()[0])
        terminal.wait_for("? Help")
        visit(terminal, "x", "Removes")
        terminal.press("x")
        terminal.wait_for("Removes")
        terminal.press("enter")
        terminal.wait_for("Signed out")
        terminal.press("escape")
        terminal.wait_for("signed-out")
        quit_board(terminal)
        assert_no_foreign_bytes(terminal, copies=True)


def test_a16_each_name_is_listed_once_and_clicking_on_markup_does_nothing(home: Path) -> None:
    names = ["a\tb", "d\x9b2J", "e\x00z", "f\x7fz", "g\x85z", "[/]", "[red]x[/blue]", "[@click=app.quit]q[/]", "\\[b]"]
    config(home, *names)
    with program(size=WIDE) as terminal:
        terminal.wait_for("written in")
        rows = [line.split("│")[0].replace("▸", " ").strip() for line in terminal.lines()]
        for shown in (r"a\x09b", r"d\x9b2J", r"e\x00z", r"f\x7fz", r"g\x85z", "[/]", "[red]x[/blue]", r"\[b]"):
            assert sum(line.startswith(shown) for line in rows) == 1, shown
        number = next(n for n, line in enumerate(terminal.lines()) if "[@click=app.q" in line)
        column = terminal.lines()[number].index("[@click")
        for what in "Mm":  # the button goes down, and up again
            terminal.send(f"\x1b[<0;{column + 2};{number + 1}{what}")
        terminal.wait_for(lambda it: it.lines()[number].lstrip().startswith("▸"))
        for what in "Mm":
            terminal.send(f"\x1b[<0;{column + 20};{number + 1}{what}")
        terminal.wait_for("Sign in to")  # before it is used
        leave(terminal)
        visit(terminal, "?", "Keys and states")
        quit_board(terminal)
        assert_no_foreign_bytes(terminal, copies=True)


def test_a14_columns_stay_aligned(home: Path) -> None:
    names = [
        "plain",
        "a b",
        "漢字プロファイル",
        "e\u0301te\u0301",
        "été",
        "🚀 launch",
        "שלום",
        "\u202eevil",
        "한국어",
        "ไทย้",
    ]
    config(home, *names)
    with program(size=WIDE) as terminal:
        terminal.wait_for("written in")
        screen = terminal.emulator.screen
        starts = [
            column
            for line in range(screen.lines)
            for column in range(60)
            if "".join(screen.buffer[line][column + n].data for n in range(12)) == "111111111111"
        ]
        assert len(starts) == len(names)
        assert len(set(starts)) == 1
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)


def test_a14_long_names_leave_room_for_what_a_dialog_says(home: Path, demo: DemoServer) -> None:
    config(home, "漢字プロファイル-" * 20, role="ReadOnly")
    sign_in(home, demo)
    with program(size=(40, 10)) as terminal:
        terminal.wait_for("漢字")
        for key, words in (("i", "account"), ("e", "bash, zsh, sh"), ("enter", "export")):
            terminal.press(key)
            terminal.wait_for(words)
            terminal.wait_for("esc Back")
            terminal.press("escape")
            terminal.wait_for(lambda it: it.lines()[0].startswith(" ssotui"))
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 0


EVIL = f"{CONTROLS} {MARKUP} \u202e\u200b\r\n\t\x00"


def test_a16_what_the_service_says(home: Path, demo: DemoServer) -> None:
    config(home, "one")
    faults = demo.state.faults
    with program(size=WIDE) as terminal:
        terminal.wait_for("written in")
        faults.add("RegisterClient", code=f"Evil\x1b]0;pwned\x07{MARKUP}", status=400, message=EVIL)
        visit(terminal, "l", "Could not register", "[red]x[/blue]")
        fields = ("verificationUri", "verificationUriComplete", "userCode")
        faults.add("StartDeviceAuthorization", replace=dict.fromkeys(fields, f"https://x/{EVIL}"))
        terminal.press("l")
        terminal.wait_for("waiting for approval")
        terminal.wait_for("Not an address of AWS's")
        terminal.press("o")
        terminal.wait_for("so it is not opened from here")
        faults.add("CreateToken", code="AccessDeniedException", message=EVIL)
        terminal.wait_for("denied")
        terminal.press("n")
        terminal.wait_for(lambda _it: demo.state.pending_user_codes()[1:])
        demo.state.approve(demo.state.pending_user_codes()[-1])
        terminal.wait_for("? Help")
        faults.add("GetRoleCredentials", code="EvilException", status=400, message=EVIL, count=3)
        visit(terminal, "i", "EvilException", "[red]x[/blue]")
        visit(terminal, "e", "EvilException")
        terminal.press("r")
        terminal.wait_for("EvilException")
        evil = f"arn:aws:sts::1:assumed-role/{MARKUP}\u202e\u200b\x9b/x"
        faults.add("GetCallerIdentity", replace={"Arn": evil, "UserId": f"\u202e{MARKUP}", "Account": "[/]"})
        visit(terminal, "i", "answered in", "[red]x[/blue]", r"\u202e")
        faults.add("Logout", code="EvilException", status=400, message=EVIL)
        terminal.press("x")
        terminal.wait_for("Removes")
        terminal.press("enter")
        terminal.wait_for("not everything went well")
        terminal.press("escape")
        terminal.wait_for("signed-out")
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)
    assert demo.state.crashes == []


def test_a16_settings_variables_and_cache_files(home: Path, tmp_path: Path, demo: DemoServer) -> None:
    config(home, "one")
    sign_in(home, demo)
    token = json.loads(Path(shapes.token_path("acme")).read_text())
    Path(shapes.token_path("acme")).write_text(json.dumps({**token, "startUrl": f"https://x/{EVIL}"}))
    folder = tmp_path / f"e{CONTROLS}{INVISIBLE}"
    folder.mkdir()
    (folder / "config").write_text((home / ".aws/config").read_text() + "\n[profile broken\n" + "x = y\n")
    (home / ".config/ssotui").mkdir(parents=True)
    settings = {"theme": EVIL, EVIL: 1, "keys": {EVIL: 1}}
    lines = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in settings.items() if key != "keys"]
    (home / ".config/ssotui/config.toml").write_text("\n".join([*lines, "[keys]", f"{json.dumps(EVIL)} = 1"]))
    env = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_PROFILE": f"no\x1b]0;pwned\x07{MARKUP}"}
    with program(size=WIDE, env=env) as terminal:
        terminal.wait_for("token of")
        visit(terminal, "!", "problem", r"\x1b]0;pwned\x07")
        terminal.press("tab")
        terminal.wait_for(re.compile(r"token of +https://x/c\\x1b\]0;pwned"))
        quit_board(terminal)
        assert_no_foreign_bytes(terminal)
