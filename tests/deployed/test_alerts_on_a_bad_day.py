"""`make bench-alerts`, small: Slack fails a third of all calls, and the process is killed."""

from rich.console import Console

from benchmarks.alerts import one_per_event
from benchmarks.alerts.__main__ import table
from benchmarks.alerts.load import Load
from benchmarks.alerts.run import run
from local.world import World

# With this seed one call hangs, the first; more would only make it longer.
SMALL = Load(alarms=5, events=30, messages=5, kill_every_seconds=(2, 3), most_kills=1, seed=371)


def test_no_alert_is_lost_or_shown_twice(world: World) -> None:
    result = run(world, SMALL)
    peer = one_per_event.run(result.sent, SMALL.seed)
    Console().print(table(result, peer))
    # GIVEN that it was a bad day
    assert result.slack_faults > 5
    assert result.kills
    # THEN nothing is lost and nothing shown twice, in fewer messages than there were events
    assert (result.lost, result.shown_twice) == (0, 0)
    assert (result.openings_not_notified, result.messages_not_notified) == (0, 0)
    assert result.dead_letters == 0
    assert result.in_channel < peer.in_channel + peer.lost
    assert peer.lost or peer.shown_twice
