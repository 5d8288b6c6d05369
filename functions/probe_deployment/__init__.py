"""Checks that what was deployed works, and returns a verdict."""
