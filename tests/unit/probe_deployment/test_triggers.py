from contextlib import suppress
from copy import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe_deployment.request import BadEvent, Request, Trigger
from probe_deployment.soak import payload, watch_at, watch_begins
from probe_deployment.triggers import parse
from tests.unit.probe_deployment.samples import WEB, WORKER

SERVICES = (WEB, WORKER)
STARTED = datetime(2026, 1, 15, 10, 20, tzinfo=UTC)


def test_a_completed_deployment_asks_for_the_deployment_suite(event) -> None:
    request = parse(event("probe_deployment/deployment_completed"), SERVICES)
    assert request == Request(
        Trigger.DEPLOYMENT,
        "deployment",
        service=WEB,
        deployment_id="ecs-svc/1234567890123456789",
        failure_reason="ECS deployment ecs-svc/1234567890123456789 completed.",
        started_at=datetime(2026, 1, 15, 10, 31, 2, 113000, tzinfo=UTC),
    )


def test_a_failed_deployment_asks_why_and_keeps_the_reason(event) -> None:
    request = parse(event("probe_deployment/deployment_failed"), SERVICES)
    assert request.suite == "failed_deployment"
    assert "circuit breaker" in request.failure_reason


def test_a_deployment_that_begins_is_checked_if_it_hangs(event) -> None:
    request = parse(event("probe_deployment/deployment_in_progress"), SERVICES)
    assert request.suite == "stuck"
    assert watch_begins(request)
    # Long after the grace of five minutes and a start.
    at = watch_at(request, 300, request.started_at)
    assert (at - request.started_at).total_seconds() == 900
    again = parse(payload(request), SERVICES)
    assert (again.trigger, again.deployment_id) == (Trigger.SOAK, request.deployment_id)
    assert not watch_begins(again)


def test_a_deployment_of_another_service_is_nothing_to_probe(event) -> None:
    assert parse(event("probe_deployment/deployment_completed"), ("other", WORKER)) is None


def test_a_pipeline_names_the_image_and_when_it_began(event) -> None:
    request = parse(event("probe_deployment/pipeline"), SERVICES)
    assert request.trigger is Trigger.PIPELINE
    assert request.service is None
    assert request.expected_image_tag == "3f786850e387550fdab836ed7e6dc881de23001b"
    assert request.started_at == STARTED


@pytest.mark.parametrize(
    ("name", "report"), [("person", False), ("pipeline", False), ("canary", True)]
)
def test_only_who_gets_no_answer_is_notified_by_a_report(event, name: str, report: bool) -> None:
    assert parse(event(f"probe_deployment/{name}"), SERVICES).report is report


def test_a_lifecycle_hook_brings_its_details_back(event) -> None:
    raw = event("probe_deployment/lifecycle_hook")
    first = parse(raw, SERVICES)
    assert (first.trigger, first.suite, first.service) == (Trigger.HOOK, "green", WEB)
    assert first.started_at is None
    details = {"team": "api", "startedAt": "2026-01-15T10:20:00+00:00"}
    again = parse({**raw, "hookDetails": details}, SERVICES)
    assert again == replace(first, started_at=STARTED, hook_details=details)


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ([], ()),
        ({"suite": "everything"}, ("suite",)),
        ({"service": "redis"}, ("service",)),
        ({"trigger": "cron"}, ("trigger",)),
        ({"expectedImageTag": 7}, ("expectedImageTag",)),
        ({"startedAt": "yesterday"}, ("startedAt",)),
        ({"startedAt": "2026-01-15T10:20:00"}, ("startedAt",)),
        ({"report": "yes"}, ("report",)),
        ({"imageTag": "abc"}, ("imageTag",)),
        ({"detail-type": "ECS Deployment State Change"}, ("detail",)),
    ],
)
def test_bad_input_is_refused_by_the_name_of_the_field(event: Any, fields: tuple[str, ...]) -> None:
    with pytest.raises(BadEvent) as raised:
        parse(event, SERVICES)
    assert raised.value.fields == fields


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(
    ["detail-type", "detail", "resources", "lifecycleStage", "serviceArn", "hookDetails", "suite"]
)


@given(st.dictionaries(fields, json_values))
def test_no_event_breaks_the_parser_in_another_way(event: Any) -> None:
    with suppress(BadEvent):
        parse(event, SERVICES)
