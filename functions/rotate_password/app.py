"""Rotates the database password in one key of the app's secret.

Started by Secrets Manager for each of the four steps of a rotation; by a person with prepareRoles,
once, before users can alternate, or with rehearse or timeline, which only read. Changes the
secret's versions, the password of a database role, and the ECS services, which get a new
deployment. When it fails it says so in an event and raises; every step may be repeated.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.aws import client, prepare_clients
from ops_common.observability import logger
from ops_common.ops_events import EventBus
from ops_common.self_check import answers_self_check
from rotate_password.adapters.clock import SystemClock
from rotate_password.failure import reported
from rotate_password.reading.request import REHEARSE, TIMELINE, Request
from rotate_password.rehearsal import rehearse, timeline
from rotate_password.self_check import CHECKS
from rotate_password.settings import Settings
from rotate_password.start import is_start, start
from rotate_password.steps import change_password, finish
from rotate_password.wiring import INVOKE_TIMEOUT_SECONDS, prepare, wire
from rotate_password.words import sentences

prepare_clients("dynamodb", "ecs", "events", "secretsmanager")
prepare_clients("lambda", read_timeout_seconds=INVOKE_TIMEOUT_SECONDS)
prepare()

STEPS = {
    "createSecret": change_password.create_secret,
    "setSecret": change_password.set_secret,
    "testSecret": change_password.test_secret,
    "finishSecret": finish.finish_secret,
    "prepareRoles": change_password.prepare_roles,
}
# These change nothing.
READ_ONLY = {REHEARSE: rehearse.answer, TIMELINE: timeline.answer}


@answers_self_check(CHECKS)
def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Do one step."""
    if is_start(event):
        return start(client("secretsmanager"), Settings.from_env().app.secret_id)
    request = Request.from_event(event)
    publish, clock = EventBus(client("events")), SystemClock()
    with reported(request, publish, clock):
        settings = Settings.from_env()
        ports = wire(settings, request.secret_id, publish, clock)
        if request.step in READ_ONLY:
            return {"step": request.step, **READ_ONLY[request.step](ports)}
        done = STEPS[request.step](ports, request.token)
    reason = sentences.reason(done)
    logger.info("step done", step=request.step, secret=request.secret_name, reason=reason)
    return {"step": request.step, "outcome": done.outcome.value, "reason": reason}
