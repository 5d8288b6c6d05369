"""Durations and times as people read them."""

CLOCK = "%d %b %H:%M:%S UTC"
"""A time of day with its date, as `strftime` writes one of UTC."""


def span(seconds: float) -> str:
    """A duration in its largest two units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
