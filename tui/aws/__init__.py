"""What ssotui knows about AWS: configuration, caches, sign-in and credentials. No UI."""
