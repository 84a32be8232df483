"""The configuration as a value."""

from __future__ import annotations

from ...text import place
from ..model import Problem, Profile, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from typing import TypeVar

    Value = TypeVar("Value")


class Config:
    """The configuration as it was when it was read. Made by `load`.

    `profiles`: name -> the listed profiles, those of the config file first. `sessions`: key -> every `[sso-session]`,
    then one legacy session for each start URL of inline profiles. `sources`: what a profile is as the source of others,
    where that is another identity than its own: static keys beside a role_arn, and sso_ keys that outrank them there.
    `account_names`: by number, what the portals have told, where names are shown.
    `all_names`: what `aws configure list-profiles` prints. `other_profiles`: how many of those are not listed;
    `unlisted`: what `raw_options` has of them; `elsewhere`: account, role and start URL ("" where it does not say) of
    those whose credentials another tool gets.
    `logins`: the sessions of `aws login` that are used. `skipped_sections`: how many sections look like profiles or
    sessions and are none to the AWS CLI. `services`: the blocks of each `[services]` section. `problems`: everything
    worth telling, in the order of files and lines, each broken profile once. The paths are "" when the environment's
    variable is empty. `unread`: path -> why nothing of that file is here, a missing one too. `fingerprint`: what the
    files held, for comparing.
    """

    __slots__ = (
        "account_names",
        "all_names",
        "config_file",
        "credentials_file",
        "elsewhere",
        "fingerprint",
        "logins",
        "other_profiles",
        "problems",
        "profiles",
        "services",
        "sessions",
        "skipped_sections",
        "sources",
        "unlisted",
        "unread",
    )

    def __init__(self) -> None:
        self.profiles: dict[str, Profile] = {}
        self.sessions: dict[str, Session] = {}
        self.problems: list[Problem] = []
        self.sources: dict[str, Profile] = {}
        self.account_names: Mapping[str, str] = {}
        self.all_names: list[str] = []
        self.other_profiles = 0
        self.skipped_sections = 0
        self.config_file = ""
        self.credentials_file = ""
        self.services: dict[str, dict[str, dict[str, str]]] = {}
        self.logins: set[str] = set()
        self.unlisted: dict[str, dict[str, str]] = {}
        self.elsewhere: dict[str, tuple[str, str, str]] = {}
        self.unread: dict[str, str] = {}
        self.fingerprint: tuple[object, ...] = ()

    def with_account_names(self, names: Mapping[str, str], own: Container[str] = ()) -> Config:
        """The same with the accounts of all profiles named, but for those that name it themselves (`own`)."""
        named = _copied(self)
        named.account_names = names
        named.profiles = {
            key: it if key in own or it.account_name == names.get(it.account_id, "") else _named(it, names)
            for key, it in self.profiles.items()
        }
        return named

    def account_name(self, account_id: str, profile: Profile) -> str:
        """The name of an account: what the profile calls it, if it is its own, else what the portals have told; ""
        where neither is known."""
        own = profile.account_name if profile.account_id == account_id else ""
        return own or self.account_names.get(account_id, "")

    def why_unread(self) -> str:
        """Which file could not be read, and why, for whoever misses something; "" when there is no such file. That one
        is not there which nobody has named is no reason: many users have but one of the two."""
        told = {problem.file for problem in self.problems}
        return next((f"{place(path)}: {why}" if path else why for path, why in self.unread.items() if path in told), "")

    def raw_options(self, profile_name: str) -> dict[str, str]:
        """`region` and the keys that decide about endpoints and chaining, for any profile, listed or not."""
        profile = self.profiles.get(profile_name)
        if profile is None:
            return self.unlisted.get(profile_name, {})
        return {**profile.options, "region": profile.region} if profile.region else profile.options

    def source_of(self, profile: Profile) -> Profile | None:
        """The profile whose credentials a chained one assumes its role with, None for any other."""
        name = profile.options.get("source_profile", "") if profile.via is not None else ""
        return self.sources.get(name) or self.profiles.get(name)


def _named(profile: Profile, names: Mapping[str, str]) -> Profile:
    named = _copied(profile)
    named.account_name = names.get(profile.account_id, "")
    return named


def _copied(value: Value) -> Value:
    from copy import copy  # late: who reads one section for a shell would wait for it, and copies nothing

    return copy(value)
