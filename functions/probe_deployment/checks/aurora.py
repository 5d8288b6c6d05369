"""Readiness of the Aurora cluster: protection, backups, capacity."""

from typing import Any

from probe_deployment.aurora import Cluster, Instances
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding

BACKUP_DAYS = 7
MAX_CAPACITY = 20.0
"""As the owners' list has it; max_connections follows it."""
ZONES = 2
SERVERLESS_V1 = "Aurora Serverless v1, which AWS has withdrawn: migrate it to v2"


def protection(context: Context) -> Finding:
    """It can't be deleted by accident, is encrypted, and has no address of the internet."""
    return judge_protection(_cluster(context), _instances(context))


def judge_protection(cluster: Cluster, instances: Instances) -> Finding:
    """What of a cluster is not protected."""
    expected = "deletion protection on, storage encrypted, not publicly accessible"
    if not cluster.protected:
        return Finding.failed(
            "it can be deleted",
            expected,
            f"{_modify(cluster)} --deletion-protection (Terraform: deletion_protection = true)",
            cause=Cause.NOT_PROTECTED,
        )
    if instances.public:
        return Finding.failed(
            f"publicly accessible: {', '.join(instances.public)}",
            expected,
            "aws rds modify-db-instance --apply-immediately --no-publicly-accessible"
            f" --db-instance-identifier {instances.public[0]}",
            cause=Cause.PUBLIC,
            subjects=instances.public,
        )
    if not cluster.encrypted:
        return Finding.failed(
            "its storage is not encrypted",
            expected,
            "restore a snapshot copied with a KMS key: aws rds copy-db-cluster-snapshot",
            cause=Cause.NOT_ENCRYPTED,
        )
    return Finding.passed(expected, expected)


def backups(context: Context) -> Finding:
    """Backups are kept for a week at least."""
    cluster = _cluster(context)
    days = cluster.backup_days
    observed, expected = f"kept for {days} days", f"at least {BACKUP_DAYS} days"
    if days < BACKUP_DAYS:
        return Finding.failed(
            observed, expected, f"{_modify(cluster)} --backup-retention-period {BACKUP_DAYS}"
        )
    return Finding.passed(observed, expected)


ASLEEP = (
    "it sleeps when unused, and its first connection then takes up to 15 s; a web task's health"
    " check keeps it awake ($44 a month at 0.5 ACU: docs/scaling.md)"
)


def capacity(context: Context) -> Finding:
    """A maximum that carries a peak, and an instance in a second zone to fail over to."""
    return judge_capacity(_cluster(context), _instances(context))


def judge_capacity(cluster: Cluster, instances: Instances) -> Finding:
    """What a cluster's capacity and zones amount to."""
    expected = f"a maximum of {MAX_CAPACITY:g} ACU or more, instances in several zones"
    if cluster.serverless_v1:
        return Finding.failed("Serverless v1", expected, SERVERLESS_V1, cause=Cause.SERVERLESS_V1)
    zones = "several zones" if len(instances.zones) >= ZONES else "one zone"
    notes = [f"instances in {zones}"]
    if cluster.max_acu is None:
        notes.insert(0, "provisioned instances")
    else:
        notes.insert(0, f"{cluster.min_acu or 0:g} to {cluster.max_acu:g} ACU")
    if cluster.can_pause:
        notes.append(ASLEEP)
    if not cluster.available:
        notes.append(f"its status is {cluster.status}")
    if instances.not_available:
        notes.append(f"not available: {', '.join(instances.not_available)}")
    if waiting := sorted({*cluster.needing_restart, *instances.needing_restart}):
        notes.append(f"parameters wait for a restart of {', '.join(waiting)}")
    remedies: dict[Cause, str] = {}
    if cluster.max_acu is not None and cluster.max_acu < MAX_CAPACITY:
        remedies[Cause.LOW_MAXIMUM] = (
            f"{_modify(cluster)} --serverless-v2-scaling-configuration"
            f" MinCapacity={cluster.min_acu or 0:g},MaxCapacity={MAX_CAPACITY:g}"
        )
    if len(instances.zones) < ZONES:
        remedies[Cause.ONE_ZONE] = (
            f"aws rds create-db-instance --db-instance-identifier {cluster.id}-reader"
            f" --db-cluster-identifier {cluster.id} --engine aurora-postgresql"
            " --db-instance-class db.serverless --availability-zone ANOTHER"
        )
    observed = ", ".join(notes)
    if remedies:
        return Finding.failed(
            observed, expected, "; ".join(remedies.values()), cause=next(iter(remedies))
        )
    return Finding.passed(observed, expected)


def _cluster(context: Context) -> Cluster:
    clusters: list[Any] = context.client("rds").describe_db_clusters(
        DBClusterIdentifier=context.database_cluster_id()
    )["DBClusters"]
    return Cluster.parse(clusters[0])


def _instances(context: Context) -> Instances:
    filters = [{"Name": "db-cluster-id", "Values": [context.database_cluster_id()]}]
    answer = context.client("rds").describe_db_instances(Filters=filters)
    return Instances.parse(answer["DBInstances"])


def _modify(cluster: Cluster) -> str:
    return f"aws rds modify-db-cluster --apply-immediately --db-cluster-identifier {cluster.id}"
