"""The story of two environments in one account: staging breaks, production's thread stays."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

from local import deploy, endpoints
from local.account import SLACK_TOKEN_PARAMETER, WORKER_SERVICE
from local.demo.narrator import Narrator
from local.slack import Message
from local.world import World
from paths import ROOT

STACK, SERVICE = "jiki-ops-staging", "staging-api-web"
ALERTS_ALONE = {
    "EnvironmentName": "staging",
    "Rotation": "false",
    "Scaling": "false",
    "Probes": "false",
    "AlarmFilter": "prefix:jiki-staging-",
    "EcsCluster": "jiki-production",
    "WebServices": SERVICE,
    "SlackToken": SLACK_TOKEN_PARAMETER,
}


def play(world: World, say: Narrator) -> None:
    """Both stacks read the same bus; each notifies of its own."""
    say.title("Two environments: staging breaks, production's thread stays as it is")
    say.step("A stack for staging joins: alerts alone, on the same cluster, into the same channel")
    deploy.deploy(
        world.emulator,
        world.build_folder,
        ALERTS_ALONE | {"SlackChannel": world.slack.channel},
        stack_name=STACK,
        endpoints={
            endpoints.AWS: world.emulator.url,
            endpoints.ECS: world.ecs.url,
            endpoints.SLACK: world.slack.url,
        },
    )

    say.step("The queue is at its limit in both, on workers of the same name")
    for stack, environment in ((deploy.STACK_NAME, "production"), (STACK, "staging")):
        _put(world, _own("own_scaler_at_limit", stack, environment))
    both = world.wait_for(lambda: len(_roots(world, WORKER_SERVICE)) == 2, 90)
    say.expect("two messages in the channel, one of each environment", both)
    production, staging = (
        next(root for root in _roots(world, WORKER_SERVICE) if _is_of(root, environment))
        for environment in ("production", "staging")
    )
    before = (production.text, [line.text for line in world.slack.thread(production.ts)])

    say.step("Staging breaks: its deployment fails. Then its queue is well again")
    failed = json.loads((ROOT / "events" / "alerts" / "ecs_deployment_failed.json").read_text())
    failed["resources"] = [failed["resources"][0].rpartition("/")[0] + f"/{SERVICE}"]
    failed["detail"]["updatedAt"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    _put(world, failed)
    say.expect("one message of it", world.wait_for(lambda: len(_roots(world, SERVICE)) == 1, 90))
    _put(world, _own("own_scaler_at_limit_over", STACK, "staging"))
    say.expect("staging is green", world.wait_for(lambda: "Resolved" in staging.text, 90))

    after = (production.text, [line.text for line in world.slack.thread(production.ts)])
    say.expect("production's message and thread are as they were", after == before)
    say.expect("of staging's deployment there is one message", len(_roots(world, SERVICE)) == 1)
    roots = (production, staging, *_roots(world, SERVICE))
    say.quote("Slack, the channel", "\n".join(root.text for root in roots))
    _put(world, _own("own_scaler_at_limit_over", deploy.STACK_NAME, "production"))
    say.expect("production's own good news ends it", world.wait_for(lambda: _green(production), 90))


def _own(name: str, stack: str, environment: str) -> dict[str, Any]:
    text = (ROOT / "events" / "alerts" / f"{name}.json").read_text()
    event: dict[str, Any] = copy.deepcopy(json.loads(text))
    event["detail"] |= {
        "stack": stack,
        "environment": environment,
        "incident": f"scaler:ScalerAtLimit:{WORKER_SERVICE}",
        "occurredAt": datetime.now(UTC).isoformat(),
    }
    return event


def _put(world: World, event: dict[str, Any]) -> None:
    """Straight to the bus: World.put_event would say that all of it is production's."""
    answer = world.client("events").put_events(
        Entries=[
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "Resources": event.get("resources", []),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"the bus refused the event: {answer['Entries']}")


def _roots(world: World, text: str) -> list[Message]:
    limit = "held at" if text == WORKER_SERVICE else text
    return [each for each in world.slack.messages if limit in each.text and not each.thread_ts]


def _is_of(root: Message, environment: str) -> bool:
    return f"({environment})" in root.text


def _green(root: Message) -> bool:
    return "Resolved" in root.text
