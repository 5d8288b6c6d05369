"""Scales the worker service on the queue's depth, each minute.

Started by an EventBridge schedule; its event says nothing. Changes the worker service's desired
count, protects and releases its tasks at a scale-in, and writes one item of the operations table.
When it fails, nothing is retried: the next tick is a minute away, and an alarm watches the errors.
"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.aws import prepare_clients
from ops_common.observability import logger
from ops_common.self_check import answers_self_check
from scale_workers import wiring
from scale_workers.login import LoginCache
from scale_workers.memory import Overtaken
from scale_workers.report import report
from scale_workers.self_check import CHECKS
from scale_workers.settings import Settings
from scale_workers.tick import run

prepare_clients("dynamodb", "ecs", "events", "secretsmanager")
prepare_clients("lambda", read_timeout_seconds=wiring.QUERY_TIMEOUT_SECONDS)

# Kept while Lambda keeps the process, so that the secret is read each ten minutes, not each tick.
login_cache = LoginCache()
wiring.prepare(login_cache)


@answers_self_check(CHECKS)
def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Run one tick of each worker service; returns the first's figures, and the others' beside."""
    now = datetime.now(UTC)
    settings = Settings.from_env()
    answers: list[dict[str, Any]] = []
    try:
        for tick in run(wiring.ports(settings, login_cache, now), settings, now):
            answers.append(report(tick))  # noqa: PERF401  # of those before one that fails, too
    except Overtaken as error:
        logger.info("overtaken", reason=str(error))
        answers.append({"overtaken": True, "reason": str(error)})
    first, *others = answers
    return {**first, "others": others} if others else first
