"""Asks for what a first deployment needs to be told, and writes it into samconfig.toml."""
