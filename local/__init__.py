"""The embedded world: stand-ins of everything around the functions, and the demo on them."""
