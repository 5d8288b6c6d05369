"""Which incident an event of ours and of ECS belongs to, which part of it, and how bad it is."""

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import NEXT_DEPLOYMENT, Part, Signal
from tests.unit.send_alerts.parsing import Event, parsed

SERVICE = "service:123456789012/eu-west-1/jiki-production/jiki-api-web"
NEW, OLD = "ecs-svc/9223370441343000000", "ecs-svc/3348108895209946212"
INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL
OPEN, RESOLVED, BACK = Signal.OPEN, Signal.RESOLVED, Signal.ROLLING_BACK

EVENT_OF_ITSELF = "note"
"""Instead of a key: nothing else is of this incident."""

type Said = tuple[Signal, Severity, str, Part, str]


def scaler(kind: str, signal: Signal, severity: Severity) -> list[Said]:
    return [(signal, severity, f"scaler:{kind}:jiki-api-solid-queue", Part.WHOLE, "")]


def rotation(signal: Signal, severity: Severity) -> Said:
    return signal, severity, "rotation:config", Part.WHOLE, ""


def note(severity: Severity) -> Said:
    return Signal.NOTE, severity, EVENT_OF_ITSELF, Part.WHOLE, ""


def service(signal: Signal, severity: Severity, part: Part, ref: str = "") -> Said:
    return signal, severity, SERVICE, part, ref


def deployed(ref: str) -> Said:
    return service(Signal.CHANGE, INFO, Part.DEPLOYMENT, ref)


OF: dict[str, list[Said]] = {
    "own_count_changed": scaler("CountChanged", OPEN, WARNING),
    "own_foreign_workers": scaler("ForeignWorkers", OPEN, INFO),
    "own_no_dispatcher": scaler("NoDispatcher", OPEN, CRITICAL),
    "own_password_reverted": scaler("PasswordReverted", OPEN, CRITICAL),
    "own_scaler_at_limit": scaler("ScalerAtLimit", OPEN, WARNING),
    "own_scaler_at_limit_over": scaler("ScalerAtLimit", RESOLVED, WARNING),
    "own_scaler_blind": scaler("ScalerBlind", OPEN, WARNING),
    "own_workers_dead": scaler("WorkersDead", OPEN, CRITICAL),
    "own_workers_killed": scaler("WorkersKilled", OPEN, WARNING),
    "own_workers_missing": scaler("WorkersMissing", OPEN, CRITICAL),
    "own_workers_scaled": scaler("WorkersScaled", Signal.CHANGE, INFO),
    "own_password_edited": [note(WARNING), rotation(Signal.CHANGE, WARNING)],
    "own_password_lost": [rotation(OPEN, CRITICAL)],
    "own_password_rotated": [note(INFO), rotation(RESOLVED, INFO), rotation(Signal.CHANGE, INFO)],
    "own_rotation_failed": [rotation(OPEN, CRITICAL)],
    "own_probe_undecided": [note(WARNING)],
    "own_rollback_probed": [note(WARNING)],
    "own_deployment_failed": [service(OPEN, CRITICAL, Part.PROBE)],
    "own_deployment_passed": [note(INFO), service(RESOLVED, INFO, Part.PROBE)],
    "own_deployment_rolled_back": [
        service(BACK, CRITICAL, Part.DEPLOYMENT, NEXT_DEPLOYMENT),
        (Signal.CHANGE, CRITICAL, "rollback:jiki-api-web", Part.WHOLE, ""),
    ],
    "ecs_action_placement_failure": [
        service(OPEN, CRITICAL, Part.STARTS, "SERVICE_TASK_PLACEMENT_FAILURE")
    ],
    "ecs_action_steady": [service(RESOLVED, WARNING, Part.STARTS)],
    "ecs_deployment_completed": [service(RESOLVED, INFO, Part.DEPLOYMENT, NEW), deployed(NEW)],
    "ecs_deployment_failed": [service(OPEN, CRITICAL, Part.DEPLOYMENT, NEW), deployed(NEW)],
    "ecs_deployment_in_progress": [deployed(NEW)],
    "ecs_deployment_rolled_back": [service(RESOLVED, INFO, Part.DEPLOYMENT, OLD), deployed(OLD)],
    "ecs_deployment_rolling_back": [service(BACK, CRITICAL, Part.DEPLOYMENT, OLD), deployed(OLD)],
    "ecs_task_failed": [
        service(OPEN, WARNING, Part.TASKS, "c13b4cb40f1f4fe4a2971f76ae5a47ad"),
    ],
    "ecs_task_unhealthy": [
        service(OPEN, WARNING, Part.TASKS, "ce350222ca0d55d89c6d3350e7fa475d"),
    ],
}


@pytest.mark.parametrize("name", OF)
def test_an_event_is_of_its_incident(event: Event, name: str) -> None:
    given = event(f"alerts/{name}")
    of_itself = {f"note:{given['id']}": EVENT_OF_ITSELF}
    found = [
        (
            one.signal,
            one.severity,
            of_itself.get(one.key, one.key),
            one.part,
            one.ref,
        )
        for one in parsed(given)
    ]
    assert found == OF[name]


@pytest.mark.parametrize("name", sorted(OF))
def test_what_is_of_another_account_or_region_is_another_service_s(event: Event, name: str) -> None:
    given = event(f"alerts/{name}")
    for place in ({"account": "210987654321"}, {"region": "us-east-1"}):
        moved = {one.key for one in parsed(given | place)}
        assert SERVICE not in moved
