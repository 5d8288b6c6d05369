"""Whether the deployment that was asked for is the service's newest still."""

from copy import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ops_common.ecs import Service
from probe_deployment.request import Request, Trigger
from probe_deployment.superseded import Superseded, refuse_superseded
from tests.unit.probe_deployment.samples import DEPLOYMENT, NOW, SERVICE

MINE = replace(DEPLOYMENT, id="ecs-svc/9", primary=False)
GIVEN_UP = replace(MINE, rollout_state="FAILED", running=0)


def refused(service: Service) -> Superseded:
    request = Request(Trigger.PIPELINE, "deployment", service.name, deployment_id=MINE.id)
    context: Any = SimpleNamespace(request=request, service=lambda _: service, now=NOW)
    memory: Any = SimpleNamespace(failed_deployment=lambda *_: None)
    with pytest.raises(Superseded) as raised:
        refuse_superseded(context, memory)
    return raised.value


@pytest.mark.parametrize(
    ("service", "gave_up"),
    [
        (replace(SERVICE, deployments=(DEPLOYMENT, GIVEN_UP)), True),
        (replace(SERVICE, replaced=(GIVEN_UP,)), True),
        (replace(SERVICE, deployments=(DEPLOYMENT, MINE)), False),
        (replace(SERVICE, replaced=(MINE,)), False),
    ],
)
def test_one_that_ecs_gave_up_is_known_for_as_long_as_it_is_listed(
    service: Service, *, gave_up: bool
) -> None:
    assert refused(service).gave_up is gave_up
