"""The last resort for a lost password: Amazon RDS sets the master user's anew."""

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from rotate_password.clock import Clock
from rotate_password.credentials import Credentials
from rotate_password.database import Database

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

ASK_EVERY_SECONDS = 10
RESET_SECONDS = 300


class PasswordLost(Exception):
    """No labelled version of the secret holds a password that the database accepts."""


class MasterReset(Protocol):
    """The port; there is one only where the parameter AllowMasterReset is true."""

    def master_user(self) -> str:
        """The name of the cluster's master user."""

    def begin(self, password: str) -> None:
        """Have the master user's password set; it takes minutes. Repeatable."""


class ClusterMasterReset:
    """ModifyDBCluster of one Aurora cluster."""

    def __init__(self, client: "RDSClient", cluster: str) -> None:
        self._client = client
        self._cluster = cluster

    def master_user(self) -> str:
        """See MasterReset."""
        response = self._client.describe_db_clusters(DBClusterIdentifier=self._cluster)
        return response["DBClusters"][0]["MasterUsername"]

    def begin(self, password: str) -> None:
        """See MasterReset. A reset that already runs is left to finish."""
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
