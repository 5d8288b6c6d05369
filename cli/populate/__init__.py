"""Makes the random keys that the app's secret still lacks."""
