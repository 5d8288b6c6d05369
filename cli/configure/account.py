"""What the account itself says about the app: its database's network, secrets, services.

Everything is only read, with the credentials of the person who configures.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from cli.fit.facts import Facts
from cli.fit.offers import offers
from cli.fit.read import Reader

type Answers = Mapping[str, str]
"""What has been answered so far, by the name of the parameter."""

TROUBLE_LENGTH = 200
MOST = 10
"""Services that the template takes."""
QUEUE_WORDS = ("queue", "worker")
OFFERED = ("OtherServices", "PasswordKey", "PasswordCopies", "LogGroupPrefix")
"""What follows from the task definitions alone."""


class Suggestion(NamedTuple):
    """What there is to choose from for a parameter."""

    values: tuple[str, ...] = ()
    trouble: str = ""
    """Why nothing could be read."""
    best: str = ""
    """The one that `make fit` would choose."""


class _NotReadError(Exception):
    """A part of the account that was asked for before, and refused."""


class Account:
    """Reads values; `client` gives the client of an AWS service by its name."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client
        self._unreachable = False
        self._facts: dict[str, Facts] = {}

    def suggest(self, name: str, answers: Answers) -> Suggestion:
        """The account's values for one parameter of the template; none where it knows none.

        Once AWS could not be reached, or there are no credentials, nothing more is asked.
        """
        look_up = _LOOKUPS.get(name)
        if (look_up is None and name not in OFFERED) or self._unreachable:
            return Suggestion()
        try:
            values = tuple(look_up(self, answers)) if look_up else ()
            best = self._offers(answers).get(name, "")
            return Suggestion(values or ((best,) if best else ()), best=best)
        except (ClientError, _NotReadError) as error:
            return Suggestion(trouble=_short(error))
        except BotoCoreError as error:
            self._unreachable = True
            return Suggestion(trouble=_short(error))

    def facts(self, cluster: str) -> Facts:
        """All that `make fit` reads; nothing where AWS could not be reached."""
        if self._unreachable:
            return Facts(cluster=cluster)
        if cluster not in self._facts:
            self._facts[cluster] = Reader(self._client).facts(cluster, "")
        return self._facts[cluster]

    def _offers(self, answers: Answers) -> dict[str, str]:
        cluster = answers.get("EcsCluster", "")
        return offers(self.facts(cluster)) if cluster else {}

    def _clusters(self, _answers: Answers) -> list[str]:
        pages = self._client("rds").get_paginator("describe_db_clusters").paginate()
        return [
            cluster["DBClusterIdentifier"]
            for page in pages
            for cluster in page["DBClusters"]
            if cluster["Engine"] == "aurora-postgresql"
        ]

    def _subnet_group(self, answers: Answers) -> dict[str, Any] | None:
        if not (cluster := answers.get("DatabaseClusterId")):
            return None
        rds = self._client("rds")
        (described,) = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
        groups = rds.describe_db_subnet_groups(DBSubnetGroupName=described["DBSubnetGroup"])
        group: dict[str, Any] = groups["DBSubnetGroups"][0]
        return group

    def _vpc(self, answers: Answers) -> list[str]:
        group = self._subnet_group(answers)
        return [group["VpcId"]] if group else []

    def _subnets(self, answers: Answers) -> list[str]:
        group = self._subnet_group(answers)
        if not group:
            return []
        return [",".join(subnet["SubnetIdentifier"] for subnet in group["Subnets"])]

    def _cidr(self, answers: Answers) -> list[str]:
        """The VPC's ranges that hold all the subnets; a VPC may have several."""
        ec2 = self._client("ec2")
        (vpc,) = ec2.describe_vpcs(VpcIds=[answers["VpcId"]])["Vpcs"]
        found = ec2.describe_subnets(SubnetIds=answers["SubnetIds"].split(","))["Subnets"]
        subnets = [ip_network(subnet["CidrBlock"]) for subnet in found]
        ranges = [each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"]]
        return [
            each
            for each in ranges
            if all(ip_network(each).supernet_of(subnet) for subnet in subnets)  # type: ignore[arg-type]  # all IPv4
        ]

    def _secrets(self, _answers: Answers) -> list[str]:
        pages = self._client("secretsmanager").get_paginator("list_secrets").paginate()
        return [each["Name"] for page in pages for each in page["SecretList"]]

    def _ecs_clusters(self, _answers: Answers) -> list[str]:
        pages = self._client("ecs").get_paginator("list_clusters").paginate()
        return [_last(arn) for page in pages for arn in page["clusterArns"]]

    def _services(self, answers: Answers) -> list[Mapping[str, Any]]:
        facts = self.facts(answers["EcsCluster"])
        if trouble := facts.unread.get("services"):
            raise _NotReadError(trouble)
        return [service.described for service in facts.services]

    def _web_services(self, answers: Answers) -> list[str]:
        """Those behind a load balancer."""
        services = self._services(answers)
        return _joined(each["serviceName"] for each in services if each.get("loadBalancers"))

    def _worker_services(self, answers: Answers) -> list[str]:
        """The others; of these the ones that are named for a queue, if any is."""
        services = self._services(answers)
        names = [each["serviceName"] for each in services if not each.get("loadBalancers")]
        likely = [name for name in names if any(word in name for word in QUEUE_WORDS)]
        return _joined(likely or names)

    def _target_groups(self, answers: Answers) -> list[dict[str, Any]]:
        """The web service's, behind an Application Load Balancer."""
        arns = [
            balancer["targetGroupArn"]
            for service in self._services(answers)
            if service["serviceName"] == answers["WebServices"].partition(",")[0]
            for balancer in service["loadBalancers"]
            if "targetGroupArn" in balancer
        ]
        if not arns:
            return []
        groups = self._client("elbv2").describe_target_groups(TargetGroupArns=arns)["TargetGroups"]
        return [group for group in groups if any(map(_application, group["LoadBalancerArns"]))]

    def _balancer_names(self, answers: Answers) -> list[str]:
        arns = [arn for group in self._target_groups(answers) for arn in group["LoadBalancerArns"]]
        return [_last(arn, ":loadbalancer/") for arn in dict.fromkeys(arns) if _application(arn)]

    def _target_group_names(self, answers: Answers) -> list[str]:
        return [_last(group["TargetGroupArn"], ":") for group in self._target_groups(answers)]


def _joined(names: Iterable[str]) -> list[str]:
    """All of them as one answer, unless the template has no room for so many."""
    listed = list(names)
    return [",".join(listed)] if 0 < len(listed) <= MOST else listed


def _application(load_balancer_arn: str) -> bool:
    """The others' metrics are in another namespace than the alarms read."""
    return ":loadbalancer/app/" in load_balancer_arn


def _last(arn: str, separator: str = "/") -> str:
    return arn.rpartition(separator)[2]


def _short(error: Exception) -> str:
    """Without the kilobyte that says in code why something was denied."""
    return str(error).partition(" Encoded authorization")[0][:TROUBLE_LENGTH]


_LOOKUPS: dict[str, Callable[[Account, Answers], list[str]]] = {
    "DatabaseClusterId": Account._clusters,
    "VpcId": Account._vpc,
    "SubnetIds": Account._subnets,
    "DatabaseCidr": Account._cidr,
    "ConfigSecretId": Account._secrets,
    "EcsCluster": Account._ecs_clusters,
    "WebServices": Account._web_services,
    "WorkerServices": Account._worker_services,
    "LoadBalancerName": Account._balancer_names,
    "TargetGroupName": Account._target_group_names,
}
