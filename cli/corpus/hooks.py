"""What ECS sends to a lifecycle hook, by the reader of probe_deployment's events."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from cli.corpus.verdicts import Verdict, asked
from probe_deployment.hook import HookStatus
from probe_deployment.request import BadEvent, Trigger
from probe_deployment.triggers import parse


def judge_folder(folder: Path, expected: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each file."""
    for name, entry in expected.items():
        yield asked(folder.name, name, partial(_troubles, folder / name, entry["expect"]))


def _troubles(path: Path, expect: Mapping[str, Any]) -> list[str]:
    try:
        request = parse(json.loads(path.read_text()), (str(expect.get("service") or ""),))
    except BadEvent as error:
        request, words = None, str(error)
    else:
        words = "it is about nothing of ours"
    if request is None:
        return [words] if expect["accepted"] else []
    troubles = [] if expect["accepted"] else ["accepted"]
    if request.trigger is not Trigger.HOOK:
        troubles.append(f"read as {request.trigger}")
    started = request.started_at and request.started_at.isoformat()
    for field, seen in (
        ("service", request.service),
        ("target", request.target_revision),
        ("started_at", started),
        # A stage that is not checked is answered at once, so that nothing stops it.
        ("answer", None if request.runs_checks else HookStatus.SUCCEEDED.value),
    ):
        if field in expect and seen != expect[field]:
            troubles.append(f"{field} {seen}, not {expect[field]}")
    return troubles
