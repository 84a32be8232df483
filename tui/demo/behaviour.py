"""What can be set on the server, at construction and at any time later: `server.state.settings.latency = 0.08`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NEW = "new"
SAME = "same"
OMIT = "omit"


@dataclass
class Settings:
    """Times in seconds. Each field may be changed while the server runs; the next request sees it.

    `now`: a fixed wall-clock time, or a function that gives it; None follows `tui.aws.clock.now`, so a test that
    sets that clock sets both sides. `clock_offset` is added on top, to make the server's clock wrong.
    `rotation`: what a refresh answers: "new" (a new refresh token, the old one is used up), "same" (the same one
    again) or "omit" (none; the old one stays valid).
    `auto_approve_after`: None waits for a decision; n approves a device code by itself after n pending polls, and
    the authorize page answers at once.
    `code_in_address`: whether the address of the device page holds the user code, as AWS's did until 2026; else the
    page asks for it.
    `poll_burst`: how many polls may come without a pause at the start (the AWS CLI v2 sends two).
    `requests_per_second`: portal requests above it get TooManyRequestsException; 0 means no limit.
    `throttled`: the share of portal requests that are refused likewise, at random; `retry_after`: the seconds that such
    a refusal names, 0 for none.
    `page_size`: results of one page when the client asks for no smaller one. `empty_pages`: in front of each page there
    is one without results that names it. `repeats_token`: the last page names itself as the next one.
    `refresh_token_lifetime`, `authorization_code_lifetime`, `device_code_lifetime` run on monotonic time except
    the first.
    `session_lifetime`: how long a sign-in lasts, whatever is renewed: no access token lives beyond its end, and after
    it nothing is renewed any more. None: without end.
    """

    access_token_lifetime: int = 8 * 3600
    session_lifetime: int | None = None
    refresh_token_lifetime: int = 90 * 86400
    role_credentials_lifetime: int = 3600
    assumed_role_lifetime: int = 3600
    device_code_lifetime: int = 600
    authorization_code_lifetime: int = 60
    registration_lifetime: int = 90 * 86400
    poll_interval: int = 1
    poll_burst: int = 1
    auto_approve_after: int | None = None
    code_in_address: bool = False
    rotation: str = NEW
    user: str = "demo@example.com"
    page_size: int = 100
    requests_per_second: int = 0
    throttled: float = 0.0
    retry_after: int = 0
    empty_pages: bool = False
    repeats_token: bool = False
    latency: float = 0.0
    clock_offset: float = 0.0
    now: float | Callable[[], float] | None = None
    seed: int | str | None = None
    check_signature_time: bool = True
