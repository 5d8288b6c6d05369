"""Worker tasks: one supervisor, one dispatcher and one worker with its pool of threads each.

As in Solid Queue: the worker claims as many jobs as it has idle threads; SIGTERM lets running jobs
go on for `shutdown_timeout` and then gives the unfinished ones back; SIGKILL leaves everything as
it is, for another supervisor to prune; a worker that is killed alone is replaced by its supervisor.
Not stood in for: concurrency limits, recurring tasks.
"""

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from local.ecs import Task, TaskFailed, TaskRunner
from local.solid_queue import protocol
from local.solid_queue.protocol import Connection
from local.solid_queue.worker_process import Account, WorkerProcess, WorkerSettings

__all__ = ["Account", "WorkerFleet", "WorkerSettings", "WorkerTask"]

type Connect = Callable[[], Connection]


class WorkerTask:
    """One container that runs `solid_queue:start`. Raises psycopg.OperationalError at its start."""

    def __init__(
        self, connect: Connect, hostname: str, settings: WorkerSettings, account: Account
    ) -> None:
        self.hostname = hostname
        self._connect, self._settings, self._account = connect, settings, account
        self._connection = connect()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._claiming = threading.Lock()
        protocol.prune(self._connection, settings.alive_threshold_seconds)
        self._supervisor_id = self._register("Supervisor(fork)", {}, None)
        dispatcher = {
            "polling_interval": settings.dispatch_interval_seconds,
            "batch_size": 500,
            "concurrency_maintenance_interval": 600,
        }
        self._dispatcher_id = self._register("Dispatcher", dispatcher, self._supervisor_id)
        self._worker = self._start_worker()
        self._next_heartbeat = self._next_dispatch = time.monotonic()
        self._poller = threading.Thread(target=self._poll, daemon=True)
        self._poller.start()

    def stop(self) -> None:
        """SIGTERM: finish what ends in time, give the rest back, leave. Waits for all that."""
        self._stopping.set()
        self._wake.set()
        self._poller.join()
        ended = self._worker.ended
        deadline = time.monotonic() + self._settings.shutdown_timeout_seconds
        while self._worker.busy and time.monotonic() < deadline and not ended.wait(0.01):
            pass
        if ended.is_set():
            return
        with contextlib.suppress(psycopg.Error):
            self._worker.release()
            protocol.deregister(self._connection, self._supervisor_id)
        self._close()

    def kill(self) -> None:
        """SIGKILL to the whole tree: the rows of its processes and claims stay as they are."""
        if not self._worker.kill():
            return
        self._stopping.set()
        self._wake.set()
        self._close()

    def kill_worker(self) -> None:
        """SIGKILL to the worker alone, as for want of memory.

        Its supervisor fails the worker's jobs and starts another in its place. The dead one's row
        stays, with the heartbeat it had, until somebody prunes it (as recorded of Solid Queue 1.5).
        """
        with self._claiming:
            killed = self._worker
            killed.kill()
            protocol.fail_claims(self._connection, killed.process_id)
            self._worker = self._start_worker()
        killed.close()

    def _close(self) -> None:
        _end(self._connection)
        self._poller.join()
        # The poller may have been reconnecting meanwhile.
        _end(self._connection)
        self._worker.close()

    def _start_worker(self) -> WorkerProcess:
        settings = self._settings
        metadata = {
            "polling_interval": settings.polling_interval_seconds,
            "queues": ",".join(settings.queues) or "*",
            "thread_pool_size": settings.threads,
        }
        process_id = self._register("Worker", metadata, self._supervisor_id)
        return WorkerProcess(
            process_id, settings, self._account, lambda: self._connection, self._wake.set
        )

    def _register(self, kind: str, metadata: dict[str, Any], supervisor_id: int | None) -> int:
        return protocol.register(
            self._connection,
            kind,
            f"{kind.partition('(')[0].lower()}-{secrets.token_hex(10)}",
            pid=10 + secrets.randbelow(30_000),
            hostname=self.hostname,
            metadata=metadata,
            supervisor_id=supervisor_id,
        )

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self._maintain()
                with self._claiming:
                    self._worker.claim()
            except psycopg.Error:
                self._reconnect()
            self._wake.wait(self._settings.polling_interval_seconds)
            self._wake.clear()

    def _maintain(self) -> None:
        now, settings = time.monotonic(), self._settings
        if now >= self._next_heartbeat:
            alive = [self._supervisor_id, self._dispatcher_id, self._worker.process_id]
            protocol.heartbeat(self._connection, alive)
            protocol.prune(self._connection, settings.alive_threshold_seconds)
            self._next_heartbeat = now + settings.heartbeat_seconds
        if now >= self._next_dispatch:
            protocol.dispatch(self._connection)
            self._next_dispatch = now + settings.dispatch_interval_seconds

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
