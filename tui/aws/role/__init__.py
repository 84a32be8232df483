"""Role credentials and what is done with them: identity, console, many at once."""
