"""How an account is said: by its name, by its number, or by both."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..aws.model import Profile

BOTH, NAME, NUMBER = "both", "name", "number"
SHOWN = (BOTH, NAME, NUMBER)
"""What a user can have said of accounts: NAME stands in place of the number where it is known."""


def apart(number: str, name: str, shown: str = BOTH) -> tuple[str, str]:
    """The name and the number of an account, each as far as it is to be said."""
    known = bool(name.strip())
    return name if known and shown != NUMBER else "", "" if known and shown == NAME else number


def parts(number: str, name: str, shown: str = BOTH, beside: str = "") -> list[str]:
    """What is said of an account, its name first. What stands `beside` it (a profile's name) is not said twice. Not
    clean yet."""
    said = apart(number, name, shown)
    return [text for text in dict.fromkeys(said) if text and text.lower() not in beside.lower()]


def account(number: str, name: str, shown: str = BOTH) -> str:
    """`Payments Production 100000000000`. Not clean yet."""
    return " ".join(parts(number, name, shown))


def about(profile: Profile, shown: str = BOTH) -> list[str]:
    """The account and the role of a profile, as far as its name does not say them: that of a role without a profile
    does. Not clean yet."""
    if profile.unlisted:
        return []
    said = " ".join(parts(profile.account_id, profile.account_name, shown, profile.name))
    role = profile.role_name if profile.role_name.lower() not in profile.name.lower() else ""
    return [text for text in (said, role) if text]
