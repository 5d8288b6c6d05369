"""An operator's rollback: allowed, possible, and to what had passed."""

import pytest

from probe_deployment.person_rollback import decide, is_asked
from tests.unit.probe_deployment.samples import DEFINITION, SERVICE

LAST = DEFINITION + "41"


def test_goes_back_to_the_last_that_passed() -> None:
    assert decide(SERVICE, LAST, on=True).task_definition == LAST


@pytest.mark.parametrize(
    ("last", "on"), [(LAST, False), (None, True), (SERVICE.primary.task_definition, True)]
)
def test_stays_where_there_is_no_way_back(last: str | None, on: bool) -> None:
    decision = decide(SERVICE, last, on=on)
    assert decision.task_definition is None
    assert decision.reason.startswith("no: ")


def test_is_asked_for_by_one_field() -> None:
    assert is_asked({"rollBack": "web"})
    assert not is_asked({"trigger": "person"})
    assert not is_asked("rollBack")
