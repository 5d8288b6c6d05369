"""Asking again while the database cannot be reached: a paused Aurora takes its time to resume."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ops_common.query_database import DatabaseUnreachable, Login, QueryDatabase
from rotate_password.clock import Clock

ASK_EVERY_SECONDS = 5


class PatientDatabase:
    """A QueryDatabase that insists on an unreachable database for some time."""

    def __init__(self, database: QueryDatabase, clock: Clock, wait_seconds: int) -> None:
        self._database = database
        self._clock = clock
        self._wait = timedelta(seconds=wait_seconds)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """See QueryDatabase. Raises DatabaseUnreachable once the wait is over."""
        deadline = self._clock.now() + self._wait
        while True:
            try:
                return self._database.ask(request, login, parameters)
            except DatabaseUnreachable:
                if self._clock.now() >= deadline:
                    raise
            self._clock.sleep(ASK_EVERY_SECONDS)
