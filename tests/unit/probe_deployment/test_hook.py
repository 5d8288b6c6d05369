"""Lifecycle hooks by stage, in both forms that ECS's page has printed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe_deployment.answer import answer
from probe_deployment.hook import GREEN, UNSEEN, HookStatus, is_hook
from probe_deployment.request import BadEvent, Request
from probe_deployment.triggers import parse
from probe_deployment.verdict import Outcome
from tests.unit.probe_deployment.samples import WEB, WORKER, failed, verdict

SERVICES = (WEB, WORKER)
REVISION = "arn:aws:ecs:eu-west-1:123456789012:service-revision/jiki-production/jiki-api-web/2"
OLDER = REVISION[:-1] + "1"
DETAILS: dict[str, Any] = {
    "serviceArn": f"arn:aws:ecs:eu-west-1:123456789012:service/jiki-production/{WEB}",
    "targetServiceRevisionArn": REVISION,
    "testTrafficWeights": {},
    "productionTrafficWeights": {},
}


def hook(stage: str, details: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"lifecycleStage": stage, "executionDetails": DETAILS | (details or {}), **fields}


def read(event: dict[str, Any]) -> Request:
    request = parse(event, SERVICES)
    assert request is not None
    return request


@pytest.mark.parametrize("flat", [False, True])
def test_the_present_form_and_the_flat_one_are_read(flat: bool) -> None:
    event = hook("POST_SCALE_UP")
    request = read({"lifecycleStage": "POST_SCALE_UP", **DETAILS} if flat else event)
    assert (request.service, request.target_revision, request.suite) == (WEB, REVISION, "green")


def test_an_event_without_a_stage_checks_green() -> None:
    assert read(DETAILS).suite == "green"


@pytest.mark.parametrize("stage", GREEN)
def test_before_traffic_has_shifted_the_new_tasks_are_checked_alone(stage: str) -> None:
    assert read(hook(stage)).suite == "green"


def test_after_it_the_public_address_is() -> None:
    assert read(hook("POST_PRODUCTION_TRAFFIC_SHIFT")).suite == "lifecycle"


@pytest.mark.parametrize("stage", [*UNSEEN, "A_STAGE_OF_TOMORROW"])
def test_before_green_runs_there_is_nothing_to_check(stage: str) -> None:
    assert not read(hook(stage)).runs_checks


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("PRODUCTION_TRAFFIC_SHIFT", "productionTrafficWeights"),
        ("TEST_TRAFFIC_SHIFT", "testTrafficWeights"),
    ],
)
def test_nothing_may_stop_a_roll_back(stage: str, name: str) -> None:
    assert not read(hook(stage, {name: {REVISION: 0, OLDER: 100}})).runs_checks
    assert read(hook(stage, {name: {REVISION: 10.5, OLDER: 89.5}})).runs_checks


def test_green_without_weight_before_its_turn_is_no_roll_back() -> None:
    weights = {"productionTrafficWeights": {REVISION: 0, OLDER: 100}}
    assert read(hook("PRE_PRODUCTION_TRAFFIC_SHIFT", weights)).runs_checks


def test_a_first_deployment_is_known_by_its_weights() -> None:
    weights = {"productionTrafficWeights": {REVISION: 100}}
    assert read(hook("PRODUCTION_TRAFFIC_SHIFT", weights)).first_deployment
    weights["productionTrafficWeights"][OLDER] = 0
    assert not read(hook("PRODUCTION_TRAFFIC_SHIFT", weights)).first_deployment


@pytest.mark.parametrize("details", ["x", 7, None, ["team"], {"startedAt": 7}, {"a": {"b": 1}}])
def test_details_of_any_kind_are_taken(details: Any) -> None:
    request = read(hook("POST_SCALE_UP", hookDetails=details))
    assert request.started_at is None


def test_a_service_that_is_not_ours_goes_on() -> None:
    other = DETAILS["serviceArn"].replace(WEB, "redis")
    assert parse(hook("POST_SCALE_UP", {"serviceArn": other}), SERVICES) is None


def test_what_is_no_hook_is_known_as_such() -> None:
    assert is_hook(DETAILS)
    assert not is_hook({"detail-type": "ECS Deployment State Change"})
    with pytest.raises(BadEvent):
        parse({"lifecycleStage": "POST_SCALE_UP"}, SERVICES)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none()))
def test_any_details_are_taken(details: dict[str, Any]) -> None:
    assert read(hook("POST_SCALE_UP", hookDetails=details)).hook_details == details


def test_a_service_of_another_cluster_is_not_ours() -> None:
    event = hook("POST_SCALE_UP")
    event["executionDetails"] |= {"serviceArn": f"arn:aws-cn:ecs:x:1:service/staging/{WEB}"}
    assert parse(event, SERVICES, "jiki-production") is None
    # An ARN of before 2018 names no cluster.
    event["executionDetails"] |= {"serviceArn": f"arn:aws:ecs:x:1:service/{WEB}"}
    assert parse(event, SERVICES, "jiki-production") is not None


def test_the_grace_of_one_stage_is_not_another_s() -> None:
    event = hook("POST_SCALE_UP")
    request = parse(event, SERVICES)
    assert request is not None
    waits = verdict(failed("image"), request=request, outcome=Outcome.PENDING)
    details = answer(waits, HookStatus.SUCCEEDED)["hookDetails"]
    again = parse(event | {"hookDetails": details}, SERVICES)
    assert again is not None
    assert again.started_at == waits.decided_at
    event["lifecycleStage"] = "POST_PRODUCTION_TRAFFIC_SHIFT"
    later = parse(event | {"hookDetails": details}, SERVICES)
    assert later is not None
    assert later.started_at is None
