"""Readiness of the load balancer in front of the web service."""

from typing import Any

from probe_deployment.context import Context
from probe_deployment.finding import Finding

ATTRIBUTE = "deletion_protection.enabled"


def protection(context: Context) -> Finding:
    """It can't be deleted by accident."""
    balancers = context.load_balancers()
    if not balancers:
        return Finding.skipped(f"{context.settings.web_service} is behind no load balancer")
    client = context.client("elbv2")
    bare = [arn for arn in balancers if not _protected(client, arn)]
    expected = "deletion protection on"
    if bare:
        names = [arn.split("/")[-2] for arn in bare]
        return Finding.failed(
            f"{', '.join(names)} can be deleted",
            expected,
            "aws elbv2 modify-load-balancer-attributes --load-balancer-arn"
            f" {bare[0]} --attributes Key={ATTRIBUTE},Value=true"
            " (Terraform: enable_deletion_protection = true)",
            subjects=names,
        )
    return Finding.passed(f"on for {len(balancers)} load balancers", expected)


def _protected(client: Any, arn: str) -> bool:
    attributes: list[Any] = client.describe_load_balancer_attributes(LoadBalancerArn=arn)[
        "Attributes"
    ]
    return {"Key": ATTRIBUTE, "Value": "true"} in attributes
