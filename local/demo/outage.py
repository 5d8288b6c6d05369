"""The story of an outage: tasks that fail, a deployment that fails, ECS's rollback; one thread."""

import copy
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from local.demo.narrator import Narrator
from local.slack import Message
from local.world import World
from paths import ROOT

SERVICE = "jiki-api-web"
NEXT = "ecs-svc/4455667788990011223"


def play(world: World, say: Narrator) -> None:
    """Each event travels bus, rule, queue, deployed function."""
    say.title("An outage: one story from the first failed task to the rollback")
    notified, started = len(world.sns_messages()), datetime.now(UTC)

    say.step("A new version's tasks die, and one fails the balancer's health check")
    for number in range(3):
        _put(world, "ecs_task_failed", started + timedelta(seconds=number), number)
    _put(world, "ecs_task_unhealthy", started + timedelta(seconds=3), 3)
    say.expect("one message in the channel", world.wait_for(lambda: len(_roots(world)) == 1, 90))
    root = _roots(world)[0]
    say.expect("it counts them", world.wait_for(lambda: "× 3" in root.text, 90))

    say.step("The deployment fails, and ECS goes back to the version before")
    before = world.ecs.service(SERVICE).primary.id
    _put(world, "ecs_deployment_failed", started + timedelta(seconds=4))
    for number, name in enumerate(("ecs_deployment_rolling_back", "ecs_deployment_rolled_back")):
        _put(world, name, started + timedelta(seconds=5 + number), deployment=before)
    back = world.wait_for(lambda: "rolled back" in root.text, 90)
    say.expect("it says that the new version is not live, and stays open", back)
    say.quote("Slack, the message in the channel", root.text)

    say.step("A fixed version is deployed")
    _put(world, "ecs_deployment_completed", started + timedelta(seconds=9), deployment=NEXT)
    say.expect("the message is green", world.wait_for(lambda: "Resolved" in root.text, 90))
    lines = world.slack.thread(root.ts)
    say.quote("Slack, the thread", "\n".join(message.text for message in lines))
    subjects = [
        mail["Subject"] for mail in world.sns_messages()[notified:] if SERVICE in mail["Subject"]
    ]
    say.table(("SNS, all of it",), [(subject,) for subject in subjects])
    say.expect("the channel has one message for all of it", len(_roots(world)) == 1)
    weights = [subject.partition("]")[0] for subject in subjects]
    say.expect(
        "e-mail has its beginning and its worsening, and no more",
        weights == ["ALARM: [WARNING", "ALARM: [CRITICAL"],
    )
    # The events' ten seconds must be over, or what comes next would be older than their end.
    world.wait_for(lambda: datetime.now(UTC) > started + timedelta(seconds=11))


def _put(world: World, name: str, at: datetime, task: int = 0, deployment: str = "") -> None:
    path = ROOT / "events" / "alerts" / f"{name}.json"
    event: dict[str, Any] = copy.deepcopy(json.loads(path.read_text()))
    detail, time_of_it = event["detail"], at.isoformat(timespec="milliseconds")
    for field in ("updatedAt", "stoppedAt"):
        if field in detail:
            detail[field] = time_of_it
    if "taskArn" in detail:
        detail["taskArn"] = f"{detail['taskArn'][:-1]}{task}"
        detail["group"] = f"service:{SERVICE}"
    if deployment:
        detail["reason"] = detail["reason"].replace(detail["deploymentId"], deployment)
        detail["deploymentId"] = deployment
    world.put_event(event)
    time.sleep(0.2)


def _roots(world: World) -> list[Message]:
    return [
        message
        for message in world.slack.messages
        if SERVICE in message.text and ("failed" in message.text) and not message.thread_ts
    ]
