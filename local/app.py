"""The app's stand-in: web tasks that read the password once, at boot, and a health check.

`GET /health-check` is answered by the running tasks in turn, as behind a load balancer: 200 where
the task's own login works now, 503 where it does not or where there is no task.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from local.database_login import connect
from local.ecs import Task, TaskRunner
from local.http_server import Request, Response, serve
from ops_common.query_database import Login

HEALTH_CHECK_PATH = "/health-check"


class AppStandIn(TaskRunner):
    """Give it to `EcsStandIn.run_tasks` for the web service."""

    def __init__(self, read_login: Callable[[], Login], ca_certificate: str) -> None:
        self._read_login = read_login
        self._ca_certificate = ca_certificate
        self._logins: dict[str, Login] = {}
        self._lock = threading.Lock()
        self._turns = itertools.count()
        self.url = ""

    @contextmanager
    def start(self, *, listen_address: str = "127.0.0.1") -> Iterator["AppStandIn"]:
        """Serve until the block ends."""
        with serve(self._answer, listen_address=listen_address) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self

    @property
    def health_check_url(self) -> str:
        """Where the health check is."""
        return self.url + HEALTH_CHECK_PATH

    def logins(self) -> list[Login]:
        """What the running tasks have read at their boot."""
        with self._lock:
            return list(self._logins.values())

    def started(self, task: Task) -> None:
        """Boot: read the configuration, and keep it."""
        login = self._read_login()
        with self._lock:
            self._logins[task.id] = login

    def stopping(self, task: Task) -> None:
        """The load balancer sends it nothing more."""
        with self._lock:
            self._logins.pop(task.id, None)

    stopped = stopping

    def _answer(self, request: Request) -> Response:
        if request.path != HEALTH_CHECK_PATH:
            return Response(404, {"error": "not found"})
        logins = self.logins()
        if not logins:
            return Response(503, {"error": "no healthy target"})
        try:
            with connect(logins[next(self._turns) % len(logins)], self._ca_certificate) as session:
                session.execute("SELECT 1")
        except psycopg.Error:
            return Response(503, {"status": "error", "database": "unreachable"})
        return Response(200, {"status": "ok"})
