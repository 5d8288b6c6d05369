"""Keys of secrets that a task definition hands to its containers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class SecretReference:
    """One `valueFrom` of Secrets Manager: `ARN[:key:label:version]`, any of the last three empty.

    Source: Amazon ECS Developer Guide, "Pass Secrets Manager secrets".
    """

    secret: str
    """The ARN without what follows; with or without AWS's own six characters at its end."""
    key: str | None
    """None for the whole text."""
    label: str
    version: str

    @classmethod
    def parse(cls, value_from: str) -> Self | None:
        """None for what is no secret of Secrets Manager (a parameter of Systems Manager)."""
        parts = value_from.split(":")
        if len(parts) < 7 or parts[0] != "arn" or parts[2] != "secretsmanager":
            return None
        key, label, version = (*parts[7:10], "", "", "")[:3]
        return cls(":".join(parts[:7]), key or None, label, version)

    @property
    def pinned(self) -> bool:
        """Whether it stays with one version, whatever is current."""
        return bool(self.version) or self.label not in ("", "AWSCURRENT")

    def is_of(self, secret_arn: str) -> bool:
        """Whether it is of the secret of that full ARN."""
        return self.secret in (secret_arn, secret_arn[:-7])


def secret_references(definition: Mapping[str, Any]) -> tuple[SecretReference, ...]:
    """All of a task definition, as DescribeTaskDefinition describes it, each once."""
    found = [
        SecretReference.parse(secret["valueFrom"])
        for container in definition.get("containerDefinitions", [])
        for secret in container.get("secrets", [])
    ]
    return tuple(dict.fromkeys(each for each in found if each))
