"""How long a silence or a hold lasts, as people say it."""

import re
from datetime import datetime, timedelta

LONGEST = timedelta(days=30)
MORNING_HOUR = 9
_PERIOD = re.compile(r"(\d{1,4})\s*(m|min|h|d)", re.IGNORECASE)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


class BadPeriod(Exception):
    """No period; the message says what was expected."""


def end_of(period: str, now: datetime) -> datetime:
    """When a period ends that begins now: `30m`, `1h`, `2d`, `tomorrow` (9:00), or a time.

    `now` carries the team's time zone, in which a time without a zone and 9:00 are meant.
    Raises BadPeriod.
    """
    text = period.strip()
    if text.lower() == "tomorrow":
        return (now + timedelta(days=1)).replace(
            hour=MORNING_HOUR, minute=0, second=0, microsecond=0
        )
    if found := _PERIOD.fullmatch(text):
        end = now + timedelta(**{_UNITS[found[2].lower()]: int(found[1])})
    else:
        try:
            end = datetime.fromisoformat(text)
        except ValueError:
            raise BadPeriod(
                f"{period!r} is no period: say 30m, 1h, 2d, tomorrow, or 2026-01-31T09:00"
            ) from None
        end = end if end.tzinfo else end.replace(tzinfo=now.tzinfo)
    if not now < end <= now + LONGEST:
        raise BadPeriod(f"{period!r} must end between now and {LONGEST.days} days from now")
    return end
