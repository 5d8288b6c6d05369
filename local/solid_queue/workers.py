"""Worker tasks: one supervisor, one dispatcher and one worker with its pool of threads each.

As in Solid Queue: the worker claims as many jobs as it has idle threads; SIGTERM lets running jobs
go on for `shutdown_timeout` and then gives the unfinished ones back; SIGKILL leaves everything as
it is, for another supervisor to prune. Not stood in for: concurrency limits, recurring tasks.
"""

import contextlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg

from local.ecs import Task, TaskFailed, TaskRunner
from local.solid_queue import protocol
from local.solid_queue.protocol import Connection

type Connect = Callable[[], Connection]


@dataclass(frozen=True)
class WorkerSettings:
    """As in Solid Queue's queue.yml and its configuration."""

    threads: int = 3
    queues: tuple[str, ...] = ()
    """Empty for all."""
    polling_interval_seconds: float = 0.1
    dispatch_interval_seconds: float = 1.0
    heartbeat_seconds: float = 60.0
    alive_threshold_seconds: float = 300.0
    shutdown_timeout_seconds: float = 5.0


@dataclass
class Account:
    """What became of the jobs, over all tasks that share it."""

    finished: int = 0
    failed: int = 0
    broken: list[int] = field(default_factory=list)
    """Jobs whose run was ended from outside, half-way."""


