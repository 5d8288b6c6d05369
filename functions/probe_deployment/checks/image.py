"""Whether every running task runs the image that was deployed."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ops_common.images import Image
from ops_common.tasks import Container, Task
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status

# `.dkr-ecr.` in the addresses that take IPv6 too (Amazon ECR User Guide, "Dual-stack endpoints").
_PRIVATE_REGISTRY = re.compile(r"\.dkr[.-]ecr\.")

type Images = Mapping[str, Image]
"""A task definition's images by container."""


def check(context: Context) -> Finding:
    """Every running task has the expected image, or else the images of the task definition."""
    findings = [_check_service(context, name) for name in context.probed]
    worst = Finding.worst(findings)
    if worst.status is not Status.PASS:
        return worst
    return Finding.passed("; ".join(each.observed for each in findings), worst.expected)


def _check_service(context: Context, name: str) -> Finding:
    cluster = context.settings.cluster
    expected = context.request.expected_image_tag
    definition = context.target_definition(name)
    found = context.tasks(name, "RUNNING")  # those that are to run
    if context.request.target_revision:
        # Inside a deployment the older tasks are expected to run still.
        new = {task.arn for task in context.new_tasks(name)}
        found = [task for task in found if task.arn in new]
        starting = [task for task in found if not task.running]
        if starting:
            return Finding.failed(
                f"{name}: {len(starting)} of {len(found)} new tasks still start",
                _rule(expected),
                "wait; a task that never runs has its reason in its stoppedReason",
                cause=Cause.IN_PROGRESS,
                subjects=(name,),
                older_version_fixes=True,
            )
    running = [task for task in found if task.running]
    raw = context.definition(definition)
    may_be_empty = name not in context.settings.names.web and context.service(name).desired == 0
    if not running and may_be_empty:
        return Finding.passed(f"{name}: no task is asked for", _rule(None))
    remedy = (
        f"deploy {name} again: aws ecs update-service --cluster {cluster} --service {name}"
        f" --task-definition {definition.rsplit('/', 1)[-1]} --force-new-deployment"
    )
    containers = raw["containerDefinitions"]
    images = {each["name"]: Image.parse(each["image"]) for each in containers}
    app = app_containers(containers, context.service(name).balanced_containers)
    return judge(name, running, images, app, expected, remedy)


def app_containers(definitions: Sequence[Any], balanced: Collection[str] = ()) -> list[str]:
    """Names of the containers that run the app, as far as a task definition shows.

    Sidecars are left out: log routers, what isn't essential, and, where there is an image of a
    private registry, those of public ones. Of what is left all have one repository: that of the
    container which a load balancer sends requests to (`balanced`), else the first one's.
    """
    candidates = [
        (each["name"], Image.parse(each["image"]).repository)
        for each in definitions
        if each.get("essential", True) and "firelensConfiguration" not in each
    ]
    private = [each for each in candidates if _PRIVATE_REGISTRY.search(each[1])]
    candidates = private or candidates
    of_app = next((each for each in candidates if each[0] in balanced), candidates[0])
    return [name for name, repository in candidates if repository == of_app[1]]


def judge(
    service: str,
    running: Sequence[Task],
    images: Images,
    app: Collection[str],
    expected: str | None,
    remedy: str,
) -> Finding:
    """Compare the running tasks with the definition's `images`, and those of `app` with `expected`.

    Containers that the definition lacks were put in by AWS (GuardDuty, Service Connect).
    """
    rule, of_app = _rule(expected), {name: images[name] for name in app}

    def failed(cause: Cause, observed: str, remedy: str = remedy) -> Finding:
        observed = f"{service}: {observed}"
        return Finding.failed(observed, rule, remedy, cause=cause, subjects=(service,))

    if not running:
        return failed(Cause.NO_TASK, "no running task")
    odd = [task for task in running if not _fits(task, images)]
    if odd:
        observed = "; ".join(f"task {task.id[:8]} has {_shown(task, images)}" for task in odd[:3])
        return failed(Cause.OTHER_IMAGE, f"{len(odd)} of {len(running)}: {observed}")
    builds = {name: {_digest(each) for each in _named(running, name)} - {""} for name in app}
    if any(len(digests) > 1 for digests in builds.values()):
        count = max(len(digests) for digests in builds.values())
        return failed(Cause.OTHER_BUILD, f"the same tag, but {count} different builds")
    if expected and (said := _expected(of_app, builds, expected)) is not True:
        if said is None:
            return Finding.unknown(
                f"{service}: {_listed(of_app)} doesn't show whether it is {expected}",
                rule,
                "ask for the digest (sha256:…) where the task definition names one",
                subjects=(service,),
            )
        return failed(
            Cause.NOT_DEPLOYED,
            f"its task definition has {_listed(of_app)}",
            f"no deployment of {expected} was started: register and deploy its task definition",
        )
    return Finding.passed(f"{service}: {len(running)} × {_listed(images)}", rule)


def _expected(images: Images, builds: Mapping[str, set[str]], expected: str) -> bool | None:
    """Whether the app's images are the expected tag or digest; None where nothing shows it."""
    said = []
    for name, image in images.items():
        known = image.has(expected)
        if known is None and ":" in expected and builds[name]:
            known = builds[name] == {expected}
        said.append(known)
    return False if False in said else None if None in said else bool(said)


def _fits(task: Task, images: Images) -> bool:
    containers = {each.name: each for each in task.containers}
    return all(name in containers and _same(containers[name], images[name]) for name in images)


def _same(container: Container, image: Image) -> bool:
    """Whether a container runs the definition's image: by the digest, else by the tag.

    ECS adds the digest to the tag, or puts it in its place, from a deployment's second task on.
    """
    shown = container.image
    if shown is None or shown.repository != image.repository:
        return False
    if image.digest:
        return _digest(container) in (image.digest, "")
    return shown.tag in (image.tag, "")


def _named(tasks: Sequence[Task], name: str) -> list[Container]:
    return [each for task in tasks for each in task.containers if each.name == name]


def _digest(container: Container) -> str:
    return container.digest or (container.image.digest if container.image else "")


def _rule(expected: str | None) -> str:
    return f"image {expected}" if expected else "the images of the task definition"


def _listed(images: Images) -> str:
    return ", ".join(sorted({image.short for image in images.values()}))


def _shown(task: Task, images: Images) -> str:
    shown = {each.image.short for each in task.containers if each.image and each.name in images}
    return ", ".join(sorted(shown)) or "none of its containers"
