"""Readiness of the Aurora cluster: protection, backups, capacity."""

from typing import TYPE_CHECKING

from probe_deployment.context import Context
from probe_deployment.finding import Finding

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

BACKUP_DAYS = 7
MAX_CAPACITY = 2.0


def protection(context: Context) -> Finding:
    """The cluster can't be deleted by accident, and is encrypted."""
    cluster = _cluster(context)
    expected = "deletion protection on, storage encrypted"
    if not cluster.get("DeletionProtection"):
        return Finding.failed(
            "it can be deleted",
            expected,
            f"{_modify(cluster)} --deletion-protection (Terraform: deletion_protection = true)",
        )
    if not cluster.get("StorageEncrypted"):
        return Finding.failed(
            "its storage is not encrypted",
            expected,
            "restore a snapshot copied with a KMS key: aws rds copy-db-cluster-snapshot",
        )
    return Finding.passed(expected, expected)


def backups(context: Context) -> Finding:
    """Backups are kept for a week at least."""
    cluster = _cluster(context)
    days = cluster.get("BackupRetentionPeriod", 0)
    observed, expected = f"kept for {days} days", f"at least {BACKUP_DAYS} days"
    if days < BACKUP_DAYS:
        return Finding.failed(
            observed, expected, f"{_modify(cluster)} --backup-retention-period {BACKUP_DAYS}"
        )
    return Finding.passed(observed, expected)


def capacity(context: Context) -> Finding:
    """A maximum that carries a peak, and a second zone to fail over to."""
    cluster = _cluster(context)
    scaling = cluster.get("ServerlessV2ScalingConfiguration", {})
    most, least = scaling.get("MaxCapacity", 0.0), scaling.get("MinCapacity", 0.0)
    zones = "several zones" if cluster.get("MultiAZ") else "one zone"
    observed = f"{least:g} to {most:g} ACU, instances in {zones}"
    expected = f"a maximum of {MAX_CAPACITY:g} ACU or more, instances in several zones"
    remedies = []
    if most < MAX_CAPACITY:
        remedies.append(
            f"{_modify(cluster)} --serverless-v2-scaling-configuration"
            f" MinCapacity={least:g},MaxCapacity={MAX_CAPACITY:g}"
        )
    if not cluster.get("MultiAZ"):
        name = cluster["DBClusterIdentifier"]
        remedies.append(
            f"aws rds create-db-instance --db-instance-identifier {name}-reader"
            f" --db-cluster-identifier {name} --engine aurora-postgresql"
            " --db-instance-class db.serverless"
        )
    if remedies:
        return Finding.failed(observed, expected, "; ".join(remedies))
    return Finding.passed(observed, expected)


def _cluster(context: Context) -> "DBClusterTypeDef":
    clusters: list[DBClusterTypeDef] = context.client("rds").describe_db_clusters(
        DBClusterIdentifier=context.database_cluster_id()
    )["DBClusters"]
    return clusters[0]


def _modify(cluster: "DBClusterTypeDef") -> str:
    name = cluster["DBClusterIdentifier"]
    return f"aws rds modify-db-cluster --apply-immediately --db-cluster-identifier {name}"
