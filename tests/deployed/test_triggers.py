"""The template's wiring: each trigger starts its function, and what it does arrives.

A test waits for what it expects and never for a fixed time. All share one world, in any order.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.world import WEB_SERVICE, World

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


def test_a_record_that_always_fails_ends_in_the_dead_letter_queue(world: World) -> None:
    # GIVEN the queue of the template, whose retries wait for less than they do there
    queue, url = world.client("sqs"), world.outputs["AlertQueueUrl"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = queue.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    redrive = json.loads(before["RedrivePolicy"])
    queue.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "VisibilityTimeout": "1",
            "RedrivePolicy": json.dumps(redrive | {"maxReceiveCount": 2}),
        },
    )
    # WHEN a record comes whose incident can't be read
    table = world.client("dynamodb")
    poison = {"id": {"S": "incident#poison"}, "history": {"S": "not a history"}}
    try:
        table.put_item(TableName=world.outputs["OpsTableName"], Item=poison)
        queue.send_message(QueueUrl=url, MessageBody=_open_event("poison"))
        dead = world.outputs["AlertDeadLetterQueueUrl"]

        def arrived() -> bool:
            count = queue.get_queue_attributes(
                QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessages"]
            )
            return int(count["Attributes"]["ApproximateNumberOfMessages"]) > 0

        # THEN it is kept aside
        assert world.wait_for(arrived, 60)
        (message,) = queue.receive_message(QueueUrl=dead)["Messages"]
        assert "poison" in message["Body"]
    finally:
        queue.set_queue_attributes(QueueUrl=url, Attributes=before)


def test_a_deployment_that_ends_is_probed(world: World) -> None:
    definition = world.ecs.register_task_definition(WEB_SERVICE, "a" * 40)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=WEB_SERVICE, taskDefinition=definition.arn
    )
    deployment = world.ecs.service(WEB_SERVICE).primary.id
    assert world.wait_for(lambda: deployment in log_text(world, "ProbeDeployment"), 60)


def test_query_database_answers_the_others_alone(world: World) -> None:
    answer = world.invoke("QueryDatabase", {"request": "drop_tables"})
    assert answer["error"]["kind"] == "bad_request"


@pytest.mark.parametrize("function", ["RotatePassword", "PopulateSecret"])
def test_a_function_that_nobody_has_started_is_there_to_start(world: World, function: str) -> None:
    name = world.outputs[f"{function}Function"]
    state = world.client("lambda").get_function_configuration(FunctionName=name)
    assert state["State"] == "Active"


def _open_event(key: str) -> str:
    detail = {
        "state": "open",
        "severity": "warning",
        "incident": key,
        "title": "A poisoned record",
        "text": "poison",
        "occurredAt": "2026-11-24T12:00:00+00:00",
        "facts": {},
    }
    return json.dumps({"source": "jiki.ops", "detail-type": "ScalerBlind", "detail": detail})
