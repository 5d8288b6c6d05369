"""The sentences of a rotation, each once."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError

from ops_common.app_config import AppConfigError
from ops_common.ecs import ServiceNotFound
from ops_common.query_database import DatabaseUnreachable
from rotate_password.adapters.secret import SecretState
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.redeploy import RedeployFailed
from rotate_password.failure import StepFailed
from rotate_password.reading.request import BadRotation, OutOfTurn, Request
from rotate_password.words import events, sentences

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_every_outcome_has_words() -> None:
    for outcome in Outcome:
        assert "{" not in sentences.reason(Done(outcome, "jiki_b", "jiki_a", ("web", "worker")))


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (Done(Outcome.SET, "jiki_b", "jiki_a"), "jiki_a set a new password for jiki_b"),
        (
            Done(Outcome.ROTATED, "jiki", names=("web", "worker")),
            "jiki has a new password; redeployed: web, worker",
        ),
        (Done(Outcome.ROTATED, "jiki"), "jiki has a new password; redeployed: none"),
    ],
)
def test_an_outcome_in_words(done: Done, reason: str) -> None:
    assert sentences.reason(done) == reason


def of_aws(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "marker"}}, "PutSecretValue")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DatabaseUnreachable("db:5432 offers no TLS"), "db:5432 offers no TLS"),
        (AppConfigError("no key"), "no key"),
        (BadRotation(OutOfTurn.NOT_PENDING, "out of turn"), "out of turn"),
        (ServiceNotFound("c", "web"), "cluster c has no service web"),
        (
            of_aws("AccessDenied"),
            "PutSecretValue answered AccessDenied: this function's role, the policy of what is"
            " asked for, or an endpoint's must allow it; CloudTrail says which refused",
        ),
        (of_aws("LimitExceeded"), "PutSecretValue answered LimitExceeded"),
        (
            ReadTimeoutError(endpoint_url="https://x/marker"),
            "an AWS API did not answer (ReadTimeoutError)",
        ),
        (ParamValidationError(report="marker"), "unexpected ParamValidationError"),
        (KeyError("marker"), "unexpected KeyError"),
    ],
)
def test_an_error_in_words(error: Exception, words: str) -> None:
    step = Request("setSecret", "config", "token")
    assert sentences.failure(error) == words
    assert str(StepFailed(step, error)) == f"setSecret of config: {words}"
    event = events.failed("config", "setSecret", error, NOW)
    assert event.text == f"Step setSecret failed: {words}"


def test_an_expired_role_comes_with_the_statement() -> None:
    words = sentences.failure(PasswordExpired("jiki", NOW))
    assert "ALTER ROLE jiki VALID UNTIL 'infinity'" in words


def test_a_refused_redeployment_names_who_has_new_tasks_and_who_has_not() -> None:
    words = sentences.failure(RedeployFailed(("worker",), {"web": ServiceNotFound("c", "web")}))
    assert words.startswith("no new tasks for web: cluster c has no service web. ")
    assert words.endswith("New tasks for: worker")


def test_a_rotation_says_who_logs_in_now() -> None:
    assert sentences.rotated("jiki", (), None) == "jiki logs in with a new password."


def test_a_drift_names_the_version_that_is_accepted_by_its_label() -> None:
    state = SecretState("arn", "config", {"AWSCURRENT": "v1", "ROTATION_TO": "v0"}, NOW)
    assert "accepted that of version v0 (ROTATION_TO)" in sentences.drifted("v0", state)
