"""What each format of the export reads like, to the letter."""

from __future__ import annotations

FOREIGN = (
    *("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"),
    *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
)
"""What other programs set, this one never does, and an SDK might prefer."""

GONE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_SCOPE", *FOREIGN)
"""What the export of a profile with account and region unsets."""

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")
STALE = (*KEYS, "AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID", "AWS_CREDENTIAL_SCOPE")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION", "SSOTUI_REGION")


def unset(shell: str, names: tuple[str, ...]) -> str:
    """How each shell forgets variables, whether it has them or not."""
    each = {
        "powershell": "$Env:{} = $null\n",
        "cmd": 'set "{}="\n',
        "tcsh": "unsetenv {};\n",
        "elvish": "unset-env {}\n",
    }
    if shell in each:
        return "".join(each[shell].format(name) for name in names)
    if shell == "fish":
        others = " ".join(name for name in names if name != "AWS_ACCESS_KEY_ID")
        hidden = f"for name in {others}; set -qU $name; and set -gu $name ''; end; or true\n"
        if "AWS_ACCESS_KEY_ID" in names:
            hidden += "set -qU AWS_ACCESS_KEY_ID; and set -gx AWS_ACCESS_KEY_ID ''; or true\n"
        return f"set -eg {' '.join(names)}\n{hidden}"
    if shell == "xonsh":
        return f"_ssotui = [${{...}}.pop(name, None) for name in ({', '.join(map(repr, names))},)]; del _ssotui\n"
    return f"{'hide-env --ignore-errors' if shell == 'nu' else 'unset'} {' '.join(names)}\n"


