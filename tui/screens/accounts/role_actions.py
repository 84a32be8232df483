"""What one does with a role of the tree: as with a profile of the board, whether it has one or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen

from ...aws.model import Profile, Session
from ...aws.role.unlisted import unlisted_profile
from ...aws.state.snapshot import Snapshot
from ...aws.state.store import Store
from ...guard.rules import CONSOLE, EXPORT, USE
from ...words.marks import Mark
from ..asking.guarded import mark_of
from ..base import Sized
from ..sign_in.signing_in import SigningIn
from .branches import ACCOUNT, LOST, ROLE, Branches, Line

if TYPE_CHECKING:
    from ...host import Host
    from ..sign_in.signing_in import Needed

NO_ROLE = "Highlight a role first (right opens an account)"


class RoleActions(Sized[None]):
    """The keys of the screen that are about the highlighted role. `line`: what is highlighted in `branches`."""

    store: Store
    signing_in: SigningIn

    @property
    def sso(self) -> Host:
        """The application, by what screens may ask of it."""
        raise NotImplementedError

    @property
    def snapshot(self) -> Snapshot:
        """What is known by now."""
        return self.store.snapshot

    @property
    def session(self) -> Session | None:
        """The session whose accounts are shown, None when it is no longer configured."""
        raise NotImplementedError

    @property
    def line(self) -> Line | None:
        """The highlighted line."""
        raise NotImplementedError

    @property
    def branches(self) -> Branches | None:
        """What is shown."""
        raise NotImplementedError

    def set_progress(self, text: str) -> None:
        """Say what is under way; "" when nothing is any more."""
        raise NotImplementedError

    def action_identity(self) -> None:
        """Ask AWS who one is with the highlighted role."""
        from ..identity import IdentityScreen

        self._go_on(
            "its identity is not known",
            lambda profile, needed: self._open(IdentityScreen(self.store, profile, needed)),
        )

    def action_export(self) -> None:
        """Open the export screen."""
        from ..export import Export

        self._go_on(
            "it is not exported", lambda profile, needed: self._open(Export(self.store, profile, needed)), EXPORT
        )

    def action_console(self) -> None:
        """Open the AWS console in the browser."""
        self._go_on(
            "its console is not opened",
            lambda profile, _needed: self.open_console(profile),
            CONSOLE,
            takes_session=True,
        )

    @work(group="console", exclusive=True, exit_on_error=False, description="open the console")
    async def open_console(self, profile: Profile) -> None:
        """Open the console through the access portal, or show the link to it."""
        from ..console import open_console

        await open_console(self.sso, profile)

    @work(group="console", exclusive=True, exit_on_error=False, description="open the console")
    async def action_console_at(self) -> None:
        """Open the console where one picks."""
        from ..console import open_console, pick_place

        profile = self.the_profile()
        picked = await pick_place(self.sso, [profile], self.app.push_screen_wait) if profile is not None else None
        if profile is not None and picked is not None:
            await open_console(self.sso, profile, *picked)

    def action_copy(self) -> None:
        """Copy the export lines in the default format."""
        self._go_on("nothing is copied", self.copy_lines, EXPORT)

    @work(group="copy", exclusive=True, exit_on_error=False, description="copy export lines")
    async def copy_lines(self, profile: Profile, needed: Needed) -> None:
        """Get credentials if needed and put the export lines on the clipboard."""
        from ..copying import copy_lines

        await copy_lines(self.sso, profile, needed, self.set_progress)

    def action_copy_menu(self) -> None:
        """Open the copy menu of a role or an account."""
        from ..picking.copy_menu import CopyMenu, of_account, of_profile, of_role

        line, session, branches = self.line, self.session, self.branches
        if line is None or session is None or branches is None or line.kind not in (ACCOUNT, ROLE, LOST):
            self.nothing("There is nothing highlighted to copy from")
            return
        account = next((it for it in branches.accounts if it.account_id == line.account_id), None)
        if line.kind == ACCOUNT and account is not None:
            items = of_account(account.account_id, account.name, account.email, session)
            self._open(CopyMenu(self.store, account.name or account.account_id, items))
            return
        profile = self.profile_of(line)
        if profile is None:
            return
        if profile.unlisted:
            items = of_role(profile, session, account.email if account is not None else "")
        else:
            items = of_profile(profile, session)
        self._open(CopyMenu(self.store, profile.label, items, profile))

    def use_role(self, line: Line) -> None:
        """Use the profile of a role; of several the one that is picked. A role without one has nothing that a shell
        could be switched to."""
        from ..picking.which_profile import WhichProfile

        several = self._profiles_of(line)
        if len(several) > 1:
            self.app.push_screen(WhichProfile(line.role, several), self._use_named)
            return
        profile = self.profile_of(line)
        if profile is not None and profile.unlisted:
            self.no_profile(profile, line)
        elif profile is not None:
            self.use_profile(profile)

    def _use_named(self, name: str | None) -> None:
        profile = self.snapshot.profile(name) if name is not None else None
        if profile is not None:
            self.use_profile(profile)

    def use_profile(self, profile: Profile) -> None:
        """Use a profile, unless it is broken, once its session is signed in."""
        if profile.problems:
            self.nothing(f"{profile.name}: {profile.problems[0]}")
        else:
            self.signing_in.first([profile], f"{profile.name} is not used", lambda _needed: self.sso.use(profile), USE)

    def no_profile(self, profile: Profile, line: Line) -> None:
        """A shell is switched to a profile, and there is none for this role."""
        raise NotImplementedError

    def the_profile(self) -> Profile | None:
        """What the highlighted role is used as. Where there is none, that is said."""
        line = self.line
        if line is None or line.kind not in (ROLE, LOST):
            self.nothing(NO_ROLE if line is not None else "There is no role here")
            return None
        return self.profile_of(line)

    def profile_of(self, line: Line) -> Profile | None:
        """The profile of a role. Where there is none any more, that is said."""
        profile = self._known(line)
        if profile is None:
            self.nothing("This is no longer configured")
        return profile

    def _known(self, line: Line) -> Profile | None:
        """The profile of a role: of several the one in use, else the first that is in order; of none one that is not in
        the configuration."""
        session, branches = self.session, self.branches
        if session is None or branches is None:
            return None
        found = self._profiles_of(line)
        if found:
            return found[0]
        offer = branches.offer((line.account_id, line.role))
        return unlisted_profile(session, line.account_id, line.role, offer.account.name) if offer is not None else None

    def _profiles_of(self, line: Line) -> list[Profile]:
        """The profiles of a role, the one in use first, and those that are not in order last."""
        found = [profile for name in line.profiles if (profile := self.snapshot.profile(name)) is not None]
        found.sort(key=lambda it: (bool(it.problems), it.name != self.snapshot.active_profile))
        return found

    def label_of(self, line: Line) -> Mark | None:
        """The label that guard rules give a role, or one of its profiles."""
        if line.kind not in (ROLE, LOST) or not self.sso.settings.guard.marks:
            return None
        return mark_of(self.sso, self._known(line))

    def nothing(self, why: str) -> None:
        """Say why a key has done nothing."""
        self.sso.tell(why, "warning")

    def _go_on(
        self, undone: str, act: Callable[[Profile, Needed], object], action: str = "", takes_session: bool = False
    ) -> None:
        """Do something with the highlighted role, as SigningIn.first does."""
        profile = self.the_profile()
        if profile is not None:
            self.signing_in.first(
                [profile],
                f"{profile.label}: {undone}",
                lambda needed: act(self.snapshot.as_now(profile) or profile, needed),
                action,
                takes_session,
            )

    def _open(self, screen: Screen[None]) -> None:
        self.app.push_screen(screen)
