import random

import pytest

from benchmarks.alerts.load import Load, sent, timeline, transition, unheard

LOAD = Load(alarms=3, events=30, repeats=0.1, seed=1)


def test_sends_every_transition_and_some_twice() -> None:
    numbers = random.Random(1)
    events = timeline(LOAD, numbers)
    arriving = sent(events, LOAD, numbers)
    assert len(arriving) == 33
    assert len({transition(event) for event in arriving}) == 30


@pytest.mark.parametrize(
    ("subject", "silent"),
    [("[CRITICAL] load-000", 0), ("[FLAPPING] load-000", 0), ("[RESOLVED] load-000", 1)],
)
def test_an_alarm_counts_as_heard_of_only_where_sns_said_that_it_rings(
    subject: str, silent: int
) -> None:
    events = timeline(Load(alarms=1, events=2), random.Random(1))
    assert unheard(events, {f"{transition(events[0])}/sns": subject}) == silent
    assert unheard(events, {}) == 1
