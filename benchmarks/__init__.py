"""The measurements behind the figures of the README."""
