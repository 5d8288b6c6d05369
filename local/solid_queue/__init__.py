"""Solid Queue's tables, and workers that follow its protocol on them."""
