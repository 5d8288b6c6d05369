"""The last resort for a lost password: Amazon RDS sets the master user's anew."""

from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from rotate_password.adapters.clock import Clock
from rotate_password.adapters.database import Database
from rotate_password.reading.credentials import Credentials

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

ASK_EVERY_SECONDS = 10
RESET_SECONDS = 300


class Reset(StrEnum):
    """Why a lost password is not reset."""

    NOT_ALLOWED = "not allowed"
    NOT_THE_MASTER = "not the master user"
    NOT_ACCEPTED = "not accepted yet"


class PasswordLost(Exception):
    """No labelled version of the secret holds a password that the database accepts."""

    def __init__(self, reset: Reset, message: str) -> None:
        super().__init__(message)
        self.reset = reset


class ManagedPassword(Exception):
    """Amazon RDS manages and rotates the master user's password itself."""


class MasterUser(Protocol):
    """The port to the cluster's master user."""

    def name(self) -> str:
        """Who it is."""

    def managed(self) -> bool:
        """Whether Amazon RDS keeps its password in a secret of its own (MasterUserSecret)."""

    def begin_reset(self, password: str) -> None:
        """Have the master user's password set; it takes minutes. Repeatable."""


class ClusterMasterUser:
    """The master user of one Aurora cluster."""

    def __init__(self, client: "RDSClient", cluster: str) -> None:
        self._client = client
        self._cluster = cluster

    def name(self) -> str:
        """See MasterUser."""
        return self._described["MasterUsername"]

    def managed(self) -> bool:
        """See MasterUser. A cluster that isn't there manages nothing."""
        try:
            return bool(self._described.get("MasterUserSecret"))
        except ClientError as error:
            if error.response["Error"]["Code"] == "DBClusterNotFoundFault":
                return False
            raise

    @cached_property
    def _described(self) -> "DBClusterTypeDef":
        response = self._client.describe_db_clusters(DBClusterIdentifier=self._cluster)
        return response["DBClusters"][0]

    def begin_reset(self, password: str) -> None:
        """See MasterUser. A reset that already runs is left to finish."""
        try:
            self._client.modify_db_cluster(
                DBClusterIdentifier=self._cluster,
                MasterUserPassword=password,
                ApplyImmediately=True,
            )
        except ClientError as error:
            # The status resetting-master-credentials of an earlier try.
            if error.response["Error"]["Code"] != "InvalidDBClusterStateFault":
                raise


def wait_for_login(database: Database, credentials: Credentials, clock: Clock) -> bool:
    """Whether the credentials log in within the time that a reset takes."""
    deadline = clock.now() + timedelta(seconds=RESET_SECONDS)
    while not database.accepts(credentials):
        if clock.now() >= deadline:
            return False
        clock.sleep(ASK_EVERY_SECONDS)
    return True
