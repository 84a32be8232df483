"""Shell integration: the function `sso` and the completions, as text for the shell to evaluate.

To install the function `sso`, add one line to the shell's start-up file (`install.INIT_LINES`, `STARTUP_FILES`):

=====  ==========================  =================================================
shell  file                        line
=====  ==========================  =================================================
bash   ~/.bashrc                   eval "$(ssotui init bash)"
zsh    ~/.zshrc                    eval "$(ssotui init zsh)"
fish   ~/.config/fish/config.fish  ssotui init fish | source
pwsh   $PROFILE                    Invoke-Expression (& ssotui init pwsh | Out-String)
=====  ==========================  =================================================

To complete verbs and profile names, add a second one below it (`install.COMPLETION_LINES`); in zsh after `compinit`:

=====  ==========================================
shell  line
=====  ==========================================
bash   eval "$(ssotui completion bash)"
zsh    eval "$(ssotui completion zsh)"
fish   ssotui completion fish | source
=====  ==========================================
"""
