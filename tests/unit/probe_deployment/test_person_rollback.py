"""An operator's rollback: allowed, possible, and to what had passed."""

from copy import replace

import pytest

from ops_common.ecs import Service
from probe_deployment.person_rollback import decide, is_asked
from probe_deployment.rollback import Stays
from tests.unit.probe_deployment.samples import DEFINITION, SERVICE

LAST = DEFINITION + "41"


def test_goes_back_to_the_last_that_passed() -> None:
    assert decide(SERVICE, LAST, on=True).task_definition == LAST


@pytest.mark.parametrize(
    ("service", "last", "on", "stays"),
    [
        (SERVICE, LAST, False, Stays.NOT_ALLOWED),
        (replace(SERVICE, deployments=()), LAST, True, Stays.DEPLOYED_ELSEWHERE),
        (SERVICE, None, True, Stays.NONE_PASSED),
        (SERVICE, SERVICE.primary.task_definition, True, Stays.RUNS_IT),
    ],
)
def test_stays_where_there_is_no_way_back(
    service: Service, last: str | None, on: bool, stays: Stays
) -> None:
    decision = decide(service, last, on=on)
    assert (decision.task_definition, decision.stays) == (None, stays)


def test_is_asked_for_by_one_field() -> None:
    assert is_asked({"rollBack": "web"})
    assert not is_asked({"trigger": "person"})
    assert not is_asked("rollBack")
