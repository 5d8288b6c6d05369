"""ECS lifecycle hooks: what ECS asks at which stage, and what it is answered.

Source: Amazon ECS Developer Guide, "Lambda hooks for Amazon ECS service deployments". No valid
answer, and a function that raises, roll the deployment back: so an event in the form of a hook's is
always answered.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from probe_deployment.request import BadEvent, Request, Trigger, text_field, time_field

CALL_BACK_SECONDS = 15
HELD_CALL_BACK_SECONDS = 60


class HookStatus(StrEnum):
    """What ECS does next: go on, roll back, or ask again."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    IN_PROGRESS = "IN_PROGRESS"


# Before the first green task is there.
UNSEEN = ("RECONCILE_SERVICE", "PRE_SCALE_UP")
# The new tasks run and production is the old ones', or in motion.
GREEN = (
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
)
SUITES = {**dict.fromkeys(GREEN, "green"), "POST_PRODUCTION_TRAFFIC_SHIFT": "lifecycle"}
UNNAMED_STAGE = "POST_SCALE_UP"
"""AWS's page of 2025 printed an event without a stage."""


def is_hook(event: Any) -> bool:
    """Whether an event is from a lifecycle hook, in the present form or the flat one of 2025."""
    return isinstance(event, dict) and (
        "lifecycleStage" in event
        or "executionDetails" in event
        or "targetServiceRevisionArn" in event
    )


def parse_hook(
    event: Mapping[str, Any], services: tuple[str, ...], cluster: str = ""
) -> Request | None:
    """The request in a hook's event; None at a service that is not ours, or of another cluster.

    There is nothing to check (`runs_checks`) before green runs, and in a roll back, whose hooks ECS
    calls again: nothing may stop it. Raises BadEvent.
    """
    details = event.get("executionDetails")
    details = details if isinstance(details, dict) else event
    arn, revision = details.get("serviceArn"), details.get("targetServiceRevisionArn")
    if not isinstance(arn, str) or not isinstance(revision, str):
        fields = ("serviceArn", "targetServiceRevisionArn")
        raise BadEvent(f"a lifecycle hook must bring {' and '.join(fields)}", *fields)
    service, stage = arn.rsplit("/", 1)[-1], event.get("lifecycleStage") or UNNAMED_STAGE
    if service not in services or is_of_other_cluster(arn, cluster):
        return None
    hook_details = event.get("hookDetails")
    known = hook_details if isinstance(hook_details, dict) else {}
    return Request(
        trigger=Trigger.HOOK,
        suite=SUITES.get(stage, "green"),
        service=service,
        stage=stage,
        runs_checks=stage in SUITES and not _rolling_back(stage, details, revision),
        target_revision=revision,
        first_deployment=_first(stage, details, revision),
        expected_image_tag=_ignoring_bad(text_field, known, "expectedImageTag"),
        started_at=_started_at(known, stage),
        hook_details=known,
    )


def is_of_other_cluster(service_arn: str, cluster: str) -> bool:
    """Whether a service's ARN names a cluster, and not this one; ARNs of before 2018 name none."""
    name = service_arn.partition(":service/")[2].rpartition("/")[0]
    return bool(cluster and name) and name != cluster


def _started_at(details: Mapping[str, Any], stage: str) -> datetime | None:
    """When ECS asked for this stage first, by what the last answer brought: of this stage's own.

    One hook of several stages may be handed back what it answered at an earlier one.
    """
    if details.get("startedStage", stage) != stage:
        return None
    return _ignoring_bad(time_field, details, "startedAt")


def may_probe(event: Mapping[str, Any]) -> bool:
    """Whether there may be something to check for a hook of whatever service; raises nothing."""
    details = event.get("executionDetails")
    arn = (details if isinstance(details, dict) else event).get("serviceArn")
    try:
        request = parse_hook(event, (str(arn).rsplit("/", 1)[-1],))
    except (BadEvent, TypeError, ValueError):
        return True
    return request is None or request.runs_checks


def _ignoring_bad[T](read: Any, fields: Mapping[str, Any], name: str) -> T | None:
    """A field of hookDetails, which may be of any kind: a bad one must not raise."""
    try:
        value: T | None = read(fields, name)
    except BadEvent:
        return None
    return value


def _weights(stage: str, details: Mapping[str, Any]) -> Mapping[str, float]:
    name = "testTrafficWeights" if stage.startswith("TEST_") else "productionTrafficWeights"
    weights = details.get(name)
    return weights if isinstance(weights, dict) else {}


def _rolling_back(stage: str, details: Mapping[str, Any], target: str) -> bool:
    """In a roll back the target has no weight at a stage that shifts traffic to somebody."""
    weights = _weights(stage, details)
    shifts = stage in ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
    return shifts and bool(weights) and not float(weights.get(target, 0) or 0)


def _first(stage: str, details: Mapping[str, Any], target: str) -> bool:
    """Whether there is no older revision to go back to, as far as the weights show."""
    return stage == "PRODUCTION_TRAFFIC_SHIFT" and set(_weights(stage, details)) == {target}
