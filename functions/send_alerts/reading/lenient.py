"""Reading what may have a shape that nobody foresaw."""

from collections.abc import Callable

SHAPES = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading such a shape raises."""


def optional[T](read: Callable[[], T], otherwise: T) -> T:
    """What can be read; else the other: what an event says besides is no reason to lose it."""
    try:
        return read()
    except SHAPES:
        return otherwise
