"""From sections to profiles and sessions, by botocore's rules (1.43), with a reason for everything that is broken."""

from __future__ import annotations

from ..model import LEGACY, SSO_SESSION, Problem, Profile, Session
from . import ini
from .chains import STATIC_KEYS, Chains
from .checks import (
    LISTING_KEYS,
    SSO_KEYS,
    account_of,
    assumes_role,
    conflicts,
    gives_sso_credentials,
    hint,
    is_account,
    is_chained,
    is_region,
    missing_keys,
    outranking,
    quoted,
    role_of,
    url_problems,
)
from .ini import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .chains import Entry
    from .configuration import Config

KEPT_KEYS = frozenset(
    (
        "ca_bundle",
        "credential_source",
        "duration_seconds",
        "endpoint_url",
        "external_id",
        "ignore_configured_endpoint_urls",
        "login_session",
        "mfa_serial",
        "role_arn",
        "role_session_name",
        "services",
        "source_profile",
        "use_dualstack_endpoint",
        "use_fips_endpoint",
        "web_identity_token_file",
    )
)
"""The keys that `Profile.options` keeps. Never a secret one."""

_RAW_KEYS = KEPT_KEYS | {"region"}


class Builder:
    """Takes the sections of both files, then fills a Config. Problems of single sections go to the Config at once."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self.config = config
        self.environ = environ
        self.entries: dict[str, Entry] = {}
        self.session_entries: dict[str, Entry] = {}
        self.services: set[str] = set()
        self.flaws: dict[str, list[str]] = {}
        self.good_regions: set[str] = {""}
        self.good_roles: set[str] = set()
        self.sound_legacy: dict[tuple[str, str], Session] = {}
        self.chained: dict[str, None] = {}
        self.chains = Chains(self.entries)

    # -- sections ------------------------------------------------------------------------------------------------

    def add_config_sections(self, file: ini.Ini) -> None:
        """The sections of the config file. Like botocore, which looks at how a header begins: of two headers that
        mean the same name the later one counts."""
        headers = "\n".join(file.sections)
        unquoted = not ("'" in headers or '"' in headers or "\\" in headers or "\t" in headers)
        for header, options in file.sections.items():
            if header.startswith("profile"):
                name: str | None = header[8:]
                if not (unquoted and name and header[7] == " " and " " not in name):
                    name = self._name(file, header)
                if name is not None:
                    self._add(self.entries, name, (options, file, header))
                    if header in file.flaws:
                        self.flaws[name] = file.flaws[header]
            elif header.startswith("sso-session"):
                name = self._name(file, header)
                if name is not None:
                    self._add(self.session_entries, name, (options, file, header))
            elif header.startswith("services"):
                name = self._name(file, header)
                if name is not None:
                    self.config.services[name] = file.nested.get(header, {})
                    (self.services.add if options else self.services.discard)(name)
            elif header == "default":
                self._add(self.entries, header, (options, file, header))
                if header in file.flaws:
                    self.flaws[header] = file.flaws[header]
            elif not SSO_KEYS.isdisjoint(options) and not SSO_KEYS & options.keys() <= file.defaults.keys():
                kind = "profile" if not LISTING_KEYS.isdisjoint(options) else "sso-session"
                self._skip(file, header, f"its header must be [{kind} NAME]")

    def add_credentials_sections(self, file: ini.Ini) -> None:
        """The sections of the credentials file: each is a profile, and its keys win over the config file's."""
        for name, options in file.sections.items():
            entry = self.entries.get(name)
            if entry is None:
                self.entries[name] = (options, file, name)
                if name.startswith(("profile ", "sso-session ")) and not SSO_KEYS.isdisjoint(options):
                    kind = name.split(" ", 1)[0]
                    why = f'"{kind}" is part of the name here: such sections belong into the config file'
                    self._problem(file, name, f"[{shorten(name)}]: {why}")
            else:
                self.entries[name] = ({**entry[0], **options}, entry[1], entry[2])
            if name in file.flaws:
                self.flaws[name] = self.flaws.get(name, []) + file.flaws[name]

    def _name(self, file: ini.Ini, header: str) -> str | None:
        words = ini.split_words(header)
        if words is not None and len(words) == 2:
            return words[1]
        if words is None:
            self._skip(file, header, "its quotes do not match")
        elif len(words) < 2:
            self._skip(file, header, "it has no name")
        else:
            self._skip(file, header, "a name with spaces needs quotes around it")
        return None

    def _add(self, entries: dict[str, Entry], name: str, entry: Entry) -> None:
        if name in entries:
            old = entries[name]
            what = f"[{shorten(entry[2])}] replaces [{shorten(old[2])}] of line {old[1].lines[old[2]]}"
            self._problem(entry[1], entry[2], what)
            self.flaws.pop(name, None)
        entries[name] = entry

    def _skip(self, file: ini.Ini, header: str, reason: str) -> None:
        self.config.skipped_sections += 1
        self._problem(file, header, f"the AWS CLI skips [{shorten(header)}]: {reason}")

    def _problem(self, file: ini.Ini, header: str, message: str) -> None:
        self.config.problems.append(Problem(file.path, file.lines[header], message))

    # -- profiles and sessions -----------------------------------------------------------------------------------

    def build(self) -> None:
        """Fill the Config from the sections given so far."""
        config = self.config
        profiles, sessions = config.profiles, config.sessions
        for name, entry in self.session_entries.items():
            sessions[name] = self._session(name, entry)
        sound = {name: found for name, found in sessions.items() if not found.problems}
        legacy = self.sound_legacy
        flaws, good_regions, good_roles = self.flaws, self.good_regions, self.good_roles
        for name, entry in self.entries.items():
            options, file, header = entry
            # The common case first, with as few steps as possible: ten thousand profiles pass here.
            session_name = options.get("sso_session")
            if session_name is not None:
                session = sound.get(session_name)
            else:
                session = legacy.get((options.get("sso_start_url", ""), options.get("sso_region", "")))
            if session is not None and KEPT_KEYS.isdisjoint(options) and session.options.keys().isdisjoint(options):
                account = options.get("sso_account_id", "")
                role = options.get("sso_role_name", "")
                region = options.get("region", "")
                if is_account(account) and role in good_roles and region in good_regions and name not in flaws:
                    profiles[name] = Profile(name, session.key, account, role, region, file.path, file.lines[header])
                    if "sso_account_name" in options:
                        profiles[name].account_name = options["sso_account_name"]
                    session.profile_count += 1
                    continue
            if is_chained(options):
                self.chained[name] = None
                profiles[name] = Profile(name, None)  # keeps its place
            elif not LISTING_KEYS.isdisjoint(options):
                profiles[name] = self._direct(name, entry)
            elif "login_session" in options:
                profiles[name] = self._profile(name, entry, None, self._general_problems(options), [])
            else:
                self._other(name, options)
        for name in self.chained:
            self._chain(name)
        for session in sessions.values():
            if session.kind == LEGACY and not session.region:
                session.problems.append("sso_region is missing")
        config.all_names = list(self.entries)

    def _other(self, name: str, options: dict[str, str]) -> None:
        self.config.profiles.pop(name, None)
        self.config.other_profiles += 1
        if "credential_process" in options:
            from .other_tools import role_in  # here, because `ssotui env` needs none of it

            role = role_in(options)
            if role is not None:
                self.config.elsewhere[name] = role
        if not _RAW_KEYS.isdisjoint(options):
            self.config.unlisted[name] = {key: options[key] for key in options if key in _RAW_KEYS}

    def _session(self, name: str, entry: Entry) -> Session:
        options, file, header = entry
        scopes = options.get("sso_registration_scopes")
        session = Session(
            name,
            SSO_SESSION,
            options.get("sso_start_url", ""),
            options.get("sso_region", ""),
            None if scopes is None else [scope.strip() for scope in scopes.split(",") if scope.strip()],
            file.path,
            file.lines[header],
        )
        session.options = options
        missing = [key for key in ("sso_start_url", "sso_region") if not options.get(key)]
        found = [missing_keys(missing)] if missing else []
        found += self._session_problems(session)
        if found:
            self._problem(file, header, f"sso-session {shorten(name)}: {'; '.join(found)}")
        session.problems = file.flaws.get(header, []) + found
        return session

    def _session_problems(self, session: Session) -> list[str]:
        found = url_problems(session.start_url)
        if not self._is_region(session.region):
            found.append(f"sso_region {quoted(session.region)} is not a region name{hint(session.region)}")
        return found

    def _profile(
        self, name: str, entry: Entry, session: Session | None, found: list[str], inherited: list[str]
    ) -> Profile:
        """The profile. `found` is reported, `inherited` has been: it belongs to something else that is broken."""
        options, file, header = entry
        if found:
            self._problem(file, header, f"profile {shorten(name)}: {'; '.join(found)}")
        profile = Profile(
            name,
            session.key if session is not None else None,
            options.get("sso_account_id", ""),
            options.get("sso_role_name", ""),
            options.get("region", ""),
            file.path,
            file.lines[header],
            self.flaws.get(name, []) + found + inherited,
        )
        profile.account_name = options.get("sso_account_name", "")
        if not KEPT_KEYS.isdisjoint(options):
            profile.options = {key: options[key] for key in options if key in KEPT_KEYS}
            if not gives_sso_credentials(options):
                profile.login_session = options.get("login_session", "")
        if profile.login_session:
            self.config.logins.add(profile.login_session)
            profile.account_id = profile.account_id or account_of(profile.login_session)
        if session is not None:
            session.profile_count += 1
        return profile

    def _direct(self, name: str, entry: Entry, as_source: bool = False) -> Profile:
        """A profile with sso_* keys of its own. `as_source`: as the one whose credentials another one assumes a role
        with; beside static keys its own role_arn does not count then."""
        options, file, _header = entry
        found: list[str] = []
        inherited: list[str] = []
        missing: list[str] = []
        session_name = options.get("sso_session")
        if session_name is not None:
            session = self.config.sessions.get(session_name)
            if session is None or session.kind != SSO_SESSION:
                session = None
                found.append(f"sso_session {quoted(session_name)} does not exist{hint(session_name)}")
            else:
                found += conflicts(options, session)
                inherited = [f"sso-session {shorten(session_name)}: {problem}" for problem in session.problems]
        else:
            session = self._legacy_session(options, file, found, inherited)
            missing = [key for key in ("sso_start_url", "sso_region") if not options.get(key)]
            if len(missing) == 2:
                missing = ["sso_session (or sso_start_url and sso_region)"]
        account, role = options.get("sso_account_id"), options.get("sso_role_name")
        if account is not None or role is not None:
            missing += [key for key in ("sso_account_id", "sso_role_name") if not options.get(key)]
            why = "" if as_source else outranking(options)
            found += [why] if why else []
        if missing:
            found.append(missing_keys(missing))
        if account and not is_account(account):
            found.append(f"sso_account_id {quoted(account)} is not 12 digits{hint(account)}")
        if role:
            if " " not in role and role.isprintable():
                self.good_roles.add(role)
            else:
                found.append(f"sso_role_name {quoted(role)} is not a role name{hint(role)}")
        return self._profile(name, entry, session, found + self._general_problems(options), inherited)

    def _legacy_session(
        self, options: dict[str, str], file: ini.Ini, found: list[str], inherited: list[str]
    ) -> Session | None:
        """The session of inline keys, which all profiles with the same start URL share."""
        url, region = options.get("sso_start_url", ""), options.get("sso_region", "")
        if not url:
            return None
        session = self.config.sessions.get(url)
        if session is None:
            session = self.config.sessions[url] = Session(url, LEGACY, url, region, None, file.path)
            session.problems = self._session_problems(session)
            found += session.problems
            if region and not found:
                self.sound_legacy[url, region] = session
            return session
        if session.kind != LEGACY:
            found.append("its sso_start_url is also the name of an sso-session")
            return None
        inherited += session.problems
        if region and not session.region:
            session.region = region
            session.problems = self._session_problems(session)
        elif region and region != session.region:
            both = f"{quoted(region)} here and {quoted(session.region)} in another profile"
            found.append(f"sso_region is {both} with the same start URL: give each its own sso-session")
        return session

    def _general_problems(self, options: dict[str, str]) -> list[str]:
        """What breaks a profile of any kind."""
        found = []
        region, services = options.get("region", ""), options.get("services")
        if not self._is_region(region):
            found.append(f"region {quoted(region)} is not a region name{hint(region)}")
        if services is not None and services not in self.services:
            ignored = self.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or options.get(
                "ignore_configured_endpoint_urls", ""
            )
            if ignored.lower() != "true":
                found.append(f"services {quoted(services)} does not exist{hint(services)}")
        return found

    def _is_region(self, region: str) -> bool:
        if region not in self.good_regions:
            if not is_region(region):
                return False
            self.good_regions.add(region)
        return True

    def _chain(self, name: str) -> None:
        """Settle a profile with role_arn and source_profile: it is listed if its chain ends in SSO credentials."""
        config, entry = self.config, self.entries[name]
        options = entry[0]
        source = options["source_profile"]
        end, reason = self.chains.end(source)
        if source == name:
            reason = "" if not STATIC_KEYS.isdisjoint(options) else "its source_profile is the profile itself"
        elif end == name:
            reason = "its source_profile chain comes back to it"
        if reason:
            # What is wrong further on is reported there; a loop is nobody's more than anybody's.
            further = end is None and source in self.chained
            found = ([] if further else [reason]) + self._general_problems(options)
            inherited = [f"source profile {shorten(source)}: {reason}"] if further else []
            config.profiles[name] = self._profile(name, entry, None, found, inherited)
        elif end is not None and gives_sso_credentials(self.entries[end][0]):
            arn = options["role_arn"]
            account, role = role_of(arn)
            found = [] if role else [f"role_arn {quoted(arn)} is not the ARN of a role{hint(arn)}"]
            if "credential_source" in options:
                found.append("it has both source_profile and credential_source")
            if gives_sso_credentials(options) and source != name:
                note = f"role_arn outranks the sso_ keys: the role is {quoted(arn)}, by way of {quoted(source)}"
                self._problem(entry[1], entry[2], f"profile {shorten(name)}: {note}")
            last = self._as_source(end)
            inherited = [f"source profile {shorten(end)}: {problem}" for problem in last.problems[:1]]
            session = config.sessions[last.session] if last.session is not None else None
            profile = self._profile(name, entry, session, found + self._general_problems(options), inherited)
            profile.via, profile.account_id, profile.role_name, profile.login_session = end, account, role, ""
            config.profiles[name] = profile
        elif gives_sso_credentials(options):
            how = "role_arn outranks the sso_ keys for the AWS CLI and the SDKs"
            found = [f"{how}, and its source_profile {quoted(source)} does not lead to IAM Identity Center"]
            config.profiles[name] = self._profile(name, entry, None, found + self._general_problems(options), [])
        elif "sso_session" in options:
            config.profiles[name] = self._direct(name, entry)
        else:
            self._other(name, options)

    def _as_source(self, name: str) -> Profile:
        """The SSO profile at the end of a chain, as it gives its credentials there."""
        entry, sources = self.entries[name], self.config.sources
        if not assumes_role(entry[0]):
            return self.config.profiles[name]
        if name not in sources:
            sources[name] = self._direct(name, entry, as_source=True)
            session = self.config.sessions.get(sources[name].session or "")
            if session is not None:
                session.profile_count -= 1  # it is not listed
        return sources[name]
