"""The demo: stories told through the deployed functions. A story is `play(world, say)`."""
