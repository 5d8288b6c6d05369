"""The word for each failure, which events carry and tests go by."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ops_common.app_config import AppConfigError
from ops_common.ecs import Service
from ops_common.query_database import ERRORS
from rotate_password.conditions.left_behind import BehindRdsProxy
from rotate_password.conditions.redeploy import NotDeployable, RolloutInProgress
from rotate_password.words.cause import Cause, cause_of
from tests.unit.rotate_password.world import World


def refused(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetSecretValue")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        # AWS Secrets Manager API Reference, errors of GetSecretValue and PutSecretValue.
        (refused("DecryptionFailure"), Cause.KMS),
        (refused("EncryptionFailure"), Cause.KMS),
        (refused("AccessDeniedException", "Access to KMS is not allowed"), Cause.KMS),
        (refused("AccessDeniedException", "is not authorized to perform"), Cause.AWS),
        (EndpointConnectionError(endpoint_url="https://x"), Cause.AWS),
        (NotDeployable(Service("web", "arn", 1, 1, 0, "web:1", ())), Cause.NOT_DEPLOYABLE),
        (RolloutInProgress(("web",), 300), Cause.ROLLOUT_IN_PROGRESS),
        (AppConfigError("x"), Cause.CONFIGURATION),
        (KeyError("x"), Cause.UNEXPECTED),
    ],
)
def test_each_has_one(error: Exception, cause: Cause) -> None:
    assert cause_of(error) is cause


def test_every_kind_of_the_database_has_one() -> None:
    causes = {kind: cause_of(error("x")) for kind, error in ERRORS.items()}

    assert causes["read_only"] is Cause.READ_ONLY
    assert causes["unreachable"] is Cause.UNREACHABLE
    assert causes["login_disabled"] is Cause.LOGIN_DISABLED
    assert Cause.UNEXPECTED not in causes.values()


@pytest.mark.parametrize(
    ("host", "refuses"),
    [
        ("jiki.proxy-c1a2b3.eu-west-1.rds.amazonaws.com", True),
        ("jiki-ro.endpoint.proxy-c1a2b3.eu-west-1.rds.amazonaws.com", True),
        ("jiki.cluster-c1a2b3.eu-west-1.rds.amazonaws.com", False),
        ("my.proxy-of-ours.internal", False),
    ],
)
def test_an_address_of_rds_proxy_is_refused_before_anything_is_changed(
    host: str, refuses: bool
) -> None:
    world = World()
    world.host = host
    token = world.secret.begin_rotation()

    if not refuses:
        world.rotate(token)
        return
    with pytest.raises(BehindRdsProxy):
        world.step("createSecret", token)
    assert (world.secret.versions[token], world.database.roles["jiki"]) == (None, "first")
