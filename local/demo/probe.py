"""The story of five deployments: one that works, and four that don't, each in its own way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.account import DATABASE, WEB_SERVICE, WORKER_SERVICE
from local.demo.hurry import hurried
from local.demo.narrator import Narrator
from local.ecs import TaskRunner
from local.ecs.model import Task
from local.world import World

GOOD_SHA = "3f786850e387550fdab836ed7e6dc881de23001b"
NEXT_SHA = "89e6c98d92887913cadf06b2adb97f26cde4849b"
# The deployed function would try again for five minutes, since migrations may take so long.
HURRY = {"PROBE_GRACE_SECONDS": "0", "PROBE_SOAK_MINUTES": ""}


def play(world: World, say: Narrator) -> None:
    """Deployments of the ECS stand-in, probed by the deployed function."""
    say.title("Probes: is what was just deployed really working?")
    with hurried(world, "ProbeDeployment", HURRY), _migrated(world):
        _healthy(world, say)
        _wrong_password(world, say)
        _old_image(world, say)
        _missing_worker(world, say)
        _new_error(world, say)


def _healthy(world: World, say: Narrator) -> None:
    _log(world, "ERROR -- : [4f1d] Faraday::TimeoutError (ElevenLabs after 30 s)")
    say.step("A new image is deployed; ECS's event starts the probe, and people are told:")
    seen = len(world.slack.messages)
    _deploy(world, WEB_SERVICE, GOOD_SHA)
    _deploy(world, WORKER_SERVICE, GOOD_SHA)
    line = _line_with(world, seen, "checks passed")
    if line:
        say.quote("Slack", line)
    say.expect("a deployment that works is one line to people", held=bool(line))
    say.step("A pipeline asks for the same and gets the whole table:")
    verdict = _ask(world, say, expectedImageTag=GOOD_SHA)
    say.expect("the verdict is pass", held=verdict["status"] == "pass")


def _wrong_password(world: World, say: Narrator) -> None:
    say.step("The password is changed by hand, and the web service deployed; its event again:")
    seen = len(world.slack.messages)
    with _password(world, "changed-by-hand"):
        _deploy(world, WEB_SERVICE, GOOD_SHA)
        line = _line_with(world, seen, "database_login")
        if line:
            say.quote("Slack", line)
        say.expect("people are told that the database refuses the login", held=bool(line))
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


class _StartsNothing(TaskRunner):
    """New tasks are empty; those of before end as they would."""

    def __init__(self, before: TaskRunner) -> None:
        self._before = before

    def stopping(self, task: Task) -> None:
        """See TaskRunner."""
        self._before.stopping(task)

    def stopped(self, task: Task) -> None:
        """See TaskRunner."""
        self._before.stopped(task)


def _missing_worker(world: World, say: Narrator) -> None:
    say.step("A worker task runs, but its command doesn't start Solid Queue:")
    runner = world.ecs.engine.runners[WORKER_SERVICE]
    world.ecs.engine.runners[WORKER_SERVICE] = _StartsNothing(runner)
    _deploy(world, WORKER_SERVICE, GOOD_SHA)
    failed = _failed(_ask(world, say, service=WORKER_SERVICE, failed_only=True))
    say.expect("the Solid Queue check alone fails", held=set(failed) == {"solid_queue"})
    world.ecs.engine.runners[WORKER_SERVICE] = runner
    _deploy(world, WORKER_SERVICE, GOOD_SHA)


def _new_error(world: World, say: Narrator) -> None:
    say.step("The next version works, but logs an error that was not there before:")
    _deploy(world, WEB_SERVICE, NEXT_SHA)
    _log(
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


def _deploy(world: World, service: str, tag: str) -> None:
    """Register a task definition with that tag, deploy it, wait for the rollout's end."""
    definition = world.ecs.register_task_definition(service, tag)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=service, taskDefinition=definition.arn
    )
    state = world.ecs.service(service)
    world.wait_for(
        lambda: len(state.deployments) == 1 and state.primary.rollout_state == "COMPLETED"
    )


def _line_with(world: World, seen: int, words: str) -> str:
    """The text of the Slack message that holds these words, among those after `seen`."""

    def found() -> str:
        return next((each for each in _texts(world, seen) if words in each), "")

    world.wait_for(lambda: bool(found()), timeout_seconds=60)
    return found()


def _texts(world: World, seen: int) -> list[str]:
    """Headline and text of each Slack message after `seen`."""
    texts = []
    for message in world.slack.messages[seen:]:
        blocks = [
            block["text"]["text"]
            for attachment in message.content.get("attachments", [])
            for block in attachment.get("blocks", [])
            if "text" in block
        ]
        texts.append("\n".join([message.text, *blocks[:1]]))
    return texts


@contextmanager
def _migrated(world: World) -> Iterator[None]:
    """What Rails' migrations leave in the database, while the block lasts."""
    with world.postgres.connect(DATABASE) as session:
        session.execute("CREATE TABLE schema_migrations AS SELECT '20260114103000' AS version")
        session.execute("GRANT SELECT ON schema_migrations TO PUBLIC")
        try:
            yield
        finally:
            session.execute("DROP TABLE schema_migrations")


@contextmanager
def _password(world: World, password: str) -> Iterator[None]:
    """Another password of the app's user, while the block lasts."""

    login = world.login()
    world.postgres.set_password(login.user, password)
    try:
        yield
    finally:
        world.postgres.set_password(login.user, str(login.password))


def _log(world: World, *lines: str) -> None:
    """Write to the web service's log, as its tasks do."""
    logs, group, stream = world.client("logs"), f"/ecs/{WEB_SERVICE}", "app"
    known = logs.describe_log_streams(logGroupName=group)["logStreams"]
    if not known:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )
