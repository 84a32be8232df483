"""Completion of `sso` and `ssotui` for bash, zsh and fish.

Profile names come from `ssotui completion --names`, one a line. They are foreign text: no script lets the shell
expand them (bash's `compgen -W` would run a name like `$(...)`), and what is inserted is quoted for the command line.
"""

from __future__ import annotations

from ..aws.errors import SsoError
from ..exit_codes import USAGE
from .install import COMPLETION_LINES, STARTUP_FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from .verbs import Option, VerbSyntax

_BASH = r"""# Completion of sso and ssotui. To install it, add this line to @FILE@:
#     @LINE@

# The words up to the cursor, without their quotes, in _ssotui_words; the one being typed is the last. bash's own
# COMP_WORDS is of no use: it splits at the colons and equal signs in a name, and keeps the quotes.
function _ssotui_split {
    \builtin local line="${COMP_LINE:0:COMP_POINT}" char='' word='' inside='' i
    _ssotui_words=() _ssotui_quote='' _ssotui_kept=0
    for ((i = 0; i < ${#line}; i++)); do
        char="${line:i:1}"
        case "$_ssotui_quote$char" in
            "''" | '""') _ssotui_quote='' _ssotui_kept=${#word} ;;
            "'"?) word+="$char" ;;
            \\ | '"\')
                i=$((i + 1))
                word+="${line:i:1}" inside=1
                ;;
            \"?) word+="$char" ;;
            "'" | '"') _ssotui_quote="$char" _ssotui_kept=${#word} inside=1 ;;
            [[:blank:]])
                if [[ -n "$inside" ]]; then _ssotui_words+=("$word"); fi
                word='' inside='' _ssotui_kept=0
                ;;
            @) # a word break that readline takes into the word
                if [[ "$COMP_WORDBREAKS" == *@* ]]; then _ssotui_kept=${#word}; fi
                word+=@ inside=1
                ;;
            *)
                word+="$char" inside=1
                if [[ "$COMP_WORDBREAKS" == *"$char"* ]]; then _ssotui_kept=${#word}; fi
                ;;
        esac
    done
    _ssotui_words+=("$word")
}

# Offers the lines of $2 that continue the word $1, quoted as the command line at the cursor needs it. readline
# replaces only what follows the last quote or word break: _ssotui_kept characters stay.
function _ssotui_offer {
    \builtin local name='' rest=''
    while IFS='' \builtin read -r name; do
        if [[ -n "$name" && "${name:0:${#1}}" == "$1" ]]; then
            rest="${name:_ssotui_kept}"
            case "$_ssotui_quote" in
                "'") rest="${rest//\'/\'\\\'\'}" ;;
                '"')
                    rest="${rest//\\/\\\\}"
                    rest="${rest//\"/\\\"}"
                    rest="${rest//\$/\\\$}"
                    rest="${rest//\`/\\\`}"
                    ;;
                *) if [[ -n "$rest" ]]; then \builtin printf -v rest '%q' "$rest"; fi ;;
            esac
            COMPREPLY+=("$rest")
        fi
    done <<< "$2"
}

function _ssotui_names {
    _ssotui_offer "$1" "$(\builtin command ssotui completion --names 2>/dev/null)"
}

# Offers what continues the command that begins with the word number $1: as bash-completion does it where that is
# there, else programs and files.
function _ssotui_command {
    \builtin local word="${_ssotui_words[${#_ssotui_words[@]} - 1]}" files i
    if \builtin declare -F _command_offset >/dev/null; then
        for ((i = 1; i < COMP_CWORD; i++)); do
            if [[ "${COMP_WORDS[i]}" == -- ]]; then
                _command_offset "$((i + 1))"
                \builtin return 0
            fi
        done
    fi
    if [[ $1 -eq ${#_ssotui_words[@]}-1 ]]; then
        _ssotui_offer "$word" "$(\builtin compgen -c -- "$word")"
    else
        files="$(\builtin compgen -f -- "$word")"
        _ssotui_offer "$word" "$files"
        if [[ ${#COMPREPLY[@]} -eq 1 && -d "$files" ]]; then
            COMPREPLY[0]+=/
            \builtin compopt -o nospace
        fi
    fi
}

function _ssotui_complete_sso {
    \builtin local _ssotui_words _ssotui_quote _ssotui_kept
    COMPREPLY=()
    _ssotui_split
    if [[ ${#_ssotui_words[@]} -eq 2 ]]; then
        if [[ "${_ssotui_words[1]}" == -* ]]; then _ssotui_offer "${_ssotui_words[1]}" '--off'; fi
        _ssotui_names "${_ssotui_words[1]}"
    elif [[ ${#_ssotui_words[@]} -eq 3 && "${_ssotui_words[1]}" == -- ]]; then
        _ssotui_names "${_ssotui_words[2]}"
    fi
}

function _ssotui_complete {
    \builtin local _ssotui_words _ssotui_quote _ssotui_kept i word='' before='' verb='' rest=''
    COMPREPLY=()
    _ssotui_split
    word="${_ssotui_words[${#_ssotui_words[@]} - 1]}"
    before="${_ssotui_words[${#_ssotui_words[@]} - 2]}"
    for ((i = 1; i < ${#_ssotui_words[@]} - 1; i++)); do
        case "${_ssotui_words[i]}" in
            @TAKING@) i=$((i + 1)) ;;
            --)
                case "$verb" in
                    @COMMANDS@)
                        _ssotui_command "$((i + 1))"
                        \builtin return 0
                        ;;
                esac
                ;;
            -*) ;;
            *) if [[ -z "$verb" ]]; then verb="${_ssotui_words[i]}"; else rest+=' x'; fi ;;
        esac
    done
    case "$verb" in
        @MANY@) rest='' ;;
    esac
    case "$verb:$before" in
@VALUES@
        @FREE@) \builtin return 0 ;;
    esac
    case "$verb:$word" in
@OPTIONS@
    esac
    if [[ -z "$rest" && "$word" != -* ]]; then
        case "$verb" in
@WORDS@
        esac
    fi
}

\builtin complete -F _ssotui_complete_sso sso
\builtin complete -F _ssotui_complete ssotui
"""

