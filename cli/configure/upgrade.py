"""Parameters of an older version in samconfig.toml: taken over under today's names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "WebService": "WebServices",
        "WorkerService": "WorkerServices",
        "SlackTokenParameter": "SlackToken",
        "SlackTokenSecretArn": "SlackToken",
    }
)
"""Old name to new name; the value means what it meant."""
REMOVED: Mapping[str, str] = MappingProxyType(
    {
        "PasswordExcludedCharacters": "a new password has letters and digits",
        "RandomSecretKeys": "make populate asks by name",
        **dict.fromkeys(
            ("AwsEndpointUrl", "EcsEndpointUrl", "SlackApiUrl", "DatabaseCaCertificate"),
            "only the local world has other addresses",
        ),
        "AlertWaitMinutes": "it is 30",
        "BalancerErrorsPerMinute": "it is 2 in a minute",
        "BlindAfterMinutes": "it is 10",
        "CertificateDays": "it is 14",
        "ConfigSecretKeyArn": "whatever key the secret is under may be used for that secret",
        "ConnectionReserve": "it is 10",
        "CpuPercent": "it is 90",
        "DatabaseCapacityPercent": "it is 99",
        "FailedJobsLimit": "it is 50",
        "FlapWindowSeconds": "it is 600",
        "FunctionErrorsLimit": "it is 2",
        "ConfigTableKeyAttribute": "an item of the table has id and value",
        "ConfigTableValueAttribute": "an item of the table has id and value",
        "ExpectedSecretValues": "SecretKeys holds its pairs: put them there",
        "MaxConnections": "the database is asked",
        "ReadinessSchedule": "it is Mondays at 7:00 UTC",
        "MemoryPercent": "it is 90",
        "PasswordAgeDays": "it is 45",
        "PasswordLength": "it is 40",
        "PatienceSeconds": "it is 120",
        "ResponseSeconds": "it is 2",
        "RolloutWaitSeconds": "it is 300",
        "ProbeGraceSeconds": "it is 300",
        "RotationWindow": "it is 2h",
        "ScaleInStep": "it is 4",
        "StormThreshold": "it is 10",
        "ThreadsPerTask": "it is 3 until a live worker shows it",
        "ThrottlesLimit": "it is 5",
        "UnhealthyTargetsLimit": "it is none for five minutes",
        "WebErrorsPerMinute": "it is 5 in a minute",
    }
)
"""Name to why it is gone, and what holds instead."""


class Upgrade(NamedTuple):
    """Parameters under today's names, and a sentence for each that changed."""

    overrides: dict[str, str]
    notes: tuple[str, ...]


def upgraded(overrides: Mapping[str, str]) -> Upgrade:
    """An older version's overrides as today's; what is named anew already stays as it is."""
    now: dict[str, str] = {}
    notes: list[str] = []
    for name, value in overrides.items():
        if name in REMOVED:
            notes.append(f"{name} is gone: {REMOVED[name]}")
        elif name in RENAMED:
            new = RENAMED[name]
            notes.append(f"{name} is {new} now")
            if new not in overrides and value:
                now[new] = value
        else:
            now[name] = value
    return Upgrade(now, tuple(notes))
