"""Drills about what takes days."""

import json
from datetime import timedelta
from typing import Any

from local.drills.drill import Report, drill
from local.drills.people import MAX_RECEIVES, VISIBILITY_SECONDS
from local.drills.scene import Scene
from local.drills.slack_trouble import alarm_event
from local.recursion_guard import LONGEST_CHAIN
from local.transform import resolved
from send_alerts.reading.parse import FOLLOW_UP

DAYS = 2
HOP = timedelta(minutes=15)
"""The longest that SQS hides a new message (SQS Developer Guide, "Amazon SQS delay queues")."""


@drill("An incident lasts two days")
def an_incident_lasts_two_days(scene: Scene, report: Report) -> None:
    """Its reminders come to the end, though Lambda cuts what goes through the queue in hops."""
    scene.lane.put(alarm_event(scene, 0, "ALARM"))
    scene.lane.run(60)
    first_day = _notified(scene, days=1)
    second_day = _notified(scene, days=DAYS - 1)
    report.expect("people are reminded on the first day", held=first_day > 0)
    report.expect("and as often on the second", held=second_day >= first_day)
    report.expect("no message is dead", held=not scene.lane.dead)
    report.expect("no attempt fails", held=not scene.lane.failures)
    report.kept.append(f"{first_day + second_day} reminders in {DAYS} days, none by a chain")
    report.notified.append("SNS and Slack at its beginning, Slack at each reminder")
    # The same waits as messages that the function sends to its own queue.
    reached = _chain(scene)
    report.expect("a chain through the queue is cut", held=reached == LONGEST_CHAIN)
    report.happens.append(
        f"a chain of messages that wait {HOP.seconds // 60} min each would be cut after"
        f" {reached} ({reached * HOP / timedelta(hours=1):g} h), with one dead letter"
    )


@drill("One-time schedules are lost")
def schedules_are_lost(scene: Scene, report: Report) -> None:
    """Two incidents wait, one for its reminder, one for its end by mail; nothing else comes."""
    for number in (0, 1):
        scene.lane.put(alarm_event(scene, number, "ALARM"))
    scene.lane.run(300)
    scene.lane.put(alarm_event(scene, 1, "OK"))
    scene.lane.run(60)
    lost = [one for one in scene.lane.waiting if f'"{FOLLOW_UP}"' in one.body]
    report.expect("each waits for one schedule", held=len(lost) == 2)
    for message in lost:
        scene.lane.waiting.remove(message)
    scene.notifications()
    for _ in range(2):
        _sweep_and_run(scene)
    ends = [subject for subject in scene.notifications() if "RESOLVED" in subject]
    report.expect("the end is mailed once", held=len(ends) == 1)
    lines = [message.text for message in scene.slack.messages if "Not over yet" in message.text]
    report.expect("no reminder came too early", held=not lines)
    for _ in range(4):
        _sweep_and_run(scene)
    lines = [message.text for message in scene.slack.messages if "Not over yet" in message.text]
    report.expect("the reminder is in Slack once", held=len(lines) == 1)
    report.expect("SNS sent nothing twice", held=not scene.notifications())
    report.expect("no message is dead", held=not scene.lane.dead)
    report.happens.append(f"{len(lost)} schedules never start their target")
    report.kept.append(
        "a reminder and an end by e-mail, each once: the hourly sweep brings what is overdue"
    )
    report.notified.append("SNS of the end, Slack of what lasts, in the hour after their time")


def _sweep_and_run(scene: Scene) -> None:
    scene.lane.put(sweep())
    scene.lane.run(3600)


def sweep() -> Any:
    """What the stack's hourly schedule sends."""
    return json.loads(resolved()["SendAlertsSweep"]["Properties"]["Target"]["Input"])


def _notified(scene: Scene, *, days: int) -> int:
    before = len(scene.slack.messages)
    scene.lane.run(days * 86_400)
    return len(scene.slack.messages) - before


def _chain(scene: Scene) -> int:
    """How many invocations a lineage gets whose function sends itself the next message."""
    invocations = 0
    while not scene.lane.dead:
        before = scene.lane.attempts
        event = alarm_event(scene, 0, "ALARM")
        scene.lane.put(event, HOP.total_seconds(), invocations_before=invocations)
        scene.lane.run(HOP.total_seconds())
        if scene.lane.attempts == before:
            scene.lane.run((MAX_RECEIVES + 1) * VISIBILITY_SECONDS)
        else:
            invocations += 1
    return invocations
