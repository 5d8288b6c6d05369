"""Answers of the ECS and RDS APIs, read by what the checks read them with."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cli.corpus.verdicts import Status, Verdict, asked
from ops_common.ecs import EcsServices, Rollout, ServiceNotFound
from ops_common.images import Image
from ops_common.tasks import Ending, parse_task
from probe_deployment.aurora import Cluster, Instances
from probe_deployment.checks import image
from probe_deployment.checks.secret_version import references
from probe_deployment.deployed import target_groups_of
from probe_deployment.finding import Status as Outcome

GIVEN = ("definition",)
"""What an expectation gives the reader, beside what it asks."""

type Reader = Callable[[Any, Mapping[str, Any]], dict[str, Any]]


def judge_folder(folder: Path, entries: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each answer; NOT_COVERED where nothing reads such an operation."""
    for name, entry in entries.items():
        expect = {key: value for key, value in entry["expect"].items() if key != "operation"}
        read = READERS.get(entry["expect"]["operation"])
        if read is None:
            why = f"nothing reads {entry['expect']['operation']}"
            yield Verdict(folder.name, name, Status.NOT_COVERED, why)
            continue
        unread: list[str] = []
        yield asked(folder.name, name, partial(_troubles, folder / name, read, expect, unread))
        if unread:
            why = f"nothing reads {', '.join(unread)}"
            yield Verdict(folder.name, f"{name} (in part)", Status.NOT_COVERED, why)


def _troubles(path: Path, read: Reader, expect: Mapping[str, Any], unread: list[str]) -> list[str]:
    """What is not as expected; `unread` is given what the product has no reader for."""
    found = read(json.loads(path.read_text(), object_hook=_times), expect)
    unread += [key for key in expect if key not in found and key not in GIVEN]
    return [
        f"{key} is {found[key]}, not {expect[key]}"
        for key in expect
        if key in found and found[key] != expect[key]
    ]


def _times(fields: dict[str, Any]) -> dict[str, Any]:
    """As boto3 gives them: fields named …At are times."""
    return {
        name: datetime.fromisoformat(value)
        if name.endswith("At") and isinstance(value, str)
        else value
        for name, value in fields.items()
    }


def _tasks(raw: Any, expect: Mapping[str, Any]) -> dict[str, Any]:
    tasks = [parse_task(each) for each in raw["tasks"]]
    found: dict[str, Any] = {}
    if "failure" in expect:
        endings = {task.ending for task in tasks}
        planned = False if endings == {Ending.PLANNED} else None
        found["failure"] = True if Ending.FAILED in endings else planned
    if "definition" in expect:
        definitions = [{"name": name, "image": text} for name, text in expect["definition"].items()]
        app = image.app_containers(definitions)
        images = {name: Image.parse(text) for name, text in expect["definition"].items()}
        running = [task for task in tasks if task.running]
        judgement = image.judge("the service", running, images, app, None, "")
        found["same_image"] = judgement.status is Outcome.PASS if running else None
    return found


def _services(raw: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    client: Any = SimpleNamespace(describe_services=lambda **_: raw)
    names = [each["serviceName"] for each in raw["services"]]
    names += [each["arn"].rpartition("/")[2] for each in raw.get("failures", [])]
    try:
        services = EcsServices(client, "cluster").describe(tuple(names))
    except ServiceNotFound:
        return {"rolling_out": None, "failed": None, "target_groups": []}
    unknown = any(service.rollout is Rollout.UNKNOWN for service in services)
    return {
        "rolling_out": None if unknown else any(one.rolling_out for one in services),
        "failed": any(one.rollout is Rollout.FAILED or one.rolling_back for one in services),
        "target_groups": [group for one in services for group in one.target_groups],
    }


def _clusters(raw: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    if not raw["DBClusters"]:
        return {}
    cluster = Cluster.parse(raw["DBClusters"][0])
    return {
        name: getattr(cluster, name)
        for name in (
            *("instances", "protected", "min_acu", "max_acu", "can_pause"),
            *("managed_secret", "available", "pending_password"),
        )
    }


def _instances(raw: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    found = Instances.parse(raw["DBInstances"])
    return {
        "zones": len(found.zones),
        "public": bool(found.public),
        "available": not found.not_available,
    }


def _definition(raw: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    return {"secrets": [[one.secret, one.key] for _, _, one in references(raw["taskDefinition"])]}


def _revisions(raw: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    groups = [group for each in raw["serviceRevisions"] for group in target_groups_of(each)]
    return {"target_group": groups[0]} if groups else {}


READERS: Mapping[str, Reader] = {
    "DescribeTasks": _tasks,
    "DescribeServices": _services,
    "DescribeServiceRevisions": _revisions,
    "DescribeDBClusters": _clusters,
    "DescribeDBInstances": _instances,
    "DescribeTaskDefinition": _definition,
}
