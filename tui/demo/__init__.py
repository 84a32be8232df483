"""The embedded Identity Center: a loopback server that speaks the real wire protocol."""
