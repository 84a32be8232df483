"""Dialogs that say why something is as it is."""
