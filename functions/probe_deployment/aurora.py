"""Aurora clusters and their instances, as the RDS API describes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

AVAILABLE = "available"
# Statuses in which an instance goes on serving (Amazon Aurora User Guide, "Viewing DB instance
# status in an Aurora DB cluster").
SERVING = re.compile(r"available|backing-up|storage-optimization|configuring-\S+")
LOST = ("deleting", "failed")
NEEDS_RESTART = "pending-reboot"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a check asks of a cluster; capacities are None where it has no serverless ones."""

    id: str
    status: str
    instances: int
    protected: bool
    encrypted: bool
    backup_days: int
    min_acu: float | None
    max_acu: float | None
    managed_secret: bool
    """RDS keeps and rotates the master's password itself."""
    pending_password: bool
    """A password was set and is not in force yet; the status doesn't say so."""
    serverless_v1: bool
    needing_restart: tuple[str, ...] = ()
    """Instances whose cluster parameters wait for one."""

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Read one of DescribeDBClusters' answers (RDS API Reference, DBCluster)."""
        scaling = raw.get("ServerlessV2ScalingConfiguration") or {}
        members = raw.get("DBClusterMembers", [])
        return cls(
            id=raw["DBClusterIdentifier"],
            status=raw.get("Status", ""),
            instances=len(members),
            protected=bool(raw.get("DeletionProtection")),
            encrypted=bool(raw.get("StorageEncrypted")),
            backup_days=raw.get("BackupRetentionPeriod", 0),
            min_acu=scaling.get("MinCapacity"),
            max_acu=scaling.get("MaxCapacity"),
            managed_secret=bool(raw.get("MasterUserSecret")),
            pending_password="MasterUserPassword" in raw.get("PendingModifiedValues", {}),
            serverless_v1=raw.get("EngineMode") == "serverless",
            needing_restart=tuple(
                each["DBInstanceIdentifier"]
                for each in members
                if each.get("DBClusterParameterGroupStatus") == NEEDS_RESTART
            ),
        )

    @property
    def available(self) -> bool:
        """Whether it takes changes now; a paused one is available too."""
        return self.status == AVAILABLE

    @property
    def can_pause(self) -> bool:
        """Whether it sleeps when nobody uses it; the first connection then waits about 15 s."""
        return self.min_acu == 0


@dataclass(frozen=True, slots=True)
class Instances:
    """What a check asks of a cluster's instances together."""

    zones: frozenset[str]
    """Of those that could take over."""
    public: tuple[str, ...]
    """Those that have an address of the internet."""
    not_available: tuple[str, ...]
    needing_restart: tuple[str, ...]
    """Those whose parameters wait for one."""

    @classmethod
    def parse(cls, raw: Sequence[Any]) -> Self:
        """Read DescribeDBInstances' answer (RDS API Reference, DBInstance)."""

        def named(chosen: Any) -> tuple[str, ...]:
            return tuple(each["DBInstanceIdentifier"] for each in raw if chosen(each))

        def waits(each: Any) -> bool:
            groups = each.get("DBParameterGroups", [])
            return any(group.get("ParameterApplyStatus") == NEEDS_RESTART for group in groups)

        return cls(
            zones=frozenset(
                each["AvailabilityZone"]
                for each in raw
                if "AvailabilityZone" in each and each.get("DBInstanceStatus") not in LOST
            ),
            public=named(lambda each: each.get("PubliclyAccessible")),
            not_available=named(
                lambda each: not SERVING.fullmatch(each.get("DBInstanceStatus", ""))
            ),
            needing_restart=named(waits),
        )
