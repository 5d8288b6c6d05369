import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from paths import ROOT
from probe_deployment.answer import answer, as_json, hook_status
from probe_deployment.cause import Cause
from probe_deployment.checks import CHECKS
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
def test_what_could_not_be_checked_is_unknown_unless_something_failed(
    results, grace: int, expected: Outcome
) -> None:
    assert outcome(results, NOW, NOW + timedelta(seconds=grace)) is expected


def test_what_could_not_be_checked_is_counted_apart() -> None:
    found = verdict(passed("image"), unknown("log_errors"), SKIPPED)
    assert [each.check for each in found.unknown] == ["log_errors"]
    assert [each.check for each in found.skipped] == ["target_health"]
    assert found.failed == ()


def test_a_zone_explains_what_else_fails_in_it() -> None:
    fixes = [failed(name, fixes=True) for name in ("restarts", "target_health", "log_errors")]
    assert len(verdict(*fixes).fixed_by_older_version) == 3
    in_a_zone = verdict(*fixes, failed("zones"))
    assert [each.check for each in in_a_zone.fixed_by_older_version] == ["log_errors"]
    not_known = verdict(*fixes, unknown("zones"))
    assert [each.check for each in not_known.fixed_by_older_version] == ["log_errors"]


def test_the_json_keeps_its_documented_shape() -> None:
    document = as_json(verdict(passed("image"), failed("health_check", fixes=True)))
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
        "cause": None,
        "subjects": [],
        "seconds": 0.1,
    }


def test_a_cause_and_what_it_is_about_are_in_the_json() -> None:
    denied = Finding.unknown("no", "an answer", "x", cause=Cause.DENIED, subjects=("ListTasks",))
    (check,) = as_json(verdict(Result("image", denied, 0.1)))["checks"]
    assert (check["cause"], check["subjects"]) == ("denied", ["ListTasks"])


# What the page's section names beside causes and checks.
NAMES = {"cause", "subjects", "HealthCheckExpects", "Worker", "Dispatcher"}


def test_the_page_lists_each_cause() -> None:
    page = (ROOT / "docs" / "probes.md").read_text()
    section = page.partition("\n### Causes\n")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(\w+)`", section)) - CHECKS.keys() - NAMES
    assert listed == set(Cause)


def test_what_was_decided_about_a_rollback_is_in_the_json() -> None:
    said = "no: it runs the last that passed"
    assert as_json(verdict(failed("image"), rollback=said))["rollback"] == said


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


def test_a_hook_that_does_not_know_may_be_set_to_fail() -> None:
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
        "hookDetails": {"team": "api", "startedAt": NOW.isoformat(), "startedStage": ""},
    }
