"""Where it goes and where it is kept: one adapter per channel and store."""
