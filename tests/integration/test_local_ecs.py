"""The ECS stand-in behaves as ECS's own documents say."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.ecs import EcsStandIn, Task, TaskFailed, TaskRunner

CLUSTER = "jiki-production"
WEB, WORKER = "jiki-api-web", "jiki-api-solid-queue"


@pytest.fixture
def client(ecs: EcsStandIn) -> Any:
    return boto3.client("ecs")


def describe(client: Any, name: str) -> Any:
    return client.describe_services(cluster=CLUSTER, services=[name])["services"][0]


def counts(client: Any, name: str) -> tuple[int, int, int]:
    service = describe(client, name)
    return service["desiredCount"], service["runningCount"], service["pendingCount"]


def set_desired(client: Any, count: int, name: str = WORKER) -> None:
    client.update_service(cluster=CLUSTER, service=name, desiredCount=count)


def protect(client: Any, tasks: list[Task], **options: Any) -> Any:
    return client.update_task_protection(
        cluster=CLUSTER,
        tasks=[task.arn for task in tasks],
        **{"protectionEnabled": True, **options},
    )


def names(ecs: EcsStandIn) -> list[str]:
    return [
        event["detail"]["eventName"]
        for event in ecs.events
        if event["detail-type"] == "ECS Deployment State Change"
    ]


def test_starts_tasks_after_their_delay(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 3)
    assert counts(client, WORKER) == (3, 1, 2)
    ecs.advance(29)
    assert counts(client, WORKER) == (3, 1, 2)
    ecs.advance(1)
    assert counts(client, WORKER) == (3, 3, 0)


@pytest.mark.parametrize("count", [-1, 5001])
def test_refuses_a_bad_count(ecs: EcsStandIn, client: Any, count: int) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException):
        set_desired(client, count)
    assert counts(client, WORKER) == (1, 1, 0)


def test_a_change_of_the_count_is_no_deployment(ecs: EcsStandIn, client: Any) -> None:
    before = describe(client, WORKER)["deployments"]
    set_desired(client, 2)
    after = describe(client, WORKER)["deployments"]
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert after[0]["rolloutState"] == "COMPLETED"


def test_gives_each_running_task_an_interface_of_its_own(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 2)
    arns = client.list_tasks(cluster=CLUSTER, serviceName=WORKER)["taskArns"]
    up, starting = client.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
    details = {item["name"]: item["value"] for item in up["attachments"][0]["details"]}
    address = details["privateIPv4Address"]
    assert details["privateDnsName"] == (
        f"ip-{address.replace('.', '-')}.eu-west-1.compute.internal"
    )
    # A task that is being provisioned has none yet.
    assert [item["name"] for item in starting["attachments"][0]["details"]] == ["subnetId"]


def test_a_scale_in_stops_unprotected_tasks_only(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 4)
    ecs.advance(30)
    protected = ecs.running_tasks(WORKER)[1:3]
    protect(client, protected)
    set_desired(client, 1)
    ecs.advance(60)
    assert ecs.running_tasks(WORKER) == protected
    assert counts(client, WORKER) == (1, 2, 0)


def test_protection_expires(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 2)
    ecs.advance(30)
    answer = protect(client, ecs.running_tasks(WORKER), expiresInMinutes=1)
    assert len(answer["protectedTasks"]) == 2
    set_desired(client, 0)
    ecs.advance(59)
    assert counts(client, WORKER) == (0, 2, 0)
    ecs.advance(1)
    assert counts(client, WORKER) == (0, 0, 0)


def test_protection_can_be_taken_back(ecs: EcsStandIn, client: Any) -> None:
    tasks = ecs.running_tasks(WORKER)
    protect(client, tasks)
    protect(client, tasks, protectionEnabled=False)
    shown = client.get_task_protection(cluster=CLUSTER, tasks=[tasks[0].arn])["protectedTasks"]
    assert shown == [{"taskArn": tasks[0].arn, "protectionEnabled": False}]


def test_protects_at_most_ten_tasks_a_call(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 11)
    ecs.advance(30)
    with pytest.raises(client.exceptions.InvalidParameterException):
        protect(client, ecs.running_tasks(WORKER))


@pytest.mark.parametrize("minutes", [0, 2881])
def test_refuses_a_bad_time_of_protection(ecs: EcsStandIn, client: Any, minutes: int) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException):
        protect(client, ecs.running_tasks(WORKER), expiresInMinutes=minutes)


def test_a_task_that_is_gone_is_a_failure_of_its_own(ecs: EcsStandIn, client: Any) -> None:
    (stopped,) = ecs.running_tasks(WORKER)
    ecs.end_task(stopped)
    ecs.advance(60)
    (running,) = ecs.running_tasks(WORKER)
    answer = protect(client, [stopped, running])
    assert [item["taskArn"] for item in answer["protectedTasks"]] == [running.arn]
    assert answer["failures"] == [{"arn": stopped.arn, "reason": "TASK_NOT_VALID"}]


def test_a_rollout_never_goes_below_the_count(ecs: EcsStandIn, client: Any) -> None:
    old = ecs.running_tasks(WEB)
    client.update_service(cluster=CLUSTER, service=WEB, forceNewDeployment=True)
    first, second = describe(client, WEB)["deployments"]
    assert (first["status"], first["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert (second["status"], second["runningCount"]) == ("ACTIVE", 2)
    for _ in range(12):
        ecs.advance(5)
        assert len(ecs.running_tasks(WEB)) >= 2
    (only,) = describe(client, WEB)["deployments"]
    assert (only["id"], only["rolloutState"]) == (first["id"], "COMPLETED")
    assert not set(old) & set(ecs.running_tasks(WEB))


def test_a_rollout_waits_for_protected_tasks(ecs: EcsStandIn, client: Any) -> None:
    (busy,) = ecs.running_tasks(WORKER)
    protect(client, [busy], expiresInMinutes=5)
    client.update_service(cluster=CLUSTER, service=WORKER, forceNewDeployment=True)
    ecs.advance(240)
    assert busy in ecs.running_tasks(WORKER)
    assert describe(client, WORKER)["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    # Prolonging it now is refused, as it alone blocks the deployment.
    assert protect(client, [busy])["failures"][0]["reason"] == "DEPLOYMENT_BLOCKED"
    ecs.advance(70)
    assert busy not in ecs.running_tasks(WORKER)
    assert describe(client, WORKER)["deployments"][0]["rolloutState"] == "COMPLETED"


def test_sends_the_events_of_a_rollout(ecs: EcsStandIn, client: Any) -> None:
    ecs.events.clear()
    client.update_service(cluster=CLUSTER, service=WEB, forceNewDeployment=True)
    ecs.advance(60)
    assert names(ecs) == ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"]
    completed = ecs.events[-1]
    assert completed["source"] == "aws.ecs"
    assert completed["resources"] == [ecs.service(WEB).arn]
    assert completed["detail"]["eventType"] == "INFO"
    assert completed["detail"]["deploymentId"] == describe(client, WEB)["deployments"][0]["id"]


class Refuser(TaskRunner):
    """Lets the tasks of an image with tag `broken` end at once."""

    def started(self, task: Task) -> None:
        if task.definition.image.endswith(":broken"):
            raise TaskFailed("Essential container in task exited")


def test_the_circuit_breaker_ends_a_rollout_of_failing_tasks(ecs: EcsStandIn, client: Any) -> None:
    ecs.run_tasks(WEB, Refuser())
    old = ecs.running_tasks(WEB)
    definition = ecs.register_task_definition(WEB, "broken")
    client.update_service(cluster=CLUSTER, service=WEB, taskDefinition=definition.arn)
    ecs.advance(300)
    assert ecs.running_tasks(WEB) == old
    assert describe(client, WEB)["deployments"][0]["rolloutState"] == "FAILED"
    assert names(ecs)[-1] == "SERVICE_DEPLOYMENT_FAILED"
    assert ecs.events[-1]["detail"]["eventType"] == "ERROR"


def test_the_circuit_breaker_rolls_back_where_asked(ecs: EcsStandIn, client: Any) -> None:
    ecs.service(WEB).rollback = True
    ecs.run_tasks(WEB, Refuser())
    good = ecs.service(WEB).primary.definition.arn
    definition = ecs.register_task_definition(WEB, "broken")
    client.update_service(cluster=CLUSTER, service=WEB, taskDefinition=definition.arn)
    ecs.advance(300)
    service = describe(client, WEB)
    assert service["taskDefinition"] == good
    assert [item["rolloutState"] for item in service["deployments"]] == ["COMPLETED"]
    assert "SERVICE_DEPLOYMENT_FAILED" in names(ecs)


def test_a_task_that_crashes_is_replaced(ecs: EcsStandIn, client: Any) -> None:
    (task,) = ecs.running_tasks(WORKER)
    ecs.end_task(task)
    ecs.advance(60)
    assert counts(client, WORKER) == (1, 1, 0)
    assert ecs.running_tasks(WORKER) != [task]


def test_a_runner_gets_word_of_a_task(ecs: EcsStandIn, client: Any) -> None:
    seen: list[str] = []

    class Runner(TaskRunner):
        def started(self, task: Task) -> None:
            seen.append("started")

        def stopping(self, task: Task) -> None:
            seen.append("SIGTERM")

        def stopped(self, task: Task) -> None:
            seen.append("gone")

    ecs.run_tasks(WORKER, Runner())
    assert seen == ["started"]
    set_desired(client, 2)
    ecs.advance(30)
    set_desired(client, 1)
    assert seen == ["started", "started", "SIGTERM"]
    ecs.advance(5)
    assert seen == ["started", "started", "SIGTERM", "gone"]


def test_delivers_events_to_whoever_asks(ecs: EcsStandIn, client: Any) -> None:
    delivered: list[dict[str, Any]] = []
    ecs.on_event(delivered.append)
    client.update_service(cluster=CLUSTER, service=WEB, forceNewDeployment=True)
    ecs.advance(60)
    assert delivered == ecs.events[-len(delivered) :]
    assert len(delivered) == 4  # the rollout's two, and one for each task that ended


def test_names_what_is_missing(ecs: EcsStandIn, client: Any) -> None:
    with pytest.raises(client.exceptions.ServiceNotFoundException):
        client.update_service(cluster=CLUSTER, service="nobody", desiredCount=1)
    with pytest.raises(client.exceptions.ClusterNotFoundException):
        client.list_tasks(cluster="another")
    answer = client.describe_services(cluster=CLUSTER, services=["nobody"])
    assert answer["failures"][0]["reason"] == "MISSING"


def test_lists_tasks_in_pages(ecs: EcsStandIn, client: Any) -> None:
    set_desired(client, 130)
    pages = client.get_paginator("list_tasks").paginate(cluster=CLUSTER, serviceName=WORKER)
    assert [len(page["taskArns"]) for page in pages] == [100, 30]


def test_throttles_when_asked(ecs: EcsStandIn) -> None:
    client = boto3.client("ecs", config=Config(retries={"total_max_attempts": 1}))
    ecs.fail_next(times=100, operation="ListTasks")
    with pytest.raises(ClientError) as caught:
        client.list_tasks(cluster=CLUSTER)
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert counts(client, WORKER) == (1, 1, 0)
    assert {call.operation for call in ecs.calls} == {"ListTasks", "DescribeServices"}


def test_time_passes_by_itself_on_the_real_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with EcsStandIn(start_delay_seconds=0.1, stop_delay_seconds=0.1).start() as stand_in:
        stand_in.create_service(WORKER, desired=1, tag="a", running=False)
        client = boto3.client("ecs", endpoint_url=stand_in.url)
        waiter = client.get_waiter("services_stable")
        waiter.wait(
            cluster=CLUSTER, services=[WORKER], WaiterConfig={"Delay": 1, "MaxAttempts": 10}
        )
        assert counts(client, WORKER) == (1, 1, 0)
