"""What the keys of the board, and of the accounts, do with the profiles that are chosen there. The dialogs for it are
imported late: the board is painted before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...aws import clock
from ...guard.rules import CONSOLE, EXPORT, USE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from textual.screen import Screen

    from ...aws.model import Profile
    from ..sign_in.signing_in import Needed, Place, SigningIn

    Act = Callable[[Profile, Needed], object]
    """What is to be done with a profile. It is given what to call when AWS wants a sign-in all the same."""


class ProfileActions:
    """For the event loop. What takes a sign-in is done after it, with the profiles as they are configured by then.

    `place`: the screen that has the keys; `opening`: opens a dialog over it; `changed`: called when role credentials
    may have come. A profile can be one that is in no configuration, but where its name is what is asked for.
    """

    def __init__(
        self,
        place: Place,
        signing_in: SigningIn,
        opening: Callable[[Screen[None]], object],
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self._place = place
        self._signing_in = signing_in
        self._open = opening
        self._changed = changed

    # -- one profile ---------------------------------------------------------------------------------------------

    def use(self, profile: Profile) -> None:
        """Use it, unless it is broken."""
        profile = self._as_now(profile)
        if profile.problems:
            self._place.sso.tell(f"{profile.name}: {profile.problems[0]}", "warning")
        else:
            undone = f"{profile.name} is not used"
            self._signing_in.first([profile], undone, lambda _needed: self._place.sso.use(profile), USE)

    def identity(self, profile: Profile) -> None:
        """Ask AWS who one is with it."""
        from ..identity import IdentityScreen

        self._first(
            profile,
            "its identity is not known",
            lambda found, needed: self._open(IdentityScreen(self._place.sso.store, found, needed)),
        )

    def export(self, profile: Profile) -> None:
        """Open the export screen."""
        from ..export import Export

        self._first(
            profile,
            "it is not exported",
            lambda found, needed: self._open(Export(self._place.sso.store, found, needed)),
            EXPORT,
        )

    def console(self, profile: Profile) -> None:
        """Open the AWS console in the browser, through the access portal; or show the link to it."""
        self._first(
            profile,
            "its console is not opened",
            lambda found, _needed: self._open_consoles([found]),
            CONSOLE,
            takes_session=True,
        )

    def copy_lines(self, profile: Profile) -> None:
        """Get credentials if needed, and copy the export lines in the default format."""

        async def copy(found: Profile, needed: Needed) -> None:
            from ..copying import copy_lines

            try:
                await copy_lines(self._place.sso, found, needed, self._place.set_progress)
            finally:
                self._changed()

        self._first(
            profile,
            "nothing is copied",
            lambda found, needed: self._run(copy(found, needed), "copy", "copy export lines"),
            EXPORT,
        )

    def copy_menu(self, profile: Profile, email: str = "") -> None:
        """Show what there is to copy of it. `email`: of its account, where the profile has no name of its own."""
        from ..picking.copy_menu import CopyMenu, of_profile, of_role

        session = self._place.snapshot.session_of(profile)
        items = of_role(profile, session, email) if profile.unlisted else of_profile(profile, session)
        self._open(CopyMenu(self._place.sso.store, profile.label, items, profile))

    # -- several -------------------------------------------------------------------------------------------------

    def identities(self, profiles: Sequence[Profile]) -> None:
        """Ask AWS who one is with each."""

        def opened() -> None:
            from ..picking.many_identities import ManyIdentities

            self._open(ManyIdentities(self._place.sso.store, self._all_as_now(profiles)))

        self._signing_in.first(profiles, "nobody is asked", lambda _needed: opened())

    def consoles(self, profiles: Sequence[Profile]) -> None:
        """Open the console of each."""

        def opened() -> None:
            from ..sign_in.for_rows import but_signed_out

            found = self._all_as_now(profiles)
            self._open_consoles(but_signed_out(self._place.snapshot, found, clock.now()))

        self._signing_in.first(profiles, "no console is opened", lambda _needed: opened(), CONSOLE, takes_session=True)

    def consoles_at(self, profiles: Sequence[Profile]) -> None:
        """Open the console of each, of one alone too, where one picks."""

        async def pick() -> None:
            from .consoles import open_consoles_at

            await open_consoles_at(self._place, profiles)

        self._run(pick(), "console", "open the console")

    def copy_names(self, profiles: Sequence[Profile]) -> None:
        """Copy their names, a line each."""

        async def copy_them() -> None:
            from ..copying import copy

            names = [profile.name for profile in profiles]
            await copy(self._place.sso, "\n".join(names), f"The names of {len(names)} profiles")

        self._run(copy_them(), "copy", "copy the names")

    def copy_menu_of(self, profiles: Sequence[Profile]) -> None:
        """Show what there is to copy of them together."""
        from ..picking.copy_menu import CopyMenu, of_many

        sessions = [found for it in profiles if (found := self._place.snapshot.session_of(it)) is not None]
        self._open(CopyMenu(self._place.sso.store, f"{len(profiles)} marked profiles", of_many(profiles, sessions)))

    # -- how -----------------------------------------------------------------------------------------------------

    def _first(self, profile: Profile, undone: str, act: Act, action: str = "", takes_session: bool = False) -> None:
        """As `SigningIn.first` does, for one profile."""
        self._signing_in.first(
            [profile],
            f"{profile.label}: {undone}",
            lambda needed: act(self._as_now(profile), needed),
            action,
            takes_session,
        )

    def _as_now(self, profile: Profile) -> Profile:
        """As it is configured by now. One that is gone is what it was: whoever asks for it says that it is gone."""
        return self._place.snapshot.as_now(profile) or profile

    def _all_as_now(self, profiles: Sequence[Profile]) -> list[Profile]:
        return [self._as_now(profile) for profile in profiles]

    def _open_consoles(self, profiles: Sequence[Profile]) -> None:
        async def opened() -> None:
            from .consoles import open_consoles

            await open_consoles(self._place, profiles)

        self._run(opened(), "console", "open the console")

    def _run(self, job: Coroutine[Any, Any, None], group: str, description: str) -> None:
        """Of two keys of a group the last one counts."""
        self._place.screen.run_worker(job, group=group, exclusive=True, exit_on_error=False, description=description)
