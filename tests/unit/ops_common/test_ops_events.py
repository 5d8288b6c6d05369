import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ops_common.identity import Identity
from ops_common.ops_events import EventBus, EventNotPublished, OpsEvent, Severity, State

EVENT = OpsEvent(
    kind="PasswordRotated",
    state=State.NOTICE,
    severity=Severity.INFO,
    incident="rotation:config",
    title="Password rotated",
    text="The app has a new password.",
    occurred_at=datetime(2026, 11, 25, 4, 0, tzinfo=UTC),
    facts={"services": 2},
)


class FakeBus:
    """EventBridge's PutEvents with a fixed number of failures."""

    def __init__(self, failed: int = 0) -> None:
        self._failed = failed
        self.entries: list[dict[str, Any]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # boto3's name
        self.entries += Entries
        return {"FailedEntryCount": self._failed, "Entries": [{"ErrorCode": "InternalFailure"}]}


def test_an_event_goes_to_the_default_bus_under_its_kind() -> None:
    bus = FakeBus()
    EventBus(bus, Identity("jiki-ops-staging", "staging"))(EVENT)
    (entry,) = bus.entries
    assert (entry["Source"], entry["DetailType"]) == ("jiki.ops", "PasswordRotated")
    assert entry["Time"] == EVENT.occurred_at
    assert json.loads(entry["Detail"]) == {
        "stack": "jiki-ops-staging",
        "environment": "staging",
        "state": "notice",
        "severity": "info",
        "incident": "rotation:config",
        "title": "Password rotated",
        "text": "The app has a new password.",
        "occurredAt": "2026-11-25T04:00:00+00:00",
        "facts": {"services": 2},
    }


def test_a_refused_event_is_an_error_with_its_code() -> None:
    with pytest.raises(EventNotPublished) as caught:
        EventBus(FakeBus(failed=1))(EVENT)
    assert (caught.value.kind, caught.value.code) == ("PasswordRotated", "InternalFailure")


def test_without_a_word_the_environment_is_called_by_the_stack_s_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STACK_NAME", "acme-ops")
    monkeypatch.delenv("ENVIRONMENT_NAME")
    assert Identity.from_env() == ("acme-ops", "acme-ops")
