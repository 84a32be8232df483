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
    "       sso WORDS   switch to the profile that has these words, or show all that have them",
    "       sso NAME --region R    the same, in region R and not that of the profile",
    "       sso -       go back to the previous profile, in a new shell to the last one",
    "       sso --off   use no profile",
)

_OFF_SAID = "no profile is chosen now (default applies, if there is one)"

# bash 3.2 (macOS) has to understand it. `function` instead of `sso()`, because an alias named sso would be expanded.
_BASH_AND_ZSH = r"""# sso: switch this shell to another AWS profile. To install it, add this line to @FILE@:
#     @LINE@
\builtin unalias sso 2>/dev/null || \builtin true
function sso {
    @LOCAL@ _ssotui_do=use _ssotui_name='' _ssotui_lines='' _ssotui_code=0 _ssotui_region=''
    \builtin local _ssotui_before="${AWS_PROFILE:-${AWS_DEFAULT_PROFILE-}}"
    if [[ $# -eq 4 && "$1" == -- && "$3" == --region && -n "$4" ]]; then
        _ssotui_region="$4"
        \builtin set -- -- "$2"
    fi
    case "${#}:${1-}" in
        0:) _ssotui_do=board ;;
        1:-)
            if [[ -z "${_ssotui_previous+set}" ]]; then
                _ssotui_do=previous
            elif [[ -z "$_ssotui_previous" ]]; then
                _ssotui_do=off
            else
                _ssotui_name="$_ssotui_previous"
            fi
            ;;
        1:--off) _ssotui_do=off ;;
        1:-h | 1:--help)
            \builtin printf '%s\n' @USAGE@
            \builtin return 0
            ;;
        2:--) _ssotui_name="$2" ;;
        *)
            _ssotui_do=find
            while [[ $# -gt 0 ]]; do
                case "$1" in
                    --region)
                        if [[ $# -ne 2 || -z "$2" || -z "$_ssotui_name" ]]; then _ssotui_do=usage; fi
                        _ssotui_region="${2-}"
                        \builtin set --
                        ;;
                    '' | -*)
                        _ssotui_do=usage
                        \builtin set --
                        ;;
                    *)
                        _ssotui_name="${_ssotui_name:+$_ssotui_name }$1"
                        \builtin shift
                        ;;
                esac
            done
            ;;
    esac
    case "$_ssotui_do" in
        usage)
            \builtin printf '%s\n' @USAGE@ >&2
            \builtin return 2
            ;;
        off) _ssotui_lines='@OFF@' ;;
        use | find | previous)
            case "$_ssotui_do" in
                use) \builtin set -- "--use=$_ssotui_name" ;;
                find) \builtin set -- "--filter=$_ssotui_name" ;;
                previous) \builtin set -- --previous ;;
            esac
            if [[ -n "$_ssotui_region" ]]; then \builtin set -- "$1" "--region=$_ssotui_region"; fi
            _ssotui_lines="$(@COMMAND@ ssotui --emit @SHELL@ "$@")" || _ssotui_code=$?
            ;;
        board) _ssotui_lines="$(@COMMAND@ ssotui --emit @SHELL@)" || _ssotui_code=$? ;;
    esac
    if [[ "$_ssotui_code" -ne 0 ]]; then \builtin return "$_ssotui_code"; fi
    if [[ -z "$_ssotui_lines" ]]; then \builtin return 1; fi
    @EVAL@
    if [[ "$_ssotui_code" -ne 0 ]]; then \builtin return "$_ssotui_code"; fi
    if [[ "$_ssotui_do" == off ]]; then \builtin printf '%s\n' '@OFF_SAID@' >&2; fi
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
    if test (builtin count $argv) -eq 4; and test "$argv[1] $argv[3]" = '-- --region'; and test -n "$argv[4]"
        set region --region=$argv[4]
        set argv -- $argv[2]
    end
    switch (builtin count $argv)":$argv[1]"
        case 0:
            set action board
        case 1:-
            if not set -q __ssotui_previous
                set action previous
            else if test -z "$__ssotui_previous"
                set action off
            else
                set name "$__ssotui_previous"
            end
        case 1:--off
            set action off
        case 1:-h 1:--help
            builtin printf '%s\n' @USAGE@
            return 0
        case 2:--
            set name $argv[2]
        case '*'
            set action find
            while set -q argv[1]
                switch "$argv[1]"
                    case --region
                        if test (builtin count $argv) -ne 2; or test -z "$argv[2]"; or not set -q name[1]
                            set action usage
                        end
                        set region --region="$argv[2]"
                        set argv
                    case '' '-*'
                        set action usage
                        set argv
                    case '*'
                        if set -q name[1]
                            set name "$name $argv[1]"
                        else
                            set name $argv[1]
                        end
                        set -e argv[1]
                end
            end
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
        case find
            set lines (command ssotui --emit fish "--filter=$name" $region)
            set code $status
        case previous
            set lines (command ssotui --emit fish --previous)
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
    else
        builtin printf '%s\n' '@OFF_SAID@' >&2
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
    $words = @($args | Microsoft.PowerShell.Core\ForEach-Object { [string]$_ })
    $region = @()
    $count = $words.Count
    if ($count -gt 2 -and $words[$count - 2] -ceq '--region' -and $words[$count - 1] -ne '') {
        $region = @("--region=$($words[$count - 1])")
        $words = @($words[0..($count - 3)])
    }
    $odd = @($words | Microsoft.PowerShell.Core\Where-Object { $_ -eq '' -or $_.StartsWith('-') })
    $usage = @(
        @USAGE@
    ) -join "`n"
    if ($words.Count -eq 0) {
        $action = 'board'
    } elseif ($words.Count -eq 2 -and $first -ceq '--') {
        $name = $words[1]
    } elseif ($words.Count -eq 1 -and -not $region -and $first -ceq '-') {
        $name = [string]$global:SsotuiPrevious
        if ($null -eq $global:SsotuiPrevious) { $action = 'previous' } elseif ($name -eq '') { $action = 'off' }
    } elseif ($words.Count -eq 1 -and -not $region -and $first -ceq '--off') {
        $action = 'off'
    } elseif ($words.Count -eq 1 -and -not $region -and $first -cin '-h', '--help') {
        $usage
        $global:LASTEXITCODE = 0
        return
    } elseif ($odd.Count -gt 0) {
        $action = 'usage'
    } else {
        $action = 'find'
        $name = $words -join ' '
    }
    if ($action -eq 'usage') {
        [Console]::Error.WriteLine($usage)
        $global:LASTEXITCODE = 2
        return
    }
    if ($action -eq 'off') {
@OFF@
        [Console]::Error.WriteLine('@OFF_SAID@')
        $global:LASTEXITCODE = 0
    } else {
        $program = Microsoft.PowerShell.Core\Get-Command -Name ssotui -CommandType Application -TotalCount 1
        if (-not $program) {
            $global:LASTEXITCODE = 127
            return
        }
        $asked = @()
        if ($action -eq 'previous') { $asked = @('--previous') }
        if ($action -eq 'find') { $asked = @("--filter=$name") + $region }
        if ($action -eq 'use') { $asked = @("--use=$name") + $region }
        $lines = & $program --emit pwsh @asked
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
    parts = {"FILE": STARTUP_FILES[shell], "LINE": INIT_LINES[shell], "SHELL": shell, "OFF_SAID": _OFF_SAID}
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
