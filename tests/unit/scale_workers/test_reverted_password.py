"""A secret that has gone back is told at once, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from ops_common.ops_events import Severity, State
from ops_common.query_database import DatabaseUnreachable, Login, LoginRefused
from ops_common.refused_password import AcceptedVersion, RevertCause
from scale_workers.login import LoginCache
from scale_workers.measure import QueueGauge
from scale_workers.policy.model import NoMeasurement, Reverted
from scale_workers.tick import run
from tests.unit.scale_workers.tick_world import NOW, World, measured, settings, worker

CHANGED = datetime(2026, 11, 25, 4, tzinfo=UTC)
ACCEPTED = AcceptedVersion(
    "v7", ("AWSPREVIOUS", "ROTATION_TO"), RevertCause.SAVED, CHANGED, "config"
)
COMMAND = "aws secretsmanager rotate-secret --secret-id config"
REVERTED = Reverted("v7", ("AWSPREVIOUS", "ROTATION_TO"), CHANGED, "saved", COMMAND)


class Refusing:
    """A database that refuses the current password."""

    def ask(self, *_: object) -> dict[str, object]:
        raise LoginRefused("db:5432 refused the login of jiki")


def look(accepted: object) -> NoMeasurement:
    def answer() -> AcceptedVersion | None:
        if isinstance(accepted, Exception):
            raise accepted
        return accepted

    login = Login.__new__(Login)
    gauge = QueueGauge(
        Refusing(),
        lambda: login,
        LoginCache(),
        database="",
        look_ahead_seconds=75.0,
        accepted=answer,
    )
    found = gauge.measure(NOW)
    assert isinstance(found, NoMeasurement)
    return found


def test_the_accepted_version_is_named_with_the_time_and_the_command() -> None:
    assert look(ACCEPTED).reverted == REVERTED


@pytest.mark.parametrize("accepted", [None, DatabaseUnreachable("db:5432 did not answer")])
def test_nothing_is_claimed_where_no_other_version_is_accepted(accepted: object) -> None:
    assert look(accepted).reverted is None


def test_people_are_notified_at_once_then_no_more_and_when_it_is_over() -> None:
    gone_back = NoMeasurement("refused", reverted=REVERTED)
    world = World(looks=[gone_back])
    for minute in (0, 1, 2):
        list(run(world.ports(), settings(), NOW + timedelta(minutes=minute)))
    world.looks = [measured(worker(1))]
    list(run(world.ports(), settings(), NOW + timedelta(minutes=3)))

    told = [event for event in world.events if event.kind == "PasswordReverted"]
    assert [event.state for event in told] == [State.OPEN, State.RESOLVED]
    assert told[0].severity is Severity.CRITICAL
    assert told[0].facts == {
        "service": "jiki-api-solid-queue",
        "accepted_version": "v7",
        "labels": "AWSPREVIOUS ROTATION_TO",
        "cause": "saved",
        "since": CHANGED.isoformat(),
        "command": COMMAND,
    }
