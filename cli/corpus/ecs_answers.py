"""Answers of ECS about tasks and services, by the readers of ops_common and the image's check."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.corpus.verdicts import Status, Verdict, judged
from ops_common.ecs import EcsServices, Rollout, ServiceNotFound
from ops_common.images import Image
from ops_common.tasks import Ending, parse_task
from probe_deployment.checks.image import app_containers, judge
from probe_deployment.finding import Status as Found

READ = ("failure", "rolling_out", "failed", "same_image", "target_groups")
FAILURES: Mapping[Ending | None, bool | None] = {
    Ending.FAILED: True,
    Ending.PLANNED: False,
    Ending.INTERRUPTED: None,
    None: None,
}


class _Answering:
    """An ECS client that gives one answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def describe_services(self, **_: Any) -> Any:
        return self._answer


def judge_folder(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each file of DescribeTasks and DescribeServices."""
    for name, entry in expected.items():
        expect, operation = entry["expect"], entry["expect"]["operation"]
        answer = json.loads((folder / name).read_text())
        readers = {"DescribeTasks": _tasks, "DescribeServices": _services}
        unread = set(expect) - {"operation", "definition", *READ}
        if operation not in readers or unread:
            why = f"nothing here asks for {', '.join(sorted(unread)) or operation}"
            yield Verdict(folder.name, name, Status.NOT_COVERED, why)
            continue
        try:
            seen = readers[operation](answer, expect)
        except Exception as error:  # noqa: BLE001  # whatever the product raises is its answer
            yield judged(folder.name, name, [f"raises {type(error).__name__}: {error}"])
            continue
        troubles = [
            f"{field} {seen[field]}, not {expect[field]}"
            for field in READ
            if field in expect and seen[field] != expect[field]
        ]
        yield judged(folder.name, name, troubles)


def _tasks(answer: Any, expect: Mapping[str, Any]) -> dict[str, Any]:
    tasks = [parse_task(_with_times(raw)) for raw in answer["tasks"]]
    seen: dict[str, Any] = {"failure": FAILURES[tasks[0].ending] if tasks else None}
    if "same_image" in expect:
        images = {name: Image.parse(text) for name, text in expect["definition"].items()}
        raw = [{"name": name, "image": text} for name, text in expect["definition"].items()]
        running = [task for task in tasks if task.running]
        found = judge("app", running, images, app_containers(raw), None, "")
        known = {Found.PASS: True, Found.FAIL: False}.get(found.status) if running else None
        seen["same_image"] = known
    return seen


def _services(answer: Any, _: Mapping[str, Any]) -> dict[str, Any]:
    described = [_with_times(raw) for raw in answer["services"]]
    client: Any = _Answering({**answer, "services": described})
    names = [raw["serviceName"] for raw in described if raw["status"] == "ACTIVE"]
    if not names:
        missing = [one["arn"].rsplit("/", 1)[-1] for one in answer["failures"]] or ["gone"]
        try:
            EcsServices(client, "app").describe(tuple(missing))
        except ServiceNotFound:
            return dict.fromkeys(READ)
        raise LookupError("a service that is not there was found")
    (service,) = EcsServices(client, "app").describe((names[0],))
    unknown = service.rollout is Rollout.UNKNOWN
    return {
        "rolling_out": None if unknown else service.rolling_out,
        "failed": service.rollout is Rollout.FAILED or service.rolling_back,
        "target_groups": list(service.target_groups),
    }


def _with_times(raw: Any) -> Any:
    """As boto3 gives it: times are no text."""
    if isinstance(raw, list):
        return [_with_times(one) for one in raw]
    if not isinstance(raw, Mapping):
        return raw
    return {
        name: datetime.fromisoformat(value)
        if name.endswith("At") and isinstance(value, str)
        else _with_times(value)
        for name, value in raw.items()
    }
