"""Changes of the config file: shown as a diff, agreed to, made; and the last one taken back."""
