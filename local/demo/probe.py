"""The story of five deployments: one that works, and four that don't, each in its own way."""

from typing import Any

from local.account import WEB_SERVICE, WORKER_SERVICE
from local.demo.hurry import hurried
from local.demo.narrator import Narrator
from local.demo.probed_app import (
    StartsNothing,
    deploy_image,
    line_with,
    log,
    migrated,
    password_of_the_app,
)
from local.world import World

GOOD_SHA = "3f786850e387550fdab836ed7e6dc881de23001b"
NEXT_SHA = "89e6c98d92887913cadf06b2adb97f26cde4849b"
# The deployed function would try again for five minutes, since migrations may take so long.
HURRY = {"PROBE_GRACE_SECONDS": "0", "PROBE_SOAK_MINUTES": ""}
# The outage of the story before is no flap of this one.
CALM = {"FLAP_WINDOW_SECONDS": "1"}


def play(world: World, say: Narrator) -> None:
    """Deployments of the ECS stand-in, probed by the deployed function."""
    say.title("Probes: is what was just deployed really working?")
    with (
        hurried(world, "ProbeDeployment", HURRY),
        hurried(world, "SendAlerts", CALM),
        migrated(world),
    ):
        _healthy(world, say)
        _wrong_password(world, say)
        _old_image(world, say)
        _missing_worker(world, say)
        _new_error(world, say)


def _healthy(world: World, say: Narrator) -> None:
    log(world, "ERROR -- : [4f1d] Faraday::TimeoutError (ElevenLabs after 30 s)")
    say.step("A new image is deployed; ECS's event starts the probe, and people are notified:")
    seen = len(world.slack.messages)
    deploy_image(world, WEB_SERVICE, GOOD_SHA)
    deploy_image(world, WORKER_SERVICE, GOOD_SHA)
    line = line_with(world, seen, "checks passed")
    if line:
        say.quote("Slack", line)
    say.expect("a deployment that works is one line to people", held=bool(line))
    say.step("A pipeline asks for the same and gets the whole table:")
    verdict = _ask(world, say, expectedImageTag=GOOD_SHA)
    say.expect("the verdict is pass", held=verdict["status"] == "pass")


def _wrong_password(world: World, say: Narrator) -> None:
    say.step("The password is changed by hand, and the web service deployed; its event again:")
    seen = len(world.slack.messages)
    with password_of_the_app(world, "changed-by-hand"):
        deploy_image(world, WEB_SERVICE, GOOD_SHA)
        line = line_with(world, seen, "database_login")
        if line:
            say.quote("Slack", line)
        say.expect("people are notified that the database refuses the login", held=bool(line))
        failed = _failed(_ask(world, say, service=WEB_SERVICE, failed_only=True))
    say.expect(
        "the health check and the login check fail, and no other",
        held=set(failed) == {"health_check", "database_login"},
    )
    say.expect("the health check saw 503", held="503" in failed.get("health_check", ""))
    say.expect(
        "and the login check says whose fault it is",
        held="refused the login" in failed.get("database_login", ""),
    )


def _old_image(world: World, say: Narrator) -> None:
    say.step("A pipeline pushed a new image and forgot to deploy it:")
    failed = _failed(
        _ask(world, say, service=WEB_SERVICE, expectedImageTag=NEXT_SHA, failed_only=True)
    )
    say.expect("the image check alone fails", held=set(failed) == {"image"})


def _missing_worker(world: World, say: Narrator) -> None:
    say.step("A worker task runs, but its command doesn't start Solid Queue:")
    runner = world.ecs.engine.runners[WORKER_SERVICE]
    world.ecs.engine.runners[WORKER_SERVICE] = StartsNothing(runner)
    deploy_image(world, WORKER_SERVICE, GOOD_SHA)
    failed = _failed(_ask(world, say, service=WORKER_SERVICE, failed_only=True))
    say.expect("the Solid Queue check alone fails", held=set(failed) == {"solid_queue"})
    world.ecs.engine.runners[WORKER_SERVICE] = runner
    deploy_image(world, WORKER_SERVICE, GOOD_SHA)


def _new_error(world: World, say: Narrator) -> None:
    say.step("The next version works, but logs an error that was not there before:")
    deploy_image(world, WEB_SERVICE, NEXT_SHA)
    log(
        world,
        "ERROR -- : [77aa] Faraday::TimeoutError (ElevenLabs after 31 s)",
        "FATAL -- : [81c0] NoMethodError (undefined method 'plan' for nil) for ada@example.org",
        "FATAL -- : [9d2e] NoMethodError (undefined method 'plan' for nil) for bob@example.org",
    )
    failed = _failed(
        _ask(world, say, service=WEB_SERVICE, expectedImageTag=NEXT_SHA, failed_only=True)
    )
    observed = failed.get("log_errors", "")
    say.expect("the log check alone fails", held=set(failed) == {"log_errors"})
    say.expect(
        "it counts the new error and leaves the known one out",
        held="2 × " in observed and "NoMethodError" in observed and "Timeout" not in observed,
    )
    say.expect("and names no user", held="ada@" not in observed and "bob@" not in observed)


def _ask(world: World, say: Narrator, *, failed_only: bool = False, **fields: Any) -> Any:
    verdict = world.invoke("ProbeDeployment", {"trigger": "pipeline", **fields})
    checks = [check for check in verdict["checks"] if not failed_only or check["status"] == "fail"]
    say.table(
        ["check", "", "observed", "to do"],
        [
            [check["name"], check["status"], check["observed"], check["remedy"] or "–"]
            for check in checks
        ],
        title=verdict["summary"],
    )
    return verdict


def _failed(verdict: Any) -> dict[str, str]:
    checks = verdict["checks"]
    return {check["name"]: check["observed"] for check in checks if check["status"] == "fail"}
