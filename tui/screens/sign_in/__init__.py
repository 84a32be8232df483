"""The sign-in screen: one session or several, in the words and letters of their attempts."""
