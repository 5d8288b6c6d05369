"""The deployment suite side by side against one check after the other, on the same parts.

The real checks ask real parts: PostgreSQL through query_database, moto, the ECS stand-in, the app's
health check. Those are a millisecond away, AWS and a public address are not: so the whole is
measured again with a delay before each call to AWS, to the health check, and to query_database.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from benchmarks.probed_system import FUNCTION, probed_system
from ops_common.observability import logger
from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.checks import CHECKS
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from probe_deployment.suites import DEPLOYMENT

ROUNDS = 7
# About what a call from a Lambda to a service of its own region takes, and one through Cloudflare.
DELAYS_SECONDS = (0.0, 0.03)
DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Round:
    """Seconds of one round: both ways, and of the slowest check among those side by side."""

    side_by_side: float
    one_after_the_other: float
    slowest: float


def main() -> None:
    """Measure both ways by turns, and print medians."""
    logger.setLevel("ERROR")
    table = Table(
        title=f"Deployment suite, {len(DEPLOYMENT)} checks, median of {ROUNDS} rounds",
        title_justify="left",
    )
    for name in ("delay of a call", "one after the other", "side by side", "slowest check", ""):
        table.add_column(name, justify="right")
    with probed_system() as settings:
        for delay in DELAYS_SECONDS:
            rounds = _measure(settings, delay)
            sequential = statistics.median(each.one_after_the_other for each in rounds)
            parallel = statistics.median(each.side_by_side for each in rounds)
            slowest = statistics.median(each.slowest for each in rounds)
            table.add_row(
                f"{delay * 1000:.0f} ms",
                f"{sequential:.2f} s",
                f"{parallel:.2f} s",
                f"{slowest:.2f} s",
                f"{sequential / parallel:.1f}× faster, {parallel / slowest:.2f}× its slowest",
            )
    Console().print(table)


def _measure(settings: Settings, delay_seconds: float) -> list[Round]:
    client = Clients(_clients(delay_seconds))
    for name in ("ecs", "elbv2", "logs", "secretsmanager", "dynamodb", "lambda"):
        client(name)  # as in a warm function
    _checks(settings, client, delay_seconds)["rollout"]()
    rounds = []
    for _ in range(ROUNDS):
        started = time.monotonic()
        for check in _checks(settings, client, delay_seconds).values():
            _must_not_fail(check())
        sequential = time.monotonic() - started
        started = time.monotonic()
        results = run_checks(_checks(settings, client, delay_seconds), DEADLINE_SECONDS)
        parallel = time.monotonic() - started
        for result in results:
            _must_not_fail(result.finding)
        rounds.append(Round(parallel, sequential, max(each.seconds for each in results)))
    return rounds


def _checks(
    settings: Settings, client: Clients, delay_seconds: float
) -> Mapping[str, Callable[[], Finding]]:
    """The suite on a fresh context: nothing read before is known."""
    context = Context(
        Request(Trigger.PERSON, "deployment"),
        settings,
        datetime.now(UTC),
        client,
        LambdaQueryDatabase(client("lambda"), FUNCTION),
    )

    def bound(name: str) -> Callable[[], Finding]:
        def check() -> Finding:
            if name == "health_check":
                time.sleep(delay_seconds)
            return CHECKS[name](context)

        return check

    return {name: bound(name) for name in DEPLOYMENT}


def _clients(delay_seconds: float) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def wait(**_: Any) -> None:
        time.sleep(delay_seconds)

    def make(service: Any) -> Any:
        if service not in made:
            made[service] = boto3.client(service)
            made[service].meta.events.register("before-send.*", wait)
        return made[service]

    return make


def _must_not_fail(finding: Finding) -> None:
    if finding.status is Status.FAIL:
        raise RuntimeError(f"a check failed, so its time means nothing: {finding}")


if __name__ == "__main__":
    main()
