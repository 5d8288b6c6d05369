"""The demo: stories told through the deployed functions. A story is `tell(world, say)`."""
