"""Many commands at once: `pool` runs them, `running` is one of them, `outlet` writes what they print, as lines with a
name in front (`fronted`) or whole when a command has ended (`spooled`)."""
