"""`ssotui --demo large`: an organisation of the size and with the names that real ones have."""
