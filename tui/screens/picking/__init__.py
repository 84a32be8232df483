"""Small dialogs in which one picks what an action is about."""
