"""The next rotation, by the forms of schedules that Secrets Manager documents."""

from datetime import UTC, datetime, timedelta

import pytest

from local.transform import source
from ops_common.on_call.next_rotation import next_rotation

NOW = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)  # a Saturday
LAST = datetime(2026, 11, 1, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        # The examples of the User Guide, and what else its table of wildcards allows.
        ("rate(10 days)", NOW),
        ("rate(30 days)", datetime(2026, 12, 1, tzinfo=UTC)),
        ("rate(1 day)", NOW),
        ("rate(800 hours)", LAST + timedelta(hours=800)),
        ("cron(0 9 1 * ? *)", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("cron(0 8 * * ? *)", datetime(2026, 11, 29, 8, tzinfo=UTC)),
        ("cron(0 20 * * ? *)", datetime(2026, 11, 28, 20, tzinfo=UTC)),
        ("cron(0 /4 * * ? *)", datetime(2026, 11, 28, 20, tzinfo=UTC)),
        ("cron(0 */8 * * ? *)", datetime(2026, 11, 29, 0, tzinfo=UTC)),
        ("cron(0 2/8 * * ? *)", datetime(2026, 11, 29, 2, tzinfo=UTC)),
        ("cron(0 18 ? * SAT *)", datetime(2026, 12, 5, 18, tzinfo=UTC)),
        ("cron(0 1 ? * 1#3 *)", datetime(2026, 12, 20, 1, tzinfo=UTC)),
        ("cron(0 1 ? * SUNL *)", datetime(2026, 11, 29, 1, tzinfo=UTC)),
        ("cron(0 1 ? * MON-FRI *)", datetime(2026, 11, 30, 1, tzinfo=UTC)),
        ("cron(0 16 L 2/2 ? *)", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("cron(0 16 L * ? *)", datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("cron(0 0 1 1,4,7,10 ? *)", datetime(2027, 1, 1, 0, tzinfo=UTC)),
        ("cron(0 5 29 FEB ? *)", datetime(2028, 2, 29, 5, tzinfo=UTC)),
        ("cron(0 5 31 2 ? *)", None),
        ("cron(0 9-17 15,20 * ? *)", datetime(2026, 12, 15, 9, tzinfo=UTC)),
        ("cron(0 25 * * ? *)", None),
        ("every month", None),
        ("", None),
    ],
)
def test_the_window_that_opens_next(schedule: str, expected: datetime | None) -> None:
    assert next_rotation(schedule, LAST, NOW) == expected


def test_a_rate_counts_from_the_last_rotation() -> None:
    assert next_rotation("rate(30 days)", None, NOW) is None


def test_the_template_s_own_schedule_is_understood() -> None:
    default = source()["Parameters"]["RotationSchedule"]["Default"]
    assert next_rotation(default, None, NOW) == datetime(2026, 12, 1, 9, tzinfo=UTC)
