"""The QR code: every module of segno's matrix is on the screen, dark on light."""

from __future__ import annotations

import pytest
import segno
from textual.geometry import Size

from tui.widgets.qr import LONGEST, QR, QUIET, lines_of, matrix

from .widget_host import Host

URL = "https://acme.awsapps.com/start/#/device?user_code=BCDF-GHJK"


def modules_of(lines: list[str]) -> list[list[bool]]:
    """Half blocks back into modules."""
    modules = []
    for line in lines:
        modules.append([char in "▀█" for char in line])
        modules.append([char in "▄█" for char in line])
    return modules


@pytest.mark.parametrize(
    "text", [URL, "A", "https://device.sso.eu-central-1.amazonaws.com/?user_code=BCDF-GHJK", "ü" * 80]
)
def test_the_matrix_is_segnos_with_a_quiet_zone(text: str) -> None:
    modules = matrix(text)
    code = segno.make(text, error="l", micro=False)
    size = code.symbol_size(border=0)[0]
    assert len(modules) == len(modules[0]) == size + 2 * QUIET
    inner = [row[QUIET:-QUIET] for row in modules[QUIET:-QUIET]]
    assert inner == [[bool(module) for module in row] for row in code.matrix]
    quiet = [*modules[:QUIET], *modules[-QUIET:], *(row[:QUIET] + row[-QUIET:] for row in modules)]
    assert not any(any(row) for row in quiet)


def test_it_is_the_smallest_version_that_holds_the_text() -> None:
    version = segno.make(URL, error="l", micro=False).version
    assert isinstance(version, int)
    with pytest.raises(ValueError, match="does not fit"):
        segno.make(URL, error="l", micro=False, version=version - 1)
    assert len(matrix(URL)) == 17 + 4 * version + 2 * QUIET


async def test_the_screen_shows_every_module_dark_on_light() -> None:
    code = QR(URL)
    app = Host(lambda: [code])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert code.size == code.code_size
        expected = matrix(URL)
        strips = [code.render_line(y) for y in range(code.size.height)]
        shown = modules_of([strip.text for strip in strips])
        assert shown[: len(expected)] == expected
        assert not any(any(row) for row in shown[len(expected) :])
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            app.theme = theme
            await pilot.pause()
            for strip in (code.render_line(y) for y in range(code.size.height)):
                for segment in strip:
                    assert segment.style is not None
                    assert segment.style.color is not None
                    assert segment.style.bgcolor is not None
                    assert segment.style.color.get_truecolor() == (0, 0, 0)
                    assert segment.style.bgcolor.get_truecolor() == (255, 255, 255)


def test_a_code_of_a_sign_in_fits_beside_it_in_24_lines() -> None:
    code = QR(URL)
    assert code.code_size == Size(37, 19)
    assert code.fits(37, 19)
    assert not code.fits(36, 19)
    assert not code.fits(37, 18)


async def test_half_a_code_is_not_shown() -> None:
    code = QR(URL)
    app = Host(lambda: [code])
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.pause()
        assert {code.render_line(y).text.strip() for y in range(10)} == {""}


async def test_another_text_makes_another_code() -> None:
    code = QR(URL)
    app = Host(lambda: [code])
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        code.set_text("A")
        await pilot.pause()
        assert modules_of([code.render_line(y).text for y in range(code.size.height)])[: len(matrix("A"))] == matrix(
            "A"
        )
        code.set_text("")
        await pilot.pause()
        assert code.code_size == Size(0, 0)
        assert not code.fits(80, 40)


@pytest.mark.parametrize("text", ["", "x" * (LONGEST + 1), "x" * 100_000])
def test_no_code_for_what_no_terminal_can_show(text: str) -> None:
    assert matrix(text) == []
    assert lines_of(matrix(text)) == []
    assert not QR(text).fits(1000, 1000)
