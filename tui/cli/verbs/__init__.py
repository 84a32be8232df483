"""The commands, one module each (or one for several that share their work). No Textual here."""
