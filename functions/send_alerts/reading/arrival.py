"""How a body came: as an event of EventBridge, by SNS in its envelope, or as bare text."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ops_common.datetimes import parse_utc
from send_alerts.reading.stack_info import StackInfo

SHAPES = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What reading a shape raises that nobody foresaw."""
ACCOUNTS = ("affectedAccount", "accountId", "awsAccountId")
"""Fields of AWS Health, of GuardDuty and of Inspector."""


class Arrival(NamedTuple):
    """Identity and time of a message, its own where it has them; and what is in it."""

    id: str
    at: datetime
    body: Any
    """The event or message as an object, or text that is no JSON object."""
    stack_info: StackInfo
    """Where it came to."""
    subject: str = ""
    topic_arn: str = ""
    envelope: Mapping[str, Any] = {}
    """Of SNS; empty for what came otherwise."""
    attributes: Mapping[str, str] = {}
    """Of the message, by SQS or by SNS."""

    @property
    def topic(self) -> str:
        """The topic's name."""
        return self.topic_arn.rsplit(":", 1)[-1]

    @property
    def account(self) -> str:
        """The account of the topic, or nothing."""
        return _part(self.topic_arn, 4)

    @property
    def region(self) -> str:
        """The region of the topic, or nothing."""
        return _part(self.topic_arn, 3)

    @property
    def origin(self) -> tuple[str, str]:
        """The account and the region that it is about, as far as they are known.

        AWS notifies an organization's administrator of what happened in a member's account.
        """
        event = self.body if isinstance(self.body, Mapping) else {}
        detail = event.get("detail") if str(event.get("source")).startswith("aws.") else None
        fields = detail if isinstance(detail, Mapping) else {}
        member = next((_text(fields[name]) for name in ACCOUNTS if fields.get(name)), "")
        account = member or event.get("account") or self.account
        return str(account), str(event.get("region") or self.region)


def arrivals_of(
    body: Any, sent_at: datetime, attributes: Mapping[str, str], stack_info: StackInfo
) -> list[Arrival]:
    """What is in a body; of a batch as Lambda gets it from SNS or SQS, in each of its records."""
    return [arrival_of(one, sent_at, attributes, stack_info) for one in _records(body)]


def arrival_of(
    body: Any, sent_at: datetime, attributes: Mapping[str, str], stack_info: StackInfo
) -> Arrival:
    """What is in a body: what SNS wrapped is taken out (also of the record that Lambda gets).

    Source: Amazon SNS Developer Guide, "Parsing Amazon SNS message formats".
    """
    if record := _record(body):
        # A whole record of a dead-letter queue, its reason in the attributes.
        found = arrival_of(_read(record["body"]), sent_at, {}, stack_info)
        known = attributes_of(record.get("messageAttributes"))
        found = found._replace(attributes=known)
        return found._replace(id=_text(record.get("messageId")) or found.id)
    envelope = _envelope(body)
    if envelope is None:
        body = _event(body)
        own = body if isinstance(body, Mapping) else {}
        found_at = time_or(own.get("time") or own.get("Timestamp"), sent_at)
        name = _text(own.get("id")) or _fingerprint(body)
        return Arrival(name, found_at, body, stack_info, attributes=attributes)
    message = envelope["Message"]
    inside = _event(_read(message))
    inside = inside if isinstance(inside, Mapping | str) else message
    event = inside if isinstance(inside, Mapping) and "detail-type" in inside else {}
    return Arrival(
        id=_text(event.get("id")) or _text(envelope.get("MessageId")) or _fingerprint(message),
        at=time_or(event.get("time") or envelope.get("Timestamp"), sent_at),
        body=inside,
        stack_info=stack_info,
        subject=_text(envelope.get("Subject")),
        topic_arn=_text(envelope.get("TopicArn")),
        envelope=envelope,
        attributes=attributes_of(envelope.get("MessageAttributes")),
    )


def attributes_of(values: Any) -> dict[str, str]:
    """Attributes as SQS and SNS write them, by name; what is no text is left out."""
    found = values.items() if isinstance(values, Mapping) else ()
    texts = {name: one for name, one in found if isinstance(one, Mapping)}
    return {
        name: text
        for name, one in texts.items()
        for text in [_text(one.get("stringValue")) or _text(one.get("Value"))]
        if text
    }


def _records(body: Any) -> list[Any]:
    records = body.get("Records") if isinstance(body, Mapping) else None
    if not isinstance(records, list) or not records:
        return [body]
    known = (isinstance(one, Mapping) and ("Sns" in one or _record(one)) for one in records)
    return records if all(known) else [body]


def _record(body: Any) -> Mapping[str, Any] | None:
    if not isinstance(body, Mapping) or body.get("eventSource") != "aws:sqs":
        return None
    return body if isinstance(body.get("body"), str) else None


def _read(text: str) -> Any:
    """What the text says as JSON; the text where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _event(body: Any) -> Any:
    """An event as EventBridge writes it, whoever writes it otherwise.

    Notification rules of the developer tools spell its kind otherwise, an alarm's own call of a
    function has no detail, and of a schedule the detail may be JSON as text (Developer Tools
    console, CloudWatch and EventBridge Scheduler User Guides).
    """
    if not isinstance(body, Mapping):
        return body
    if {"source", "detailType", "detail"} <= body.keys():
        body = {"detail-type": body["detailType"], **body}
    if {"alarmArn", "alarmData"} <= body.keys():
        body = {
            **body,
            "detail-type": "CloudWatch Alarm State Change",
            "resources": [body["alarmArn"]],
            "account": body.get("accountId"),
            "detail": body["alarmData"],
        }
    if "detail-type" in body and isinstance(detail := body.get("detail"), str):
        body = {**body, "detail": _read(detail)}
    return body


def _envelope(body: Any) -> Mapping[str, Any] | None:
    if not isinstance(body, Mapping):
        return None
    records = body.get("Records")
    if isinstance(records, list) and len(records) == 1 and isinstance(records[0], Mapping):
        (body,) = records
    body = body.get("Sns", body)
    if not isinstance(body, Mapping) or not isinstance(body.get("Message"), str):
        return None
    # Raw JSON of others may have a Message too.
    return body if "TopicArn" in body or "MessageId" in body else None


def _part(arn: str, number: int) -> str:
    parts = arn.split(":")
    return parts[number] if len(parts) > number else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def time_or(value: Any, otherwise: datetime) -> datetime:
    """An ISO 8601 time as UTC; another where it is none, or the calendar's first or last year."""
    try:
        time = parse_utc(value)
    except (TypeError, ValueError):
        return otherwise
    return time if 1 < time.year < 9999 else otherwise


def _fingerprint(body: Any) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
