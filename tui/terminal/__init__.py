"""The terminal: what goes out and comes in, signals, and the only place for private parts of Textual."""
