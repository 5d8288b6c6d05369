"""Asks `query_database` for a measurement; whatever goes wrong there is a reason, not an error."""

from collections.abc import Callable
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.answers.queue import Measurement
from ops_common.app_config import AppConfigError
from ops_common.query_database import DatabaseError, Login, LoginRefused, QueryDatabase
from ops_common.refused_password import AcceptedVersion
from scale_workers.login import LoginCache, ask
from scale_workers.policy.model import NoMeasurement, Reverted


class QueueGauge:
    """Measures the queue with the app's own login."""

    def __init__(
        self,
        query: QueryDatabase,
        read_login: Callable[[], Login],
        cache: LoginCache,
        *,
        database: str,
        look_ahead_seconds: float,
        accepted: Callable[[], AcceptedVersion | None] = lambda: None,
    ) -> None:
        self._query = query
        self._read_login = read_login
        self._cache = cache
        self._database = database
        self._accepted = accepted
        self._look_ahead_seconds = max(1, round(look_ahead_seconds))

    def measure(self, now: datetime) -> Measurement | NoMeasurement:
        """The queue as it is now, or why that can't be known."""
        try:
            answer = ask(
                self._query,
                "measure_queue",
                {"look_ahead_seconds": self._look_ahead_seconds},
                read=self._read_login,
                cache=self._cache,
                database=self._database,
                now=now,
            )
            return Measurement.from_json(answer)
        except LoginRefused as error:
            found, cause = self._reverted(), error.cause or error.kind
            return NoMeasurement(str(error), reverted=found, cause=cause)
        except DatabaseError as error:
            return NoMeasurement(str(error), cause=error.cause or error.kind)
        except (AppConfigError, ValueError) as error:
            return NoMeasurement(str(error), cause="configuration")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            return NoMeasurement(f"{error.operation_name}: {code}", cause="aws")
        except BotoCoreError as error:
            return NoMeasurement(f"query_database can't be asked: {error}", cause="aws")

    def _reverted(self) -> Reverted | None:
        """Which other version is accepted; None where none is or could be tried."""
        try:
            found = self._accepted()
        except (DatabaseError, AppConfigError, ClientError, BotoCoreError):
            return None
        if found is None:
            return None
        return Reverted(found.version, found.labels, found.since, found.cause.value, found.command)
