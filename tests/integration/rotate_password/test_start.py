"""Two people asked for a rotation: Secrets Manager is told to begin one."""

from local.lambda_endpoint import Context
from local.moto_aws import SECRET, MotoAws
from rotate_password.app import handler
from rotate_password.start import EVENT
from tests.integration.rotate_password.conftest import Rotation


def test_secrets_manager_begins(rotation: Rotation, aws: MotoAws) -> None:
    # GIVEN a secret that is set up to be rotated, and was
    rotation.rotate()
    before = aws.client("secretsmanager").describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    # WHEN the rule's event arrives
    answer = handler(EVENT, Context("jiki-ops-rotate-password"))
    # THEN there is a version more
    after = aws.client("secretsmanager").describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    (new,) = set(after) - set(before)
    assert answer["version"] == new
