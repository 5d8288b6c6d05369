"""Which rule of the template lets an event through to the alert queue."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from local.event_pattern import matches
from local.transform import resolved

QUEUE = "AlertQueue"


def rule_for(event: Mapping[str, Any]) -> str | None:
    """The logical id of the first rule that passes the event on; None where none does.

    The rules are those of a stack for the cluster and the service that an ECS event is of.
    """
    rules = _rules(*cluster_and_service(event))
    return next((name for name, pattern in rules.items() if matches(pattern, event)), None)


def cluster_and_service(event: Mapping[str, Any]) -> tuple[str, str]:
    """Names of the ECS cluster and the service in an event's ARNs and group, or nothing."""
    detail = event.get("detail")
    fields = detail if isinstance(detail, Mapping) else {}
    resources = event.get("resources")
    arns = [*(resources if isinstance(resources, list) else []), fields.get("clusterArn")]
    group = str(fields.get("group", ""))
    service = group.removeprefix("service:") if group.startswith("service:") else ""
    cluster = ""
    for arn in arns:
        if isinstance(arn, str) and ":ecs:" in arn and "/" in arn:
            kind, cluster, *rest = arn.split("/")
            if kind.endswith(":service") and rest:
                service = rest[0]
            break
    return cluster, service


def comes_by_a_rule(body: Any) -> bool:
    """Whether a body is an event of EventBridge; all others come by SNS or are written by hand."""
    return isinstance(body, Mapping) and {"source", "detail-type", "detail"} <= set(body)


@cache
def _rules(cluster: str, service: str) -> Mapping[str, Mapping[str, Any]]:
    found = resolved({"EcsCluster": cluster, "OtherServices": service} if cluster else None)
    return {
        name: resource["Properties"]["EventPattern"]
        for name, resource in found.items()
        if resource["Type"] == "AWS::Events::Rule"
        and any(QUEUE in str(target["Arn"]) for target in resource["Properties"]["Targets"])
    }
