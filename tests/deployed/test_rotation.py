"""A whole rotation through the deployed functions, on a real database."""

import json

from local.account import WEB_SERVICE, WORKER_SERVICE
from local.world import World


def test_the_four_steps_change_a_real_password_and_nothing_else(world: World) -> None:
    # GIVEN the services at rest
    services = [world.ecs.service(name) for name in (WEB_SERVICE, WORKER_SERVICE)]
    assert world.settle()
    before, old_login = world.secret(), world.login()
    deployments = [service.primary.id for service in services]
    # WHEN a rotation runs
    answers = world.rotate()
    # THEN the database takes the new password and refuses the old one
    assert [answer["step"] for answer in answers] == [
        "createSecret",
        "setSecret",
        "testSecret",
        "finishSecret",
    ]
    assert world.accepts(world.login())
    assert not world.accepts(old_login)
    # AND nothing else in the secret has changed, key order included
    after = world.secret()
    assert list(after) == list(before)
    assert {key for key in before if before[key] != after[key]} == {"aurora_password"}
    # AND both services are deployed anew
    assert all(
        service.primary.id != deployment
        for service, deployment in zip(services, deployments, strict=True)
    )
    # AND neither password was told to anyone
    for password in (old_login.password, after["aurora_password"]):
        assert password not in everything_that_came_out(world)


def everything_that_came_out(world: World) -> str:
    """Logs of all functions, of PostgreSQL, of the emulator; notifications; Slack; ECS calls."""
    logs = world.client("logs")
    lines = [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for stream in logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]
        for event in logs.get_log_events(
            logGroupName=group["logGroupName"],
            logStreamName=stream["logStreamName"],
            startFromHead=True,
        )["events"]
    ]
    assert any("jiki has a new password" in line for line in lines)
    return json.dumps(
        [
            lines,
            world.postgres.log_text(),
            world.emulator.log_text(),
            world.sns_messages(),
            [message.content for message in world.slack.messages],
            [call.request for call in world.ecs.calls],
        ]
    )
