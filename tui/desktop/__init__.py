"""Children of ours on the desktop: browser and clipboard, and what they are given."""
