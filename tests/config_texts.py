"""Configuration files for tests: written to the test's HOME, or made up by hypothesis."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from tui.aws.config import loading
from tui.aws.config.configuration import Config

CORP = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n"
"""A session that nothing is wrong with."""


def sso_profile(name: str, session: str = "corp", account: str = "111111111111", role: str = "Admin") -> str:
    """A section that nothing is wrong with."""
    return f"[profile {name}]\nsso_session = {session}\nsso_account_id = {account}\nsso_role_name = {role}\n"


def load(folder: Path, text: str | bytes, credentials: str | bytes | None = None) -> Config:
    """What `config.load` makes of these files, written as they are to `folder`/.aws."""
    (folder / ".aws").mkdir(exist_ok=True)
    for name, content in (("config", text), ("credentials", credentials)):
        path = folder / ".aws" / name
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return loading.load({"HOME": str(folder)})


def messages(found: Config) -> list[str]:
    """The problems as `line: message`."""
    return [f"{problem.line}: {problem.message}" for problem in found.problems]


# -- made-up files ----------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(
    ["a", "b", "a b", "it's", "", "'a b'", '"q"', '""', "é", "x\\ y", "DEFAULT", "default", " a", "a ", "\ta", "a]"]
)
_KINDS = st.sampled_from(
    [
        "profile ",
        "profile ",
        "profile ",
        "profile",
        "profilefoo ",
        "profile  ",
        "profile\t",
        " profile ",
        "Profile ",
        "sso-session ",
        "sso-session ",
        "services ",
        "",
    ]
)
_ENDS = st.sampled_from(["]", "]", "]", "]", "", "] # [x]", " ]", "]]"])
_SPACES = st.sampled_from(["", "", "", "", " ", "  ", "\t", "\x0c", "\xa0", "\x1c"])
_KEYS = st.sampled_from(
    ["sso_session", "sso_account_id", "sso_role_name", "SSO_Region", "sso_start_url", "region", "s3", "x y", "é"]
)
_VALUES = st.sampled_from(
    ["a", "b", "us-east-1", "111111111111", "Admin", "https://x/start", "a # c", "", "x=y", "k: v", "[z]", "q\x0bz"]
)
_DELIMITERS = st.sampled_from([" = ", "=", ":", " : ", "\t=\t"])
_OTHERS = st.sampled_from(
    ["", "", " ", "\x0c", "\u2028", "# c", "; c", "  # [profile a]", "  cont", "\tk = 1", "stray", "= x", "[]", "[x"]
)
_LINES = st.one_of(
    st.builds("{}[{}{}{}".format, _SPACES, _KINDS, _NAMES, _ENDS),
    st.builds("{}{}{}{}".format, _SPACES, _KEYS, _DELIMITERS, _VALUES),
    st.builds("{}{}{}{}".format, _SPACES, _KEYS, _DELIMITERS, _VALUES),
    _OTHERS,
)


def _without_errors(lines: list[str]) -> list[str]:
    """The lines less those for which configparser refuses a file that has no continued values."""
    kept: list[str] = []
    headers: set[str] = set()
    keys: set[str] = set()
    for line in lines:
        text = line.strip()
        header = text[1:].rpartition("]")[0] if text.startswith("[") else ""
        key = text.partition("=")[0].partition(":")[0].strip().lower()
        if header:
            if header in headers:
                continue
            headers.add(header)
            keys = set()
        elif text and text[0] not in "#;":
            if not headers or not key or key in keys or not ("=" in text or ":" in text):
                continue
            keys.add(key)
        kept.append(line)
    return kept


def texts() -> st.SearchStrategy[str]:
    """Files of every kind, about half of them such that botocore accepts them."""
    lines = st.lists(_LINES, max_size=14)
    ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])
    whole = st.builds(lambda end, lines, last: end.join(lines) + end * last, ends, lines, st.integers(0, 1))
    good = st.builds(
        lambda end, lines, last: end.join(_without_errors(lines)) + end * last, ends, lines, st.integers(0, 1)
    )
    return st.one_of(whole, good, good)
