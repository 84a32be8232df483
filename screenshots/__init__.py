"""The pictures that the README shows, made by driving the program."""
