"""Guard rails: rules of the settings that mark profiles, ask before they are used, and say what may not be done."""
