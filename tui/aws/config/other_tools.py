"""What other tools write into the config file: whose role a profile is for, and the blocks that are theirs alone."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

GRANTED = "granted_sso_"
"""How the keys of granted begin, where its own credential_process stands in for those of the AWS CLI."""

_BLOCK = re.compile(
    r"^[ \t]*[#;].*?(?:(?P<opens>BEGIN_AWS_SSO_CLI|aws-sso-manager: start |==== *Managed by awsom)"
    r"|(?P<closes>END_AWS_SSO_CLI|aws-sso-manager: end |==== *User-managed sections))",
    re.MULTILINE,
)
"""The comments between which a tool makes all sections anew each time."""

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{1,12}):role/([^\s\"']+)")


def role_in(options: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Account, role and start URL ("" where it is not told) that a profile is for which has no keys of the AWS CLI's
    for them: as granted and aws-sso-cli write theirs."""
    account, role = options.get(f"{GRANTED}account_id", ""), options.get(f"{GRANTED}role_name", "")
    if account and role:
        return account, role, options.get(f"{GRANTED}start_url", "").strip("`")
    process = options.get("credential_process", "")
    found = _ROLE.search(process) if "aws-sso" in process else None
    if found is None:
        return None
    return found[1].zfill(12), found[2].rpartition("/")[2], ""


def end_outside_blocks(text: str) -> int:
    """The last place of `text` where a section is in no other tool's block: its end, or where the comment begins that
    opens a block and is never closed."""
    opened = -1
    for found in _BLOCK.finditer(text):
        if found["closes"]:
            opened = -1
        elif opened < 0:
            opened = found.start()
    return opened if opened >= 0 else len(text)
