"""AWS Secrets Manager: rotations by CloudTrail, and its own events.

Sources: AWS Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager" and "Secret
event notifications". The secret's ARN stands in either of two places.
"""

import re
from copy import replace

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.common import detail_of, incident, notice

# The six characters that Secrets Manager puts after a secret's name in its ARN.
_NAME = re.compile(r":secret:(.+?)(?:-[A-Za-z0-9]{6})?$")
_STEP = re.compile(r"during (?:the )?(\w+)")
WORDS = {
    "RotationStarted": "rotation has started",
    "RotationSucceeded": "rotated",
    "RotationAbandoned": "rotation was abandoned",
    "RotationFailed": "rotation has failed",
    "TestRotationStarted": "test of its rotation has started",
    "TestRotationSucceeded": "test of its rotation went well",
    "TestRotationFailed": "test of its rotation has failed",
    "StartSecretVersionDelete": "deletion of a version has started",
    "CancelSecretVersionDelete": "deletion of a version was cancelled",
    "EndSecretVersionDelete": "a version was deleted",
}


def from_service_event(arrival: Arrival) -> list[Notice]:
    """An `AWS Service Event via CloudTrail`: a rotation's beginning, end or failure."""
    detail = detail_of(arrival)
    name = str(detail["eventName"])
    more, details = detail.get("additionalEventData") or {}, detail.get("serviceEventDetails") or {}
    arn = more.get("SecretId") or details.get("secretId") or details.get("SecretId") or ""
    secret = secret_name(str(arn))
    error = str(detail.get("errorMessage") or detail.get("errorCode") or "")
    step = _STEP.search(error)
    bad = name.endswith(("Failed", "Abandoned"))
    found = notice(
        arrival,
        f"Secret {secret}: {WORDS.get(name, name)}",
        Severity.CRITICAL
        if name == "RotationFailed"
        else Severity.WARNING
        if bad
        else Severity.INFO,
        error,
        facts=(("Secret", secret), ("Step", step[1] if step else "")),
    )
    # The same incident as that of our own event about it.
    if name == "RotationFailed":
        return [incident(found, f"rotation:{secret}", Signal.OPEN)]
    if name == "RotationSucceeded":
        key = f"rotation:{secret}"
        return [
            incident(found, key, Signal.RESOLVED),
            replace(found, key=key, signal=Signal.CHANGE),
        ]
    return [found] if bad else [replace(found, key=f"secret:{secret}", signal=Signal.CHANGE)]


def from_label(arrival: Arrival) -> list[Notice]:
    """A `Secret Label Updated`: only the present value's label is a change that people ask for."""
    detail = detail_of(arrival)
    secret, label = str(detail["name"]), str(detail.get("labelUpdated") or "")
    title = (
        f"Secret {secret} has a new value"
        if label == "AWSCURRENT"
        else f"Secret {secret}: label {label} was moved"
    )
    found = notice(arrival, title, Severity.INFO, "", facts=(("Secret", secret), ("Label", label)))
    return [replace(found, key=f"secret:{secret}", signal=Signal.CHANGE)]


def secret_name(arn: str) -> str:
    """The name in a secret's ARN."""
    match = _NAME.search(arn)
    return match[1] if match else arn or "unknown"
