"""Takes what people on call ask for, from Slack's buttons and `/ops`, and hands it over.

Started by its function URL, which Slack alone can use: a request that Slack didn't sign, or that
was seen before, is refused before anything else. It reads the operations table, records holds and
confirmations there, and publishes events; whoever is named in docs/on-call.md carries them out.
An error of its own is raised: Slack shows that the app failed, and the alarm on errors counts it.
"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from answer_slack import wiring
from answer_slack.answer import answer
from answer_slack.in_time import in_time
from answer_slack.refusal import STATUS, Refused
from answer_slack.self_check import CHECKS
from answer_slack.settings import Settings
from answer_slack.signed_request import receive
from ops_common.aws import prepare_clients
from ops_common.observability import logger
from ops_common.self_check import answers_self_check

prepare_clients(
    *("dynamodb", "events", "ssm"), read_timeout_seconds=wiring.CALL_SECONDS, max_attempts=1
)
wiring.prepare()


@answers_self_check(CHECKS)
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, as a function URL wants it."""
    try:
        request = receive(event)
        settings, now = Settings.from_env(), datetime.now(UTC)
        given = in_time(lambda: answer(request, wiring.wire(settings), settings, now))
    except Refused as error:
        logger.warning("refused", refusal=error.refusal.name.lower(), reason=str(error))
        return {"statusCode": STATUS[error.refusal], "body": ""}
    logger.info("answered", reason=given.outcome, refusal=given.refusal or None)
    headers = {"content-type": "application/json"} if given.body else {}
    return {"statusCode": 200, "headers": headers, "body": given.body}
