"""What all events of one service have in common: their story, where to read on, what to do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from send_alerts.reading import links
from send_alerts.reading.notice import Guide, Link
from send_alerts.reading.stack_info import StackInfo

RUNBOOK = "a-service-fails"
IMPACT = "fewer tasks may run than are desired; while that is so, it can't wait."
OVER = "the service is steady, a deployment completes, or nothing has failed for half an hour"


def key_of(event: Mapping[str, Any], cluster: str, service: str) -> str:
    """The key of the story that an event of ECS belongs to."""
    return service_key(event.get("account", ""), event["region"], cluster, service)


def service_key(account: str, region: str, cluster: str, service: str) -> str:
    """The key of the one story of a service."""
    return f"service:{account}/{region}/{cluster}/{service}"


def places(
    event: Mapping[str, Any], cluster: str, service: str, at: datetime, stack_info: StackInfo
) -> tuple[Link, ...]:
    """Where a service is shown."""
    region = event["region"]
    return (
        links.service(region, cluster, service),
        *stack_info.logs(region, service, at),
        *stack_info.runbook(RUNBOOK),
    )


def guide(cluster: str, service: str) -> Guide:
    """The same for whatever fails of a service, with its names."""
    command = (
        f"aws ecs describe-services --cluster {cluster} --services {service}"
        " --query 'services[0].[deployments[].[id,status,rolloutState,rolloutStateReason],"
        "events[:5].message]'"
    )
    return Guide(IMPACT, command, OVER)
