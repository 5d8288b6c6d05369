"""Whether every running task runs the image that was deployed."""

from collections.abc import Iterable, Mapping

from probe_deployment import tasks
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status
from probe_deployment.tasks import Task


def check(context: Context) -> Finding:
    """Every running task has the expected tag, or else the images of the task definition."""
    findings = [_check_service(context, name) for name in context.probed]
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    if failed:
        return failed[0]
    saw = "; ".join(finding.saw for finding in findings)
    return Finding.passed(saw, findings[0].wanted)


def _check_service(context: Context, name: str) -> Finding:
    ecs, cluster = context.client("ecs"), context.settings.cluster
    definition = context.target_definition(name)
    found = tasks.of_service(ecs, cluster, name, "RUNNING")  # those that are to run
    if context.request.target_revision:
        # Inside a deployment the older tasks are expected to run still.
        found = [task for task in found if task.task_definition == definition]
        starting = [task for task in found if task.last_status != "RUNNING"]
        if starting:
            return Finding.failed(
                f"{name}: {len(starting)} of {len(found)} new tasks still start",
                _wanted(context.request.expected_image_tag),
                "wait; a task that never runs has its reason in its stoppedReason",
            )
    running = [task for task in found if task.last_status == "RUNNING"]
    raw = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    images = {each["name"]: each["image"] for each in raw["containerDefinitions"]}
    may_be_empty = name != context.settings.web_service and context.service(name).desired == 0
    if not running and may_be_empty:
        return Finding.passed(f"{name}: no task is wanted", _wanted(None))
    remedy = (
        f"deploy {name} again: aws ecs update-service --cluster {cluster} --service {name}"
        f" --task-definition {definition.rsplit('/', 1)[-1]} --force-new-deployment"
    )
    return judge(name, running, images, context.request.expected_image_tag, remedy)


def judge(
    service: str,
    running: Iterable[Task],
    images: Mapping[str, str],
    expected_tag: str | None,
    remedy: str,
) -> Finding:
    """Compare the running tasks with the expected tag, or with the definition's `images`."""
    running, wanted = list(running), _wanted(expected_tag)
    if not running:
        return Finding.failed(f"{service}: no running task", wanted, remedy)
    if expected_tag and expected_tag not in {_tag(image) for image in images.values()}:
        return Finding.failed(
            f"{service}: its task definition has {_listed(images)}",
            wanted,
            f"no deployment of {expected_tag} was started: register and deploy its task definition",
        )
    odd = [task for task in running if not _fits(task, images, expected_tag)]
    if odd:
        saw = "; ".join(f"task {task.id[:8]} has {_listed(task.images)}" for task in odd[:3])
        return Finding.failed(f"{service}: {len(odd)} of {len(running)}: {saw}", wanted, remedy)
    builds = {tuple(sorted(task.digests.items())) for task in running if task.digests}
    if len(builds) > 1:
        return Finding.failed(
            f"{service}: the same tag, but {len(builds)} different builds", wanted, remedy
        )
    return Finding.passed(f"{service}: {len(running)} × {_listed(images)}", wanted)


def _wanted(expected_tag: str | None) -> str:
    return f"tag {expected_tag}" if expected_tag else "the images of the task definition"


def _fits(task: Task, images: Mapping[str, str], expected_tag: str | None) -> bool:
    if expected_tag:
        return expected_tag in {_tag(image) for image in task.images.values()}
    return all(task.images.get(name) == image for name, image in images.items())


def _tag(image: str) -> str:
    name = image.rsplit("/", 1)[-1].partition("@")[0]
    return name.partition(":")[2] or "latest"


def _listed(images: Mapping[str, str]) -> str:
    return ", ".join(sorted({image.rsplit("/", 1)[-1] for image in images.values()}))
