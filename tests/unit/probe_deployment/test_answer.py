"""What a lifecycle hook is answered where the probe itself broke; who asks by a deployment's id."""

from copy import replace
from typing import Any

import pytest

from probe_deployment.answer import without_verdict
from probe_deployment.hook import HookStatus
from probe_deployment.request import BadEvent
from probe_deployment.settings import hook_on_unknown
from probe_deployment.triggers import parse
from tests.unit.probe_deployment.samples import WEB

REVISION = "arn:aws:ecs:eu-west-1:123456789012:service-revision/c/jiki-api-web/2"
SERVICE = "arn:aws:ecs:eu-west-1:123456789012:service/c/jiki-api-web"


def hook(stage: str, **details: Any) -> dict[str, Any]:
    known = {"serviceArn": SERVICE, "targetServiceRevisionArn": REVISION}
    return {"lifecycleStage": stage, "executionDetails": known | details}


@pytest.mark.parametrize("status", list(HookStatus)[:2])
def test_a_broken_probe_answers_as_one_that_had_no_answer(status: HookStatus) -> None:
    for event in (hook("POST_SCALE_UP"), {"lifecycleStage": "POST_SCALE_UP"}, {"serviceArn": 7}):
        assert without_verdict(event, status) == {"hookStatus": status}


@pytest.mark.parametrize(
    "event",
    [
        hook("RECONCILE_SERVICE"),
        hook("PRE_SCALE_UP"),
        hook("PRODUCTION_TRAFFIC_SHIFT", productionTrafficWeights={REVISION: 0, "old": 100}),
    ],
)
def test_nothing_stops_a_roll_back_not_even_a_broken_probe(event: dict[str, Any]) -> None:
    assert without_verdict(event, HookStatus.FAILED) == {"hookStatus": HookStatus.SUCCEEDED}


@pytest.mark.parametrize(
    ("value", "status"), [("FAILED", "FAILED"), ("SUCCEEDED", "SUCCEEDED"), ("x", "SUCCEEDED")]
)
def test_the_setting_is_read_by_itself(value: str, status: str) -> None:
    assert hook_on_unknown({"PROBE_HOOK_ON_UNKNOWN": value}) == status
    assert hook_on_unknown({}) == "SUCCEEDED"


def test_a_deployment_is_one_of_a_service() -> None:
    asked = {"trigger": "pipeline", "deploymentId": "ecs-svc/2"}
    with pytest.raises(BadEvent):
        parse(asked, (WEB,))
    request = parse(asked | {"service": WEB}, (WEB,))
    assert request is not None
    assert replace(request).deployment_id == "ecs-svc/2"
