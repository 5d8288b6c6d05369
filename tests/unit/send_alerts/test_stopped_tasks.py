"""Why a task stopped: which containers are the cause, and what the failure is called."""

from typing import Any

import pytest

from send_alerts.reading.stopped_tasks import Failure, failure

OOM = "OutOfMemoryError: Container killed due to memory usage"
EXITED = "Essential container in task exited"


def container(name: str, exit_code: int | None = None, reason: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "image": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}:v1",
        **({} if exit_code is None else {"exitCode": exit_code}),
        **({"reason": reason} if reason else {}),
    }


def stopped(
    *containers: dict[str, Any],
    reason: str = EXITED,
    code: str = "EssentialContainerExited",
    group: str = "service:web",
) -> Failure | None:
    detail = {"stoppedReason": reason, "stopCode": code, "group": group}
    return failure(detail | {"containers": list(containers)})


def test_a_task_is_called_by_its_container_s_error() -> None:
    assert stopped(container("web", 137, OOM)) == Failure(
        text=f"{EXITED}; web exited with 137; web: {OOM}", label="OutOfMemoryError", image="web:v1"
    )


def test_a_container_that_ended_because_the_task_did_is_no_cause() -> None:
    found = stopped(container("proxy", 143), container("web", 1), container("logs", 137))
    assert found == Failure(
        text=f"{EXITED}; web exited with 1", label="web exited with 1", image="web:v1"
    )


def test_where_all_were_stopped_from_outside_all_are_named() -> None:
    found = stopped(container("proxy", 143), container("web", 137))
    assert found
    assert found.text == f"{EXITED}; proxy exited with 143; web exited with 137"


def test_a_task_that_never_started_is_called_by_its_reason() -> None:
    reason = "CannotPullContainerError: manifest unknown"
    found = stopped(container("web"), reason=reason, code="TaskFailedToStart")
    assert found == Failure(text=reason, label="CannotPullContainerError", image="web:v1")
    without = stopped(reason="No room " * 20, code="TaskFailedToStart")
    assert without
    assert (len(without.label), without.image) == (60, "")


@pytest.mark.parametrize(
    ("reason", "containers", "label"),
    [
        ("Task failed ELB health checks in (target-group x)", [], "failed health checks"),
        ("Task is unhealthy", [container("web", 143)], "failed health checks"),
        ("ResourceInitializationError: no secret", [], "ResourceInitializationError"),
        (
            "Scaling activity initiated by deployment",
            [container("web", 1, OOM)],
            "OutOfMemoryError",
        ),
        ("Scaling activity initiated by deployment", [container("web", 143)], None),
        ("Scaling activity initiated by deployment", [container("web", 1)], None),
    ],
)
def test_what_the_scheduler_stops_has_failed_where_a_reason_says_so(
    reason: str, containers: list[dict[str, Any]], label: str | None
) -> None:
    found = stopped(*containers, reason=reason, code="ServiceSchedulerInitiated")
    assert (found and found.label) == label


def test_of_several_errors_the_first_names_the_failure() -> None:
    by_container = stopped(
        container("web", 1, OOM), container("proxy", 1, "DockerTimeoutError: it is slow")
    )
    by_task = stopped(
        container("web", 1, OOM), reason="ContainerRuntimeError: no", code="TaskFailedToStart"
    )
    exits = stopped(container("web", 2), container("proxy", 1))
    found = [by_container, by_task, exits]
    labels = ["OutOfMemoryError", "ContainerRuntimeError", "web exited with 2"]
    assert [one and one.label for one in found] == labels
    assert [one and one.image for one in found] == ["web:v1"] * 3


@pytest.mark.parametrize("code", ["UserInitiated", "SpotInterruption", "TerminationNotice"])
def test_what_somebody_wanted_is_no_failure(code: str) -> None:
    assert stopped(container("web", 1, OOM), code=code) is None


@pytest.mark.parametrize(
    ("group", "containers", "failed"),
    [
        ("family:nightly", [container("job", 0)], False),
        ("family:nightly", [container("job", 0), container("proxy", 143)], False),
        ("family:nightly", [container("job", 1)], True),
        ("family:nightly", [container("job", 0, OOM)], True),
        ("family:nightly", [container("job", 0), container("proxy", 1)], True),
        ("family:nightly", [], True),
        ("service:web", [container("web", 0)], True),
    ],
)
def test_a_job_that_ended_well_is_done_and_a_service_s_task_is_not(
    group: str, containers: list[dict[str, Any]], *, failed: bool
) -> None:
    assert (stopped(*containers, group=group) is not None) is failed
