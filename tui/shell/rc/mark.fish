# Read by the fish of `ssotui shell` after the user's own configuration: the profile, which has the last word, and its
# mark in the prompt, with the label of a guard rule. Of both the prompt shows only what no terminal obeys.
builtin printf '%s\n' "$SSOTUI_LINES" | builtin source
set -e SSOTUI_LINES

function __ssotui_code
    return $argv[1]
end
functions -c fish_prompt __ssotui_prompt
function fish_prompt
    set -l code $status
    set -l name (string replace -ra '[^\w.@+=:/ -]' '?' -- "$AWS_PROFILE")
    test -n "$name"; or set name 'no profile'
    if test -n "$SSOTUI_LABEL"; and test "$AWS_PROFILE" = "$SSOTUI_SHELL"
        set name "$name "(string replace -ra '[^\w.@+=:/ \[\]-]' '?' -- "$SSOTUI_LABEL")
    end
    builtin printf '(%s) ' "$name"
    __ssotui_code $code # the prompt may show how the last command has ended
    __ssotui_prompt
end
