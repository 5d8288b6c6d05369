"""Placeholders by kind, groups by what they let in, the database's answers."""

from typing import Any

import pytest

from probe_deployment.aurora import Cluster, Instances
from probe_deployment.cause import Cause
from probe_deployment.checks import app_config_table, aurora, security_groups
from probe_deployment.finding import Status
from probe_deployment.placeholders import is_placeholder

LIVE = "_".join(("sk", "live", ""))


@pytest.mark.parametrize(
    "value",
    [
        *(
            "...",
            "…",
            "***",
            "xxxxxxxx",
            "",
            "YOUR_API_KEY",
            "your-key-here",
            "CHANGE ME",
            "changeme",
        ),
        *(
            "TODO",
            "<password>",
            "{{ token }}",
            "${TOKEN}",
            "replace-this",
            "temporary-change-me-now",
        ),
        *("changeme", "aaaaaaaa", "Placeholder", "password123", "example-key", "null", "%API_KEY%"),
    ],
)
def test_what_stands_for_a_value_is_none(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", [f"{LIVE}...", f"{LIVE}…", f"{LIVE}xxx", LIVE, f"{LIVE}123"])
def test_a_prefix_with_little_behind_it_is_none(value: str) -> None:
    assert is_placeholder(value, LIVE)


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", ""),
        ("correct horse battery staple", ""),
        (f"{LIVE}51Habcdef", LIVE),
        ("Tr0ub4dor&3", ""),
        ("https://jiki.io", ""),
    ],
)
def test_what_somebody_chose_is_a_value(value: str, prefix: str) -> None:
    assert not is_placeholder(value, prefix)


def test_the_check_refuses_what_its_own_remedy_prints() -> None:
    missing = app_config_table.judge({"price": None}, {"price": "price_"}, "config")
    printed = missing.remedy.rpartition('{"S": "')[2].partition('"')[0]
    assert printed.startswith("price_")
    again = app_config_table.judge({"price": printed}, {"price": "price_"}, "config")
    assert again.status is Status.FAIL


def group(*permissions: Any) -> Any:
    return {"GroupName": "g", "GroupId": "sg-1", "IpPermissions": list(permissions)}


def rule(port: int, *ranges: str, last: int | None = None, protocol: str = "tcp") -> Any:
    return {
        "IpProtocol": protocol,
        "FromPort": port,
        "ToPort": last or port,
        "IpRanges": [{"CidrIp": each} for each in ranges if ":" not in each],
        "Ipv6Ranges": [{"CidrIpv6": each} for each in ranges if ":" in each],
    }


FROM_A_GROUP = rule(5432) | {"UserIdGroupPairs": [{"GroupId": "sg-ecs"}]}


@pytest.mark.parametrize(
    ("permission", "status"),
    [
        (rule(443, "0.0.0.0/0", "::/0"), Status.PASS),
        (rule(22, "203.0.113.0/24"), Status.PASS),
        (FROM_A_GROUP, Status.PASS),
        (rule(22, "10.0.0.0/8"), Status.PASS),
        (rule(22, "0.0.0.0/0"), Status.FAIL),
        (rule(22, "0.0.0.0/1", "128.0.0.0/1"), Status.FAIL),
        (rule(22, *(f"{number}.0.0.0/8" for number in range(1, 9))), Status.FAIL),
        (rule(22, "2000::/3"), Status.FAIL),
        (rule(80, "0.0.0.0/0", last=443), Status.FAIL),
        (rule(5432, "203.0.113.7/32"), Status.FAIL),
        (rule(1024, "10.1.0.0/16", last=65535), Status.FAIL),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}, Status.FAIL),
    ],
)
def test_groups_are_judged_by_what_they_let_in(permission: Any, status: Status) -> None:
    assert security_groups.judge([group(permission)]).status is status


def test_halves_of_the_world_in_two_rules_are_the_world() -> None:
    halves = group(rule(22, "0.0.0.0/1"), rule(23, "128.0.0.0/1"))
    assert security_groups.judge([halves]).status is Status.FAIL