_ZSH = r"""# Completion of sso and ssotui. To install it, add this line to @FILE@, after compinit:
#     @LINE@
function _ssotui_names {
    \builtin local -a names
    names=("${(@f)$(\command ssotui completion --names 2>/dev/null)}")
    names=("${(@)names:#}")
    compadd -a names
}

function _ssotui_complete_sso {
    if [[ $CURRENT -eq 2 ]]; then
        if [[ "$PREFIX" == -* ]]; then compadd -- - --off; fi
        _ssotui_names
    elif [[ $CURRENT -eq 3 && "${words[2]}" == -- ]]; then
        _ssotui_names
    fi
}

function _ssotui_complete {
    \builtin local verb='' rest='' word
    \builtin local -i i
    for ((i = 2; i < CURRENT; i++)); do
        case "${words[i]}" in
            @TAKING@) i=$((i + 1)) ;;
            --)
                case "$verb" in
                    @COMMANDS@)
                        words=("${(@)words[i+1,-1]}")
                        ((CURRENT -= i))
                        _normal
                        \builtin return
                        ;;
                esac
                ;;
            -*) ;;
            *) if [[ -z "$verb" ]]; then verb="${words[i]}"; else rest=x; fi ;;
        esac
    done
    case "$verb" in
        @MANY@) rest='' ;;
    esac
    case "$verb:${words[CURRENT-1]}" in
@VALUES@
        @FREE@) \builtin return 1 ;;
    esac
    case "$verb:$PREFIX" in
@OPTIONS@
    esac
    if [[ -z "$rest" && "$PREFIX" != -* ]]; then
        case "$verb" in
@WORDS@
        esac
    fi
}

if \builtin typeset -f compdef >/dev/null; then
    compdef _ssotui_complete_sso sso
    compdef _ssotui_complete ssotui
else
    \builtin print -u2 -r -- 'ssotui: completion needs compinit, which has not run yet'
fi
"""

_FISH = r"""# Completion of sso and ssotui. To install it, add this line to @FILE@:
#     @LINE@
function __ssotui_names
    command ssotui completion --names 2>/dev/null
end
function __ssotui_words --description 'The words before the cursor that are neither options nor their values'
    set -l skip 0
    for word in (commandline -opc)
        if test $skip -eq 1
            set skip 0
        else if contains -- $word @TAKING@
            set skip 1
        else if not string match -q -- '-*' $word
            builtin printf '%s\n' $word
        end
    end
end
function __ssotui_behind --description 'Whether a command of its own is being typed, behind --'
    set -l words (commandline -opc)
    contains -- -- $words; and __ssotui_verb @COMMANDS@
end
function __ssotui_at --description 'Whether the verb is one of those given, and the last word so far'
    __ssotui_behind; and return 1
    set -l words (__ssotui_words)
    test (count $words) -eq 2; and contains -- $words[2] $argv
end
function __ssotui_verb --description 'Whether the verb is one of those given'
    set -l words (__ssotui_words)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end
function __ssotui_command --description 'What continues that command'
    set -l words (commandline -opc)
    set -l from (math (contains -i -- -- $words) + 1)
    set -l typed
    if test $from -le (count $words)
        set typed (string escape -- $words[$from..-1])
    end
    complete -C (string join -- ' ' $typed (commandline -ct))
end
function __ssotui_start --description 'Whether no verb and no name has been given yet'
    test (count (__ssotui_words)) -eq 1
end
complete -c sso -f
complete -c sso -n __ssotui_start -a '(__ssotui_names)' -d Profile
complete -c sso -n __ssotui_start -l off -d 'Use no profile'
complete -c ssotui -f
@LINES@
"""


