"""Drills in which Slack is in trouble."""

import copy
from collections import Counter
from datetime import timedelta
from typing import Any

from local.drills.drill import Report, drill, times
from local.drills.scene import Scene
from local.events import read_event
from local.slack import Failure

ALARMS = 3


@drill("Slack is down for an hour")
def slack_is_down_for_an_hour(scene: Scene, report: Report) -> None:
    """Three alarms during it, one of them resolved before it is over."""
    scene.slack.fail_next(Failure(status=503, times=float("inf")))
    started = scene.clock()
    for number in range(ALARMS):
        scene.lane.put(alarm_event(scene, number, "ALARM"))
        scene.lane.run(60)
    subjects = scene.notifications()
    report.expect("SNS notified of all three at once", held=len(subjects) == ALARMS)
    scene.lane.run(1200)
    scene.lane.put(alarm_event(scene, 0, "OK"))
    left = timedelta(hours=1) - (scene.clock() - started)
    scene.lane.run(left.total_seconds())
    resolved = scene.notifications()
    report.expect("SNS notified of the end meanwhile", held=len(resolved) == 1)
    report.expect("Slack has nothing", held=not scene.slack.messages)
    attempts = scene.lane.attempts
    scene.slack.recover()
    ended = scene.clock()
    minutes = _run_until_notified(scene, ended)
    roots = [message for message in scene.slack.messages if not message.thread_ts]
    report.expect("one message for each alarm", held=len(roots) == ALARMS)
    twice = [text for text, count in Counter(root.text for root in roots).items() if count > 1]
    report.expect(f"none twice: {twice}", held=not twice)
    report.expect("nothing waits", held=not scene.lane.undelivered)
    report.expect("nothing in the dead-letter queue", held=not scene.lane.dead)
    report.expect("SNS notified of nothing twice", held=not scene.notifications())
    report.happens.append(
        f"{times(attempts, 'attempt')} in the hour, each alarm's SNS at its first one"
    )
    report.kept.append(
        f"all {ALARMS} alarms and the end of one are in Slack {minutes:.0f} min after it is back,"
        " each once"
    )
    report.notified.append("SNS at once, Slack when it is back")


def _run_until_notified(scene: Scene, since: Any) -> float:
    """Let time pass until nothing waits; how many minutes that took."""
    for _ in range(60):
        if not scene.lane.undelivered:
            break
        scene.lane.run(60)
    return float((scene.clock() - since).total_seconds() / 60)


def alarm_event(scene: Scene, number: int, state: str) -> Any:
    """One of several alarms, that changes its state now."""
    event = copy.deepcopy(read_event("alerts/alarm_metric" if state == "ALARM" else _OK))
    name = f"jiki-alarm-{number}"
    stamp = scene.clock().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    event["detail"]["alarmName"] = name
    event["detail"]["state"]["timestamp"] = stamp
    event["id"] = f"{name}-{state}"
    event["time"] = scene.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    event["resources"] = [f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"]
    return event


_OK = "alerts/alarm_metric_ok"