def capacities(minimum: float, maximum: float) -> dict[str, Any]:
    values = {"MinCapacity": minimum, "MaxCapacity": maximum}
    return {"ServerlessV2ScalingConfiguration": values}


def cluster(**changes: Any) -> Cluster:
    raw = {
        "DBClusterIdentifier": "jiki-production",
        "Status": "available",
        "DBClusterMembers": [{}, {}],
        "DeletionProtection": True,
        "StorageEncrypted": True,
    }
    raw |= capacities(0.5, 20.0)
    return Cluster.parse(raw | changes)


def instances(*zones: str, **changes: Any) -> Instances:
    return Instances.parse(
        [
            {
                "DBInstanceIdentifier": f"i-{number}",
                "DBInstanceStatus": "available",
                "AvailabilityZone": zone,
                "PubliclyAccessible": False,
            }
            | changes
            for number, zone in enumerate(zones)
        ]
    )


@pytest.mark.parametrize(
    ("of_cluster", "zones", "cause"),
    [
        ({}, "ab", None),
        ({}, "aa", Cause.ONE_ZONE),
        ({"ServerlessV2ScalingConfiguration": None}, "ab", None),
        ({"EngineMode": "serverless"}, "", Cause.SERVERLESS_V1),
        # It changes, or sleeps when unused: that is shown, and no failure.
        ({"Status": "upgrading"}, "ab", None),
        (capacities(0.0, 20.0), "ab", None),
        (capacities(0.5, 2.0), "ab", Cause.LOW_MAXIMUM),
    ],
)
def test_capacity_is_that_of_the_owners_list(
    of_cluster: dict[str, Any], zones: str, cause: Cause | None
) -> None:
    finding = aurora.judge_capacity(cluster(**of_cluster), instances(*zones))
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)


@pytest.mark.parametrize(
    ("of_cluster", "of_instance", "cause"),
    [
        ({}, {}, None),
        ({"DeletionProtection": False}, {}, Cause.NOT_PROTECTED),
        ({}, {"PubliclyAccessible": True}, Cause.PUBLIC),
        ({"StorageEncrypted": False}, {}, Cause.NOT_ENCRYPTED),
    ],
)
def test_a_cluster_is_protected_encrypted_and_not_public(
    of_cluster: dict[str, Any], of_instance: dict[str, Any], cause: Cause | None
) -> None:
    finding = aurora.judge_protection(cluster(**of_cluster), instances("a", **of_instance))
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)


def test_what_waits_is_read() -> None:
    assert cluster(PendingModifiedValues={"MasterUserPassword": "****"}).pending_password
    assert cluster(MasterUserSecret={"SecretArn": "arn"}).managed_secret
    waiting = instances("a", DBParameterGroups=[{"ParameterApplyStatus": "pending-reboot"}])
    assert waiting.needing_restart == ("i-0",)


@pytest.mark.parametrize("status", ["deleting", "failed"])
def test_an_instance_that_is_lost_takes_nothing_over(status: str) -> None:
    lost = instances("eu-west-1b", DBInstanceStatus=status)
    assert not lost.zones
    assert lost.not_available


@pytest.mark.parametrize(
    "status", ["backing-up", "storage-optimization", "configuring-log-exports"]
)
def test_an_instance_that_goes_on_serving_is_available(status: str) -> None:
    assert not instances("eu-west-1b", DBInstanceStatus=status).not_available


def test_the_cluster_s_parameters_may_wait_for_a_restart_too() -> None:
    waiting = {"DBInstanceIdentifier": "i-1", "DBClusterParameterGroupStatus": "pending-reboot"}
    in_sync = waiting | {"DBInstanceIdentifier": "i-2", "DBClusterParameterGroupStatus": "in-sync"}
    found = cluster(DBClusterMembers=[waiting, in_sync])
    assert found.needing_restart == ("i-1",)
    finding = aurora.judge_capacity(found, instances("eu-west-1a", "eu-west-1b"))
    assert "i-1" in finding.observed
    assert "i-2" not in finding.observed
