"""Whether tasks boot, and have booted, with the secret's current version."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from ops_common.secret_references import SecretReference
from ops_common.tasks import Task
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status

EXPECTED = "the secret's current version, in task definitions and since the tasks' start"
CURRENT = ("", "AWSCURRENT")

type Reference = tuple[str, str, SecretReference]
"""Container, variable, and what it refers to."""


def check(context: Context) -> Finding:
    """No probed service's task definition pins another version of the app's secret."""
    secret_id = context.settings.app_config.secret_id
    client = context.client("secretsmanager")
    described = client.describe_secret(SecretId=secret_id)
    found: list[Reference] = []
    for name in context.probed:
        definition = context.definition(context.target_definition(name))
        found += [each for each in references(definition) if each[2].is_of(described["ARN"])]
    stages = described.get("VersionIdsToStages", {})
    pinned = judge(found, {each for each, labels in stages.items() if "AWSCURRENT" in labels})
    if pinned.status is not Status.PASS:
        return pinned
    value = client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
    since = current_since(value["CreatedDate"], described.get("LastRotatedDate"))
    return Finding.worst(
        [
            judge_boots(name, _tasks(context, name), since, context.settings.cluster)
            for name in context.probed
        ]
    )


def _tasks(context: Context, name: str) -> list[Task]:
    if context.request.target_revision is not None:  # inside a deployment the older ones run still
        return [task for task in context.new_tasks(name) if task.running]
    if context.service(name).rolling_out:
        return []
    return [task for task in context.tasks(name, "RUNNING") if task.running]


def current_since(created: datetime, rotated: datetime | None) -> datetime:
    """From when the secret's version has been the current one.

    A rotation makes it a while before it becomes the current one, and ends with that.
    """
    return max(created, rotated) if rotated else created


def judge_boots(service: str, running: Sequence[Task], since: datetime, cluster: str) -> Finding:
    """Whether running tasks have started before the version was the current one: the app reads
    the secret at boot.
    """
    old = [task for task in running if task.started_at is not None and task.started_at < since]
    if old:
        return Finding.failed(
            f"{service}: {len(old)} of {len(running)} tasks started before the secret's current"
            f" version ({since:%Y-%m-%d %H:%M:%S} UTC)",
            EXPECTED,
            f"aws ecs update-service --cluster {cluster} --service {service}"
            " --force-new-deployment",
            cause=Cause.BOOTED_BEFORE,
            subjects=(service,),
        )
    return Finding.passed(f"{service}: all started since {since:%Y-%m-%d %H:%M:%S}", EXPECTED)


def judge(found: Sequence[Reference], current: Collection[str]) -> Finding:
    """Which references are to another version; `current` are the ids of AWSCURRENT."""
    odd = [
        f"{variable} of {container} has {reference.version or reference.label}"
        for container, variable, reference in found
        if reference.label not in CURRENT
        or (reference.version and reference.version not in current)
    ]
    if odd:
        return Finding.failed(
            "; ".join(odd),
            EXPECTED,
            "take label and version out of valueFrom in the task definition, and deploy it",
            cause=Cause.PINNED,
        )
    return Finding.passed(f"{len(found)} references, all current", EXPECTED)


def references(definition: Any) -> list[Reference]:
    """What a task definition reads of Secrets Manager, not of the Parameter Store."""
    return [
        (container["name"], each["name"], reference)
        for container in definition["containerDefinitions"]
        for each in container.get("secrets", [])
        if (reference := SecretReference.parse(each["valueFrom"]))
    ]
