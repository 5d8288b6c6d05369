"""What the account itself says about the app: the network of its database, its services.

Everything is only read, with the credentials of the person who configures.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

type Clients = Callable[[str], Any]
"""The client of an AWS service, by its name."""
type Answers = Mapping[str, str]
"""What has been answered so far, by the name of the parameter."""


class Suggestion(NamedTuple):
    """What to offer for a parameter."""

    values: tuple[str, ...] = ()
    """The likeliest first."""
    trouble: str = ""
    """Why nothing could be looked up."""


def suggestion(name: str, answers: Answers, client: Clients) -> Suggestion:
    """The account's values for one parameter of the template; none where it knows none."""
    look_up = _LOOKUPS.get(name)
    if look_up is None:
        return Suggestion()
    try:
        return Suggestion(tuple(look_up(answers, client)))
    except (BotoCoreError, ClientError) as error:
        return Suggestion(trouble=str(error))


def _clusters(_answers: Answers, client: Clients) -> list[str]:
    pages = client("rds").get_paginator("describe_db_clusters").paginate()
    return [
        cluster["DBClusterIdentifier"]
        for page in pages
        for cluster in page["DBClusters"]
        if cluster["Engine"] == "aurora-postgresql"
    ]


def _subnet_group(answers: Answers, client: Clients) -> dict[str, Any] | None:
    if not (cluster := answers.get("DatabaseClusterId")):
        return None
    rds = client("rds")
    (described,) = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    groups = rds.describe_db_subnet_groups(DBSubnetGroupName=described["DBSubnetGroup"])
    group: dict[str, Any] = groups["DBSubnetGroups"][0]
    return group


def _vpc(answers: Answers, client: Clients) -> list[str]:
    group = _subnet_group(answers, client)
    return [group["VpcId"]] if group else []


def _subnets(answers: Answers, client: Clients) -> list[str]:
    group = _subnet_group(answers, client)
    if not group:
        return []
    return [",".join(subnet["SubnetIdentifier"] for subnet in group["Subnets"])]


def _cidr(answers: Answers, client: Clients) -> list[str]:
    vpcs = client("ec2").describe_vpcs(VpcIds=[answers["VpcId"]])["Vpcs"]
    return [vpc["CidrBlock"] for vpc in vpcs]


def _ecs_clusters(_answers: Answers, client: Clients) -> list[str]:
    pages = client("ecs").get_paginator("list_clusters").paginate()
    return [_last(arn) for page in pages for arn in page["clusterArns"]]


def _services(answers: Answers, client: Clients) -> list[dict[str, Any]]:
    cluster, ecs = answers["EcsCluster"], client("ecs")
    pages = ecs.get_paginator("list_services").paginate(
        cluster=cluster,
        PaginationConfig={"PageSize": 10},  # as many as can be described at once
    )
    return [
        service
        for page in pages
        if page["serviceArns"]
        for service in ecs.describe_services(cluster=cluster, services=page["serviceArns"])[
            "services"
        ]
    ]


def _web_services(answers: Answers, client: Clients) -> list[str]:
    """Those behind a load balancer."""
    services = _services(answers, client)
    return [service["serviceName"] for service in services if service.get("loadBalancers")]


def _worker_services(answers: Answers, client: Clients) -> list[str]:
    """The others; first whatever is named for a queue."""
    services = _services(answers, client)
    names = [service["serviceName"] for service in services if not service.get("loadBalancers")]
    return sorted(names, key=lambda name: not any(word in name for word in ("queue", "worker")))


def _target_groups(answers: Answers, client: Clients) -> list[dict[str, Any]]:
    arns = [
        balancer["targetGroupArn"]
        for service in _services(answers, client)
        if service["serviceName"] == answers["WebService"]
        for balancer in service["loadBalancers"]
        if "targetGroupArn" in balancer
    ]
    if not arns:
        return []
    groups: list[dict[str, Any]] = client("elbv2").describe_target_groups(TargetGroupArns=arns)[
        "TargetGroups"
    ]
    return groups


def _balancer_names(answers: Answers, client: Clients) -> list[str]:
    groups = _target_groups(answers, client)
    arns = [arn for group in groups for arn in group["LoadBalancerArns"]]
    return [arn.partition(":loadbalancer/")[2] for arn in dict.fromkeys(arns)]


def _target_group_names(answers: Answers, client: Clients) -> list[str]:
    return [_last(group["TargetGroupArn"], ":") for group in _target_groups(answers, client)]


def _last(arn: str, separator: str = "/") -> str:
    return arn.rpartition(separator)[2]


_LOOKUPS: dict[str, Callable[[Answers, Clients], list[str]]] = {
    "DatabaseClusterId": _clusters,
    "VpcId": _vpc,
    "SubnetIds": _subnets,
    "DatabaseCidr": _cidr,
    "EcsCluster": _ecs_clusters,
    "WebService": _web_services,
    "WorkerService": _worker_services,
    "LoadBalancerName": _balancer_names,
    "TargetGroupName": _target_group_names,
}
