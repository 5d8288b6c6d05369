"""Makes the random keys that the config secret still lacks."""