def completion_script(shell: str, parser: ArgumentParser) -> str:
    """The completions for `shell` (bash, zsh or fish), with the verbs and options of the command line's `parser`.

    Raises SsoError for any other shell.
    """
    if shell not in COMPLETION_LINES:
        raise SsoError(f"There is no completion for {shell}", f"shells: {', '.join(COMPLETION_LINES)}", exit_code=USAGE)
    if shell == "fish":
        text, parts = _FISH, _fish_parts(parser)
    else:
        text, parts = (_BASH if shell == "bash" else _ZSH), _case_parts(shell, parser)
    parts |= {"FILE": STARTUP_FILES[shell], "LINE": COMPLETION_LINES[shell]}
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _case_parts(shell: str, parser: ArgumentParser) -> dict[str, str]:
    """The branches of the `case` commands of bash and zsh. Every word in them is plain ASCII."""
    from .verbs import read_verbs  # it takes argparse, which `ssotui init` can do without

    verbs = read_verbs(parser)

    names = '_ssotui_names "$word"' if shell == "bash" else "_ssotui_names"

    def offer(words: Iterable[str]) -> str:
        if shell == "bash":
            return "_ssotui_offer \"$word\" $'{}'".format("\\n".join(words))
        return f"compadd -- {' '.join(words)}"

    values = [
        f"{verb.name}:{option.name}) {offer(option.choices)}; \\builtin return 0 ;;"
        for verb in verbs
        for option in verb.options
        if option.choices
    ]
    named = sorted({f"*:{option.name}" for verb in verbs for option in verb.options if option.profile})
    if named:
        values.append(f"{' | '.join(named)}) {names}; \\builtin return 0 ;;")
    options = [f"{verb.name}:-*) {offer(option.name for option in verb.options)} ;;" for verb in verbs if verb.options]
    words = [f"{verb.name}) {offer(verb.words)} ;;" for verb in verbs if verb.words]
    words.append(f"'') {offer(verb.name for verb in verbs if verb.name)} ;;")
    words.append(f"{' | '.join(verb.name for verb in verbs if verb.profile)}) {names} ;;")
    taking = _taking_a_value(verbs)
    return {
        "COMMANDS": " | ".join(_commands(verbs)),
        "MANY": " | ".join(verb.name for verb in verbs if verb.many) or "''",
        "TAKING": " | ".join(taking),
        "FREE": " | ".join(f"*:{name}" for name in taking),
        "VALUES": _indented(values, 8),
        "OPTIONS": _indented(options, 8),
        "WORDS": _indented(words, 12),
    }


def _fish_parts(parser: ArgumentParser) -> dict[str, str]:
    from .verbs import read_verbs  # it takes argparse, which `ssotui init` can do without

    verbs = read_verbs(parser)
    profiles = " ".join(verb.name for verb in verbs if verb.profile and not verb.many)
    lines = [f"-n '__ssotui_at {profiles}' -a '(__ssotui_names)' -d Profile"]
    many = " ".join(verb.name for verb in verbs if verb.many)
    if many:
        lines.append(f"-n 'not __ssotui_behind; and __ssotui_verb {many}' -a '(__ssotui_names)' -d Profile")
    lines.append("-n __ssotui_behind -a '(__ssotui_command)'")
    for verb in verbs:
        within = f"-n '__ssotui_verb {verb.name}'" if verb.name else "-n __ssotui_start"
        if verb.name:
            lines.append(f"-n __ssotui_start -a {verb.name} -d '{verb.summary}'")
        if verb.words:
            lines.append(f"-n '__ssotui_at {verb.name}' -a '{' '.join(verb.words)}'")
        lines += [f"{within} {_fish_option(option)}" for option in verb.options]
    return {
        "COMMANDS": " ".join(_commands(verbs)),
        "TAKING": " ".join(_taking_a_value(verbs)),
        "LINES": "\n".join(f"complete -c ssotui {line}" for line in lines),
    }


def _fish_option(option: Option) -> str:
    text = f"-l {option.name.removeprefix('--')} -d '{option.summary}'"
    if option.profile:
        text += " -x -a '(__ssotui_names)'"
    elif option.takes_value:
        text += f" -x -a '{' '.join(option.choices)}'"
    return text


def _commands(verbs: list[VerbSyntax]) -> list[str]:
    """Those behind which another command stands."""
    return [verb.name for verb in verbs if verb.command] or ["''"]


def _taking_a_value(verbs: list[VerbSyntax]) -> list[str]:
    return sorted({option.name for verb in verbs for option in verb.options if option.takes_value})


def _indented(lines: list[str], width: int) -> str:
    return "\n".join(" " * width + line for line in lines)
