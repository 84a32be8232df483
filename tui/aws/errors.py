"""One kind of error for everything that can go wrong with AWS, and one function that makes it.

A screen or a command shows `title` (one plain sentence) and `hint` (what to do next). Both may hold foreign text:
whoever shows them passes them through the text gate. A hint names a command at most: by the error's class or code the
board knows which of its keys does the same, and says so itself.
"""

from __future__ import annotations

from ..exit_codes import FAILED, REFUSED, SIGN_IN_NEEDED


class SsoError(Exception):
    """Something the user has to know. `title`: what happened. `hint`: what helps. `exit_code`: one of
    `exit_codes`. `code`: AWS's error code, or one of ours, "" when none. `reason`: the title without what could not be
    done, for where that is said already."""

    def __init__(self, title: str, hint: str = "", exit_code: int = FAILED, code: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.exit_code = exit_code
        self.code = code
        self.reason = title

    def in_a_line(self) -> str:
        """What happened and what helps, for a command."""
        return f"{self.title}; {self.hint}" if self.hint else self.title

    def again(self) -> SsoError:
        """The same error to be told once more, without the frames that it went through: they hold tokens."""
        error = SsoError(self.title, self.hint, self.exit_code, self.code)
        error.reason = self.reason
        return error


class SignInNeeded(SsoError):
    """The session has no usable token and cannot be renewed silently."""

    def __init__(self, session: str, reason: str = "") -> None:
        super().__init__(
            f"Sign-in needed for session {session}" + (f": {reason}" if reason else ""),
            f"run: {command_line('login', '--session', name=session)}",
            SIGN_IN_NEEDED,
        )
        self.session = session
        self.reason = reason or self.title


class AwsLoginNeeded(SsoError):
    """What a profile has of `aws login` cannot be used, and only the AWS CLI can help."""

    def __init__(self, profile: str, reason: str) -> None:
        title = f"Sign-in needed for profile {profile}: {reason}"
        super().__init__(title, f"run: {aws_command('login', profile)}", SIGN_IN_NEEDED)


def aws_command(verb: str, profile: str) -> str:
    """A command of the AWS CLI for a profile, as one would type it."""
    from shlex import join

    named = ["--profile", profile] if not profile.startswith("-") else [f"--profile={profile}"]
    return join(["aws", verb, *named])


def command_line(*words: str, name: str | None = None) -> str:
    """A command of this program as one would type it, quoted where a shell needs it. `name`: that of a profile or a
    session, which comes last. It may begin with a dash, and is not taken for an option then."""
    from shlex import join

    if name is not None and name.startswith("-"):
        words = (*words[:-1], f"--session={name}") if words[-1] == "--session" else (*words, "--", name)
    elif name is not None:
        words = (*words, name)
    return join(("ssotui", *words))


class Cancelled(SsoError):
    """The user changed their mind; nothing to show."""

    def __init__(self) -> None:
        super().__init__("Cancelled")


def from_exception(error: BaseException, doing: str) -> SsoError:
    """The SsoError for whatever a request raised. `doing` completes "Could not ..." ("get credentials for ...").

    Error codes are compared as text: the portal also answers with codes that botocore's model lacks
    (ForbiddenException among them), and those arrive as plain ClientErrors.
    """
    if isinstance(error, SsoError):
        return error
    found = _told(error, doing)
    found.reason = found.title.removeprefix(f"Could not {doing}: ")
    return found


def _told(error: BaseException, doing: str) -> SsoError:
    code = error_code(error)
    if code in _BY_CODE:
        title, hint, exit_code = _BY_CODE[code]
        title = title.format(doing=doing)
        said = response_of(error).get("Error", {}).get("Message")
        if code == "AccessDenied" and isinstance(said, str) and said:
            title += f": {said[:_SAID_LIMIT]}"  # who may not do what to which role
        return SsoError(title, hint, exit_code, code)
    name = type(error).__name__
    if name in _BY_CLASS:
        title, hint = _BY_CLASS["ConnectionClosedError" if was_cut(error) else name]
        if name == "SSLError" and not was_cut(error):
            if any(words in str(error) for words in ("certificate has expired", "certificate is not yet valid")):
                title, hint = _OTHER_TIME
            elif "[SSL: " in str(error) and "CERTIFICATE_VERIFY_FAILED" not in str(error):
                title, hint = _NO_TLS
        return SsoError(f"Could not {doing}: {title}", hint, FAILED, name)
    if code:
        text = response_of(error).get("Error", {}).get("Message")
        message = text if isinstance(text, str) and text and not text.startswith("<") else "no further text"
        status = response_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 429:
            title, hint, exit_code = _SLOW_DOWN
            return SsoError(title.format(doing=doing), hint, exit_code, code)
        if isinstance(status, int) and status >= 500:
            what = f"{status} {code}" if code != str(status) else code
            return SsoError(f"Could not {doing}: AWS has a problem ({what})", "try again later", FAILED, code)
        if code.isdigit():  # no error of AWS's
            return SsoError(f"Could not {doing}: HTTP {code}: {message}", _NOT_UNDERSTOOD[1], FAILED, code)
        return SsoError(f"Could not {doing}: {code}: {message}", _UNKNOWN_HINT, FAILED, code)
    if isinstance(error, TimeoutError):
        return SsoError(f"Could not {doing}: no complete answer in time", _NETWORK_HINT, FAILED, "Timeout")
    if _while_parsing(error):
        title, hint = _NOT_UNDERSTOOD
        return SsoError(f"Could not {doing}: {title}", hint, FAILED, name)
    if isinstance(error, OSError) and error.errno:
        from os import strerror  # here, because the lines for shells are made without it

        reason = f"{strerror(error.errno)} ({kind_and_place(error)})"
        return SsoError(f"Could not {doing}: {reason}", "try again", FAILED, name)
    return SsoError(f"Could not {doing}: {kind_and_place(error)}", _FAULT_HINT, FAILED, name)


def kind_and_place(error: BaseException) -> str:
    """What can be said of a fault of this program: never its message, which may hold a secret."""
    import os.path  # here, because the lines for shells are made without it

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return f"{type(error).__name__} in an unknown place"
    return f"{type(error).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def was_cut(error: BaseException) -> bool:
    """Whether a secure connection was cut while it was made, which says nothing about its certificate."""
    return type(error).__name__ == "SSLError" and "EOF" in str(error)


def _while_parsing(error: BaseException) -> bool:
    """Whether botocore failed at taking an answer apart: where a type is wrong, it raises whatever Python raises."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") in _TAKING_APART:
            return True
        trace = trace.tb_next
    return False


def response_of(error: BaseException) -> dict[str, dict[str, object]]:
    """The parsed response that a botocore ClientError carries, or an empty dictionary."""
    response = getattr(error, "response", None)
    return response if isinstance(response, dict) else {}


def error_code(error: BaseException) -> str:
    """AWS's error code in a botocore ClientError, or the HTTP status where there is none (as botocore does it with
    most answers); "" for anything else."""
    response = response_of(error)
    code = response.get("Error", {}).get("Code")
    if isinstance(code, str) and code:
        return code
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return str(status) if isinstance(status, int) else ""


_NETWORK_HINT = "check the network, VPN and proxy, then try again"

_SAID_LIMIT = 500
"""Characters of AWS's own words."""

