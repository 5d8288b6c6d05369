"""Why an ECS task stopped: by itself, or because somebody or something wanted it to."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ops_common.images import Image

# Amazon ECS Developer Guide, "Stopped tasks error codes".
FAILED = ("EssentialContainerExited", "TaskFailedToStart")
EXPECTED = ("UserInitiated", "SpotInterruption", "TerminationNotice")
# The scheduler stops tasks at a scale-in and in a deployment too; the reason alone says which.
_UNHEALTHY = re.compile(r"failed (?:\w+ )*health checks?|is unhealthy", re.IGNORECASE)
_ERROR = re.compile(r"\b[A-Z]\w*Error\b")
STOPPED_FROM_OUTSIDE = (143, 137)
"""What SIGTERM and SIGKILL leave: a container that ended because the task did."""


class Failure(NamedTuple):
    """Why a task failed, in words."""

    text: str
    label: str
    """In two or three words, to be counted."""
    image: str


def failure(detail: Mapping[str, Any]) -> Failure | None:
    """What a stopped task's event says of its failure; None for one that was wanted.

    Raises LookupError, TypeError or ValueError for less than an event.
    """
    reason, code = str(detail.get("stoppedReason") or ""), detail.get("stopCode")
    containers = [one for one in detail.get("containers") or () if isinstance(one, dict)]
    if code in EXPECTED:
        return None
    if code not in FAILED and not _UNHEALTHY.search(reason) and not _errors(reason, containers):
        return None
    causes = _causes(containers)
    if not str(detail.get("group") or "").startswith("service:") and _ended_well(causes):
        # A job that is done; a service's task is not meant to end.
        return None
    exits = [
        f"{one['name']} exited with {one['exitCode']}"
        for one in causes
        if one.get("exitCode") is not None
    ]
    reasons = [f"{one['name']}: {one['reason']}" for one in causes if one.get("reason")]
    return Failure(
        text="; ".join(part for part in (reason, *exits, *reasons) if part),
        label=_label(reason, causes),
        image=_image(causes or containers),
    )


def _errors(reason: str, containers: list[dict[str, Any]]) -> list[str]:
    texts = (reason, *(str(one.get("reason") or "") for one in containers))
    return [found[0] for text in texts for found in [_ERROR.search(text)] if found]


def _causes(containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The containers that ended by themselves; all, where each was stopped from outside."""
    exited = [one for one in containers if one.get("exitCode") is not None or one.get("reason")]
    own = [
        one
        for one in exited
        if one.get("reason") or one.get("exitCode") not in STOPPED_FROM_OUTSIDE
    ]
    return own or exited


def _ended_well(causes: list[dict[str, Any]]) -> bool:
    return bool(causes) and all(
        one.get("exitCode") == 0 and not one.get("reason") for one in causes
    )


def _label(reason: str, causes: list[dict[str, Any]]) -> str:
    if errors := _errors(reason, causes):
        return errors[0]
    if _UNHEALTHY.search(reason):
        return "failed health checks"
    exits = [one for one in causes if one.get("exitCode") is not None]
    return f"{exits[0]['name']} exited with {exits[0]['exitCode']}" if exits else reason[:60]


def _image(containers: list[dict[str, Any]]) -> str:
    image = next((str(one["image"]) for one in containers if one.get("image")), "")
    return Image.parse(image).short if image else ""
