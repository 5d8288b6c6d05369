from copy import replace

import pytest

from ops_common.ecs import Service
from probe_deployment.cause import Cause
from probe_deployment.finding import Finding, Result
from probe_deployment.request import Trigger
from probe_deployment.rollback import Stays, decide
from probe_deployment.verdict import Outcome, Verdict
from tests.unit.probe_deployment.samples import (
    DEFINITION,
    REQUEST,
    SERVICE,
    failed,
    passed,
    service,
    unknown,
    verdict,
)

BROKEN = verdict(failed("health_check", fixes=True))
LAST = DEFINITION + "41"
MIGRATES = Result("migrations", Finding.failed("", "", "", cause=Cause.MIGRATING), 0.1)


def test_goes_back_to_the_last_task_definition_that_passed() -> None:
    decision = decide(BROKEN, SERVICE, LAST, on=True)
    assert (decision.task_definition, decision.stays) == (LAST, None)


@pytest.mark.parametrize(
    ("verdict_", "service_", "last", "stays"),
    [
        (BROKEN, service(id="ecs-svc/3"), LAST, Stays.REPLACED),
        (BROKEN, replace(SERVICE, deployments=()), LAST, Stays.DEPLOYED_ELSEWHERE),
        (BROKEN, SERVICE, None, Stays.NONE_PASSED),
        (BROKEN, SERVICE, DEFINITION + "42", Stays.RUNS_IT),
        (
            verdict(failed("health_check", fixes=True), failed("database_login")),
            SERVICE,
            LAST,
            Stays.LOGIN_REFUSED,
        ),
        (
            verdict(failed("restarts", fixes=True), unknown("database_login")),
            SERVICE,
            LAST,
            Stays.LOGIN_UNKNOWN,
        ),
        (
            verdict(failed("solid_queue", fixes=True), MIGRATES),
            SERVICE,
            LAST,
            Stays.MIGRATING,
        ),
        (BROKEN, service(desired=0, running=0), LAST, Stays.SCALED_TO_ZERO),
        (verdict(failed("certificate")), SERVICE, LAST, Stays.OLDER_HAS_IT),
    ],
)
def test_stays_where_it_is_and_says_why(
    verdict_: Verdict, service_: Service, last: str | None, stays: Stays
) -> None:
    decision = decide(verdict_, service_, last, on=True)
    assert (decision.task_definition, decision.stays) == (None, stays)


def test_nothing_is_said_where_no_rollback_is_asked_for() -> None:
    decision = decide(BROKEN, SERVICE, LAST, on=False)
    assert (decision.task_definition, decision.reason) == (None, "")


@pytest.mark.parametrize(
    "verdict_",
    [
        verdict(passed("health_check")),
        verdict(failed("health_check"), outcome=Outcome.PENDING),
        verdict(failed("health_check"), request=replace(REQUEST, trigger=Trigger.PIPELINE)),
    ],
)
def test_only_a_failed_verdict_on_a_deployment_event_is_a_reason(verdict_: Verdict) -> None:
    assert decide(verdict_, SERVICE, LAST, on=True).task_definition is None