_FAULT_HINT = "try again; if it stays so, please report this line"

_UNKNOWN_HINT = "try again; if it stays so, ask whoever manages your access to AWS"

_TAKING_APART = tuple(f"botocore.{name}" for name in ("parsers", "handlers", "model", "errorfactory", "endpoint"))
"""Modules in which botocore fails at answers of a wrong form. It gives other failures a class of their own."""

_NOT_UNDERSTOOD = (
    "the answer could not be understood",
    "a proxy or sign-in page may have answered for AWS",
)

_OTHER_TIME = (
    "the server's certificate is not valid at this time",
    "compare this machine's clock with the real time; a proxy may be in the way too",
)

_NO_TLS = (
    "no secure connection could be made",
    "a proxy may be in the way, or the address is not one of https",
)

_SLOW_DOWN = ("Could not {doing}: AWS asks to slow down", "try again in a minute", FAILED)

_BY_CODE = {
    "UnauthorizedException": (
        "Could not {doing}: the sign-in is no longer accepted",
        "sign in again",
        SIGN_IN_NEEDED,
    ),
    "ForbiddenException": (
        "Could not {doing}: no access",
        "ask whoever manages the permission sets",
        REFUSED,
    ),
    "ResourceNotFoundException": (
        "Could not {doing}: there is no such role or account",
        "check sso_account_id and sso_role_name",
        REFUSED,
    ),
    "TooManyRequestsException": _SLOW_DOWN,
    "SlowDownException": _SLOW_DOWN,
    "Throttling": _SLOW_DOWN,
    "ThrottlingException": _SLOW_DOWN,
    "ExpiredToken": (
        "Could not {doing}: the role credentials have expired",
        "sign in again",
        FAILED,
    ),
    "InvalidClientTokenId": (
        "Could not {doing}: AWS does not know these role credentials",
        "check that the account may use the region, or sign in again",
        FAILED,
    ),
    "AccessDenied": ("Could not {doing}: access denied", "a policy forbids it for this role", REFUSED),
    "SignatureDoesNotMatch": (
        "Could not {doing}: the signature was refused",
        "compare this machine's clock with the real time",
        FAILED,
    ),
    "AccessDeniedException": (
        "Could not {doing}: the request was denied",
        "start again to try once more",
        REFUSED,
    ),
    "ExpiredTokenException": (
        "Could not {doing}: the code has expired",
        "sign in again for a new one",
        SIGN_IN_NEEDED,
    ),
    "InvalidGrantException": (
        "Could not {doing}: AWS no longer accepts the sign-in",
        "sign in again",
        SIGN_IN_NEEDED,
    ),
    "InvalidRequestException": (
        "Could not {doing}: AWS refused the request",
        "check sso_start_url and sso_region",
        FAILED,
    ),
    "InvalidClientException": ("Could not {doing}: the client registration was refused", "try again", FAILED),
    "UnauthorizedClientException": (
        "Could not {doing}: the client registration was refused",
        "try again",
        FAILED,
    ),
    "InvalidScopeException": (
        "Could not {doing}: AWS refused the scopes",
        "check sso_registration_scopes",
        FAILED,
    ),
}

_BY_CLASS = {
    "EndpointConnectionError": ("AWS cannot be reached", _NETWORK_HINT),
    "ConnectTimeoutError": ("AWS cannot be reached", _NETWORK_HINT),
    "ConnectionClosedError": ("the connection was cut", _NETWORK_HINT),
    "ReadTimeoutError": ("AWS did not answer in time", _NETWORK_HINT),
    "HTTPClientError": ("the connection failed", _NETWORK_HINT),
    "ResponseStreamingError": ("the connection was cut", _NETWORK_HINT),
    "IncompleteReadError": ("the connection was cut", _NETWORK_HINT),
    "ProxyConnectionError": ("the proxy cannot be reached", "check HTTPS_PROXY"),
    "SSLError": (
        "the server's certificate was refused",
        "behind a company proxy, set AWS_CA_BUNDLE to its certificate",
    ),
    "ParamValidationError": (
        "AWS does not take such values",
        "check role_arn, role_session_name, external_id and duration_seconds",
    ),
    "ResponseParserError": _NOT_UNDERSTOOD,
    "JSONDecodeError": _NOT_UNDERSTOOD,
}
