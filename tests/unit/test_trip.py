"""The trip of an alarm through send_alerts is as short as it has become."""

from cli.reference.trip import hops

MOST = 59
"""Calls between modules. Lower it when the trip becomes shorter."""


def test_the_trip_of_an_alarm_does_not_become_longer() -> None:
    assert len(hops()) <= MOST
