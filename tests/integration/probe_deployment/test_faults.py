"""No error of AWS, in any call, leads to UpdateService or to hookStatus FAILED by default."""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError

from tests.integration.probe_deployment.conftest import NEW, WEB, System
from tests.integration.probe_deployment.prober import Prober

ERRORS = ["AccessDeniedException", "ThrottlingException", "InternalServerError", "timeout"]


class BrokenCalls:
    """Records operations, and has one of them fail."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.met: set[str] = set()

    def recorded(self, run: Callable[[], object]) -> list[str]:
        """The operations that are called where nothing fails; ten at least."""
        self.met.clear()
        run()
        assert len(self.met) >= 10
        return sorted(self.met)

    def __call__(self, operation: str, code: str) -> None:
        self.codes[operation] = code

    def fail(self, model: Any, **_: Any) -> Any:
        self.met.add(model.name)
        code = self.codes.get(model.name)
        if code == "timeout":
            raise ConnectTimeoutError(endpoint_url="https://aws")
        if code:
            return AWSResponse("", 400, {}, b""), {"Error": {"Code": code, "Message": "no"}}
        return None


@pytest.fixture
def broken_call() -> Iterator[BrokenCalls]:
    """In every client that is made from now on."""
    calls, session = BrokenCalls(), boto3.DEFAULT_SESSION
    assert session
    session.events.register_first("before-call.*.*", calls.fail)
    yield calls
    session.events.unregister("before-call.*.*", calls.fail)


@pytest.mark.parametrize("code", ERRORS)
def test_no_refused_call_makes_a_hook_roll_back(
    system: System,
    event: Callable[[str], Any],
    broken_call: BrokenCalls,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    monkeypatch.setenv("PROBE_GRACE_SECONDS", "0")
    system.deploy(WEB, NEW)
    hook = event("probe_deployment/lifecycle_hook")
    for stage in ("POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"):
        asked = hook | {"lifecycleStage": stage}
        for operation in broken_call.recorded(lambda asked=asked: system.probe(asked)):  # type: ignore[misc]  # a default's kind isn't inferred
            broken_call(operation, code)
            answer = system.probe(asked)
            assert answer["hookStatus"] in ("SUCCEEDED", "IN_PROGRESS"), (operation, stage)
            broken_call(operation, "")


@pytest.mark.parametrize("code", ERRORS)
def test_no_refused_call_deploys_anything(
    prober: Prober, broken_call: BrokenCalls, code: str
) -> None:
    # GIVEN a version to go back to, and leave to do so
    system = prober.system
    prober(system.deployment_event(WEB))
    system.deploy(WEB, "b" * 40)
    ended = copy.deepcopy(system.deployment_event(WEB))
    updates = sum(call.operation == "UpdateService" for call in system.ecs.calls)
    chosen: dict[str, Any] = {"rollback": True, "grace_seconds": 0}
    for operation in broken_call.recorded(lambda: prober(ended, **chosen)):
        broken_call(operation, code)
        with suppress(ClientError, BotoCoreError):  # Lambda repeats the event
            prober(ended, **chosen)
        broken_call(operation, "")
    assert sum(call.operation == "UpdateService" for call in system.ecs.calls) == updates


def test_a_hook_is_answered_where_the_function_itself_is_broken(
    system: System, event: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECS_CLUSTER")
    answer = system.probe(event("probe_deployment/lifecycle_hook"))
    assert answer == {"hookStatus": "SUCCEEDED"}
    unreadable = system.probe({"lifecycleStage": "POST_SCALE_UP"})
    assert unreadable == {"hookStatus": "SUCCEEDED"}