GOLDEN = {
    "bash": """\
export AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'
export AWS_SECRET_ACCESS_KEY='CANARY/secret+key='
export AWS_SESSION_TOKEN='CANARY//session+token=='
export AWS_CREDENTIAL_EXPIRATION='2030-03-17T17:46:40Z'
export AWS_REGION='eu-west-1'
export AWS_DEFAULT_REGION='eu-west-1'
export AWS_ACCOUNT_ID='111111111111'
export SSOTUI_REGION='eu-west-1'
"""
    + unset("bash", GONE),
    "fish": """\
set -gx AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'
set -gx AWS_SECRET_ACCESS_KEY 'CANARY/secret+key='
set -gx AWS_SESSION_TOKEN 'CANARY//session+token=='
set -gx AWS_CREDENTIAL_EXPIRATION '2030-03-17T17:46:40Z'
set -gx AWS_REGION 'eu-west-1'
set -gx AWS_DEFAULT_REGION 'eu-west-1'
set -gx AWS_ACCOUNT_ID '111111111111'
set -gx SSOTUI_REGION 'eu-west-1'
"""
    + unset("fish", GONE),
    "powershell": """\
$Env:AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'
$Env:AWS_SECRET_ACCESS_KEY = 'CANARY/secret+key='
$Env:AWS_SESSION_TOKEN = 'CANARY//session+token=='
$Env:AWS_CREDENTIAL_EXPIRATION = '2030-03-17T17:46:40Z'
$Env:AWS_REGION = 'eu-west-1'
$Env:AWS_DEFAULT_REGION = 'eu-west-1'
$Env:AWS_ACCOUNT_ID = '111111111111'
$Env:SSOTUI_REGION = 'eu-west-1'
"""
    + unset("powershell", GONE),
    "cmd": """\
set "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE"
set "AWS_SECRET_ACCESS_KEY=CANARY/secret+key="
set "AWS_SESSION_TOKEN=CANARY//session+token=="
set "AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40Z"
set "AWS_REGION=eu-west-1"
set "AWS_DEFAULT_REGION=eu-west-1"
set "AWS_ACCOUNT_ID=111111111111"
set "SSOTUI_REGION=eu-west-1"
"""
    + unset("cmd", GONE),
    "nu": """\
$env.AWS_ACCESS_KEY_ID = "ASIAIOSFODNN7EXAMPLE"
$env.AWS_SECRET_ACCESS_KEY = "CANARY/secret+key="
$env.AWS_SESSION_TOKEN = "CANARY//session+token=="
$env.AWS_CREDENTIAL_EXPIRATION = "2030-03-17T17:46:40Z"
$env.AWS_REGION = "eu-west-1"
$env.AWS_DEFAULT_REGION = "eu-west-1"
$env.AWS_ACCOUNT_ID = "111111111111"
$env.SSOTUI_REGION = "eu-west-1"
"""
    + unset("nu", GONE),
    "tcsh": """\
setenv AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE';
setenv AWS_SECRET_ACCESS_KEY 'CANARY/secret+key=';
setenv AWS_SESSION_TOKEN 'CANARY//session+token==';
setenv AWS_CREDENTIAL_EXPIRATION '2030-03-17T17:46:40Z';
setenv AWS_REGION 'eu-west-1';
setenv AWS_DEFAULT_REGION 'eu-west-1';
setenv AWS_ACCOUNT_ID '111111111111';
setenv SSOTUI_REGION 'eu-west-1';
"""
    + unset("tcsh", GONE),
    "xonsh": """\
$AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'
$AWS_SECRET_ACCESS_KEY = 'CANARY/secret+key='
$AWS_SESSION_TOKEN = 'CANARY//session+token=='
$AWS_CREDENTIAL_EXPIRATION = '2030-03-17T17:46:40Z'
$AWS_REGION = 'eu-west-1'
$AWS_DEFAULT_REGION = 'eu-west-1'
$AWS_ACCOUNT_ID = '111111111111'
$SSOTUI_REGION = 'eu-west-1'
"""
    + unset("xonsh", GONE),
    "elvish": """\
set-env AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'
set-env AWS_SECRET_ACCESS_KEY 'CANARY/secret+key='
set-env AWS_SESSION_TOKEN 'CANARY//session+token=='
set-env AWS_CREDENTIAL_EXPIRATION '2030-03-17T17:46:40Z'
set-env AWS_REGION 'eu-west-1'
set-env AWS_DEFAULT_REGION 'eu-west-1'
set-env AWS_ACCOUNT_ID '111111111111'
set-env SSOTUI_REGION 'eu-west-1'
"""
    + unset("elvish", GONE),
    "dotenv": """\
AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'
AWS_SECRET_ACCESS_KEY='CANARY/secret+key='
AWS_SESSION_TOKEN='CANARY//session+token=='
AWS_CREDENTIAL_EXPIRATION='2030-03-17T17:46:40Z'
AWS_REGION='eu-west-1'
AWS_DEFAULT_REGION='eu-west-1'
AWS_ACCOUNT_ID='111111111111'
AWS_SECURITY_TOKEN=''
AWS_CREDENTIAL_SCOPE=''
""",
    "docker": """\
AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
AWS_SECRET_ACCESS_KEY=CANARY/secret+key=
AWS_SESSION_TOKEN=CANARY//session+token==
AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40Z
AWS_REGION=eu-west-1
AWS_DEFAULT_REGION=eu-west-1
AWS_ACCOUNT_ID=111111111111
AWS_SECURITY_TOKEN=
AWS_CREDENTIAL_SCOPE=
""",
    "json": """\
{
  "Version": 1,
  "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
  "SecretAccessKey": "CANARY/secret+key=",
  "SessionToken": "CANARY//session+token==",
  "Expiration": "2030-03-17T17:46:40Z",
  "AccountId": "111111111111"
}
""",
    "sts-json": """\
{
  "Credentials": {
    "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": "CANARY/secret+key=",
    "SessionToken": "CANARY//session+token==",
    "Expiration": "2030-03-17T17:46:40Z"
  }
}
""",
    "ini": """\
[dev-admin]
aws_access_key_id = ASIAIOSFODNN7EXAMPLE
aws_secret_access_key = CANARY/secret+key=
aws_session_token = CANARY//session+token==
aws_account_id = 111111111111
region = eu-west-1
""",
    "profile": "export AWS_PROFILE='dev-admin' &&\n"
    + unset("bash", ("AWS_DEFAULT_PROFILE", *STALE, *FOREIGN, *REGIONS)),
    "unset": unset("bash", ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", *STALE, *REGIONS)),
}

BEFORE = ("AWS_DEFAULT_PROFILE", *STALE, *FOREIGN)

SETS = {
    "bash": "export AWS_PROFILE='it'\\''s' &&\n",
    "fish": "set -gx AWS_PROFILE 'it\\'s'\n",
    "powershell": "$Env:AWS_PROFILE = 'it''s'\n",
    "cmd": 'set "AWS_PROFILE=it\'s"\n',
    "nu": '$env.AWS_PROFILE = "it\'s"\n',
    "tcsh": "setenv AWS_PROFILE 'it'\\''s';\n",
    "xonsh": "$AWS_PROFILE = 'it\\U00000027s'\n",
    "elvish": "set-env AWS_PROFILE 'it''s'\n",
}

USE = {shell: line + unset(shell, (*BEFORE, "SSOTUI_REGION")) for shell, line in SETS.items()}
"""How each shell changes to the profile `it's`."""

USE_ELSEWHERE = {shell: line + unset(shell, (*BEFORE, *REGIONS)) for shell, line in SETS.items()}
"""The same, where the region goes too."""
