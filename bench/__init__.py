"""The benchmarks: `make bench`. What each budget means, and what the numbers say, is in README.md beside this file."""
