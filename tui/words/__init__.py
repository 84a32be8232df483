"""How durations, times, states and accounts are said, alike on the board and on the command line."""
