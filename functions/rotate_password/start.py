"""Starts a rotation that two people asked for (docs/on-call.md): Secrets Manager does the rest."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

EVENT = {"start": "rotation"}
"""What the rule OperatorRotateRule of the template sends."""


def is_start(event: Any) -> bool:
    """Whether the event asks for a rotation, and is no step of one."""
    return bool(event == EVENT)


def start(client: "SecretsManagerClient", secret_id: str) -> dict[str, str]:
    """Let Secrets Manager rotate now, whose steps come by events of their own.

    Raises ClientError, where a rotation is under way already, too.
    """
    version = client.rotate_secret(SecretId=secret_id, RotateImmediately=True)["VersionId"]
    said = f"rotation to version {version} has been started"
    return {"step": "start", "version": version, "reason": said}
