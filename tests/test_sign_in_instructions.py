"""What the sign-in screen says of one session, in as much room as there is."""

from __future__ import annotations

from typing import Any

import pytest

from tui.aws.model import SSO_SESSION, Session
from tui.aws.session.browser_flow import BrowserCode
from tui.aws.session.device_code import ShownCode
from tui.screens.sign_in import instructions
from tui.screens.sign_in.attempt import DENIED, WAITING, Attempt
from tui.screens.sign_in.letters import LARGE, NARROW, SMALL, drawn
from tui.screens.sign_in.panels import TEXT_WIDTH

CODE = "BCDF-GHJK"
START = "https://acme.awsapps.com/start"
WIDTHS = (37, 41, 58, 70, 98)
HEIGHTS = (8, 13, 22, 40)


class Waiting(Attempt):
    """A session that a code is waited for; nobody is asked."""

    def __init__(self, code: ShownCode | BrowserCode, flow: str = "device") -> None:
        super().__init__(Session("acme", SSO_SESSION, START, "us-east-1"), flow)
        self._code = code
        self.state, self.message = WAITING, "waiting for approval …"

    @property
    def code(self) -> ShownCode | BrowserCode:
        return self._code


def device(in_url: bool = True, **answer: Any) -> Waiting:
    """A device code, in the complete address or not."""
    url = f"{START}/#/device"
    complete = f"{url}?user_code={CODE}" if in_url else url
    told = {"userCode": CODE, "verificationUri": url, "verificationUriComplete": complete, "expiresIn": 600} | answer
    session = Session("acme", SSO_SESSION, START, "us-east-1")
    return Waiting(ShownCode(told, session, "https://oidc.us-east-1.amazonaws.com"))


def text(lines: list[instructions.Line]) -> list[str]:
    """The lines as text."""
    return [line.plain for line, _ in lines]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("in_url", [True, False])
def test_the_code_is_whole_and_no_line_is_too_wide(width: int, height: int, in_url: bool) -> None:
    shown = text(instructions.best(device(in_url), width, height))
    assert len(shown) <= height
    assert all(len(line) <= width for line in shown)
    (code,) = (line for line in shown if CODE in line)
    assert "2  Enter or compare" in code
    assert any("code expires in" in line for line in shown)
    assert any("that you started" in line or "what you started" in line for line in shown)
    assert ("the page asks for it" in "\n".join(shown)) is not in_url


@pytest.mark.parametrize(
    ("width", "height", "alphabet"), [(98, 40, LARGE), (58, 13, LARGE), (41, 22, SMALL), (37, 22, SMALL)]
)
def test_where_there_is_room_the_code_is_large(width: int, height: int, alphabet: str) -> None:
    shown = "\n".join(text(instructions.best(device(), width, height)))
    for line in drawn(CODE, alphabet):
        assert line in shown


@pytest.mark.parametrize("code", ["MVWM-WVMW", "GKNQ-ZGKN", "DVCV-MMVF"])
def test_the_widest_codes_are_drawn_beside_a_qr_code_too(code: str) -> None:
    shown = "\n".join(text(instructions.best(device(userCode=code), TEXT_WIDTH, 22)))
    for line in drawn(code, NARROW):
        assert line in shown


def test_with_little_room_how_it_stands_comes_first() -> None:
    shown = text(instructions.best(device(), 38, 7))
    assert shown[0].strip() == "waiting for approval …"
    assert len(shown) <= 7


def test_without_room_for_anything_all_is_said_all_the_same_unless_it_must_fit() -> None:
    assert len(instructions.best(device(), 38, 2)) > 2
    assert instructions.best(device(), 38, 2, must_fit=True) == []


@pytest.mark.parametrize("code", ["漢字-漢字", "bcdf-ghjk", "[red]x[/red]", "A" * 80, "A\x1b[31m"])
def test_a_strange_code_is_text_alone(code: str) -> None:
    shown = "\n".join(text(instructions.best(device(userCode=code), 60, 30)))
    assert "█" not in shown
    assert "\x1b" not in shown


def test_of_a_code_that_is_over_nothing_is_shown() -> None:
    over = device()
    over.state, over.message = DENIED, "The sign-in was denied in the browser: press n to try again"
    shown = "\n".join(text(instructions.best(over, 60, 30)))
    assert CODE not in shown
    assert "denied in the browser" in shown


def test_the_browsers_address_is_whole_where_it_can_be() -> None:
    url = "https://oidc.us-east-1.amazonaws.com/authorize?" + "&".join(f"key{n}=value{n}" for n in range(40))
    waiting = Waiting(BrowserCode(url, may_open=True), "browser")
    assert url in "".join(line.strip() for line in text(instructions.best(waiting, 70, 40)))
    small = text(instructions.best(waiting, 38, 8))
    assert len(small) <= 8
    assert any("…" in line for line in small)


@pytest.mark.parametrize("alphabet", [LARGE, SMALL, NARROW])
def test_no_two_letters_look_alike(alphabet: str) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    shapes = {tuple(drawn(letter, alphabet)) for letter in letters}
    assert len(shapes) == len(letters)
    assert len({len(shape) for shape in shapes}) == 1
