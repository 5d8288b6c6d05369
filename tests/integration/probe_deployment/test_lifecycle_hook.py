"""An ECS lifecycle hook, from its payload to the answer that ECS wants."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.probe_deployment.conftest import NEW, WEB, System


@pytest.fixture
def payload(event: Callable[[str], Any]) -> Any:
    return event("probe_deployment/lifecycle_hook")


def test_a_revision_whose_tasks_work_succeeds_beside_the_older_ones(
    system: System, payload: Any
) -> None:
    # GIVEN tasks of the new revision that run while the older ones still do
    system.deploy(WEB, NEW, wait=False)
    system.ecs.advance(30)
    assert {task.definition.revision for task in system.ecs.running_tasks(WEB)} >= {2}
    assert system.probe(payload) == {"hookStatus": "SUCCEEDED"}


def test_a_revision_that_has_not_started_is_in_progress_and_keeps_its_details(
    system: System, payload: Any
) -> None:
    system.deploy(WEB, NEW, wait=False)
    answer = system.probe(payload)
    assert (answer["hookStatus"], answer["callBackDelay"]) == ("IN_PROGRESS", 15)
    assert answer["hookDetails"]["team"] == "api"
    # WHEN ECS calls back with what it was given
    again = system.probe(payload | {"hookDetails": answer["hookDetails"]})
    # THEN the grace period still counts from the first call
    assert again["hookDetails"] == answer["hookDetails"]


def test_a_revision_that_does_not_settle_fails_and_people_are_notified(
    system: System, payload: Any, published: Callable[[], list[dict[str, Any]]]
) -> None:
    system.deploy(WEB, NEW, wait=False)
    long_ago = (datetime.now(UTC) - timedelta(minutes=6)).isoformat()
    details = {"startedAt": long_ago}
    assert system.probe(payload | {"hookDetails": details}) == {"hookStatus": "FAILED"}
    (told,) = published()
    assert (told["state"], told["incident"]) == ("open", f"probe:{WEB}")
    assert "image" in told["text"]
