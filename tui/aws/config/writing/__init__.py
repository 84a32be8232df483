"""Writing into the configuration files: what a new session is called, and the next text of the config file."""
