"""One session being signed in, as the sign-in screen shows it: what to do, how it stands, how long it lasts."""

from __future__ import annotations

from textwrap import wrap

from textual.content import Content
from textual.widgets import Static

from ...aws.model import BROWSER, DEVICE, Session
from ...aws.session import joining
from ...aws.session.browser_flow import BrowserCode
from ...aws.session.device_code import ShownCode
from ...desktop.browser import way_back
from ...text import clean
from ...widgets.bars import MUTED
from ...widgets.detail import wrap as break_lines
from ...widgets.rows import session_label
from ...words.durations import left

LONGEST_ADDRESS = 4
"""Lines that an address may take; of a longer one the middle is left out, so that the code stays in sight."""

TYPE_IT = "Enter or compare"

STARTING, WAITING, DONE, FAILED, EXPIRED, DENIED = "starting", "waiting", "done", "failed", "expired", "denied"


class Attempt(Static, can_focus=True):
    """One session being signed in, by the flow called `flow`. Its text is rebuilt once a second, for the countdown.

    `reason` says why it is not the flow that was asked for.
    """

    def __init__(self, session: Session, flow: str = DEVICE, reason: str = "") -> None:
        super().__init__(markup=False)
        self.session = session
        self.flow = flow
        self.reason = reason
        self.sign_in: joining.SignIn | None = None
        self.state = STARTING
        self.message = ""
        self._shown: Content | None = None

    @property
    def code(self) -> ShownCode | BrowserCode | None:
        """What the user needs for approving, once it is there."""
        return self.sign_in.code if self.sign_in is not None else None

    @property
    def remaining(self) -> str:
        """The countdown."""
        if self.code is None or self.state != WAITING:
            return ""
        what = "code expires in" if isinstance(self.code, ShownCode) and self.code.expires else "gives up in"
        return f"{what} {left(self.code.seconds_left())}"

    def on_mount(self) -> None:
        """Show the first text."""
        self.show()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.show()

    def show(self) -> None:
        """Rebuild the text."""
        name = clean(session_label(self.session), 60)
        state = self._state_lines()
        lines = [Content.styled(f"Sign in to {name}", "bold"), Content("")]
        if self.low:
            lines += state  # first of all: what is below it may be out of sight
        if self.code is not None and self.state == WAITING:
            lines += self._instructions(self.code)
        if not self.low:
            lines += state
        note = self.sign_in.note if self.sign_in is not None else ""
        why = f"With a code, not in the browser: {self.reason}" if self.reason else ""
        for text, style in ((note, "$text-warning"), (why, MUTED)):
            if text:
                lines += [Content(""), *self._paragraph(text, style)]
        port = self.code.port if isinstance(self.code, BrowserCode) and self.state == WAITING else 0
        forward = clean(way_back(port))
        if forward:
            text = "With a browser on another machine, run there first:"
            lines += [Content(""), *self._paragraph(text, MUTED), Content.styled(f"    {forward}", "$text-primary")]
        if self.tight:
            lines = [line for line in lines if line.plain]
        whole = Content("\n").join(lines)
        if self._shown is None or not whole.is_same(self._shown):  # each update is a layout
            self._shown = whole
            self.update(whole)

    def _state_lines(self) -> list[Content]:
        style = {DONE: "$text-success", WAITING: MUTED, STARTING: MUTED}.get(self.state, "$text-error")
        lines = self._paragraph(self.message, style)
        return [*lines, Content.styled(f"    {self.remaining}", MUTED)] if self.remaining else lines

    def _instructions(self, code: ShownCode | BrowserCode) -> list[Content]:
        lines: list[Content] = []
        for number, (verb, what) in enumerate(_steps(code, self.tight), 1):
            label = Content.assemble((f" {number}  ", MUTED), f"{verb:8}")
            if self.tight:
                label += " " if verb == TYPE_IT else ""
                room = self.content_size.width - len(label)
                lines.append(label + (_shortened(what, room) if what.plain.startswith("http") else what))
            else:
                room = self.content_size.width - 4
                # That of the browser flow is ours, and without a browser it is copied from here.
                longest = len(what) if self.flow == BROWSER else room * LONGEST_ADDRESS
                shown = [line for part in what.split("\n") for line in _broken(_shortened(part, longest), room)]
                lines += [label, *(Content("    ") + line for line in shown), Content("")]
        if self.tight:
            lines.append(Content(""))
        if not code.may_open:
            text = "Not an address of AWS's: open it only if you trust it."
            lines += [*self._paragraph(text, "$text-warning"), Content("")]
        return lines

    def _paragraph(self, text: str, style: str) -> list[Content]:
        width = max(self.content_size.width - 4, 20)
        return [Content.styled(f"    {line}", style) for line in wrap(clean(text, 400), width)]

    @property
    def tight(self) -> bool:
        """Whether others share the screen or it is low, so that the text is kept short."""
        return self.low or bool(self.parent is not None and len(self.parent.children) > 1)

    @property
    def low(self) -> bool:
        """Whether the screen has so few lines that some of the text may be below its end."""
        return self.screen.size.height < 18


def _steps(code: ShownCode | BrowserCode, brief: bool) -> list[tuple[str, Content]]:
    """What to do, a verb and its object each. `brief`: in as few words as will do."""
    if not code.url:
        where = "where the other ssotui is" if brief else "in the browser that the other ssotui has opened"
        return [("Approve", Content(where))]
    url = Content.styled(clean(code.url, 2000), "$text-primary")
    if isinstance(code, BrowserCode):
        return [("Open", url), ("Approve", Content("there, then come back"))]
    user_code = Content.styled(f" {clean(code.user_code)} ", "bold reverse")
    if not code.in_url and not brief:
        user_code = Content.assemble(user_code, "\n", (" the page asks for it", MUTED))
    approve = "only what you started" if brief else "only a sign-in that you started"
    return [("Open", url), (TYPE_IT, user_code), ("Approve", Content(approve))]


def _shortened(text: Content, room: int) -> Content:
    """`text`; of one of more than `room` characters the middle is left out. Nobody types an address that long."""
    if len(text) <= max(room, 20):
        return text
    half = (max(room, 20) - 1) // 2
    return Content.assemble(text[:half], "…", text[len(text) - half :])


def _broken(text: Content, width: int) -> list[Content]:
    """`text`, which has one style, in lines of at most `width` cells."""
    if text.cell_length <= width:
        return [text]
    style = text.spans[0].style if text.spans else ""
    return [Content.styled(line, style) for line in break_lines(text.plain, max(width, 20))]
