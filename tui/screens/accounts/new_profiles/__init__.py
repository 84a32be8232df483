"""Profiles for ticked roles: the dialog, its preview, and the switches of both."""
