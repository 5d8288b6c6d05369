"""The embedded world: stand-ins of everything around the functions, and the demo on them."""

from local import ctrl_c

ctrl_c.arm()
