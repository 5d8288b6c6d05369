"""Which image a deployment brought."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


class DeployedImages(Protocol):
    """The port; tests give a fixed tag."""

    def image_tag(self, cluster: str, service: str, deployment: str) -> str:
        """The image tag (Jiki's is the git sha); empty where ECS no longer knows the deployment."""


class EcsDeployedImages:
    """DeployedImages by DescribeServices and DescribeTaskDefinition."""

    def __init__(self, client: "ECSClient") -> None:
        self._client = client

    def image_tag(self, cluster: str, service: str, deployment: str) -> str:
        """See DeployedImages. Raises botocore's errors."""
        answer = self._client.describe_services(cluster=cluster, services=[service])
        for found in answer["services"]:
            for entry in found["deployments"]:
                if entry["id"] == deployment:
                    return self._tag(entry["taskDefinition"])
        return ""

    def _tag(self, task_definition: str) -> str:
        answer = self._client.describe_task_definition(taskDefinition=task_definition)
        image = answer["taskDefinition"]["containerDefinitions"][0]["image"]
        last = image.rsplit("/", 1)[-1]
        return last.split(":", 1)[1] if ":" in last and "@" not in last else ""
