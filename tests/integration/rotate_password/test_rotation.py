"""A whole rotation through handlers, API calls and a real server."""

import pytest

from local.moto_aws import TEMPORARY_PASSWORD
from rotate_password.conditions.outcome import Outcome
from rotate_password.failure import StepFailed
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import STEPS, Rotation, refused


@pytest.mark.every_postgres
def test_one_key_of_the_secret_and_one_password_are_changed(rotation: Rotation) -> None:
    before = rotation.aws.secret()

    token = rotation.rotate()

    # THEN the new password works and the old one does not
    secret = rotation.aws.secret()
    assert rotation.logs_in("jiki", secret["aurora_password"])
    assert not rotation.logs_in("jiki", TEMPORARY_PASSWORD)
    # AND the rest of the secret is as it was, in its order
    assert list(secret) == list(before)
    assert secret | {"aurora_password": 0} == before | {"aurora_password": 0}
    # AND both services were redeployed once
    assert rotation.redeployments() == [1, 1]
    # AND nothing is pending
    stages = rotation.aws.stages()
    assert "AWSCURRENT" in stages[token]
    assert not any("AWSPENDING" in labels for labels in stages.values())
    # AND people are told
    (event,) = rotation.aws.published_events()
    assert (event["detail-type"], event["detail"]["state"]) == ("PasswordRotated", "notice")
    assert event["detail"]["facts"]["strategy"] == "single user"


@pytest.mark.every_postgres
def test_users_take_turns_and_the_last_one_s_password_keeps_working(rotation: Rotation) -> None:
    rotation.alternate()
    logins = [("jiki", TEMPORARY_PASSWORD)]

    for _ in range(3):
        rotation.wait_for_rollouts()
        rotation.rotate()
        secret = rotation.aws.secret()
        logins.append((secret["aurora_username"], secret["aurora_password"]))
        assert rotation.logs_in(*logins[-1])
        assert rotation.logs_in(*logins[-2])

    assert [user for user, _ in logins] == ["jiki", "jiki_a", "jiki_b", "jiki_a"]
    assert not rotation.logs_in(*logins[1])
    assert rotation.redeployments() == [3, 3]


def test_a_user_named_in_the_secret_is_kept_until_two_are_prepared(rotation: Rotation) -> None:
    rotation.edit(aurora_username="jiki")

    rotation.rotate()

    secret = rotation.aws.secret()
    assert secret["aurora_username"] == "jiki"
    assert rotation.logs_in("jiki", secret["aurora_password"])
    (event,) = rotation.aws.published_events()
    assert event["detail"]["facts"]["strategy"] == "single user"


def test_users_are_prepared_again_by_the_master_as_the_docs_say(rotation: Rotation) -> None:
    # GIVEN users that take turns, and a function that somebody has dropped
    rotation.alternate()
    rotation.rotate()
    rotation.wait_for_rollouts()
    rotation.database.admin.execute("DROP SCHEMA jiki_ops CASCADE")
    with refused(Cause.OUT_OF_TURN):
        rotation.step("prepare_roles")

    # WHEN the master is put into the secret, and prepares them
    rotation.edit(aurora_username="jiki", aurora_password=TEMPORARY_PASSWORD)
    rotation.step("prepare_roles")
    rotation.rotate()

    # THEN they take turns again
    secret = rotation.aws.secret()
    assert secret["aurora_username"] == "jiki_a"
    assert rotation.logs_in("jiki_a", secret["aurora_password"])


def test_an_edit_meanwhile_is_merged_and_the_next_rotation_is_accepted(rotation: Rotation) -> None:
    token = rotation.begin()
    rotation.step("create_secret", token)
    rotation.edit(stripe_webhook_secret="whsec_1")
    rotation.step("set_secret", token)
    rotation.edit(new_key="2")
    rotation.step("test_secret", token)

    rotation.step("finish_secret", token)

    secret = rotation.aws.secret()
    assert (secret["stripe_webhook_secret"], secret["new_key"]) == ("whsec_1", "2")
    assert rotation.logs_in("jiki", secret["aurora_password"])
    # AND a repeated last step finds nothing to do
    assert rotation.step("finish_secret", token)["outcome"] == Outcome.ROTATED_BEFORE
    assert rotation.redeployments() == [1, 1]
    rotation.wait_for_rollouts()
    rotation.rotate()
    assert rotation.aws.secret()["new_key"] == "2"


