"""What the entries of a new session come to: functions over what is typed and what is configured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...aws.config.checks import plain
from ...aws.config.hosts import host_of, is_portal
from ...aws.config.writing import new_session, sections
from ...aws.errors import SsoError
from ...aws.model import Session
from ...aws.requests.start_url import NOT_OF_AWS, NOT_REACHED, same_portal
from ...text import clean
from ..picking.service_picker import Choice

START_URL, REGION, NAME = "start-url", "region", "name"
"""The entries, from top to bottom."""

FREQUENT = (
    *("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "us-east-2", "ap-southeast-2"),
    *("ap-southeast-1", "ap-northeast-1", "ap-south-1", "eu-west-2", "eu-north-1", "ca-central-1"),
)
"""Regions in which an Identity Center is most often, the most frequent first."""

_ONE_WORD = re.compile(r"[a-z0-9][a-z0-9-]*", re.IGNORECASE)


class Entries(NamedTuple):
    """What is typed. `region` and `name` are "" where nobody has chosen one."""

    start_url: str = ""
    region: str = ""
    name: str = ""


class Reading(NamedTuple):
    """What that comes to: "" for what is not known yet. `wrong`: a sentence for each entry that cannot stay as it is.
    `there`: the session that has this start URL already. `why`: where the region comes from."""

    start_url: str = ""
    region: str = ""
    name: str = ""
    wrong: Mapping[str, str] = {}
    there: str = ""
    why: str = ""

    @property
    def complete(self) -> bool:
        """Whether all is there that a session needs."""
        return bool(self.start_url and self.region and self.name) and not self.wrong

    def changes(self, changed: Session) -> list[str]:
        """The lines that would go from the section of a session, and those that would come."""
        found = []
        for key, old, new in (
            ("sso_start_url", changed.start_url, self.start_url),
            ("sso_region", changed.region, self.region),
        ):
            if new and old != new:
                found += [*([f"- {key} = {old}"] if old else []), f"+ {key} = {new}"]
        return found

    def lines(self) -> list[str]:
        """The section as it would be written, once there is a start URL; "…" for what is missing."""
        if not self.start_url:
            return []
        made = new_session.session_section(self.name or "…", self.start_url, self.region or "…")
        try:
            lines = sections.add("", [made]).splitlines()
            return lines if self.region and self.name else lines[:-1]  # the mark is a sum of the others
        except sections.Refused:
            return []  # the name's entry says why


def read(typed: Entries, sessions: Mapping[str, Session], found: str = "", changed: Session | None = None) -> Reading:
    """What the entries come to. `found`: the region that the portal itself has told. `changed`: the session that is to
    have another start URL or region."""
    if changed is not None:
        sessions = {key: session for key, session in sessions.items() if key != changed.key}
        typed = typed._replace(name=changed.key)
    if not typed.start_url.strip():
        return Reading(wrong={START_URL: "Type the start URL, or paste it"})
    wrong: dict[str, str] = {}
    try:
        start_url = new_session.start_url_from(typed.start_url)
    except ValueError as error:
        return Reading(wrong={START_URL: _not_whole(typed.start_url) or str(error)})
    same = same_portal(start_url, sessions)
    if same and same[0].region:
        region, why = same[0].region, f"as {same[0].key} has it"
    else:
        region, why = new_session.region_in(start_url), "the start URL tells it"
    if changed is not None and not region:
        region, why = changed.region, "" if plain(start_url) == plain(changed.start_url) else "as it was"
    if found:
        region, why = found, "the portal tells it"
    if typed.region:
        region, why = typed.region, why if typed.region == region else ""
    if region and not new_session.is_regions_name(region):
        wrong[REGION] = f'"{region}" is not a region: it looks like eu-west-1'
    there = next((each.key for each in same if each.kind == "sso-session"), "")
    name = (typed.name if changed else typed.name.strip()) or new_session.name_for(start_url, sessions)
    reason = _why_not(name, sessions) if changed is None else ""
    if reason:
        wrong[NAME] = reason
    if there:
        wrong[START_URL] = f"It is there already, as {there}: esc, then l on {there} signs in to it"
    return Reading(start_url, region, name, wrong, there, why if region else "")


def asks_page(reading: Reading) -> bool:
    """Whether the portal itself has to be asked for its region: nothing else tells it, or it is behind an address of a
    company's own."""
    return bool(reading.start_url) and (not reading.region or not is_portal(host_of(reading.start_url)))


def _not_whole(typed: str) -> str:
    word = typed.strip()
    if _ONE_WORD.fullmatch(word) is None:
        return ""
    return f'"{word}" is not a whole start URL: is it {word.lower()}.awsapps.com?'


def _why_not(name: str, sessions: Mapping[str, Session]) -> str:
    """Why a session cannot be called so."""
    other = sessions.get(name)
    if other is not None:
        return f"There is a session {name} already, for {other.start_url or 'another start URL'}"
    try:
        sections.add("", [new_session.session_section(name, "https://a.awsapps.com/start", "us-east-1")])
    except sections.Refused:
        return f'"{name}" cannot be a name in this file'
    return ""


def explained(error: SsoError, reading: Reading) -> tuple[str, str]:
    """What to say of a sign-in that could not begin, and the entry that has to be another one."""
    host, told = host_of(reading.start_url), bool(reading.why)
    if error.code == "InvalidRequestException":
        if told:
            return START_URL, f"AWS knows no portal of this start URL in {reading.region}: compare it letter by letter"
        return REGION, (
            f"AWS knows no portal of this start URL in {reading.region}: choose another region (whoever gave you the "
            "URL knows it), or look for a typing error in the URL"
        )
    if error.code == NOT_OF_AWS:
        return START_URL, (
            f"{host} answers, but it does not lead to an access portal of AWS: take the address that the browser shows "
            "when the portal is open"
        )
    if error.code == NOT_REACHED:
        return START_URL, f"{host} cannot be reached: look for a typing error, or check the network and VPN"
    if error.code in ("EndpointConnectionError", "ConnectTimeoutError") and not told:
        return REGION, f"No sign-in service of AWS answers in {reading.region}: check the region, the network and VPN"
    return "", ". ".join(filter(None, [error.title, error.hint[:1].upper() + error.hint[1:]]))


def region_choices(start_url: str, sessions: Iterable[Session], known: Mapping[str, str]) -> list[Choice]:
    """The regions to choose from: those of the other sessions, then the most frequent ones, then all that are `known`,
    with what they are called. What the start URL's partition lacks comes last."""
    own = [session.region for session in sessions if session.region]
    likely = list(new_session.likely_regions(start_url)) if start_url else []
    if likely[:1] == ["us-east-1"]:
        likely = []
    order: Sequence[str] = list(dict.fromkeys([*likely, *own, *FREQUENT, *known]))
    return [Choice(name, known.get(name, ""), "another session's" if name in own else "") for name in order]


def shown(choice: Choice) -> str:
    """A region's line in the list."""
    about = ", ".join(filter(None, [choice.title.removeprefix("AWS "), choice.why]))
    return f"{clean(choice.name):16}{clean(about, 80)}"
