"""Marking roles: one, all of an account, one in all accounts, all new ones; and writing profiles for what is marked."""

from __future__ import annotations

from textual import on, work

from ...aws.model import Profile, Session
from ...aws.role.offered import Offer
from ..changes.change import TakeBack
from ..changes.config_change import ConfigChange
from ..dialogs import Confirm
from ..jobs import in_thread
from .branches import ACCOUNT, ROLE, Branches, Line, Role, new_ones, role_of
from .new_profiles.write_profiles import WriteProfiles
from .open_listing import OpenListing
from .role_actions import NO_ROLE, RoleActions
from .tree import AccountTree

NO_ROLES = "This account has no roles that could be marked"


class Marking(RoleActions):
    """The keys of the screen that mark. What they mark is kept with the session's listing."""

    tree_list: AccountTree

    @property
    def listing(self) -> OpenListing:
        """What is known of the session's portal."""
        raise NotImplementedError

    def tick(self) -> None:
        """Show what has changed."""
        raise NotImplementedError

    def show_marks(self) -> None:
        """Show what is marked now."""
        self.tree_list.set_marked(self.listing.marked)
        self.tick()

    @on(AccountTree.Marked)
    def _mark_line(self, message: AccountTree.Marked) -> None:
        line = self.tree_list.line_of(message.name)
        if line is not None and line.kind in (ACCOUNT, ROLE):
            self._mark(self.tree_list.offered(line), NO_ROLES)
        else:
            self.nothing("Only a role that is offered can be marked")

    def action_mark_account(self) -> None:
        """Mark all roles of the account, or none."""
        line = self.line
        if line is None or line.kind not in (ACCOUNT, ROLE):
            self.nothing(NO_ROLE)
            return
        found = [(it.account_id, it.role) for it in self.tree_list.matching() if it.account_id == line.account_id]
        self._mark(found, NO_ROLES)

    def action_mark_role(self) -> None:
        """Mark the highlighted role in all accounts that are shown, or in none."""
        line = self.line
        if line is None or line.kind != ROLE:
            self.nothing(NO_ROLE)
            return
        found = [(it.account_id, it.role) for it in self.tree_list.matching() if it.role == line.role]
        self._mark(found, "")

    def action_mark_new(self) -> None:
        """Mark all roles without a profile that are shown, or none."""
        branches = self.branches
        if branches is not None:
            shown = {(it.account_id, it.role) for it in self.tree_list.matching()}
            self._mark([it for it in new_ones(branches.offers) if it in shown], "There is no role without a profile")

    def _mark(self, roles: list[Role], none: str) -> None:
        """Mark these; or unmark them, if all of them are marked."""
        if not roles:
            self.nothing(none)
            return
        marked = self.listing.marked
        if marked.issuperset(roles):
            marked.difference_update(roles)
        else:
            marked.update(roles)
        self.show_marks()

    @work(group="write", exclusive=True, exit_on_error=False, description="write profiles")
    async def action_write(self) -> None:
        """Write profiles for the marked roles; where none is, for the highlighted one, or for those of its account."""
        branches, line, session = self.branches, self.line, self.session
        if branches is None or session is None:
            return
        chosen = branches.chosen(self.listing.marked)
        if not chosen and line is not None and line.kind in (ACCOUNT, ROLE):
            chosen = branches.chosen(self.tree_list.offered(line))
        if not chosen:
            self.nothing("Mark roles first, or highlight one")
            return
        await self._write(session, chosen)

    async def _write(self, session: Session, chosen: list[Offer]) -> bool:
        """Whether profiles were written for these roles."""
        if not await self.app.push_screen_wait(WriteProfiles(self.store, session, chosen)):
            return False
        self.listing.marked.difference_update(map(role_of, chosen))
        self.show_marks()
        return True

    def no_profile(self, profile: Profile, line: Line) -> None:
        """A shell is switched to a profile, and there is none for this role: offer to write one, and use it then."""
        self.offer_to_write(profile, line)

    @work(group="write", exclusive=True, exit_on_error=False, description="write a profile and use it")
    async def offer_to_write(self, profile: Profile, line: Line) -> None:
        """Ask, write, use."""
        why = f"the profile {line.elsewhere[0]} is another tool's" if line.elsewhere else "no profile is for it yet"
        question = f"{profile.label}: {why}, and a shell needs one. Write a profile for it? e, y, i and o do without."
        session, branches = self.session, self.branches
        offer = branches.offer((line.account_id, line.role)) if branches is not None else None
        if session is None or offer is None or not await self.app.push_screen_wait(Confirm(question)):
            return
        if await self._write(session, [offer]):
            await in_thread(lambda _cancelled: self.store.look_at_config(), "read the configuration")
            found = self._known(line._replace(profiles=self._names_now(session, offer)))
            if found is not None and not found.unlisted:
                self.use_profile(found)

    def _names_now(self, session: Session, offer: Offer) -> tuple[str, ...]:
        found = Branches(self.snapshot, session, self.listing.known).offer(role_of(offer))
        return found.profiles if found is not None else ()

    def action_take_back(self) -> None:
        """Show the last change of the config file the other way round, to be taken back."""
        self.app.push_screen(ConfigChange(self.store, TakeBack()))
