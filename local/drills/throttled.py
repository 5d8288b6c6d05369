"""The drill in which Lambda has no room for the scaler."""

from datetime import timedelta

from local.asynchronous_starts import LONGEST_AGE_SECONDS, runs_at
from local.drills.aws_trouble import backlog
from local.drills.drill import Report, drill, times
from local.drills.scene import Scene
from local.transform import transformed

MINUTE, HOUR = 60, 3600


@drill("Lambda has no room for an hour")
def no_room_for_an_hour(scene: Scene, report: Report) -> None:
    """The account's concurrency is used up: sixty ticks are throttled, each tried again."""
    allowed = max_event_age()
    without = late_ticks(LONGEST_AGE_SECONDS)
    late = late_ticks(allowed)
    report.happens += [
        f"by Lambda's default {times(len(without), 'old tick')} of the hour would run once there"
        f" is room, {max(without.values()) // MINUTE} min late at most, beside the new ones",
        f"with the template's {allowed} s {times(len(late), 'tick') if late else 'none'} of them"
        " runs: each is dropped when it is a minute old",
    ]
    report.expect("by default old ticks pile up", held=len(without) > MINUTE // 2)
    report.expect("none runs a minute late or more", held=max(late.values(), default=0) <= MINUTE)
    # WHEN there is room again, THEN the next tick does the hour's work
    backlog(scene)
    scene.ecs.advance(HOUR)
    desired = scene.desired
    scene.tick(scene.clock() + timedelta(seconds=1))
    report.expect("the next tick scales out", held=scene.desired > desired)
    report.kept.append(f"the count meanwhile; the first tick afterwards scales to {scene.desired}")
    report.notified.append("people, by the alarm on ticks that don't run (ScaleWorkersStopped)")


def max_event_age() -> int:
    """What the template sets for scale_workers, in seconds."""
    settings = transformed()["Resources"]["ScaleWorkersEventInvokeConfig"]["Properties"]
    return int(settings["MaximumEventAgeInSeconds"])


def late_ticks(longest_age: int) -> dict[int, int]:
    """By the second at which it was due, how late each tick of the hour runs that runs at all."""
    found = {due: runs_at(due, HOUR, longest_age) for due in range(0, HOUR, MINUTE)}
    return {due: at - due for due, at in found.items() if at is not None}
