"""What is asked of each ECS service that would be listed."""

from collections.abc import Iterator, Set

from cli.fit.facts import Service
from ops_common.images import DEFAULT_TAG, Image

LONGEST_STOP_SECONDS = 120
"""What Fargate allows between SIGTERM and SIGKILL (ECS Developer Guide, "stopTimeout")."""
DEFAULT_STOP_SECONDS = 30

type Said = Iterator[tuple[str, str, str]]
"""Name of a level, what was seen, what to do."""


def of_services(service: Service, worker: bool, scaled: Set[str]) -> Said:
    """Everything that is not as it should be."""
    yield from _deployed(service)
    yield from _seen(service)
    if worker:
        yield from _scalable(service, scaled)


def _deployed(service: Service) -> Said:
    if service.controller != "ECS":
        yield (
            "UNFIT",
            f"is deployed by {service.controller}: no rotation redeploys it, no probe rolls it"
            " back",
            "deploymentController ECS (native blue/green), or leave it out and Rotation=false",
        )
        return
    breaker = service.described.get("deploymentConfiguration", {}).get(
        "deploymentCircuitBreaker", {}
    )
    if not breaker.get("enable"):
        yield (
            "NOTE",
            "has no circuit breaker: ECS never says that a deployment failed",
            "deploymentCircuitBreaker { enable = true, rollback = true }",
        )


def _seen(service: Service) -> Said:
    drivers = {
        container.get("logConfiguration", {}).get("logDriver", "none")
        for container in service.containers
        if container.get("essential", True)
    }
    if service.containers and "awslogs" not in drivers:
        yield (
            "NOTE",
            f"logs by {', '.join(sorted(drivers))}: new errors can't be read",
            "logDriver awslogs, or AcceptedChecks=log_errors",
        )
    images = [Image.parse(str(container["image"])) for container in service.containers]
    if any(image.tag == DEFAULT_TAG and not image.digest for image in images):
        yield (
            "NOTE",
            "runs the tag latest: an older version has the same name as a newer one",
            "deploy by the commit's tag or by digest",
        )


def _scalable(service: Service, scaled: Set[str]) -> Said:
    if service.described.get("schedulingStrategy") == "DAEMON":
        yield "UNFIT", "is a DAEMON service, whose count can't be set", "REPLICA"
    if service.name in scaled:
        yield (
            "BREAKS",
            "is scaled by Application Auto Scaling already: two scalers undo each other",
            "remove its scalable target: aws application-autoscaling deregister-scalable-target",
        )
    if service.described.get("availabilityZoneRebalancing") == "ENABLED":
        yield (
            "NOTE",
            "evens out zones by itself (availabilityZoneRebalancing): ECS may stop a busy task",
            "availability_zone_rebalancing = DISABLED; the scaler evens out zones itself",
        )
    providers = {
        each["capacityProvider"] for each in service.described.get("capacityProviderStrategy", [])
    }
    if "FARGATE_SPOT" in providers:
        yield "NOTE", "runs on Fargate Spot: AWS may stop a busy task", "let jobs be repeatable"
    stops = [
        container.get("stopTimeout", DEFAULT_STOP_SECONDS)
        for container in service.containers
        if container.get("essential", True)
    ]
    if stops and min(stops) < LONGEST_STOP_SECONDS:
        yield (
            "NOTE",
            f"is killed {min(stops)} s after SIGTERM (stopTimeout)",
            f"stopTimeout {LONGEST_STOP_SECONDS}, and Solid Queue's shutdown_timeout below it",
        )
