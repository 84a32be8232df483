# The start-up file of `ssotui shell` for zsh: the user's own, then the profile, which has the last word, and its mark in
# the prompt, with the label of a guard rule. Of both the prompt shows only what no terminal obeys.
if [[ -n "${SSOTUI_ZDOTDIR-}" ]]; then ZDOTDIR="$SSOTUI_ZDOTDIR"; else \builtin unset ZDOTDIR; fi
\builtin unset SSOTUI_ZDOTDIR
# The system's start-up files may have put the history beside this file.
if [[ "${HISTFILE-}" == "$_ssotui_folder"/* ]]; then HISTFILE="${ZDOTDIR:-$HOME}/${HISTFILE:t}"; fi
\builtin unset _ssotui_folder
if [[ -r "${ZDOTDIR:-$HOME}/.zshrc" ]]; then \builtin source "${ZDOTDIR:-$HOME}/.zshrc"; fi

\builtin eval "${SSOTUI_LINES-}"
\builtin unset SSOTUI_LINES

function _ssotui_mark {
    \builtin local code=$?
    \builtin emulate -L zsh
    psvar[31]="${${AWS_PROFILE:-no profile}//[^[:alnum:]_.@+=:\/ -]/?}"
    if [[ -n "${SSOTUI_LABEL-}" && "${AWS_PROFILE-}" == "${SSOTUI_SHELL-}" ]]; then
        psvar[31]+=" ${SSOTUI_LABEL//[^[:alnum:]_.@+=:\/ \[\]-]/?}"
    fi
    # Again at each prompt: some programs make the prompt anew each time.
    if [[ "$PROMPT" != *'%31v'* ]]; then PROMPT='(%31v) '"$PROMPT"; fi
    \builtin return "$code"
}
precmd_functions+=(_ssotui_mark)
