"""The load balancer's view of the tasks."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "every target healthy"
HEALTHY = "healthy"
DRAINING = ("draining", "unhealthy.draining")
"""Of a task that is about to stop, as it should; the second is a Network Load Balancer's."""
UNCHECKED = "unavailable"
"""The target group has no health checks."""
STARTING = "initial"
UNUSED = "unused"
# Reasons that lie in the load balancer or its zones, not in the app (ELB API Reference,
# TargetHealth, "Reason").
NOT_THE_APP = ("Elb.", "Target.NotInUse", "Target.IpUnusable", "Target.InvalidState")


@dataclass(frozen=True, slots=True)
class Target:
    """A target's state, with the reason's code and its text."""

    id: str
    state: str
    reason: str = ""
    description: str = ""


def check(context: Context) -> Finding:
    """Every registered target that isn't draining is healthy, and there is one.

    One that a scaling has started may still be without an answer. The canary also lets all of them
    change while a rollout is under way. A lifecycle hook checks the new revision's targets alone.
    """
    tolerated = {*DRAINING}
    if context.request.suite == "canary":
        tolerated.add(STARTING)
        if any(context.service(name).rolling_out for name in context.probed):
            tolerated.add("unhealthy")
    arns = [arn for name in context.probed for arn in context.target_groups(name)]
    if not arns:
        return Finding.skipped(f"no target group behind {' and '.join(context.probed)}")
    targets = [target for arn in arns for target in _targets(context, arn)]
    starting = {each.private_address for name in context.probed for each in context.starting(name)}
    targets = [each for each in targets if each.state == HEALTHY or each.id not in starting]
    if context.request.target_revision is not None:
        new = {task.private_address for task in context.new_tasks(context.probed[0])}
        # A target group of the revision's own holds no others.
        targets = [target for target in targets if target.id in new] or targets
    return judge(targets, tolerated)


def _targets(context: Context, arn: str) -> list[Target]:
    described = context.client("elbv2").describe_target_health(TargetGroupArn=arn)
    return [
        Target(
            each["Target"]["Id"],
            each["TargetHealth"]["State"],
            each["TargetHealth"].get("Reason", ""),
            each["TargetHealth"].get("Description", ""),
        )
        for each in described["TargetHealthDescriptions"]
    ]


def judge(targets: Sequence[Target], tolerated: Collection[str] = DRAINING) -> Finding:
    """What the targets' states, each with its reason, amount to."""
    states = Counter(target.state for target in targets)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    bad = [each for each in targets if each.state not in (HEALTHY, UNCHECKED, *tolerated)]
    if not bad and states[HEALTHY]:
        return Finding.passed(counted, EXPECTED)
    if not bad and states[UNCHECKED]:
        return Finding.unknown(
            f"{counted}: nobody checks their health",
            EXPECTED,
            "switch the target group's health checks on (aws elbv2 modify-target-group"
            " --health-check-enabled)",
            cause=Cause.DISABLED,
        )
    reasons = sorted({each.description or each.reason for each in bad} - {""})
    elsewhere = bool(bad) and all(each.reason.startswith(NOT_THE_APP) for each in bad)
    cause = Cause.ZONE_NOT_ENABLED if elsewhere else Cause.UNHEALTHY if bad else Cause.NO_TARGET
    return Finding.failed(
        "; ".join([counted or "no target", *reasons]),
        EXPECTED,
        "enable the tasks' zones at the load balancer, or take their subnets out of the service"
        if elsewhere
        else "a task that answers /health-check with 200 turns healthy by itself; else read the web"
        " service's log, and check that its security group lets the load balancer in",
        cause=cause,
        older_version_fixes=cause is Cause.UNHEALTHY,
    )
