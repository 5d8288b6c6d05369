"""What people read: of a verdict, of each check, of an error."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from ops_common.query_database import LoginRefused
from probe_deployment import words
from probe_deployment.explain import explain
from probe_deployment.finding import Finding, Result
from probe_deployment.verdict import Outcome
from tests.runbook_table import sections_of
from tests.unit.probe_deployment.samples import REQUEST, failed, passed, unknown, verdict

SKIPPED = Result("target_health", Finding.skipped("no target group"), 0.0)


@pytest.mark.parametrize(
    ("results", "outcome", "line"),
    [
        ((passed("a"), SKIPPED), Outcome.PASS, "1 checks passed, 1 skipped"),
        ((passed("a"),), Outcome.PASS_SO_FAR, "1 checks passed so far"),
        ((failed("image"), passed("a")), Outcome.PENDING, "1 of 2 checks not settled yet (image)"),
        ((failed("image"), passed("a")), Outcome.FAIL, "1 of 2 checks failed (image)"),
        ((passed("a"), unknown("b")), Outcome.UNKNOWN, "1 checks passed, 1 had no answer (b)"),
    ],
)
def test_a_verdict_in_one_line(results: tuple[Result, ...], outcome: Outcome, line: str) -> None:
    found = verdict(*results, outcome=outcome)
    assert words.summary(found) == f"deployment of jiki-api-web: {line}"
    assert words.title(found) == words.summary(found)


@pytest.mark.parametrize(
    ("result", "kind"),
    [(failed("image"), "deploymentprobed"), (unknown("image"), "deploymentundecided")],
)
def test_the_runbook_lists_the_title_of_a_bad_verdict(result: Result, kind: str) -> None:
    (section,) = sections_of(words.title(verdict(passed("rollout"), result)))
    assert section.endswith(kind)


def test_the_table_says_what_to_do_about_each_failure() -> None:
    assert words.table(verdict(passed("image"), failed("health_check", "503", "redeploy it"))) == (
        "PASS     image           0.1 s  200 after 0.10 s\n"
        "FAIL     health_check    0.1 s  503\n"
        "         expected: 200\n"
        "         to do:    redeploy it"
    )


def test_a_message_lists_what_is_bad_and_what_became_of_it() -> None:
    found = verdict(failed("image"), unknown("logs"), rollback="to 41, the last that passed")
    assert words.text(found) == (
        "• image: 503 (expected: 200)\n  → do this\n"
        "• logs: no answer: AWS refused (expected: an answer)\n  → allow it\n"
        "Rollback: to 41, the last that passed"
    )


def test_a_message_after_ecs_rolled_back_says_so() -> None:
    found = verdict(passed("image"), request=replace(REQUEST, rolled_back=True))
    assert words.title(found).startswith("ECS rolled jiki-api-web back; ")
    assert words.text(found).startswith("The version that was to be deployed is not there. ")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:secret"}}, "ListTasks")


@pytest.mark.parametrize(
    ("error", "observed", "remedy"),
    [
        (
            refused("AccessDenied"),
            "ListTasks answered AccessDenied",
            "allow ListTasks in the policy of ProbeDeploymentRole",
        ),
        (refused("Throttling"), "ListTasks answered Throttling", "run the probe again later"),
        (
            refused("ClusterNotFound"),
            "ListTasks answered ClusterNotFound",
            "the stack's parameters",
        ),
        (LoginRefused("db:5432 refused jiki"), "db:5432 refused jiki", "'Login refused' in docs/"),
        (ValueError("hunter2"), "the check itself broke: ValueError", "the function's log"),
    ],
)
def test_an_error_in_words(error: Exception, observed: str, remedy: str) -> None:
    finding = explain(error)
    assert finding.observed == observed
    assert remedy in finding.remedy


def test_a_skipped_check_points_to_the_one_that_reports_it() -> None:
    assert Finding.left_to("image", "no answer").observed == "no answer: see image"
