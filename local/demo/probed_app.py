"""What the story of the probes does to the app, and what Slack shows of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from local.account import DATABASE, WEB_SERVICE
from local.ecs import TaskRunner
from local.ecs.model import Task
from local.world import World


class StartsNothing(TaskRunner):
    """New tasks are empty; those of before end as they would."""

    def __init__(self, before: TaskRunner) -> None:
        self._before = before

    def stopping(self, task: Task) -> None:
        """See TaskRunner."""
        self._before.stopping(task)

    def stopped(self, task: Task) -> None:
        """See TaskRunner."""
        self._before.stopped(task)


def deploy_image(world: World, service: str, tag: str) -> None:
    """Register a task definition with that tag, deploy it, wait for the rollout's end."""
    definition = world.ecs.register_task_definition(service, tag)
    world.client("ecs").update_service(
        cluster=world.ecs.cluster, service=service, taskDefinition=definition.arn
    )
    state = world.ecs.service(service)
    world.wait_for(
        lambda: len(state.deployments) == 1 and state.primary.rollout_state == "COMPLETED"
    )


def line_with(world: World, seen: int, words: str) -> str:
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
def migrated(world: World) -> Iterator[None]:
    """What Rails' migrations leave in the database, while the block lasts."""
    with world.postgres.connect(DATABASE) as session:
        session.execute("CREATE TABLE schema_migrations AS SELECT '20260114103000' AS version")
        session.execute("GRANT SELECT ON schema_migrations TO PUBLIC")
        try:
            yield
        finally:
            session.execute("DROP TABLE schema_migrations")


@contextmanager
def password_of_the_app(world: World, password: str) -> Iterator[None]:
    """Another password of the app's user, while the block lasts."""

    login = world.login()
    world.postgres.set_password(login.user, password)
    try:
        yield
    finally:
        world.postgres.set_password(login.user, str(login.password))


def log(world: World, *lines: str) -> None:
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
