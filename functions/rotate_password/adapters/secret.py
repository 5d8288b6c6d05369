"""The secret's versions and staging labels, as AWS Secrets Manager keeps them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from botocore.exceptions import ClientError

from ops_common.app_config import AppConfigError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# AWS Secrets Manager User Guide, "Quotas": a secret's value.
MAXIMUM_BYTES = 65_536
CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"
PREVIOUS = "AWSPREVIOUS"
# Our own labels. The version that the database accepted before the password was changed, and the
# one whose password it was given: put before the change, and left until the next rotation, so that
# whatever people do to AWS's labels, the valid password keeps one.
FROM = "ROTATION_FROM"
TO = "ROTATION_TO"
# The version that was current when createSecret began, to see whether its password was edited
# since; and one that carries a person's edit together with the new password.
BASE = "ROTATION_BASE"
MERGED = "ROTATION_MERGED"
# The version whose password Amazon RDS was asked to set.
RESET = "ROTATION_RESET"
OWN_LABELS = (TO, FROM, BASE, MERGED, RESET)


class VersionTaken(Exception):
    """A version of that id exists with another content (ResourceExistsException)."""


class SecretTooLarge(Exception):
    """The text with its new password is longer than AWS Secrets Manager takes."""


class VersionInfo(NamedTuple):
    """A labelled version, without its text."""

    id: str
    labels: tuple[str, ...]
    created: datetime


class SecretState(NamedTuple):
    """Where the labels are (label to version id), and when anything was last changed."""

    arn: str
    name: str
    labels: Mapping[str, str]
    last_changed: datetime


class Secret(Protocol):
    """The port; tests give one in memory."""

    def state(self) -> SecretState:
        """The labels as they are now."""

    def read(self, version: str) -> str | None:
        """A version's text; None where there is none, or none yet. Raises AppConfigError."""

    def history(self) -> tuple[VersionInfo, ...]:
        """The labelled versions."""

    def put(self, version: str, text: str, label: str) -> None:
        """Store a version under one label; repeatable. Raises VersionTaken, SecretTooLarge."""

    def move(self, label: str, *, source: str | None, target: str | None) -> bool:
        """Move a label, add it (no source) or remove it (no target).

        False where the label was no longer on `source`: nothing has changed then.
        """


class SecretsManagerSecret:
    """One secret in AWS Secrets Manager."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        self._client = client
        self._id = secret_id

    def state(self) -> SecretState:
        """See Secret."""
        described = self._client.describe_secret(SecretId=self._id)
        return SecretState(
            arn=described["ARN"],
            name=described["Name"],
            labels={
                label: version
                for version, labels in described.get("VersionIdsToStages", {}).items()
                for label in labels
            },
            last_changed=described["LastChangedDate"],
        )

    def read(self, version: str) -> str | None:
        """See Secret."""
        try:
            response = self._client.get_secret_value(SecretId=self._id, VersionId=version)
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise
        if "SecretBinary" in response:
            raise AppConfigError(f"secret {self._id} is binary; expected a text of JSON")
        return response.get("SecretString")

    def history(self) -> tuple[VersionInfo, ...]:
        """See Secret."""
        # One page: versions without a label are left out of the answer.
        found = self._client.list_secret_version_ids(SecretId=self._id, MaxResults=100)
        return tuple(
            VersionInfo(version["VersionId"], tuple(labels), version["CreatedDate"])
            for version in found["Versions"]
            if (labels := version.get("VersionStages", []))
        )

    def put(self, version: str, text: str, label: str) -> None:
        """See Secret."""
        if (size := len(text.encode())) > MAXIMUM_BYTES:
            raise SecretTooLarge(
                f"secret {self._id} would have {size:,} bytes with its new password, and AWS"
                f" Secrets Manager takes {MAXIMUM_BYTES:,}"
            )
        try:
            self._client.put_secret_value(
                SecretId=self._id,
                ClientRequestToken=version,
                SecretString=text,
                VersionStages=[label],
            )
        except ClientError as error:
            if _code(error) == "ResourceExistsException":
                raise VersionTaken(version) from None
            raise

    def move(self, label: str, *, source: str | None, target: str | None) -> bool:
        """See Secret. UpdateSecretVersionStage refuses a source that has lost the label."""
        versions = {"RemoveFromVersionId": source, "MoveToVersionId": target}
        try:
            self._client.update_secret_version_stage(
                SecretId=self._id,
                VersionStage=label,
                **{name: version for name, version in versions.items() if version},
            )
        except ClientError:
            # Decided by where the label is, for the codes of this refusal are not documented.
            if self.state().labels.get(label) != source:
                return False
            raise
        return True


def last_turn(secret: Secret) -> datetime | None:
    """When the version was made whose password the database was given last, if ever."""
    return next((each.created for each in secret.history() if TO in each.labels), None)


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
