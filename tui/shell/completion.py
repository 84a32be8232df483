"""Completion of `sso` and `ssotui` for bash, zsh and fish.

Profile names come from `ssotui completion --names`, one a line. They are foreign text: no script lets the shell
expand them (bash's `compgen -W` would run a name like `$(...)`), and what is inserted is quoted for the command line.
"""

from __future__ import annotations

from ..aws.errors import SsoError
from ..aws.export import FORMATS
from .install import COMPLETION_LINES, INIT_LINES, STARTUP_FILES


class Verb:
    """One verb of the command line: what it says about itself, whether a PROFILE follows, its options."""

    __slots__ = ("name", "options", "profile", "summary", "words")

    def __init__(
        self, name: str, summary: str, profile: bool = False, options: str = "", words: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.summary = summary
        self.profile = profile
        self.options = tuple(options.split())
        self.words = words


VERBS = (
    Verb("status", "Sessions, profiles and what is left of them", True, "--json"),
    Verb("login", "Sign in", True, "--session --all --flow --no-open --force"),
    Verb("logout", "Sign out", False, "--session --all --yes --json"),
    Verb("whoami", "Show the caller identity", True, "--json"),
    Verb("env", "Print credentials for a shell", True, "--format --unset"),
    Verb("exec", "Run a command with credentials", True),
    Verb("credential-process", "Print credentials for an SDK", True),
    Verb("console", "Open the AWS console", True, "--service --print"),
    Verb("init", "Print the shell function sso", False, "", tuple(INIT_LINES)),
    Verb("accounts", "Accounts and roles you can use", False, "--session --json --write --template --yes"),
    Verb("doctor", "What is wrong with configuration and caches", False, "--json --fix"),
    Verb("completion", "Print completions for a shell", False, "", tuple(COMPLETION_LINES)),
)
"""The verbs that completion offers. The command line's own parser is the authority; keep them equal."""

OPTIONS = ("--demo", "--emit", "--version", "--help")

VALUES = {"--format": FORMATS, "--flow": ("device", "browser"), "--emit": tuple(INIT_LINES)}
"""Options with a fixed set of values."""

FREE_VALUES = ("--session", "--service", "--template")
"""Options whose value is not completed."""

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
            -*) ;;
            *) if [[ -z "$verb" ]]; then verb="${_ssotui_words[i]}"; else rest+=' x'; fi ;;
        esac
    done
    case "$before" in
@VALUES@
        @FREE@) \builtin return 0 ;;
    esac
    case "$verb:$word" in
        :-*) _ssotui_offer "$word" $'@OPTIONS@' ;;
        :*) _ssotui_offer "$word" $'@VERBS@' ;;
@VERB_OPTIONS@
        *)
            if [[ -z "$rest" ]]; then
                case "$verb" in
                    @PROFILE_VERBS@) _ssotui_names "$word" ;;
@VERB_WORDS@
                esac
            fi
            ;;
    esac
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
            -*) ;;
            *) if [[ -z "$verb" ]]; then verb="${words[i]}"; else rest=x; fi ;;
        esac
    done
    case "${words[CURRENT-1]}" in
@VALUES@
        @FREE@) \builtin return 1 ;;
    esac
    case "$verb:$PREFIX" in
        :-*) compadd -- @OPTIONS@ ;;
        :*) compadd -- @VERBS@ ;;
@VERB_OPTIONS@
        *)
            if [[ -z "$rest" ]]; then
                case "$verb" in
                    @PROFILE_VERBS@) _ssotui_names ;;
@VERB_WORDS@
                esac
            fi
            ;;
    esac
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
function __ssotui_at --description 'Whether the verb is one of those given, and the last word so far'
    set -l words (__ssotui_words)
    test (count $words) -eq 2; and contains -- $words[2] $argv
end
function __ssotui_verb --description 'Whether the verb is one of those given'
    set -l words (__ssotui_words)
    test (count $words) -ge 2; and contains -- $words[2] $argv
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


def completion_script(shell: str) -> str:
    """The completions for `shell` (bash, zsh or fish). Raises SsoError for any other."""
    if shell not in COMPLETION_LINES:
        raise SsoError(f"There is no completion for {shell}", f"shells: {', '.join(COMPLETION_LINES)}", exit_code=2)
    text = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}[shell]
    parts = {"FILE": STARTUP_FILES[shell], "LINE": COMPLETION_LINES[shell]}
    if shell == "fish":
        parts |= {"LINES": _fish_lines(), "TAKING": " ".join((*VALUES, *FREE_VALUES))}
    else:
        parts |= _case_parts(shell)
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _case_parts(shell: str) -> dict[str, str]:
    """The branches of the `case` commands of bash and zsh. All words are plain ASCII without special characters."""

    def offer(words: tuple[str, ...]) -> str:
        if shell == "bash":
            return f"_ssotui_offer \"$word\" $'{joined(words)}'"
        return f"compadd -- {joined(words)}"

    def joined(words: tuple[str, ...]) -> str:
        return ("\\n" if shell == "bash" else " ").join(words)

    return {
        "TAKING": " | ".join((*VALUES, *FREE_VALUES)),
        "VALUES": "\n".join(
            f"        {option}) {offer(values)}; \\builtin return 0 ;;" for option, values in VALUES.items()
        ),
        "FREE": " | ".join(FREE_VALUES),
        "OPTIONS": joined(OPTIONS),
        "VERBS": joined(tuple(verb.name for verb in VERBS)),
        "VERB_OPTIONS": "\n".join(
            f"        {verb.name}:-*) {offer(verb.options)} ;;" for verb in VERBS if verb.options
        ),
        "PROFILE_VERBS": " | ".join(verb.name for verb in VERBS if verb.profile),
        "VERB_WORDS": "\n".join(
            f"                    {verb.name}) {offer(verb.words)} ;;" for verb in VERBS if verb.words
        ),
    }


def _fish_lines() -> str:
    names = " ".join(verb.name for verb in VERBS if verb.profile)
    lines = [f"complete -c ssotui -n '__ssotui_at {names}' -a '(__ssotui_names)' -d Profile"]
    for option in OPTIONS:
        lines.append(f"complete -c ssotui -n __ssotui_start {_fish_option(option)}")
    for verb in VERBS:
        lines.append(f"complete -c ssotui -n __ssotui_start -a {verb.name} -d '{verb.summary}'")
        if verb.words:
            words = " ".join(verb.words)
            lines.append(f"complete -c ssotui -n '__ssotui_at {verb.name}' -a '{words}'")
        for option in verb.options:
            lines.append(f"complete -c ssotui -n '__ssotui_verb {verb.name}' {_fish_option(option)}")
    return "\n".join(lines)


def _fish_option(option: str) -> str:
    text = f"-l {option.removeprefix('--')}"
    if option in VALUES:
        text += f" -x -a '{' '.join(VALUES[option])}'"
    elif option in FREE_VALUES:
        text += " -x"
    return text
