import json
from dataclasses import replace
from datetime import timedelta

import pytest

from probe_deployment.answer import answer, hook_status
from probe_deployment.finding import Finding, Result
from probe_deployment.hook import HookStatus
from probe_deployment.request import Request, Trigger
from probe_deployment.verdict import Outcome, outcome
from tests.unit.probe_deployment.samples import NOW, WEB, failed, passed, unknown, verdict

SKIPPED = Result("target_health", Finding.skipped("no target group"), 0.0)
HOOK = Request(
    Trigger.HOOK, "lifecycle", service=WEB, target_revision="arn", hook_details={"team": "api"}
)
SUCCEEDED = HookStatus.SUCCEEDED


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


@pytest.mark.parametrize(
    ("results", "grace", "expected"),
    [
        ([passed("a"), unknown("b")], 0, Outcome.UNKNOWN),
        ([passed("a"), unknown("b")], 1, Outcome.PENDING),
        ([failed("a"), unknown("b")], 0, Outcome.FAIL),
    ],
)
def test_what_could_not_be_looked_at_is_unknown_unless_something_failed(
    results, grace: int, expected: Outcome
) -> None:
    assert outcome(results, NOW, NOW + timedelta(seconds=grace)) is expected


def test_all_is_well_in_one_line() -> None:
    summary = verdict(passed("health_check"), SKIPPED).summary
    assert summary == "deployment of jiki-api-web: 1 checks passed, 1 skipped"


@pytest.mark.parametrize(
    ("outcome_", "words"),
    [
        (Outcome.PENDING, "1 of 2 checks not settled yet (image)"),
        (Outcome.FAIL, "1 of 2 checks failed (image)"),
    ],
)
def test_a_failure_that_may_settle_is_not_called_one(outcome_: Outcome, words: str) -> None:
    assert words in verdict(failed("image"), passed("a"), outcome=outcome_).summary


def test_what_could_not_be_looked_at_is_counted_apart() -> None:
    found = verdict(passed("image"), unknown("log_errors"))
    assert [each.check for each in found.unknown] == ["log_errors"]
    assert found.failed == ()
    assert "1 checks passed, 1 had no answer (log_errors)" in found.summary
    assert "log_errors: no answer" in found.troubles()


def test_the_table_says_what_to_do_about_each_failure() -> None:
    table = verdict(passed("image"), failed("health_check", "503", "redeploy it")).table()
    assert "PASS     image" in table
    assert "FAIL     health_check    0.1 s  503" in table
    assert "to do:    redeploy it" in table


def test_the_json_keeps_its_documented_shape() -> None:
    document = verdict(passed("image"), failed("health_check", fixes=True)).as_json()
    assert json.loads(json.dumps(document)) == document
    assert (document["schemaVersion"], document["status"]) == (2, "fail")
    assert document["rollback"] is None
    assert document["checks"][1] == {
        "name": "health_check",
        "status": "fail",
        "observed": "503",
        "expected": "200",
        "remedy": "do this",
        "olderVersionFixes": True,
        "seconds": 0.1,
    }


def test_what_was_decided_about_a_rollback_is_in_the_json() -> None:
    document = verdict(failed("image"), rollback="no: it runs the last that passed").as_json()
    assert document["rollback"] == "no: it runs the last that passed"


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ((passed("image"),), "SUCCEEDED"),
        ((failed("image", fixes=True),), "FAILED"),
        # Neither what an older version would meet too, nor what could not be looked at.
        ((failed("certificate"),), "SUCCEEDED"),
        ((unknown("image"),), "SUCCEEDED"),
    ],
)
def test_a_lifecycle_hook_gets_its_status_and_nothing_else(results, status: str) -> None:
    assert answer(verdict(*results, request=HOOK), SUCCEEDED) == {"hookStatus": status}


def test_a_hook_that_does_not_know_may_be_told_to_fail() -> None:
    found = verdict(unknown("image"), request=HOOK)
    assert hook_status(found, HookStatus.FAILED) is HookStatus.FAILED


def test_a_first_deployment_has_nothing_to_go_back_to() -> None:
    first = replace(HOOK, first_deployment=True)
    held = answer(verdict(failed("image", fixes=True), request=first), SUCCEEDED)
    assert held["hookStatus"] == "IN_PROGRESS"
    assert held["callBackDelay"] > 15


def test_a_pending_hook_is_called_back_with_its_details_and_when_it_began() -> None:
    pending = verdict(failed("image"), request=HOOK, outcome=Outcome.PENDING)
    assert answer(pending, SUCCEEDED) == {
        "hookStatus": "IN_PROGRESS",
        "callBackDelay": 15,
        "hookDetails": {"team": "api", "startedAt": NOW.isoformat()},
    }
