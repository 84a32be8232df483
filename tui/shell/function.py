"""The text of the shell function `sso` for each shell that `ssotui init` knows.

In every shell the function does the same. `ssotui` draws on standard error and prints lines on standard output; the
function takes these and evaluates them only when `ssotui` ended with 0. Anything else (cancelled, crashed, killed)
leaves the shell as it was, and the exit code is passed on. Words that a user may have aliased are written so that
no alias applies to them, and the lines are evaluated with aliases off.
"""

from __future__ import annotations

from ..aws.errors import SsoError
from ..exit_codes import USAGE
from .formats import unset_lines
from .install import INIT_LINES, STARTUP_FILES

_USAGE = (
    "usage: sso         choose a profile on the board",
    "       sso NAME    switch to NAME at once (sso -- NAME if it begins with -)",
    "       sso NAME --region R    the same, in region R and not that of the profile",
    "       sso -       go back to the previous profile",
    "       sso --off   use no profile",
)

# bash 3.2 (macOS) has to understand it. `function` instead of `sso()`, because an alias named sso would be expanded.
_BASH_AND_ZSH = r"""# sso: switch this shell to another AWS profile. To install it, add this line to @FILE@:
#     @LINE@
\builtin unalias sso 2>/dev/null || \builtin true
function sso {
    @LOCAL@ _ssotui_do=use _ssotui_name='' _ssotui_lines='' _ssotui_code=0 _ssotui_region=''
    \builtin local _ssotui_before="${AWS_PROFILE:-${AWS_DEFAULT_PROFILE-}}"
    if [[ $# -eq 3 && "$2" == --region ]]; then
        _ssotui_region="$3"
        case "$1" in
            --off | -h | --help) \builtin set -- '' ;;
            *) \builtin set -- "${3:+$1}" ;;
        esac
    elif [[ $# -eq 4 && "$1" == -- && "$3" == --region ]]; then
        _ssotui_region="$4"
        \builtin set -- "${4:+--}" "$2"
    fi
    case "${#}:${1-}" in
        0:) _ssotui_do=board ;;
        1:-)
            if [[ -z "${_ssotui_previous+set}" ]]; then
                \builtin printf '%s\n' 'sso: there is no previous profile yet' >&2
                \builtin return 1
            fi
            _ssotui_name="$_ssotui_previous"
            if [[ -z "$_ssotui_name" ]]; then _ssotui_do=off; fi
            ;;
        1:--off) _ssotui_do=off ;;
        1:-h | 1:--help)
            \builtin printf '%s\n' @USAGE@
            \builtin return 0
            ;;
        1: | 1:-*) _ssotui_do=usage ;;
        1:*) _ssotui_name="$1" ;;
        2:--) _ssotui_name="$2" ;;
        *) _ssotui_do=usage ;;
    esac
    case "$_ssotui_do" in
        usage)
            \builtin printf '%s\n' @USAGE@ >&2
            \builtin return 2
            ;;
        off) _ssotui_lines='@OFF@' ;;
        use)
            if [[ -n "$_ssotui_region" ]]; then \builtin set -- "--region=$_ssotui_region"; else \builtin set --; fi
            _ssotui_lines="$(@COMMAND@ ssotui --emit @SHELL@ --use="$_ssotui_name" "$@")" || _ssotui_code=$?
            ;;
        board) _ssotui_lines="$(@COMMAND@ ssotui --emit @SHELL@)" || _ssotui_code=$? ;;
    esac
    if [[ "$_ssotui_code" -ne 0 ]]; then \builtin return "$_ssotui_code"; fi
    if [[ -z "$_ssotui_lines" ]]; then \builtin return 1; fi
    @EVAL@
    if [[ "$_ssotui_code" -ne 0 ]]; then \builtin return "$_ssotui_code"; fi
    if [[ "$_ssotui_before" != "${AWS_PROFILE-}" ]]; then @GLOBAL@_ssotui_previous="$_ssotui_before"; fi
    \builtin return 0
}
"""

_EVAL_BASH = r"""if \builtin shopt -q expand_aliases; then
        \builtin shopt -u expand_aliases
        \builtin eval "$_ssotui_lines" || _ssotui_code=$?
        \builtin shopt -s expand_aliases
    else
        \builtin eval "$_ssotui_lines" || _ssotui_code=$?
    fi"""

_DIALECTS = {
    "bash": {
        "LOCAL": r"\builtin local",
        "COMMAND": r"\builtin command",
        "EVAL": _EVAL_BASH,
        "GLOBAL": "",
    },
    # `emulate` puts the user's options aside, so that the text means one thing only. `command` is no builtin in zsh.
    "zsh": {
        "LOCAL": "\\builtin emulate -L zsh -o no_aliases\n    \\builtin local",
        "COMMAND": r"\command",
        "EVAL": r'\builtin eval "$_ssotui_lines" || _ssotui_code=$?',
        "GLOBAL": r"\builtin typeset -g ",
    },
}

