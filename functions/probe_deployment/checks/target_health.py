"""The load balancer's view of the tasks."""

from collections import Counter
from collections.abc import Collection

from probe_deployment.context import Context
from probe_deployment.finding import Finding

WANTED = "every target healthy"
DRAINING = "draining"  # of a task that is about to stop, as it should
STARTING = "initial"


def check(context: Context) -> Finding:
    """Every registered target that isn't draining is healthy, and there is one.

    The canary also lets a task start, and all of them change while a rollout is under way.
    """
    tolerated = {DRAINING}
    if context.request.suite == "canary":
        tolerated.add(STARTING)
        if any(context.service(name).rolling_out for name in context.probed):
            tolerated.add("unhealthy")
    arns = [arn for name in context.probed for arn in context.service(name).target_groups]
    if not arns:
        return Finding.skipped(f"no target group behind {' and '.join(context.probed)}")
    client = context.client("elbv2")
    targets: list[tuple[str, str]] = []
    for arn in arns:
        for one in client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]:
            health = one["TargetHealth"]
            targets.append((health["State"], health.get("Description", health.get("Reason", ""))))
    return judge(targets, tolerated)


def judge(targets: list[tuple[str, str]], tolerated: Collection[str] = (DRAINING,)) -> Finding:
    """What the targets' states, each with its reason, amount to."""
    states = Counter(state for state, _ in targets)
    saw = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no target"
    bad = [(state, reason) for state, reason in targets if state not in ("healthy", *tolerated)]
    if bad or not states["healthy"]:
        reasons = sorted({reason for _, reason in bad if reason})
        return Finding.failed(
            "; ".join([saw, *reasons]),
            WANTED,
            "a task that answers /health-check with 200 turns healthy by itself; else read the web"
            " service's log, and check that its security group lets the load balancer in",
        )
    return Finding.passed(saw, WANTED)
