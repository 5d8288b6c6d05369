"""Readiness of the security groups: nothing but the web's own ports is open to the world."""

from typing import Any

from probe_deployment.context import Context
from probe_deployment.finding import Finding

WORLD = ("0.0.0.0/0", "::/0")
WEB_PORTS = (80, 443)


def check(context: Context) -> Finding:
    """No group of the VPC lets the world in at another port than 80 and 443."""
    vpc = {"Name": "vpc-id", "Values": [context.settings.vpc_id]}
    pages = context.client("ec2").get_paginator("describe_security_groups")
    groups = [group for page in pages.paginate(Filters=[vpc]) for group in page["SecurityGroups"]]
    return judge(groups)


def judge(groups: list[Any]) -> Finding:
    """Which groups, as EC2 describes them, let the world in."""
    expected = "only 80 and 443 open to the world"
    if not groups:  # each VPC has its default group
        return Finding.failed("no group in that VPC", expected, "correct the parameter VpcId")
    holes = [
        (group, permission, source)
        for group in groups
        for permission in group["IpPermissions"]
        for source in _sources(permission)
        if source in WORLD and not _web(permission)
    ]
    if not holes:
        return Finding.passed(f"{len(groups)} groups", expected)
    observed = ", ".join(
        f"{group['GroupName']} lets {source} in at {_ports(permission)}"
        for group, permission, source in holes
    )
    return Finding.failed(observed, expected, "; ".join(_revoke(*hole) for hole in holes))


def _sources(permission: Any) -> list[str]:
    return [each["CidrIp"] for each in permission.get("IpRanges", [])] + [
        each["CidrIpv6"] for each in permission.get("Ipv6Ranges", [])
    ]


def _web(permission: Any) -> bool:
    first, last = permission.get("FromPort"), permission.get("ToPort")
    return permission["IpProtocol"] == "tcp" and first == last and first in WEB_PORTS


def _ports(permission: Any) -> str:
    if permission["IpProtocol"] == "-1":
        return "every port"
    return f"{permission['IpProtocol']} {permission['FromPort']}-{permission['ToPort']}"


def _revoke(group: Any, permission: Any, source: str) -> str:
    ranges = (
        f"Ipv6Ranges=[{{CidrIpv6={source}}}]"
        if ":" in source
        else (f"IpRanges=[{{CidrIp={source}}}]")
    )
    ports = ""
    if permission["IpProtocol"] != "-1":
        ports = f"FromPort={permission['FromPort']},ToPort={permission['ToPort']},"
    return (
        f"aws ec2 revoke-security-group-ingress --group-id {group['GroupId']} --ip-permissions"
        f" 'IpProtocol={permission['IpProtocol']},{ports}{ranges}'"
    )
