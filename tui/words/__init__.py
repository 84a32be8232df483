"""How durations, times and states are said, alike on the board and on the command line."""
