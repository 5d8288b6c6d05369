"""One queue message: from its body to the people, and back to the queue when that fails."""

from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ops_common.observability import logger
from send_alerts.notify import notify
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.arrival import attributes_of
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.reading.stack_info import StackInfo

FIRST_RETRY_SECONDS = 15.0
LONGEST_RETRY_SECONDS = 300.0


def handle_record(record: SQSRecord, ports: Ports, stack_info: StackInfo) -> None:
    """Notify people of what the message says. Raises what made it fail, for the batch to report.

    A message that fails is hidden for as long as Slack asks for, or longer each time; one that is
    no event at all comes back at once, and so is soon in the dead-letter queue.
    """
    try:
        attributes = attributes_of(record.raw_event.get("messageAttributes"))
        sent_at = _sent_at(record) or ports.clock()
        said = parse(record.body, sent_at, stack_info, attributes)
        reason = notify(said, ports)
    except TryLater as later:
        short = later.seconds < FIRST_RETRY_SECONDS
        delay = later.seconds if short else max(later.seconds, backoff(record, ports.clock()))
        logger.warning("to be sent later", reason=str(later), message_id=record.message_id)
        ports.queue.hide(record.receipt_handle, delay)
        raise
    except NotAnEvent as error:
        logger.error("refused", reason=str(error), message_id=record.message_id)
        ports.queue.hide(record.receipt_handle, 0)
        raise
    except Exception:
        # Raised again, whatever it was: SQS delivers the message anew.
        logger.exception("failed", message_id=record.message_id)
        raise
    logger.info("done", reason=reason, message_id=record.message_id)


def _sent_at(record: SQSRecord) -> datetime | None:
    """When it was put into the queue: for a body without a time, the same at each attempt."""
    sent = record.raw_event.get("attributes", {}).get("SentTimestamp")
    return datetime.fromtimestamp(float(sent) / 1000, UTC) if sent else None


def backoff(record: SQSRecord, now: datetime) -> float:
    """Seconds: half the time since the message was first received, from 15 s to 5 min.

    Not by the number of receives: those that found the incident taken are no failures.
    """
    first = float(record.attributes.approximate_first_receive_timestamp) / 1000
    waited = (now - datetime.fromtimestamp(first, UTC)).total_seconds()
    return min(max(waited / 2, FIRST_RETRY_SECONDS), LONGEST_RETRY_SECONDS)
