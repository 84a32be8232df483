"""The board: its keys, its rows, its details, and the jobs behind them."""
