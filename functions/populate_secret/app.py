"""Makes the keys of the config secret that are random by nature, where they are missing.

Started by a person (`sam remote invoke`). Adds keys to the secret when told to apply, and changes
or removes none; a dry run by default. When it fails, nothing has changed: run it again.
"""

from typing import Any

# The libraries first, and from here: further down, CPython's stack thrashes (decision 10).
import aws_lambda_powertools  # noqa: F401
import boto3  # noqa: F401
from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common import aws
from ops_common.observability import logger
from ops_common.self_check import answers_self_check
from populate_secret.populate import populate, wants_apply
from populate_secret.self_check import CHECKS
from populate_secret.settings import Settings
from populate_secret.store import SecretStore


@answers_self_check(CHECKS)
def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Compare the secret with what it ought to have; add to it on `{"apply": true}`."""
    settings = Settings.from_env()
    store = SecretStore(aws.client("secretsmanager"), settings.secret_id)
    answer = populate(store, settings, apply=wants_apply(event))
    logger.info("populated", reason=answer["summary"])
    return answer
