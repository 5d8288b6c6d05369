"""The template's wiring: each trigger starts its function, and what it does arrives.

A test waits for what it expects and never for a fixed time. All share one world, in any order.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.account import WEB_SERVICE
from local.transform import resolved
from local.world import World
from ops_common.one_time_schedules import EventBridgeSchedules, ScheduleSettings, schedule_name
from ops_common.settings import Environment

type ReadEvent = Callable[[str], Any]


def log_text(world: World, function: str) -> str:
    """All that a deployed function has logged."""
    logs, group = world.client("logs"), f"/aws/lambda/{world.outputs[f'{function}Function']}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    return "\n".join(
        event["message"]
        for stream in streams
        for event in logs.get_log_events(
            logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
        )["events"]
    )


def notified(world: World, text: str) -> bool:
    return any(text in json.dumps(message) for message in world.sns_messages())


def posted(world: World, text: str) -> bool:
    return any(text in json.dumps(message.content) for message in world.slack.messages)


def test_the_schedule_ticks(world: World) -> None:
    """Nobody else in these tests invokes scale_workers."""
    assert world.wait_for(lambda: "scaling tick" in log_text(world, "ScaleWorkers"), 90)


def schedule_settings(world: World) -> ScheduleSettings:
    function = world.outputs["SendAlertsFunction"]
    variables = world.client("lambda").get_function_configuration(FunctionName=function)
    return ScheduleSettings.from_environment(Environment(variables["Environment"]["Variables"]))


def test_a_one_time_schedule_arrives_once_and_is_gone(world: World, event: ReadEvent) -> None:
    # GIVEN what the function's own variables name: the stack's group, its role, the alert queue
    settings = schedule_settings(world)
    scheduler, now = world.client("scheduler"), datetime.now(UTC)
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["alarmName"] = "an-alarm-by-a-one-time-schedule"
    # WHEN it is put twice under one name, to arrive soon
    schedules = EventBridgeSchedules(scheduler, settings)
    schedules.put("a test", now + timedelta(hours=1), alarm)
    schedules.put("a test", now, alarm)
    # THEN it arrives by the queue, and is gone; follow-ups of other tests' incidents stay
    assert world.wait_for(lambda: notified(world, "an-alarm-by-a-one-time-schedule"), 60)
    left = scheduler.list_schedules(GroupName=settings.group)["Schedules"]
    assert schedule_name("a test") not in [each["Name"] for each in left]


def test_the_sweep_brings_back_an_incident_whose_schedule_was_lost(
    world: World, event: ReadEvent
) -> None:
    # GIVEN an alarm that lasts, and a reminder that was to come hours ago
    name = "an-alarm-whose-schedule-is-lost"
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["alarmName"] = name
    alarm["resources"] = [f"{alarm['resources'][0].rpartition(':')[0]}:{name}"]
    world.put_event(alarm)
    assert world.wait_for(lambda: posted(world, name))
    item_id = f"incident#alarm:{alarm['resources'][0]}"
    make_overdue(world, item_id)
    world.client("scheduler").delete_schedule(
        GroupName=schedule_settings(world).group,
        Name=schedule_name(item_id.removeprefix("incident#")),
    )
    # WHEN the stack's schedule sends what it sends each hour
    found = world.client("scheduler").list_schedules(GroupName="default")["Schedules"]
    (schedule,) = [one for one in found if "SendAlertsSweep" in one["Name"]]
    target = world.client("scheduler").get_schedule(Name=schedule["Name"])["Target"]
    assert target["Arn"].endswith(f":{world.outputs['AlertQueueUrl'].rpartition('/')[2]}")
    world.client("sqs").send_message(
        QueueUrl=world.outputs["AlertQueueUrl"], MessageBody=target["Input"]
    )

    # THEN the reminder is in the incident's thread
    def reminded() -> bool:
        (root,) = [one for one in world.slack.messages if name in one.text and not one.thread_ts]
        return any("Not over yet" in line.text for line in world.slack.thread(root.ts))

    assert world.wait_for(reminded, 60)


def make_overdue(world: World, item_id: str) -> None:
    """As if people had been notified five hours ago, and its follow-up been due an hour ago."""
    table, name = world.client("dynamodb"), world.outputs["OpsTableName"]

    def idle() -> bool:
        item = table.get_item(TableName=name, Key={"id": {"S": item_id}})["Item"]
        return json.loads(item["document"]["S"])["leased_until"] is None

    assert world.wait_for(idle)
    item = table.get_item(TableName=name, Key={"id": {"S": item_id}})["Item"]
    document, now = json.loads(item["document"]["S"]), datetime.now(UTC)
    document["notified_at"] = (now - timedelta(hours=5)).isoformat()
    due_at = now - timedelta(hours=1)
    document["follow_up"]["due_at"] = due_at.isoformat()
    item["document"]["S"] = json.dumps(document)
    item["due_at"]["N"] = str(int(due_at.timestamp()))
    table.put_item(TableName=name, Item=item)


def test_an_alarm_reaches_the_topic_and_slack(world: World, event: ReadEvent) -> None:
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["alarmName"] = "an-alarm-of-this-test"
    world.put_event(alarm)
    assert world.wait_for(lambda: notified(world, "an-alarm-of-this-test"))
    assert world.wait_for(lambda: posted(world, "an-alarm-of-this-test"))


def test_an_alarm_that_ends_turns_its_own_message_green(world: World, event: ReadEvent) -> None:
    for file in ("alerts/alarm_metric", "alerts/alarm_metric_ok"):
        alarm = event(file)
        alarm["detail"]["alarmName"] = "an-alarm-that-ends"
        world.put_event(alarm)
        assert world.wait_for(lambda: posted(world, "an-alarm-that-ends"))

    def ended() -> bool:
        heads = [message for message in world.slack.messages if not message.thread_ts]
        return any(
            message.edits and "an-alarm-that-ends" in json.dumps(message.content)
            for message in heads
        )

    assert world.wait_for(ended)


def test_an_event_of_our_own_reaches_people(world: World, event: ReadEvent) -> None:
    own = event("alerts/own_scaler_at_limit")
    world.put_event(own)
    assert world.wait_for(lambda: notified(world, own["detail"]["title"]))


def test_a_failed_deployment_reaches_people(world: World, event: ReadEvent) -> None:
    world.put_event(event("alerts/ecs_deployment_failed"))
    assert world.wait_for(
        lambda: "ecs-svc/" in json.dumps([m.content for m in world.slack.messages])
    )


@pytest.fixture
def dead_after_two_receives(world: World) -> Iterator[str]:
    """The URL of the dead-letter queue, emptied afterwards.

    The redrive policy is the template's, which the emulator's CloudFormation drops, so it is set
    here, with fewer receives while the test runs.
    """
    queue, url = world.client("sqs"), world.outputs["AlertQueueUrl"]
    dead = world.outputs["AlertDeadLetterQueueUrl"]
    redrive = resolved()["AlertQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == "<AlertDeadLetterQueue.Arn>"
    arn = queue.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    redrive |= {"deadLetterTargetArn": arn["QueueArn"]}

    def put(policy: dict[str, Any]) -> None:
        queue.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})

    put(redrive | {"maxReceiveCount": 2})
    yield dead
    put(redrive)
    queue.purge_queue(QueueUrl=dead)


def test_a_record_that_always_fails_ends_in_the_dead_letter_queue(
    world: World, event: ReadEvent, dead_after_two_receives: str
) -> None:
    # WHEN a record comes that is no event at all
    queue = world.client("sqs")
    queue.send_message(QueueUrl=world.outputs["AlertQueueUrl"], MessageBody='["poison"]')

    # THEN it is kept aside, and the next alert gets through
    def arrived() -> bool:
        messages = queue.receive_message(QueueUrl=dead_after_two_receives, VisibilityTimeout=0).get(
            "Messages", []
        )
        return any(message["Body"] == '["poison"]' for message in messages)

    assert world.wait_for(arrived, 60)
    own = event("alerts/own_rotation_failed")
    world.put_event(own)
    assert world.wait_for(lambda: notified(world, own["detail"]["title"]))


def test_a_deployment_that_ends_is_probed(world: World) -> None:
    definition = world.ecs.register_task_definition(WEB_SERVICE, "a" * 40)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=WEB_SERVICE, taskDefinition=definition.arn
    )
    deployment = world.ecs.service(WEB_SERVICE).primary.id

    def remembered() -> bool:
        items = world.client("dynamodb").scan(TableName=world.outputs["OpsTableName"])["Items"]
        return any(
            item["id"]["S"].startswith("probe#") and deployment in json.dumps(item)
            for item in items
        )

    # The emulator runs one probe at a time, and one that fails waits for the end of its grace.
    assert world.wait_for(remembered, 240)


def test_query_database_answers_the_others_alone(world: World) -> None:
    answer = world.invoke("QueryDatabase", {"request": "drop_tables"})
    assert answer["error"]["kind"] == "bad_request"


@pytest.mark.parametrize("function", ["RotatePassword"])
def test_a_function_that_nobody_has_started_is_there_to_start(world: World, function: str) -> None:
    name = world.outputs[f"{function}Function"]
    state = world.client("lambda").get_function_configuration(FunctionName=name)
    assert state["State"] == "Active"
