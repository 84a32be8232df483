"""Sessions on the board: a new one from a start URL, its region changed, one less."""
