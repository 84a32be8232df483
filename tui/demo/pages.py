"""The web pages: start page, device page, authorize page. Static HTML, no script, every value escaped."""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from html import escape
from urllib.parse import quote, urlencode, urlsplit

from . import oidc
from .state import APPROVED, AUTHORIZATION_CODE, DENIED, PENDING, DeviceAuthorization, State
from .wire import Answer, Request

_STYLE = """
:root { color-scheme: light dark; --page: #f3f4f6; --card: #ffffff; --text: #1c2430; --soft: #5d6878;
  --line: #dde1e7; --field: #f7f8fa; --accent: #1f5fbf; --on-accent: #ffffff; --note: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --page: #14181e; --card: #1d232b; --text: #e6eaf0; --soft: #9aa6b5;
  --line: #333c48; --field: #171c23; --accent: #7fb0ff; --on-accent: #0e1420; --note: #e0b35c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 1rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { width: 100%; max-width: 29rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 1.75rem 2rem 2rem; }
header { color: var(--soft); font-size: .8125rem; letter-spacing: .02em; margin-bottom: .75rem; }
h1 { font-size: 1.375rem; line-height: 1.25; font-weight: 600; margin: 0 0 .5rem; }
p { margin: .5rem 0; }
footer { color: var(--soft); font-size: .875rem; }
footer { max-width: 29rem; text-align: center; }
.code { font: 600 1.875rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  letter-spacing: .08em; text-align: center; padding: 1.1rem .5rem; margin: 1.1rem 0; border-radius: 8px;
  background: var(--field); border: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.1rem; margin: 1.1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.note { border-left: 3px solid var(--note); padding-left: .75rem; font-size: .9375rem; margin: 1.1rem 0; }
.buttons { display: flex; gap: .75rem; margin-top: 1.4rem; }
button { flex: 1; font: inherit; font-weight: 600; padding: .65rem 1rem; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: var(--text); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin-top: 1.1rem; color: var(--soft); font-size: .875rem; }
input[type=text] { width: 100%; margin-top: .3rem; padding: .6rem .75rem; border-radius: 8px; text-align: center;
  border: 1px solid var(--line); background: var(--field); color: var(--text); text-transform: uppercase;
  font: 600 1.375rem/1.2 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
ul { padding-left: 1.1rem; margin: .75rem 0; }
a { color: var(--accent); }
"""
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_UNKNOWN = "This code is not known. Check it against the one in your terminal."

_WARNING = (
    '<p class="note">Allow only a sign-in that you started yourself. If somebody sent you this link or code, '
    "deny it.</p>"
)


def start_page(state: State, request: Request, url: str) -> Answer:
    """A plain page that says what this server is."""
    items = "".join(
        f"<li>{escape(instance.name)} &ndash; {len(instance.accounts)} "
        f"{'account' if len(instance.accounts) == 1 else 'accounts'}</li>"
        for instance in state.organisation.instances
    )
    return _page(
        "A place to try things out",
        "<p>This server runs on your own machine and speaks the protocol of IAM Identity Center. "
        "Nothing here reaches AWS.</p>"
        f"<ul>{items}</ul>"
        '<p><a href="/device">Enter a sign-in code</a></p>',
    )


def device_page(state: State, request: Request, url: str) -> Answer:
    """GET /device: a form for the code, or, with user_code, the question whether to allow the sign-in."""
    user_code = request.query.get("user_code", "")
    if not user_code:
        return _device_form("")
    device = state.device(user_code)
    if device is None:
        return _device_form(_UNKNOWN, user_code, 404)
    return _device_question(state, device)


def request_page(state: State, request: Request, url: str) -> Answer:
    """GET /platform/authorize: like the device page, for the one sign-in that the address names, with another's code
    as good as none."""
    request_uri, user_code = (request.query.get(name, "") for name in ("request_uri", "user_code"))
    wanted = state.requested(request_uri)
    if wanted is None:
        return _page("This request is not known", "<p>Ask for a new one in your terminal.</p>", 404)
    fixed = ("/platform/authorize", request_uri)
    if not user_code:
        return _device_form("", form=fixed)
    if state.device(user_code) is not wanted:
        return _device_form(_UNKNOWN, user_code, 404, fixed)
    return _device_question(state, wanted)


def device_decision(state: State, request: Request, url: str) -> Answer:
    """POST /device with user_code and decision (confirm or deny)."""
    device = state.device(request.form.get("user_code", ""))
    decision = request.form.get("decision")
    if device is None:
        return _device_form(_UNKNOWN, "", 404)
    if decision not in ("confirm", "deny"):
        return _device_question(state, device)
    try:
        if decision == "confirm":
            state.approve(device.user_code)
        else:
            state.deny(device.user_code)
    except KeyError:
        return _device_question(state, device)
    return _decided(decision == "confirm")


def _device_form(
    message: str, user_code: str = "", status: int = 200, form: tuple[str, str] = ("/device", "")
) -> Answer:
    """The question for the code. `form`: where it goes, and the request that it is asked for, if there is one."""
    action, request_uri = form
    hidden = f'<input type="hidden" name="request_uri" value="{escape(request_uri)}">' if request_uri else ""
    note = f'<p class="note">{escape(message)}</p>' if message else ""
    return _page(
        "Sign in to a device",
        "<p>Enter the code that your terminal shows.</p>"
        f'{note}<form method="get" action="{action}">{hidden}<label>Code'
        f'<input type="text" name="user_code" value="{escape(user_code[:20])}" placeholder="XXXX-XXXX" '
        'maxlength="20" autocomplete="off" spellcheck="false" required autofocus></label>'
        '<div class="buttons"><button class="primary" type="submit">Next</button></div></form>',
        status,
    )