_FISH = r"""# sso: switch this shell to another AWS profile. To install it, add this line to @FILE@:
#     @LINE@
function sso --description 'Switch this shell to another AWS profile'
    set -l action use
    set -l name
    set -l before "$AWS_PROFILE"
    test -n "$before"; or set before "$AWS_DEFAULT_PROFILE"
    set -l region
    if test (builtin count $argv) -eq 3; and test "$argv[2]" = --region
        set region --region=$argv[3]
        set argv $argv[1]
    else if test (builtin count $argv) -eq 4; and test "$argv[1] $argv[3]" = '-- --region'
        set region --region=$argv[4]
        set argv -- $argv[2]
    end
    if set -q region[1]; and contains -- "$argv[1]" --off -h --help; or test "$region" = --region=
        set argv ''
    end
    switch (builtin count $argv)":$argv[1]"
        case 0:
            set action board
        case 1:-
            if not set -q __ssotui_previous
                builtin printf '%s\n' 'sso: there is no previous profile yet' >&2
                return 1
            end
            set name "$__ssotui_previous"
            test -n "$name"; or set action off
        case 1:--off
            set action off
        case 1:-h 1:--help
            builtin printf '%s\n' @USAGE@
            return 0
        case 1: '1:-*'
            set action usage
        case '1:*'
            set name $argv[1]
        case 2:--
            set name $argv[2]
        case '*'
            set action usage
    end
    set -l lines
    set -l code 0
    switch $action
        case usage
            builtin printf '%s\n' @USAGE@ >&2
            return 2
        case off
@OFF@
        case use
            set lines (command ssotui --emit fish "--use=$name" $region)
            set code $status
        case board
            set lines (command ssotui --emit fish)
            set code $status
    end
    test $code -eq 0; or return $code
    if test $action != off
        test -n "$lines"; or return 1
        string join \n -- $lines | builtin source
        or return
    end
    test "$before" = "$AWS_PROFILE"; or set -g __ssotui_previous "$before"
    return 0
end
"""

_PWSH = r"""# sso: switch this session to another AWS profile. To install it, add this line to @FILE@:
#     @LINE@
if (Microsoft.PowerShell.Management\Test-Path -Path Alias:sso) {
    Microsoft.PowerShell.Management\Remove-Item -Path Alias:sso -Force
}
if (-not (Microsoft.PowerShell.Management\Test-Path -Path Variable:global:SsotuiPrevious)) {
    $global:SsotuiPrevious = $null
}
function global:sso {
    $PSNativeCommandUseErrorActionPreference = $false
    $action = 'use'
    $name = ''
    $first = if ($args.Count -gt 0) { [string]$args[0] } else { '' }
    $before = if ($Env:AWS_PROFILE) { $Env:AWS_PROFILE } else { [string]$Env:AWS_DEFAULT_PROFILE }
    $region = @()
    if ($args.Count -eq 3 -and [string]$args[1] -ceq '--region') {
        $region = @("--region=$($args[2])")
        $args = @($args[0])
    } elseif ($args.Count -eq 4 -and $first -ceq '--' -and [string]$args[2] -ceq '--region') {
        $region = @("--region=$($args[3])")
        $args = @($args[0], $args[1])
    }
    $usage = @(
        @USAGE@
    ) -join "`n"
    if ($args.Count -eq 0) {
        $action = 'board'
    } elseif ($args.Count -eq 2 -and $first -ceq '--') {
        $name = [string]$args[1]
    } elseif ($args.Count -gt 1 -or $first -eq '' -or
        ($region -and ($first -cin '--off', '-h', '--help' -or $region[0] -ceq '--region='))) {
        $action = 'usage'
    } elseif ($first -ceq '-') {
        if ($null -eq $global:SsotuiPrevious) {
            [Console]::Error.WriteLine('sso: there is no previous profile yet')
            $global:LASTEXITCODE = 1
            return
        }
        $name = $global:SsotuiPrevious
        if ($name -eq '') { $action = 'off' }
    } elseif ($first -ceq '--off') {
        $action = 'off'
    } elseif ($first -ceq '-h' -or $first -ceq '--help') {
        $usage
        $global:LASTEXITCODE = 0
        return
    } elseif ($first.StartsWith('-')) {
        $action = 'usage'
    } else {
        $name = $first
    }
    if ($action -eq 'usage') {
        [Console]::Error.WriteLine($usage)
        $global:LASTEXITCODE = 2
        return
    }
    if ($action -eq 'off') {
@OFF@
        $global:LASTEXITCODE = 0
    } else {
        $program = Microsoft.PowerShell.Core\Get-Command -Name ssotui -CommandType Application -TotalCount 1
        if (-not $program) {
            $global:LASTEXITCODE = 127
            return
        }
        if ($action -eq 'board') {
            $lines = & $program --emit pwsh
        } else {
            $lines = & $program --emit pwsh "--use=$name" @region
        }
        if ($LASTEXITCODE -ne 0) { return }
        if (-not $lines) {
            $global:LASTEXITCODE = 1
            return
        }
        Microsoft.PowerShell.Utility\Invoke-Expression -Command ($lines -join "`n")
    }
    if ($before -cne [string]$Env:AWS_PROFILE) { $global:SsotuiPrevious = $before }
}
"""


def init_script(shell: str) -> str:
    """The definition of `sso` for `shell` (bash, zsh, fish or pwsh). Raises SsoError for any other."""
    if shell not in INIT_LINES:
        raise SsoError(f"There is no shell function for {shell}", f"shells: {', '.join(INIT_LINES)}", exit_code=USAGE)
    off = unset_lines(shell, region=True)
    usage = [f"'{line}'" for line in _USAGE]
    parts = {"FILE": STARTUP_FILES[shell], "LINE": INIT_LINES[shell], "SHELL": shell}
    if shell == "fish":
        return _filled(_FISH, parts | {"OFF": _indented(off, 12), "USAGE": " ".join(usage)})
    if shell == "pwsh":
        return _filled(_PWSH, parts | {"OFF": _indented(off, 8), "USAGE": ",\n        ".join(usage)})
    return _filled(_BASH_AND_ZSH, parts | _DIALECTS[shell] | {"OFF": off.strip(), "USAGE": " ".join(usage)})


def _filled(template: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        template = template.replace(f"@{name}@", part)
    return template


def _indented(lines: str, width: int) -> str:
    return "\n".join(" " * width + line for line in lines.splitlines())
