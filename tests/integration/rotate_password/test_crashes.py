"""A process killed right before or after any call that changes something, on the real parts.

tests/unit/rotate_password/test_crashes.py has the same table for every kind of edit, in memory.
Here the calls are the SDK's own, so that a change that escapes the ports would be seen.
"""

import json
from typing import Any

import boto3
import pytest

from tests.integration.rotate_password.conftest import STEPS, Rotation

# The calls that change something, in their order: createSecret 1 to 3, setSecret 4 and 5,
# finishSecret the rest.
CALLS = [
    "UpdateSecretVersionStage ROTATION_FROM",
    "UpdateSecretVersionStage ROTATION_BASE",
    "PutSecretValue AWSPENDING",
    "UpdateSecretVersionStage ROTATION_TO",
    "Invoke set_password",
    "UpdateSecretVersionStage AWSCURRENT",
    "UpdateService jiki-api-web",
    "UpdateService jiki-api-solid-queue",
    "PutEvents PasswordRotated",
    "UpdateSecretVersionStage AWSPENDING",
]


class Killed(BaseException):
    """The process died; no `except Exception` may see it."""


class Watch:
    """Names every changing call that the functions' clients make, and kills at one of them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.kill: tuple[int, str] | None = None
        self._last = ""

    def before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._last = _name(model.name, params["body"])
        if self._last and self.kill == (len(self.calls), "before"):
            self.kill = None
            raise Killed

    def after(self, **_: Any) -> None:
        if not self._last:
            return
        self.calls.append(self._last)
        if self.kill == (len(self.calls) - 1, "after"):
            self.kill = None
            raise Killed


def _name(operation: str, body: Any) -> str:
    """The call with what tells it from others; empty for one that changes nothing."""
    content = json.loads(body) if isinstance(body, str | bytes) and body else {}
    match operation:
        case "UpdateSecretVersionStage":
            return f"{operation} {content['VersionStage']}"
        case "PutSecretValue":
            return f"{operation} {content['VersionStages'][0]}"
        case "UpdateService":
            return f"{operation} {content['service']}"
        case "PutEvents":
            return f"{operation} {content['Entries'][0]['DetailType']}"
        case "Invoke" if content["request"] in ("set_password", "prepare_roles"):
            return f"{operation} {content['request']}"
    return ""


@pytest.fixture
def watch(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    # A session of its own, which the functions' clients come from while the test runs.
    session = boto3.Session()
    session.events.register("before-call", watch.before)
    session.events.register("after-call", watch.after)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    return watch


def test_the_changing_calls_are_those_of_the_table(rotation: Rotation, watch: Watch) -> None:
    rotation.rotate()

    assert watch.calls == CALLS


@pytest.mark.parametrize(
    ("strategy", "moment"), [("single user", "before"), ("alternating users", "after")]
)
@pytest.mark.parametrize("call", CALLS)
def test_a_rotation_killed_at_any_call_ends_the_same_when_tried_again(
    call: str, moment: str, strategy: str, rotation: Rotation, watch: Watch
) -> None:
    # GIVEN a process that dies right before or after one of its calls
    if strategy == "alternating users":
        rotation.alternate()
        watch.calls.clear()
    others = rotation.aws.secret() | {"aurora_password": "", "aurora_username": ""}
    token = rotation.begin()
    watch.kill = (CALLS.index(call), moment)
    with pytest.raises(Killed):
        rotation.rotate(token)

    # WHEN Secrets Manager tries again
    rotation.rotate(token)

    # THEN what the secret says logs in, and the rest of it is untouched
    secret = rotation.aws.secret()
    assert rotation.logs_in(secret.get("aurora_username", "jiki"), secret["aurora_password"])
    assert secret | {"aurora_password": "", "aurora_username": ""} == others
    # AND each service got one deployment, and nothing is left pending
    assert rotation.redeployments() == [1, 1]
    stages = rotation.aws.stages()
    assert "AWSCURRENT" in stages[token]
    assert not any("AWSPENDING" in labels for labels in stages.values())
    # AND every changing call was done once, but for the event, which may be told twice
    assert [name for name in watch.calls if not name.startswith("PutEvents")] == [
        name for name in CALLS if not name.startswith("PutEvents")
    ]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_repeated_by_another_process_changes_nothing_more(
    step: str, rotation: Rotation, watch: Watch
) -> None:
    token = rotation.begin()
    for name in STEPS[: STEPS.index(step) + 1]:
        rotation.step(name, token)
    before = list(watch.calls)

    rotation.step(step, token)

    assert watch.calls == before
