"""The lines that install the integration, and where they go. See the package's docstring."""

from __future__ import annotations

STARTUP_FILES = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/config.fish",
    "pwsh": "the file that $PROFILE names",
}
"""The shells of `ssotui init`, and the file that each one reads when it starts interactively."""

INIT_LINES = {
    "bash": 'eval "$(ssotui init bash)"',
    "zsh": 'eval "$(ssotui init zsh)"',
    "fish": "ssotui init fish | source",
    "pwsh": "Invoke-Expression (& ssotui init pwsh | Out-String)",
}
"""The line that defines `sso`."""

COMPLETION_LINES = {
    "bash": 'eval "$(ssotui completion bash)"',
    "zsh": 'eval "$(ssotui completion zsh)"',
    "fish": "ssotui completion fish | source",
}
"""The line that turns completion on, for the shells of `ssotui completion`."""
