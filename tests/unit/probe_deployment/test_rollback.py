from copy import replace

import pytest

from ops_common.ecs import Service
from probe_deployment.request import Trigger
from probe_deployment.rollback import decide
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


def test_goes_back_to_the_last_task_definition_that_passed() -> None:
    decision = decide(BROKEN, SERVICE, LAST, on=True)
    assert decision.task_definition == LAST
    assert "jiki-api-web:41" in decision.reason


@pytest.mark.parametrize(
    ("verdict_", "service_", "last", "on", "reason"),
    [
        (BROKEN, SERVICE, LAST, False, ""),
        (BROKEN, service(id="ecs-svc/3"), LAST, True, "ecs-svc/3 has replaced"),
        (
            BROKEN,
            replace(SERVICE, deployments=(), controller="CODE_DEPLOY"),
            LAST,
            True,
            "is deployed by CodeDeploy",
        ),
        (BROKEN, SERVICE, None, True, "no deployment of this service has passed"),
        (BROKEN, SERVICE, DEFINITION + "42", True, "the last task definition that passed"),
        (
            verdict(failed("health_check", fixes=True), failed("database_login")),
            SERVICE,
            LAST,
            True,
            "the database refuses the app",
        ),
        (
            verdict(failed("restarts", fixes=True), unknown("database_login")),
            SERVICE,
            LAST,
            True,
            "could not be checked",
        ),
        (verdict(failed("certificate")), SERVICE, LAST, True, "would not fix certificate"),
    ],
)
def test_stays_where_it_is_and_says_why(
    verdict_: Verdict, service_: Service, last: str | None, on: bool, reason: str
) -> None:
    decision = decide(verdict_, service_, last, on=on)
    assert decision.task_definition is None
    assert reason in decision.reason


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
