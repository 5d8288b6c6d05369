"""What DescribeServices answers, read into a service: every recorded answer of that operation."""

import json
from copy import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops_common.ecs import (
    DeployedElsewhere,
    Deployment,
    EcsServices,
    Rollout,
    Service,
    ServiceNotFound,
)

FOLDER = Path(__file__).parents[2] / "corpus" / "ecs_api"
EXPECTED: dict[str, dict[str, Any]] = {
    name: entry["expect"]
    for name, entry in json.loads((FOLDER / "expected.json").read_text()).items()
    if entry["expect"]["operation"] == "DescribeServices"
}
DESCRIBED = [name for name, expect in EXPECTED.items() if "rolling_out" in expect]


class Answering:
    """An ECS client that gives one answer."""

    def __init__(self, name: str) -> None:
        self.answer = json.loads((FOLDER / name).read_text())
        for service in self.answer["services"]:
            for deployment in service["deployments"]:
                deployment["createdAt"] = datetime.fromisoformat(deployment["createdAt"])

    def describe_services(self, **_: Any) -> Any:
        return self.answer


def described(name: str) -> Service:
    client: Any = Answering(name)
    (service,) = client.answer["services"]
    return EcsServices(client, "jiki-production").describe((service["serviceName"],))[0]


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_rollout_is_what_ecs_says_it_is(name: str) -> None:
    service, expect = described(name), EXPECTED[name]
    if expect["rolling_out"] is None:
        assert service.rollout is Rollout.UNKNOWN
    assert service.rolling_out is bool(expect["rolling_out"])
    if "failed" in expect:
        assert (service.rollout is Rollout.FAILED or service.rolling_back) is expect["failed"]


@pytest.mark.parametrize("name", [name for name in DESCRIBED if "target_groups" in EXPECTED[name]])
def test_both_target_groups_of_a_blue_green_service_are_known(name: str) -> None:
    assert list(described(name).target_groups) == EXPECTED[name]["target_groups"]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(DESCRIBED)))
def test_a_service_that_is_not_there_is_named(name: str) -> None:
    client: Any = Answering(name)
    with pytest.raises(ServiceNotFound) as raised:
        EcsServices(client, "jiki-production").describe(("jiki-api-web",))
    assert raised.value.names == ("jiki-api-web",)


@pytest.mark.parametrize("name", DESCRIBED)
def test_who_evens_out_the_zones_is_read(name: str) -> None:
    raw = json.loads((FOLDER / name).read_text())["services"][0]
    enabled = raw.get("availabilityZoneRebalancing") == "ENABLED"
    assert described(name).zone_rebalancing is enabled


NOW = datetime(2026, 11, 28, tzinfo=UTC)
NEWEST = Deployment("ecs-svc/2", True, "COMPLETED", "", NOW, "web:2", 2, 2, 0)
SERVICE = Service("web", "arn", 2, 2, 0, "web:2", (NEWEST,))


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL", "ECS"])
def test_without_deployments_the_primary_one_is_another_controller_s(controller: str) -> None:
    with pytest.raises(DeployedElsewhere):
        _ = replace(SERVICE, deployments=(), controller=controller).primary


def test_a_failed_primary_alone_is_failed_too() -> None:
    failed = replace(NEWEST, rollout_state="FAILED")
    assert replace(SERVICE, deployments=(failed,)).rollout is Rollout.FAILED


def test_older_tasks_that_drain_are_part_of_a_rollout() -> None:
    older = replace(NEWEST, id="ecs-svc/1", primary=False)
    assert replace(SERVICE, deployments=(NEWEST, older)).rollout is Rollout.IN_PROGRESS


RAW: dict[str, Any] = {
    "serviceName": "web",
    "serviceArn": "arn",
    "status": "ACTIVE",
    "desiredCount": 2,
    "runningCount": 2,
    "pendingCount": 0,
    "taskDefinition": "web:2",
}


def raw_deployment(number: int, status: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"ecs-svc/{number}",
        "status": status,
        "taskDefinition": f"web:{number}",
        "desiredCount": 2,
        "runningCount": 2,
        "createdAt": NOW,
        "rolloutState": "COMPLETED",
    } | changes


class Ecs:
    """An ECS client with one service."""

    def __init__(self, **raw: Any) -> None:
        self.raw = RAW | raw

    def describe_services(self, **_: Any) -> Any:
        return {"services": [self.raw], "failures": []}


def read(**raw: Any) -> Service:
    client: Any = Ecs(**raw)
    return EcsServices(client, "c").describe(("web",))[0]


def test_a_deployment_that_was_replaced_wholly_is_none_any_more() -> None:
    gone = raw_deployment(1, "INACTIVE", runningCount=0, rolloutState="FAILED")
    service = read(deployments=[raw_deployment(2, "PRIMARY"), gone])
    assert service.rollout is Rollout.STEADY
    assert [one.rollout_state for one in service.replaced] == ["FAILED"]
    begun = raw_deployment(3, "PRIMARY", rolloutState="IN_PROGRESS", runningCount=0)
    service = read(deployments=[begun, raw_deployment(2, "ACTIVE"), gone])
    assert (service.rolling_out, service.rolling_back) == (True, False)


def test_an_external_controller_s_service_may_lack_every_list() -> None:
    assert read(deploymentController={"type": "EXTERNAL"}).rollout is Rollout.UNKNOWN


def test_a_service_that_is_being_deleted_is_said_to_be() -> None:
    with pytest.raises(ServiceNotFound) as raised:
        read(status="DRAINING", deployments=[raw_deployment(2, "PRIMARY")])
    assert raised.value.names == ("web",)
    assert raised.value.states == {"web": "DRAINING"}


@pytest.mark.parametrize(
    ("strategy", "shifts"),
    [("ROLLING", False), ("BLUE_GREEN", True), ("LINEAR", True), ("CANARY", True)],
)
def test_a_strategy_that_shifts_traffic_is_known(strategy: str, *, shifts: bool) -> None:
    assert read(deploymentConfiguration={"strategy": strategy}).shifts_traffic is shifts
    assert not read().shifts_traffic
