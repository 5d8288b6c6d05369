import random

from benchmarks.alerts.load import Load, messages, of_the_load, sent, timeline, transition, unheard

LOAD = Load(alarms=3, events=30, repeats=0.1, seed=1)


def test_sends_every_transition_and_some_twice() -> None:
    numbers = random.Random(1)
    events = timeline(LOAD, numbers)
    arriving = sent(events, LOAD, numbers)
    assert len(arriving) == 33
    assert len({transition(event) for event in arriving}) == 30


def test_an_alarm_counts_as_sent_only_where_sns_got_that_it_rings() -> None:
    events = timeline(Load(alarms=1, events=2), random.Random(1))
    opened, resolved = (f"{transition(event)}/sns" for event in events)
    assert unheard(events, {}) == 1
    assert unheard(events, {resolved: "[RESOLVED] load-000"}) == 1
    assert unheard(events, {resolved: "[FLAPPING] load-000"}) == 0
    # A late opening has the subject of how the alarm stands now.
    assert unheard(events, {opened: "[RESOLVED] load-000"}) == 0


def test_a_message_bears_neither_a_time_nor_an_id_of_its_own() -> None:
    first, second = messages(Load(alarms=0, events=0, messages=2))
    assert first["Message"] == second["Message"]
    assert transition(first) != transition(second)
    assert of_the_load(transition(first))
    assert not of_the_load("note:another@2026-11-25T12:00:00+00:00/note")