def test_a_rollout_holds_the_rotation_up_and_people_are_notified(rotation: Rotation) -> None:
    rotation.ecs.engine.start_delay = rotation.ecs.engine.start_delay * 10_000
    rotation.ecs.engine.services["jiki-api-web"].primary.rollout_state = "IN_PROGRESS"
    rotation.ecs.engine.services["jiki-api-web"].desired = 2
    token = rotation.begin()

    with refused(Cause.ROLLOUT_IN_PROGRESS):
        rotation.step("create_secret", token)

    (event,) = rotation.aws.published_events()
    assert event["detail-type"] == "RotationFailed"
    assert event["detail"]["incident"] == "rotation:config"
    assert (event["detail"]["state"], event["detail"]["severity"]) == ("open", "warning")


def test_a_failed_redeployment_fails_the_step_which_then_does_the_rest(rotation: Rotation) -> None:
    token = rotation.begin()
    for name in STEPS[:3]:
        rotation.step(name, token)
    rotation.ecs.fail_next("AccessDeniedException", "no", operation="UpdateService")

    with refused(Cause.REDEPLOY_FAILED):
        rotation.step("finish_secret", token)
    rotation.rotate(token)

    # Each was redeployed once; the refused call is the third.
    assert sum(rotation.redeployments()) == 3
    assert [e["detail-type"] for e in rotation.aws.published_events()] == [
        "RotationFailed",
        "PasswordRotated",
    ]


def test_throttling_is_waited_out(rotation: Rotation) -> None:
    rotation.ecs.fail_next(times=2)

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


def test_a_lost_password_is_reported(rotation: Rotation) -> None:
    rotation.database.admin.execute("ALTER ROLE jiki PASSWORD 'nobody-knows-this'")
    token = rotation.begin()
    rotation.step("create_secret", token)

    with refused(Cause.PASSWORD_LOST):
        rotation.step("set_secret", token)

    (event,) = rotation.aws.published_events()
    assert (event["detail-type"], event["detail"]["severity"]) == ("PasswordLost", "critical")


def test_an_unreachable_database_is_named_without_a_password(rotation: Rotation) -> None:
    rotation.aws.put_config(aurora_port="1")
    token = rotation.begin()

    with pytest.raises(StepFailed) as caught:
        rotation.step("create_secret", token)

    assert caught.value.cause is Cause.UNREACHABLE
    assert str(rotation.aws.secret()["aurora_password"]) not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    ["marker", '["marker"]', '{"other": "marker"}', '{"aurora_password": ["marker"]}'],
)
def test_a_secret_of_another_shape_is_refused_without_quoting_it(
    content: str, rotation: Rotation
) -> None:
    rotation.aws.client("secretsmanager").put_secret_value(SecretId="config", SecretString=content)
    token = rotation.begin()

    with pytest.raises(StepFailed) as caught:
        rotation.step("create_secret", token)

    assert caught.value.cause is Cause.CONFIGURATION
    assert "marker" not in str(caught.value)


def test_all_missing_settings_are_named_at_once(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = rotation.begin()
    for name in ("CONFIG_SECRET_ID", "QUERY_DATABASE_FUNCTION", "ECS_CLUSTER"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROLLOUT_WAIT_SECONDS", "soon")

    with pytest.raises(StepFailed) as caught:
        rotation.step("create_secret", token)

    for name in (
        "CONFIG_SECRET_ID",
        "QUERY_DATABASE_FUNCTION",
        "ECS_CLUSTER",
        "ROLLOUT_WAIT_SECONDS",
    ):
        assert name in str(caught.value)


def test_another_secret_than_the_configured_one_is_refused(rotation: Rotation) -> None:
    token = rotation.begin()
    rotation.secret_id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf"

    with refused(Cause.OUT_OF_TURN):
        rotation.step("create_secret", token)
