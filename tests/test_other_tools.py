"""What other tools wrote into the config file is recognised, and nothing is written into what is theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui.aws.config.other_tools import end_outside_blocks, role_in
from tui.aws.config.writing.profile_plan import ADD, LEAVE

from .config_texts import CORP, load, sso_profile
from .test_profile_plan import ADMIN, CHOICES, READER, URL, plan, what, written

OTHERS = {
    "aws configure sso": sso_profile("Admin-111111111111") + "region = eu-west-1\noutput = json\n",
    "aws-sso-util": f"""\
[profile prod.Admin]
sso_start_url = {URL}/#/
sso_region = us-east-1
sso_account_name = prod
sso_account_id = 111111111111
sso_role_name = Admin
region = eu-west-1
credential_process = aws-sso-util credential-process --profile prod.Admin
sso_auto_populated = true
""",
    "granted": f"""\
[profile prod/Admin]
granted_sso_start_url      = `{URL}/#`
granted_sso_region         = us-east-1
granted_sso_account_id     = 111111111111
granted_sso_role_name      = Admin
common_fate_generated_from = aws-sso
credential_process         = granted credential-process --profile prod/Admin
""",
    "granted without its credential process": f"""\
[profile prod/Admin]
sso_start_url           = {URL}
sso_region              = us-east-1
sso_account_id          = 111111111111
sso_role_name           = Admin
granted_generated_from  = aws-sso
""",
    "aws-sso-cli": """\
# BEGIN_AWS_SSO_CLI

[profile 111111111111:Admin]
credential_process = /usr/local/bin/aws-sso -u open -S "Default" process --arn arn:aws:iam::111111111111:role/Admin
output=json

# END_AWS_SSO_CLI
""",
    "awsom": f"""\
# ==================== Managed by awsom ====================
# (sections below this line are automatically managed by awsom)

{sso_profile("prod-Admin")}""",
    "aws-sso-manager": f"""\
; -------- aws-sso-manager: start corp --------
{sso_profile("prod:Admin")}; -------- aws-sso-manager: end corp --------
""",
}
"""A profile for Admin in the account prod, as tools write it."""


@pytest.mark.parametrize("tool", OTHERS)
def test_what_other_tools_wrote_is_recognised_and_stays(tool: str) -> None:
    text = CORP + "\n" + OTHERS[tool]
    prune = CHOICES._replace(prune=True, changing=frozenset(("region", "output")))
    found = plan(text, ADMIN, READER, choices=prune, offered={READER.key})
    theirs = re.search(r"\[profile (.*)\]", OTHERS[tool])
    assert theirs is not None
    assert what(found) == [(LEAVE, theirs[1]), (ADD, "prod.ReadOnly")]
    made = found.edit(text)
    assert OTHERS[tool] in made
    assert plan(made, READER, choices=prune, offered={READER.key}).edit(made) == made
    assert plan(made, choices=prune, offered=set()).edit(made) == text


@pytest.mark.parametrize(
    "block",
    [
        OTHERS["awsom"],
        OTHERS["aws-sso-cli"].replace("# END_AWS_SSO_CLI\n", ""),
        OTHERS["aws-sso-manager"].partition("; -------- aws-sso-manager: end")[0],
    ],
)
def test_nothing_is_written_into_a_block_that_another_tool_makes_anew(block: str) -> None:
    made = written(CORP + "\n" + block, READER)
    assert made.startswith(CORP + "\n[profile prod.ReadOnly]\n")
    assert made.endswith("\n\n" + block)


def test_a_block_that_is_closed_is_written_behind() -> None:
    text = OTHERS["awsom"] + "\n# ==================== User-managed sections ====================\n" + CORP
    assert written(text, READER).startswith(text)


@pytest.mark.parametrize("tool", ["granted", "aws-sso-cli"])
def test_profiles_without_keys_of_the_aws_clis_are_known_by_their_role(tool: str, tmp_path: Path) -> None:
    found = load(tmp_path, CORP + OTHERS[tool])
    assert found.profiles == {}
    [(account, role, url)] = found.elsewhere.values()
    assert (account, role) == ("111111111111", "Admin")
    assert url in ("", f"{URL}/#")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"credential_process": "aws-vault export --format=json dev"},
        {"credential_process": "/opt/keys --arn arn:aws:iam::111111111111:role/Admin"},
        {"granted_sso_account_id": "111111111111"},
    ],
)
def test_others_are_for_no_role_that_is_known(options: dict[str, str]) -> None:
    assert role_in(options) is None


def test_account_numbers_that_begin_with_zeros_are_whole() -> None:
    process = "aws-sso process --sso Default --arn arn:aws-us-gov:iam::12345:role/path/ReadOnly"
    assert role_in({"credential_process": process}) == ("000000012345", "ReadOnly", "")


def test_the_end_is_outside_where_no_block_is_open() -> None:
    closed = OTHERS["aws-sso-cli"] + OTHERS["aws-sso-manager"]
    assert end_outside_blocks(closed) == len(closed)
    assert end_outside_blocks(closed + OTHERS["awsom"]) == len(closed)
    assert end_outside_blocks("") == 0
