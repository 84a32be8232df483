"""What becomes of each ticked role: the name of its profile, and what is special about it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from ....aws.config.writing.profile_plan import (
    ADD,
    BY_HAND,
    CONFIGURED,
    KEEP,
    LEAVE,
    REFUSE,
    RENAMABLE,
    RENAME,
    UPDATE,
    Planned,
    ProfilePlan,
)
from ....text import clean
from ....widgets import cells
from ....widgets.row_list import HEADER, TEXT, Piece, RowList
from ....words.plans import account
from ....words.states import BAD, GOOD, MUTED, SOON

MARKS = {ADD: ("+", GOOD), UPDATE: ("~", SOON), RENAME: ("~", SOON), KEEP: ("=", MUTED), LEAVE: (" ", MUTED)}
"""The sign of what becomes of a role, and the class that styles it."""

GUTTER, GAP = 3, 2
_ID = 12
_LEAST_REMARK, _LEAST_REST = 8, 10


class PreviewRow(NamedTuple):
    """A line: all clean. `remark` is a warning where it is `bad`."""

    key: str
    what: str
    name: str
    account: str
    account_id: str
    role: str
    remark: str
    bad: bool


def preview_rows(plan: ProfilePlan) -> list[PreviewRow]:
    """The lines for a plan, roles first, then what is taken away."""
    rows = [
        PreviewRow(
            f"{it.wanted.account_id}/{it.wanted.role}",
            it.what,
            clean(it.name) or "–",
            clean(account(it)),
            it.wanted.account_id,
            clean(it.wanted.role),
            *remark(it),
        )
        for it in plan.roles
    ]
    rows += [
        PreviewRow(f"gone/{name}", REFUSE, clean(name), "", "", "", "removed: its role is gone", False)
        for name, _header in plan.gone
    ]
    rows += [
        PreviewRow(f"gone/{name}", LEAVE, clean(name), "", "", "", "role is gone, but changed by hand", True)
        for name in plan.staying
    ]
    return rows


def remark(planned: Planned) -> tuple[str, bool]:
    """What is special about a role's profile, and whether that is a warning."""
    if planned.what == REFUSE:
        return clean(planned.why), True
    if planned.what == LEAVE:
        told = {
            BY_HAND: "left: changed by hand",
            CONFIGURED: "there already",
            RENAMABLE: "has another name",
        }
        return told.get(planned.why, clean(planned.why)), planned.why == BY_HAND
    if planned.what == KEEP:
        return "as it is", False
    found = ["changed"] if planned.what == UPDATE else ["renamed"] if planned.what == RENAME else []
    found += ["numbered"] if planned.numbered else []
    found += ["characters replaced"] if planned.replaced else []
    return ", ".join(found), planned.numbered


class Preview(RowList):
    """The lines of a plan."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[PreviewRow] = ()
        self._natural = (0, 0, 0, 0)
        self._usual = 0
        self._cuts: dict[int, dict[str, cells.Cut]] = {}

    def set_rows(self, rows: Sequence[PreviewRow]) -> None:
        """Show these; the cursor stays on its role."""
        key = self.highlighted
        self._rows = rows
        self._natural = (
            cells.widest([it.name for it in rows], 200),
            cells.widest([it.account for it in rows], 40),
            cells.widest([it.role for it in rows], 40),
            cells.widest([it.remark for it in rows], 60),
        )
        widths = sorted(map(cells.width_of, (it.name for it in rows)))
        self._usual = widths[len(widths) * 3 // 4] if widths else 0
        self._cuts.clear()
        self._forget_lines()
        self._rows_changed(next((at for at, it in enumerate(rows) if it.key == key), 0))

    def row_count(self) -> int:
        return len(self._rows)

    def key_at(self, index: int) -> str:
        return self._rows[index].key

    def row_state(self, index: int) -> Hashable:
        return self._rows[index], self._natural

    def _columns(self, width: int) -> tuple[int, int, int, int, int]:
        """Cells of name, remark, account, number and role; 0 for what has no room. Names first, then what is special
        about them; a role's name often stands in the profile's."""
        names, accounts, roles, remarks = self._natural
        room = width - GUTTER
        if names > room - GAP - min(remarks, _LEAST_REMARK):  # a few long names do not cost all others the rest
            names = self._usual
        name = min(max(names, len("PROFILE")), room)
        remark = min(remarks, room - name - GAP)
        remark = remark if remark >= min(remarks, _LEAST_REMARK) else 0
        room -= name + (remark + GAP if remark else 0)
        found = []
        for wanted, least in ((accounts, _LEAST_REST), (_ID, _ID), (roles, _LEAST_REST)):
            cell = min(wanted, room - GAP) if wanted and room - GAP >= min(wanted, least) else 0
            room -= cell + GAP if cell else 0
            found.append(cell)
        return name, remark, *found  # type: ignore[return-value]

    def header_pieces(self, width: int) -> list[Piece]:
        """What the columns are."""
        name, remark, account, number, role = self._columns(width)
        heads = [("PROFILE", name), ("", remark), ("ACCOUNT", account), ("NUMBER", number), ("ROLE", role)]
        text = (" " * GAP).join(cells.pad(head, wide) for head, wide in heads if wide)
        return [(" " * GUTTER + text, HEADER)]

    def row_pieces(self, index: int, width: int, selected: bool) -> list[Piece]:
        row = self._rows[index]
        name, remark, account, number, role = self._columns(width)
        if name not in self._cuts:
            self._cuts[name] = cells.cuts([it.name for it in self._rows], name)
        shown = self._cuts[name][row.name].text if row.name in self._cuts[name] else row.name
        mark, style = ("-" if not row.bad else "!", BAD) if row.what == REFUSE else MARKS[row.what]
        if row.bad and not remark and row.what != REFUSE:
            mark, style = f"{mark.strip()}!", SOON  # what is special about it has no room
        plain = MUTED if row.what in (KEEP, LEAVE) else TEXT
        pieces: list[Piece] = [(f"{mark:>2} ", style), (cells.pad(shown, name), plain)]
        gap = " " * GAP
        if remark:
            pieces.append((gap + cells.pad(row.remark, remark), SOON if row.bad else MUTED))
        if account:
            pieces.append((gap + cells.fit(row.account, account), plain))
        if number:
            pieces.append((gap + cells.pad(row.account_id, number), MUTED))
        if role:
            pieces.append((gap + cells.fit(row.role, role), plain))
        return pieces
