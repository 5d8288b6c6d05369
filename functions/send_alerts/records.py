"""One queue message: from its body to the people, and back to the queue when that fails."""

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ops_common.observability import logger
from send_alerts.events import NotAnEvent, Place, parse
from send_alerts.incident import Policy
from send_alerts.ports import Ports, TryLater
from send_alerts.tell import tell

FIRST_RETRY_SECONDS = 15.0
LONGEST_RETRY_SECONDS = 300.0


def work(record: SQSRecord, ports: Ports, place: Place, policy: Policy) -> None:
    """Tell what the message says. Raises what made it fail, for the batch to report.

    A message that fails is hidden for as long as Slack asks for, or longer each time; one that is
    no event at all comes back at once, and so is soon in the dead-letter queue.
    """
    try:
        reason = tell(parse(record.body, ports.clock(), place), ports, policy)
    except TryLater as later:
        delay = max(later.seconds, 0 if later.seconds < FIRST_RETRY_SECONDS else backoff(record))
        logger.warning("to be told later", reason=str(later), message_id=record.message_id)
        ports.queue.hide(record.receipt_handle, delay)
        raise
    except NotAnEvent as error:
        logger.error("refused", reason=str(error), message_id=record.message_id)
        ports.queue.hide(record.receipt_handle, 0)
        raise
    except Exception:
        logger.exception("failed", message_id=record.message_id)
        raise
    logger.info("done", reason=reason, message_id=record.message_id)


def backoff(record: SQSRecord) -> float:
    """Seconds, doubled with each receive: 15 s, 30 s, ... 5 min."""
    receives = int(record.attributes.approximate_receive_count)
    return float(min(FIRST_RETRY_SECONDS * 2 ** min(receives - 1, 10), LONGEST_RETRY_SECONDS))
