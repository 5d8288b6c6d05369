"""Checks that what was deployed works, and returns a verdict.

Changes nothing but its items of the operations table and its one-time schedules, unless a rollback
is asked for by parameter. A check that fails is a verdict and no error. When the function itself
fails, an asynchronous event is tried twice more by Lambda; a lifecycle hook is answered all the
same, for ECS takes an exception for a reason to roll back.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.aws import prepare_clients
from ops_common.observability import logger
from probe_deployment import person_rollback, soak, wiring, words
from probe_deployment.answer import answer, without_verdict
from probe_deployment.hook import HookStatus, is_hook
from probe_deployment.probe import probe, watch
from probe_deployment.settings import Settings, hook_on_unknown
from probe_deployment.superseded import Superseded
from probe_deployment.triggers import parse

prepare_clients("dynamodb", "ecs", "events", "lambda", "logs", "scheduler", "secretsmanager")


def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Reach the verdict for one event; see docs/probes.md for both."""
    if not is_hook(event):
        return _answer(event, context)
    try:
        return _answer(event, context)
    except Exception:  # noqa: BLE001  # whatever it is, ECS must not take it for a verdict
        logger.exception("the hook was answered without a verdict")
        return without_verdict(event, hook_on_unknown())


def _answer(event: Any, context: LambdaContext) -> dict[str, Any]:
    settings = Settings.from_env()
    if person_rollback.is_asked(event):
        done = person_rollback.roll_back(event, wiring.ports(settings, context), settings)
        logger.info("rollback", reason=done["reason"])
        return done
    request = parse(event, settings.services, settings.cluster)
    if request is None or not request.runs_checks:
        logger.info("ignored", reason="nothing of ours to check, or not yet")
        succeeded = {"hookStatus": HookStatus.SUCCEEDED.value}
        return succeeded if is_hook(event) else {"status": "ignored"}
    ports = wiring.ports(settings, context)
    if soak.watch_begins(request):
        at = watch(request, ports, settings)
        logger.info("a deployment began", reason=f"it is checked at {at:%H:%M:%S} if it hangs")
        return {"status": "scheduled", "at": at.isoformat()}
    try:
        verdict = probe(request, ports, settings)
    except Superseded as error:
        logger.info("superseded", reason=str(error))
        return error.as_json()
    logger.info("verdict", status=verdict.outcome.value, reason=words.summary(verdict))
    return answer(verdict, settings.hook_on_unknown)
