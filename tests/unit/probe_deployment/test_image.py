"""Whether the running tasks are what was deployed."""

from typing import Any

import pytest

from ops_common.images import Image
from ops_common.tasks import Task, parse_task
from probe_deployment.cause import Cause
from probe_deployment.checks import image
from probe_deployment.finding import Finding, Status

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api"
DUAL_STACK = "123456789012.dkr-ecr.eu-west-1.on.aws/jiki/api"
ONE, TWO = "sha256:" + "01" * 32, "sha256:" + "02" * 32


def container(name: str = "web", shown: str | None = f"{ECR}:new", digest: str = "") -> Any:
    return {"name": name, "image": shown, "imageDigest": digest}


def task(*containers: Any, **changes: Any) -> Task:
    raw = {"taskArn": "arn:task/c/0a1b2c3d4e5f", "lastStatus": "RUNNING"}
    return parse_task(raw | {"containers": containers or (container(),)} | changes)


def judged(*running: Task, expected: str | None = None, app: str = "web", **images: str) -> Finding:
    parsed = {name: Image.parse(text) for name, text in (images or {"web": f"{ECR}:new"}).items()}
    return image.judge("service", running, parsed, [app], expected, "deploy it again")


def test_all_tasks_with_the_image_pass() -> None:
    assert judged(task(), task(), expected="new").status is Status.PASS


@pytest.mark.parametrize("shown", [f"{ECR}:new@{ONE}", f"{ECR}@{ONE}"])
def test_a_digest_beside_the_tag_or_in_its_place_is_the_same_image(shown: str) -> None:
    found = judged(task(container(digest=ONE)), task(container(shown=shown, digest=ONE)))
    assert found.status is Status.PASS


@pytest.mark.parametrize(
    ("running", "cause"),
    [
        ((), Cause.NO_TASK),
        ((task(container(shown=f"{ECR}:old")), task()), Cause.OTHER_IMAGE),
        ((task(container(shown="elsewhere/api:new")),), Cause.OTHER_IMAGE),
        ((task(container("other")),), Cause.OTHER_IMAGE),
        ((task(container(digest=ONE)), task(container(digest=TWO))), Cause.OTHER_BUILD),
        ((task(container(digest=ONE)), task(container(shown=f"{ECR}@{TWO}"))), Cause.OTHER_BUILD),
    ],
)
def test_another_tag_repository_or_build_is_another_image(
    running: tuple[Task, ...], cause: Cause
) -> None:
    finding = judged(*running)
    assert (finding.status, finding.cause) == (Status.FAIL, cause)
    assert finding.subjects == ("service",)


def test_a_sidecar_with_the_expected_tag_does_not_do_for_the_app() -> None:
    images = {"web": f"{ECR}:old", "sidecar": "public.ecr.aws/x/agent:new"}
    running = task(*(container(name, shown) for name, shown in images.items()))
    assert judged(running, expected="new", **images).cause is Cause.NOT_DEPLOYED


def test_what_aws_puts_into_a_task_is_left_out() -> None:
    agents = container("aws-guardduty-agent-x", "other:1", ONE), container("service-connect", None)
    assert judged(task(container(), *agents)).status is Status.PASS


def test_a_sidecar_pulled_anew_is_no_other_build_of_the_app() -> None:
    agent = "public.ecr.aws/x/agent:stable"
    running = [task(container(), container("agent", agent, digest)) for digest in (ONE, TWO)]
    assert judged(*running, web=f"{ECR}:new", agent=agent).status is Status.PASS


@pytest.mark.parametrize(
    ("expected", "digest", "status"),
    [(ONE, ONE, Status.PASS), (TWO, ONE, Status.FAIL), ("new", ONE, Status.UNKNOWN)],
)
def test_a_definition_by_digest_shows_the_digest_and_no_tag(
    expected: str, digest: str, status: Status
) -> None:
    deployed = f"{ECR}@{ONE}"
    running = task(container(shown=deployed, digest=digest))
    assert judged(running, expected=expected, web=deployed).status is status


def test_a_definition_by_tag_shows_the_expected_digest_by_its_tasks() -> None:
    assert judged(task(container(digest=ONE)), expected=ONE).status is Status.PASS
    assert judged(task(container(digest=ONE)), expected=TWO).status is Status.FAIL


@pytest.mark.parametrize(
    ("definitions", "names"),
    [
        ([("web", f"{ECR}:1", {})], ["web"]),
        ([("log", "fluent", {"firelensConfiguration": {}}), ("web", "api:1", {})], ["web"]),
        ([("agent", "datadog:7", {}), ("web", f"{ECR}:1", {})], ["web"]),
        ([("web", "api:1", {}), ("agent", "datadog:7", {"essential": False})], ["web"]),
        ([("web", f"{ECR}:1", {}), ("thrust", f"{ECR}:1", {})], ["web", "thrust"]),
        ([("agent", "datadog:7", {}), ("web", f"{DUAL_STACK}:1", {})], ["web"]),
    ],
)
def test_the_app_s_containers_are_distinguished_from_sidecars(
    definitions: list[tuple[str, str, Any]], names: list[str]
) -> None:
    raw = [{"name": name, "image": text, **more} for name, text, more in definitions]
    assert image.app_containers(raw) == names


def test_the_container_behind_the_load_balancer_is_the_app_s() -> None:
    proxy = {"name": "proxy", "image": ECR.replace("api", "nginx") + ":1.27"}
    app = {"name": "app", "image": f"{ECR}:1"}
    assert image.app_containers([proxy, app], ["app"]) == ["app"]
    assert image.app_containers([proxy, app], ["gone"]) == ["proxy"]
