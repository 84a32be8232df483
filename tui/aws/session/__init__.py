"""Signing in, renewing and signing out, and what must be finished before the program ends."""
