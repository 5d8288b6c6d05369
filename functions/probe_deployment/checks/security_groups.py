"""Readiness of the security groups: by what they let in, not by how it is written."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

WEB_PORTS = (80, 443)
# Ports behind the load balancer: only another group may reach them, no range of addresses.
INNER_PORTS = {5432: "the database", 3000: "the app's containers", 3001: "Puma"}
MOST_ADDRESSES = 2**24
"""Of IPv4, as many as a /8 has, and no less than the widest private network; more is the world."""
MOST_ADDRESSES_V6 = 2 ** (128 - 32)
"""Of IPv6: a provider's whole allocation."""
EXPECTED = "only 80 and 443 open to the world, inner ports to other groups alone"

type Hole = tuple[Any, Any, str]
"""A group, one of its permissions, and a range of addresses in it."""


def check(context: Context) -> Finding:
    """No group of the VPC lets the world in at another port than 80 and 443."""
    vpc = {"Name": "vpc-id", "Values": [context.settings.vpc_id]}
    pages = context.client("ec2").get_paginator("describe_security_groups")
    groups = [group for page in pages.paginate(Filters=[vpc]) for group in page["SecurityGroups"]]
    return judge(groups)


def judge(groups: list[Any]) -> Finding:
    """Which groups, as EC2 describes them, let in too much."""
    if not groups:  # each VPC has its default group
        return Finding.failed(
            "no group in that VPC", EXPECTED, "correct the parameter VpcId", cause=Cause.NO_GROUP
        )
    holes = [hole for group in groups for hole in _holes(group)]
    if not holes:
        return Finding.passed(f"{len(groups)} groups", EXPECTED)
    observed = ", ".join(
        f"{group['GroupName']} lets {source} in at {_ports(permission)}"
        for group, permission, source in holes
    )
    return Finding.failed(
        observed,
        EXPECTED,
        "; ".join(_revoke(*hole) for hole in holes),
        cause=Cause.OPEN,
        subjects=dict.fromkeys(group["GroupName"] for group, _, _ in holes),
    )


def _holes(group: Any) -> Iterable[Hole]:
    wide = _wide(group)
    for permission in group["IpPermissions"]:
        for source in _sources(permission):
            inner = any(_covers(permission, port) for port in INNER_PORTS)
            if inner or (source in wide and not _web(permission)):
                yield group, permission, source


def _wide(group: Any) -> set[str]:
    """Ranges of a group that together, over all its permissions but the web's, are the world."""
    sources = {
        source
        for permission in group["IpPermissions"]
        if not _web(permission)
        for source in _sources(permission)
    }
    found: set[str] = set()
    for version, most in ((4, MOST_ADDRESSES), (6, MOST_ADDRESSES_V6)):
        networks = {each: ipaddress.ip_network(each, strict=False) for each in sources}
        of_version = [each for each in networks.values() if each.version == version]
        merged: Any = ipaddress.collapse_addresses(of_version)
        if sum(each.num_addresses for each in merged) > most:
            found |= {name for name, each in networks.items() if each.version == version}
    return found


def _sources(permission: Any) -> list[str]:
    return [each["CidrIp"] for each in permission.get("IpRanges", [])] + [
        each["CidrIpv6"] for each in permission.get("Ipv6Ranges", [])
    ]


def _covers(permission: Any, port: int) -> bool:
    if permission["IpProtocol"] == "-1":
        return True
    first, last = permission.get("FromPort", 0), permission.get("ToPort", 65535)
    return permission["IpProtocol"] in ("tcp", "6") and first <= port <= last


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
