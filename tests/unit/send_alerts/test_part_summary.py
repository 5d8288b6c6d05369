"""What /ops status shows of the rotation and the probes; the scaler writes its own."""

from ops_common.on_call.summaries import Part as Shown
from send_alerts.reading.notice import Part, Signal
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, notice


def test_the_rotation_s_ends_and_verdicts_are_kept() -> None:
    world = AlertWorld()
    world.notify(notice(Signal.RESOLVED, 2, key="rotation:config", title="rotated"), at=2)
    facts = (("service", "web"),)
    world.notify(alarm(3, key="service:web", part=Part.PROBE, facts=facts, title="failed"), at=3)
    shown = [(one.part, one.name, one.text) for one in world.background.parts]
    assert shown == [
        (Shown.ROTATION, "config", "rotated"),
        (Shown.VERDICT, "web", "failed"),
    ]


def test_alarms_and_what_only_changed_are_none_of_them() -> None:
    world = AlertWorld()
    world.notify(alarm(0), notice(Signal.CHANGE, 0, key="rotation:config"), at=0)
    assert world.background.parts == []
