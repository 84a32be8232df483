"""Accounts and roles that a session's portal offers, as a tree."""
