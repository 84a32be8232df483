"""What keys do with profiles, on the board and among the accounts alike."""
