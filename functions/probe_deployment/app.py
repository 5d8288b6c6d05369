"""Checks that what was deployed works, and returns a verdict.

Started by ECS deployment events, a schedule, a pipeline, an ECS lifecycle hook, or a person.
Changes nothing but its items of the operations table, unless a rollback is wanted by parameter.
A check that fails is a verdict and no error. When the function itself fails, an asynchronous
event is tried twice more by Lambda, and a lifecycle hook rolls its deployment back.
"""

from typing import Any

# The libraries first, and from here: further down, CPython's stack thrashes (decision 10).
import aws_lambda_powertools  # noqa: F401
import boto3  # noqa: F401
from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.observability import logger
from probe_deployment import wiring
from probe_deployment.answer import answer
from probe_deployment.probe import Superseded, probe
from probe_deployment.settings import Settings
from probe_deployment.triggers import parse


def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Reach the verdict for one event; see docs/probes.md for both."""
    settings = Settings.from_env()
    request = parse(event, settings.services)
    if request is None:
        logger.info("ignored", reason="about no service or no end of a deployment of ours")
        return {"status": "ignored"}
    try:
        verdict = probe(request, wiring.ports(settings, context), settings)
    except Superseded as error:
        logger.info("superseded", reason=str(error))
        return {"status": "superseded", "reason": str(error)}
    logger.info("verdict", status=verdict.outcome.value, reason=verdict.summary)
    return answer(verdict)
