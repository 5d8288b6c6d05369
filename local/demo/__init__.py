"""The demo: stories played through the deployed functions. A story is `play(world, say)`."""
