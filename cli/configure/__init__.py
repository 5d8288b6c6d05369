"""Asks for what a first deployment needs, and writes it into samconfig.toml."""
