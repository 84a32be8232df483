"""`json` for the commands that must start fast: importing it costs two thirds of what a bare Python costs.

The work is done by the C functions that `json` itself uses, so the results are the same. Python builds without them,
and everything unusual, are left to `json`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_BLANKS = " \t\n\r"


class _Context:
    """What the scanner wants to know, as `json.JSONDecoder()` has it."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": -float("inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__


def loads(text: str) -> object:
    """What `json.loads` gives for `text`. Raises ValueError for what is not JSON, RecursionError."""
    try:
        from _json import make_scanner
    except ImportError:
        return _loads(text)
    if text[:1] != "{":
        return _loads(text)
    try:
        value, end = make_scanner(_Context)(text, 0)  # type: ignore[arg-type]  # typeshed wants its own type
    except StopIteration:  # as the JSON decoder does
        raise ValueError("a JSON value is missing") from None
    except SystemError:  # the scanner looks for the class of its own error, and `json` has not been imported
        return _loads(text)
    if text[end:].strip(_BLANKS):
        raise ValueError("there is more behind the JSON value")
    return value


def _loads(text: str) -> object:
    import json

    return json.loads(text)


def quote(text: str) -> str:
    """What `json.dumps` gives for `text`."""
    try:
        from _json import encode_basestring_ascii
    except ImportError:
        from json import dumps

        return dumps(text)
    return encode_basestring_ascii(text)


_ANSWER = {
    "AccessKeyId": "AWS_ACCESS_KEY_ID",
    "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
    "SessionToken": "AWS_SESSION_TOKEN",
    "Expiration": "AWS_CREDENTIAL_EXPIRATION",
    "AccountId": "AWS_ACCOUNT_ID",
}
_STS = {field: name for field, name in _ANSWER.items() if field != "AccountId"}


def process_answer(values: Mapping[str, str], ascii_only: bool = True) -> str:
    """What a credential_process prints, given the values of the variables that would say the same."""
    fields = ['"Version": 1', *_fields(values, _ANSWER, ascii_only)]
    return "{\n  " + ",\n  ".join(fields) + "\n}\n"


def sts_answer(values: Mapping[str, str], ascii_only: bool = True) -> str:
    """The same as `aws sts` prints it, for tools that run a command for credentials."""
    fields = _fields(values, _STS, ascii_only)
    return '{\n  "Credentials": {\n    ' + ",\n    ".join(fields) + "\n  }\n}\n"


def _fields(values: Mapping[str, str], names: Mapping[str, str], ascii_only: bool) -> list[str]:
    if ascii_only:
        write = quote
    else:
        from json import dumps

        def write(text: str) -> str:
            return dumps(text, ensure_ascii=False)

    return [f'"{field}": {write(values[name])}' for field, name in names.items() if name in values]
