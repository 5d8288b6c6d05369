"""Figures as the reason and the notifications write them. Pure."""


def in_words(number: int, noun: str) -> str:
    """A number with its noun."""
    plural = "processes" if noun == "process" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def duration(seconds: float) -> str:
    """Seconds, or minutes beyond ten of them."""
    if seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def rate(per_second: float) -> str:
    """Jobs in a second or a minute."""
    if per_second >= 1:
        return f"{per_second:.0f} jobs/s" if per_second >= 10 else f"{per_second:.1f} jobs/s"
    return f"{per_second * 60:.0f} jobs/min" if per_second * 60 >= 1 else "under a job/min"
