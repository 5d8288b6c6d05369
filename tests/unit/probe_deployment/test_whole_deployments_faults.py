"""No error of AWS, in whatever call of whatever check, touches production: the calls are those that
were recorded of a whole deployment and of a hook at each of its stages.
"""

from collections.abc import Callable

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from probe_deployment.hook import HookStatus
from tests.unit.probe_deployment.play import Faults, hook, play, settings
from tests.unit.probe_deployment.world import WEB, WORKER, World, deployed

STAGES = (
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)
CODES = (
    "AccessDeniedException",
    "ThrottlingException",
    "InternalServerError",
    "ServiceUnavailableException",
    "ResourceNotFoundException",
    "InvalidParameterException",
    "ValidationException",
    "ExpiredTokenException",
)
ERRORS: list[ClientError | BotoCoreError] = [
    *(ClientError({"Error": {"Code": code, "Message": "no"}}, "Call") for code in CODES),
    ConnectTimeoutError(endpoint_url="https://aws"),
    ReadTimeoutError(endpoint_url="https://aws"),
    EndpointConnectionError(endpoint_url="https://aws"),
]
AT_LEAST = 14
"""Calls of a suite that a recording must have; fewer would mean that it isn't one."""


def pinned(service: str) -> World:
    return deployed(service, pinned=":::v2")


def recorded(run: Callable[[Faults], object]) -> list[str]:
    """The calls that are made where nothing fails."""
    faults = Faults()
    run(faults)
    assert len(faults.met) >= AT_LEAST
    return sorted(faults.met)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error)[:60])
@pytest.mark.parametrize("service", [WEB, WORKER])
def test_no_error_deploys_anything(
    service: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(monkeypatch)
    for call in recorded(lambda faults: play(pinned(service), chosen, faults)):
        faults = Faults(call, error)
        played = play(pinned(service), chosen, faults)
        assert call in faults.met
        assert played.world.deployed == [], call
        # What could not look is no failure either: there is no incident.
        assert played.failed == set(), call
        assert "open" not in [event.state for event in played.events], call


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("service", [WEB, WORKER])
def test_no_error_makes_a_hook_roll_back(
    stage: str, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call at each stage; over the stages, what all of them call with each error."""
    chosen, turn = settings(monkeypatch), STAGES.index(stage)
    everything = Faults()
    hook(pinned(service), stage, chosen, everything)
    for call in everything.met:
        for error in ERRORS[turn :: len(STAGES)]:
            said, verdict = hook(pinned(service), stage, chosen, Faults(call, error))
            assert said == {"hookStatus": HookStatus.SUCCEEDED}, (call, error)
            assert verdict is None or verdict.failed == (), (call, error)


def test_an_owner_may_have_it_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(monkeypatch)._replace(hook_on_unknown=HookStatus.FAILED)
    said, _ = hook(deployed(), "POST_SCALE_UP", chosen, Faults("ecs.describe_tasks", ERRORS[0]))
    assert said == {"hookStatus": HookStatus.FAILED}
