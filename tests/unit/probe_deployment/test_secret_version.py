"""Which references of a task definition are to the app's own secret."""

from types import SimpleNamespace
from typing import Any

import pytest

from probe_deployment.cause import Cause
from probe_deployment.checks import secret_version
from probe_deployment.finding import Finding

SECRETS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"
APP = SECRETS + "jiki/config-a1B2c3"


class Client:
    """Secrets Manager with the app's secret."""

    def describe_secret(self, *, SecretId: str) -> Any:  # noqa: N803  # boto3's
        return {"ARN": APP, "VersionIdsToStages": {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}}


def checked(value_from: str, secret_id: str) -> Finding:
    secrets = [{"name": "PASSWORD", "valueFrom": value_from}]
    context: Any = SimpleNamespace(
        settings=SimpleNamespace(app_config=SimpleNamespace(secret_id=secret_id)),
        probed=("web",),
        target_definition=lambda name: name,
        definition=lambda _: {"containerDefinitions": [{"name": "web", "secrets": secrets}]},
        client=lambda _: Client(),
    )
    return secret_version.check(context)


@pytest.mark.parametrize("secret_id", ["jiki/config", APP])
@pytest.mark.parametrize("arn", [APP, APP[:-7]])
def test_a_pinned_version_is_found_however_the_secret_is_named(arn: str, secret_id: str) -> None:
    assert checked(f"{arn}::AWSPREVIOUS:", secret_id).cause is Cause.PINNED