class WorkerTask:
    """One container that runs `solid_queue:start`. Raises psycopg.OperationalError at its start."""

    def __init__(
        self, connect: Connect, hostname: str, settings: WorkerSettings, account: Account
    ) -> None:
        self.hostname = hostname
        self._connect, self._settings, self._account = connect, settings, account
        self._connection = connect()
        self._running: set[int] = set()
        self._lock = threading.Lock()
        self._wake, self._stopping, self._ended = (threading.Event() for _ in range(3))
        self.process_ids = self._register()
        self._next_beat = self._next_dispatch = time.monotonic()
        self._pool = ThreadPoolExecutor(settings.threads)
        self._poller = threading.Thread(target=self._poll, daemon=True)
        self._poller.start()

    def stop(self) -> None:
        """SIGTERM: finish what ends in time, give the rest back, leave. Waits for all that."""
        self._stopping.set()
        self._wake.set()
        self._poller.join()
        deadline = time.monotonic() + self._settings.shutdown_timeout_seconds
        while self._running and time.monotonic() < deadline and not self._ended.wait(0.01):
            pass
        if self._ended.is_set():
            return
        self._ended.set()
        with contextlib.suppress(psycopg.Error):
            self._account.broken += protocol.release(self._connection, self.process_ids[-1])
            protocol.deregister(self._connection, self.process_ids)
        self._close()

    def kill(self) -> None:
        """SIGKILL: the rows of its processes and claims stay as they are."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            self._account.broken += self._running
        self._stopping.set()
        self._wake.set()
        self._close()

    def _close(self) -> None:
        _end(self._connection)
        self._poller.join()
        # The poller may have been reconnecting meanwhile.
        _end(self._connection)
        self._pool.shutdown()

    def _register(self) -> list[int]:
        """The ids of the supervisor, the dispatcher and the worker."""
        settings = self._settings
        protocol.prune(self._connection, settings.alive_threshold_seconds)
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("Supervisor(fork)", {}),
            (
                "Dispatcher",
                {
                    "polling_interval": settings.dispatch_interval_seconds,
                    "batch_size": 500,
                    "concurrency_maintenance_interval": 600,
                },
            ),
            (
                "Worker",
                {
                    "polling_interval": settings.polling_interval_seconds,
                    "queues": ",".join(settings.queues) or "*",
                    "thread_pool_size": settings.threads,
                },
            ),
        ]
        ids: list[int] = []
        for number, (kind, metadata) in enumerate(kinds):
            ids.append(
                protocol.register(
                    self._connection,
                    kind,
                    f"{kind.partition('(')[0].lower()}-{secrets.token_hex(10)}",
                    pid=10 + number,
                    hostname=self.hostname,
                    metadata=metadata,
                    supervisor_id=ids[0] if ids else None,
                )
            )
        return ids

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self._maintain()
                self._claim()
            except psycopg.Error:
                self._reconnect()
            self._wake.wait(self._settings.polling_interval_seconds)
            self._wake.clear()

    def _maintain(self) -> None:
        now, settings = time.monotonic(), self._settings
        if now >= self._next_beat:
            protocol.beat(self._connection, self.process_ids)
            protocol.prune(self._connection, settings.alive_threshold_seconds)
            self._next_beat = now + settings.heartbeat_seconds
        if now >= self._next_dispatch:
            protocol.dispatch(self._connection)
            self._next_dispatch = now + settings.dispatch_interval_seconds

    def _claim(self) -> None:
        idle = self._settings.threads - len(self._running)
        if idle < 1:
            return
        queues = list(self._settings.queues) or None
        for job_id, arguments in protocol.claim(
            self._connection, self.process_ids[-1], idle, queues
        ):
            with self._lock:
                self._running.add(job_id)
            self._pool.submit(self._run, job_id, arguments)

    def _run(self, job_id: int, arguments: str) -> None:
        job = json.loads(arguments)["arguments"][0]
        if self._ended.wait(job["seconds"]):
            return
        try:
            if job["fails"]:
                error = {"exception_class": "RuntimeError", "message": "asked to fail"}
                protocol.fail(self._connection, job_id, error)
            else:
                protocol.finish(self._connection, job_id)
        except psycopg.Error:
            # Its claim stays; whoever prunes this process fails the job.
            with self._lock:
                self._account.broken.append(job_id)
        else:
            with self._lock:
                self._account.failed += bool(job["fails"])
                self._account.finished += not job["fails"]
        with self._lock:
            self._running.discard(job_id)
        self._wake.set()

    def _reconnect(self) -> None:
        # The database may be away for a while; the next poll tries again.
        if not self._stopping.is_set():
            with contextlib.suppress(psycopg.Error):
                _end(self._connection)
                self._connection = self._connect()


def _end(connection: Connection) -> None:
    """Close a connection that other threads may be waiting on.

    Closed under their hands, libpq crashes or waits for ever on a descriptor of somebody else's:
    so the line is cut first, which they notice, and each leaves the connection's lock.
    """
    with (
        contextlib.suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)
    with connection.lock:
        connection.close()


class WorkerFleet(TaskRunner):
    """Runs a WorkerTask for each task of a service; give it to `EcsStandIn.run_tasks`."""

    def __init__(self, connect: Connect, settings: WorkerSettings | None = None) -> None:
        self._connect, self._settings = connect, settings or WorkerSettings()
        self.account = Account()
        self.tasks: dict[str, WorkerTask] = {}
        self._stops: dict[str, threading.Thread] = {}

    def started(self, task: Task) -> None:
        """Boot. Raises TaskFailed where the database refuses, as the container would end."""
        try:
            worker = WorkerTask(self._connect, task.host_name, self._settings, self.account)
        except psycopg.OperationalError as error:
            raise TaskFailed(f"Essential container in task exited: {error}") from None
        self.tasks[task.id] = worker

    def stopping(self, task: Task) -> None:
        """SIGTERM."""
        if worker := self.tasks.get(task.id):
            self._stops[task.id] = threading.Thread(target=worker.stop, daemon=True)
            self._stops[task.id].start()

    def stopped(self, task: Task) -> None:
        """Gone: after its own graceful stop (shorter than ECS's stopTimeout), or crashed."""
        worker = self.tasks.pop(task.id, None)
        if stop := self._stops.pop(task.id, None):
            stop.join()
        elif worker:
            worker.kill()

    def close(self) -> None:
        """End all tasks at once."""
        for worker in list(self.tasks.values()):
            worker.kill()
