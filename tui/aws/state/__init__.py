"""What is known of configuration and caches, and when to look or renew again."""
