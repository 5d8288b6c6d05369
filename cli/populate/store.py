"""Reading the secret, and replacing it only if nobody else has meanwhile."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
LABEL = "POPULATED"


class Busy(StrEnum):
    """Why a secret is not written now."""

    CHANGED = "changed"
    ROTATES = "rotates"


class SecretBusy(Exception):
    """A rotation is under way, or somebody has changed the secret: nothing was changed."""

    def __init__(self, cause: Busy, words: str) -> None:
        super().__init__(words)
        self.cause = cause


class Version(NamedTuple):
    """The current version."""

    id: str
    text: str


class SecretStore:
    """One secret in AWS Secrets Manager."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        self._client = client
        self._id = secret_id

    def read(self) -> Version:
        """The current version."""
        current = self._client.get_secret_value(SecretId=self._id, VersionStage=CURRENT)
        # A binary secret has no text, and is refused as one that is no JSON.
        return Version(current["VersionId"], current.get("SecretString", ""))

    def replace(self, old: Version, text: str) -> None:
        """Make `text` current if `old` still is. Raises SecretBusy.

        PutSecretValue alone would overwrite what a rotation or a person has stored since.
        """
        stages = self._client.describe_secret(SecretId=self._id).get("VersionIdsToStages", {})
        if any(PENDING in labels for id_, labels in stages.items() if id_ != old.id):
            rotates = f"a rotation of {self._id} is under way; run this again after it"
            raise SecretBusy(Busy.ROTATES, rotates)
        new = self._client.put_secret_value(
            SecretId=self._id, SecretString=text, VersionStages=[LABEL]
        )["VersionId"]
        try:
            self._client.update_secret_version_stage(
                SecretId=self._id,
                VersionStage=CURRENT,
                MoveToVersionId=new,
                RemoveFromVersionId=old.id,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterException":
                raise
            changed = f"{self._id} was changed meanwhile; run this again"
            raise SecretBusy(Busy.CHANGED, changed) from None
        finally:
            # A version without a label is forgotten by AWS, be it the new one or a failed try.
            self._client.update_secret_version_stage(
                SecretId=self._id, VersionStage=LABEL, RemoveFromVersionId=new
            )