def _device_question(state: State, device: DeviceAuthorization) -> Answer:
    if device.status != PENDING:
        texts = {APPROVED: "It was confirmed.", DENIED: "It was denied."}
        return _page(
            "This code was already used",
            f"<p>{texts.get(device.status, 'The device is signed in.')} You can close this window.</p>",
            410,
        )
    if device.deadline <= time.monotonic():
        return _page("This code has expired", "<p>Ask for a new one in your terminal.</p>", 410)
    code = escape(device.user_code)
    rows = _rows(
        ("Application", device.client.name),
        ("Start URL", device.instance.start_url),
        ("Session", device.instance.name),
        ("User", state.settings.user),
    )
    return _page(
        "Allow this sign-in?",
        "<p>Compare this code with the one in your terminal.</p>"
        f'<div class="code" id="user-code">{code}</div>{rows}{_WARNING}'
        f'<form method="post" action="/device"><input type="hidden" name="user_code" value="{code}">'
        f"{_buttons('confirm', 'Confirm')}</form>",
    )


def authorize_page(state: State, request: Request, url: str) -> Answer:
    """GET /authorize of the PKCE flow: Allow or Deny. POST decides and redirects.

    An unknown client or redirect URI is told on the page, everything else by a redirect with `error` (RFC 6749,
    4.1.2.1). The scopes are in `scopes`, which is what the AWS CLI sends, not in `scope`.
    """
    posted = request.method == "POST"
    values = request.form if posted else request.query
    client = state.clients.get(values.get("client_id", ""))
    redirect_uri = values.get("redirect_uri", "")
    if client is None or client.expires_at <= state.now():
        return _page("Invalid request", "<p>The application is not registered here.</p>", 400)
    if not any(oidc.same_redirect(uri, redirect_uri) for uri in client.redirect_uris):
        return _page("Invalid request", "<p>The address to return to is not a registered one.</p>", 400)
    instance = state.organisation.instance(client.issuer_url)
    wanted = values.get("scopes", "").split() or client.scopes or []
    if AUTHORIZATION_CODE not in client.grant_types or instance is None:
        return _redirect(values, error="unauthorized_client")
    if values.get("response_type") != "code":
        return _redirect(values, error="unsupported_response_type")
    if values.get("code_challenge_method") != "S256" or not values.get("code_challenge") or not values.get("state"):
        return _redirect(values, error="invalid_request")
    if not set(wanted) <= set(client.scopes or ()):
        return _redirect(values, error="invalid_scope")
    decision = values.get("decision") if posted else None
    if state.settings.auto_approve_after is not None and not posted:
        decision = "confirm"
    if decision == "deny":
        return _redirect(values, error="access_denied")
    if decision == "confirm":
        code = state.issue_code(client, instance, redirect_uri, values["code_challenge"])
        return _redirect(values, code=code.reveal())
    names = ("response_type", "client_id", "redirect_uri", "state", "code_challenge_method", "code_challenge", "scopes")
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(values[name])}">' for name in names if name in values
    )
    rows = _rows(
        ("Application", client.name),
        ("Start URL", instance.start_url),
        ("Session", instance.name),
        ("User", state.settings.user),
        ("Access", ", ".join(wanted)),
    )
    parts = urlsplit(redirect_uri)
    # Browsers apply form-action to the redirect that answers the form as well.
    return _page(
        f"Allow {escape(client.name)} to sign in?",
        f"<p>It will be able to use your accounts and roles.</p>{rows}{_WARNING}"
        f'<form method="post" action="/authorize">{hidden}{_buttons("confirm", "Allow")}</form>',
        form_action=f"'self' {parts.scheme}://{parts.netloc}",
    )


def _redirect(values: dict[str, str], **result: str) -> Answer:
    if values.get("state"):
        result["state"] = values["state"]
    base = values["redirect_uri"]
    location = base + ("&" if "?" in base else "?") + urlencode(result, quote_via=quote)
    return Answer(302, b"", "text/html; charset=utf-8", {"Location": location, **_headers("'self'")})


def _decided(allowed: bool) -> Answer:
    if allowed:
        return _page("Confirmed", "<p>Return to your terminal. You can close this window.</p>")
    return _page("Denied", "<p>The sign-in was refused. You can close this window.</p>")


def _rows(*rows: tuple[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows if value) + "</dl>"


def _buttons(value: str, label: str) -> str:
    return (
        '<div class="buttons">'
        f'<button class="primary" type="submit" name="decision" value="{value}">{label}</button>'
        '<button type="submit" name="decision" value="deny">Deny</button></div>'
    )


def _page(title: str, body: str, status: int = 200, form_action: str = "'self'") -> Answer:
    """`title` and `body` are HTML: their values are escaped by the caller."""
    html = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>' + title + "</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><header>Demo Identity Center</header><h1>{title}</h1>{body}"
        "</main><footer>A local demonstration server. No AWS account is involved.</footer></body></html>"
    )
    return Answer(status, html.encode(), "text/html; charset=utf-8", _headers(form_action))


def _headers(form_action: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        f"form-action {form_action}; frame-ancestors 'none'; base-uri 'none'",
        "Cache-Control": "no-store",
        # Not no-referrer: with that a browser sends `Origin: null` with the form, and the form is refused.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
