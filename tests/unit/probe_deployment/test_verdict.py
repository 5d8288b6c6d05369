import json
from datetime import timedelta

import pytest

from probe_deployment.answer import answer
from probe_deployment.finding import Finding, Result
from probe_deployment.triggers import Request, Trigger
from probe_deployment.verdict import Outcome, outcome
from tests.unit.probe_deployment.samples import NOW, WEB, failed, passed, verdict

SKIPPED = Result("target_health", Finding.skipped("no target group"), 0.0)
HOOK = Request(
    Trigger.HOOK, "lifecycle", service=WEB, target_revision="arn", hook_details={"team": "api"}
)


def test_passes_where_no_check_failed() -> None:
    assert outcome([passed("health_check"), SKIPPED], NOW, None) is Outcome.PASS


@pytest.mark.parametrize(
    ("grace_until", "expected"),
    [
        (None, Outcome.FAIL),
        (NOW + timedelta(seconds=1), Outcome.PENDING),
        (NOW, Outcome.FAIL),
    ],
)
def test_a_failure_stands_once_the_grace_period_is_over(grace_until, expected) -> None:
    assert outcome([passed("a"), failed("b")], NOW, grace_until) is expected


def test_all_is_well_in_one_line() -> None:
    summary = verdict(passed("health_check"), SKIPPED).summary
    assert summary == "deployment of jiki-api-web: 1 checks passed, 1 skipped"


def test_the_table_says_what_to_do_about_each_failure() -> None:
    table = verdict(passed("image"), failed("health_check", "503", "redeploy it")).table()
    assert "PASS  image" in table
    assert "FAIL  health_check    0.1 s  503" in table
    assert "to do:  redeploy it" in table


def test_the_json_keeps_its_documented_shape() -> None:
    document = verdict(passed("image"), failed("health_check")).as_json()
    assert json.loads(json.dumps(document)) == document
    assert set(document) == {
        "schemaVersion",
        "status",
        "suite",
        "trigger",
        "services",
        "deploymentId",
        "decidedAt",
        "attempts",
        "seconds",
        "summary",
        "rollback",
        "checks",
        "table",
    }
    assert (document["schemaVersion"], document["status"]) == (1, "fail")
    assert document["checks"][1] == {
        "name": "health_check",
        "status": "fail",
        "saw": "503",
        "wanted": "200",
        "remedy": "do this",
        "seconds": 0.1,
    }


@pytest.mark.parametrize(
    ("results", "status"), [((passed("image"),), "SUCCEEDED"), ((failed("image"),), "FAILED")]
)
def test_a_lifecycle_hook_gets_its_status_and_nothing_else(results, status: str) -> None:
    assert answer(verdict(*results, request=HOOK)) == {"hookStatus": status}


def test_a_pending_hook_is_called_back_with_its_details_and_when_it_began() -> None:
    pending = verdict(failed("image"), request=HOOK, outcome=Outcome.PENDING)
    assert answer(pending) == {
        "hookStatus": "IN_PROGRESS",
        "callBackDelay": 15,
        "hookDetails": {"team": "api", "startedAt": NOW.isoformat()},
    }
