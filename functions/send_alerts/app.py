"""Notifies people of what happened: an SNS notification and a Slack thread per incident.

Started by batches of the alert queue, which holds events of alarms, ECS and our own. Changes the
incidents in the ops table, publishes to the alert topic, posts to and edits messages in Slack.
A message that fails goes back to the queue alone and is repeated, without what was sent already;
after too many receives it lands in the dead-letter queue, whose alarm goes straight to the topic.
"""

from typing import Any

# First, and from here: imported further down they cost 24 ms more (decisions 10 and 12).
import aws_lambda_powertools  # noqa: F401  # for the order of imports
import boto3  # noqa: F401  # for the order of imports
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.aws import prepare_clients
from ops_common.observability import logger
from ops_common.self_check import answers_self_check
from send_alerts.channels.slack import prepare_connections
from send_alerts.handle_record import handle_record
from send_alerts.self_check import CHECKS
from send_alerts.settings import Settings
from send_alerts.wiring import prepare, wire

prepare_clients("dynamodb", "ecs", "scheduler", "sns", "sqs", "ssm")
prepare_clients("cloudwatch", max_attempts=1)
prepare_connections()
prepare()


@answers_self_check(CHECKS)
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Work through one batch; the failed messages, as the queue wants them named."""
    settings = Settings.from_env()
    ports = wire(settings, context)

    def record_handler(record: SQSRecord) -> None:
        handle_record(record, ports, settings.stack_info)

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(
        process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
    )
