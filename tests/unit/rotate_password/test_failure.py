"""A failed step is told, logged and raised, and quotes nothing that may be secret."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError

from ops_common.ops_events import EventNotPublished, OpsEvent, Severity, State
from ops_common.query_database import DatabaseUnreachable
from rotate_password.adapters.master_reset import PasswordLost, Reset
from rotate_password.conditions.redeploy import RolloutInProgress
from rotate_password.failure import StepFailed, reported
from rotate_password.reading.request import Request
from rotate_password.words.cause import Cause
from tests.unit.rotate_password.memory import Clock

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-AbCdEf"
MARKER = "hunter2-marker"


def fail(error: Exception, step: str = "setSecret") -> tuple[str, list[OpsEvent]]:
    """The message that is raised, and what was published."""
    events: list[OpsEvent] = []
    with (
        pytest.raises(StepFailed) as caught,
        reported(Request(step, SECRET, "token"), events.append, Clock()),
    ):
        raise error
    assert caught.value.__cause__ is None
    return str(caught.value), events


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": MARKER}}, "PutSecretValue"),
            "aws",
        ),
        (ReadTimeoutError(endpoint_url=f"https://x/{MARKER}"), "aws"),
        (ParamValidationError(report=MARKER), "aws"),
        (KeyError(MARKER), "unexpected"),
        (ValueError(f"could not parse {MARKER}"), "unexpected"),
    ],
)
def test_says_why_by_a_cause_and_in_words_that_hold_no_secret(error: Exception, cause: str) -> None:
    message, (event,) = fail(error)

    assert event.facts["cause"] == cause
    assert MARKER not in message
    assert MARKER not in json.dumps(event.detail())


def test_is_an_open_incident_of_the_secret_s_rotation() -> None:
    _, (event,) = fail(DatabaseUnreachable("x"))

    assert (event.kind, event.state, event.severity, event.incident) == (
        "RotationFailed",
        State.OPEN,
        Severity.CRITICAL,
        "rotation:config",
    )
    assert event.occurred_at.date() == datetime(2026, 11, 25, tzinfo=UTC).date()
    assert event.facts == {"secret": "config", "step": "setSecret", "cause": "unreachable"}


def test_a_rollout_in_progress_is_only_a_warning() -> None:
    _, (event,) = fail(RolloutInProgress(("jiki-api-web",), 300), "createSecret")

    assert (event.kind, event.severity) == ("RotationFailed", Severity.WARNING)


def test_a_lost_password_has_a_kind_of_its_own() -> None:
    _, (event,) = fail(PasswordLost(Reset.NOT_ALLOWED, "no known password of jiki logs in"))

    assert (event.kind, event.severity) == ("PasswordLost", Severity.CRITICAL)


def test_failing_to_notify_does_not_hide_the_failure(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: OpsEvent) -> None:
        raise EventNotPublished("RotationFailed", "ThrottlingException")

    with (
        pytest.raises(StepFailed) as failed,
        reported(Request("setSecret", SECRET, "token"), refuse, Clock()),
    ):
        raise DatabaseUnreachable("db:5432 offers no TLS")

    assert failed.value.cause is Cause.UNREACHABLE
    # AND both are in the log
    assert caplog.messages == ["step failed", "event not published"]


def test_a_failed_preparation_of_roles_is_no_failed_rotation() -> None:
    _, events = fail(DatabaseUnreachable("x"), "prepareRoles")

    assert events == []
