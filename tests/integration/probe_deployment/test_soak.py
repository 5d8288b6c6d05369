"""Later looks at a deployment that passed: so far, then for good; and what they find."""

from datetime import timedelta

import pytest

from probe_deployment.superseded import Superseded
from tests.integration.probe_deployment.conftest import NEW, WEB
from tests.integration.probe_deployment.prober import Prober

SOAK = (1, 3, 10)


def test_a_pass_is_final_after_the_last_check(prober: Prober) -> None:
    first = prober(prober.system.deployment_event(WEB), soak_minutes=SOAK)
    began = first.decided_at
    outcomes, looks = [first.outcome], []
    while prober.schedules.put_:
        ((at, _),) = prober.schedules.put_.values()
        looks.append(round((at - began) / timedelta(minutes=1)))
        outcomes.append(prober.look_again(soak_minutes=SOAK).outcome)
    assert looks == [1, 3, 10]
    assert outcomes == ["pass_so_far", "pass_so_far", "pass_so_far", "pass"]
    # Told when it is final; remembered as a change before.
    assert prober.kinds == [("DeploymentProbed", "change"), ("DeploymentProbed", "notice")]


def test_only_a_final_pass_is_a_version_to_go_back_to(prober: Prober) -> None:
    ports = prober.ports()
    prober(prober.system.deployment_event(WEB), soak_minutes=(1,))
    assert ports.memory.last_passed(WEB) is None
    prober.look_again(soak_minutes=(1,))
    assert str(ports.memory.last_passed(WEB)).endswith(":2")


def test_a_failure_during_the_soak_opens_an_incident_and_ends_it(prober: Prober) -> None:
    prober(prober.system.deployment_event(WEB), soak_minutes=SOAK)
    prober.system.database.server.set_password("jiki", "another")
    verdict = prober.look_again(soak_minutes=SOAK)
    assert verdict.outcome == "fail"
    assert prober.kinds[-1] == ("DeploymentProbed", "open")
    assert prober.schedules.put_ == {}


def test_a_check_that_dies_has_left_the_next_one(prober: Prober) -> None:
    # GIVEN a look during which the process ends
    prober(prober.system.deployment_event(WEB), soak_minutes=(1, 3))
    prober.system.database.server.set_password("jiki", "another")

    def die() -> None:
        raise KeyboardInterrupt

    prober.time.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        prober.look_again(soak_minutes=(1, 3))
    # THEN the next one is scheduled all the same
    ((_, payload),) = prober.schedules.put_.values()
    assert payload["soak_check"] == 2


def test_what_could_not_be_checked_is_reported_and_checked_again(prober: Prober) -> None:
    prober.system.ecs.fail_next("AccessDeniedException", operation="ListTasks", times=99)
    verdict = prober(prober.system.deployment_event(WEB), soak_minutes=(1,), grace_seconds=0)
    assert verdict.outcome == "unknown"
    assert prober.kinds == [("DeploymentUndecided", "notice")]
    assert len(prober.schedules.put_) == 1


def test_a_check_of_a_replaced_deployment_is_left_to_its_successor(prober: Prober) -> None:
    prober(prober.system.deployment_event(WEB), soak_minutes=SOAK)
    prober.system.deploy(WEB, "b" * 40)
    with pytest.raises(Superseded):
        prober.look_again(soak_minutes=SOAK)


def test_a_pipeline_s_pass_is_final_when_its_soak_is_over(prober: Prober) -> None:
    ask = {"trigger": "pipeline", "service": WEB, "expectedImageTag": NEW}
    began = prober.time.now
    ask["startedAt"] = began.isoformat()
    assert prober(ask, soak_minutes=SOAK).outcome == "pass_so_far"
    prober.time.now = began + timedelta(minutes=10)
    assert prober(ask, soak_minutes=SOAK).outcome == "pass"
