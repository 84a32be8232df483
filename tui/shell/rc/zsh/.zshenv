# Read first by the zsh of `ssotui shell`, which has this folder for its ZDOTDIR: the user's own, found where it would be
# found without us. It may name another folder for what comes after it.
_ssotui_folder="$ZDOTDIR"
if [[ -n "${SSOTUI_ZDOTDIR-}" ]]; then ZDOTDIR="$SSOTUI_ZDOTDIR"; else \builtin unset ZDOTDIR; fi
if [[ -r "${ZDOTDIR:-$HOME}/.zshenv" ]]; then \builtin source "${ZDOTDIR:-$HOME}/.zshenv"; fi
SSOTUI_ZDOTDIR="${ZDOTDIR-}"
ZDOTDIR="$_ssotui_folder"
