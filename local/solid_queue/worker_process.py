"""The process of kind Worker: its row, its pool of threads, and the jobs it runs."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from local.solid_queue import protocol
from local.solid_queue.claims import claim
from local.solid_queue.protocol import Connection


@dataclass(frozen=True)
class WorkerSettings:
    """As in Solid Queue's queue.yml and its configuration."""

    threads: int = 3
    queues: tuple[str, ...] = ()
    """As in the file: names, prefixes with a star, in order; empty for all.

    A list written as one text, `"a,b"`, is one odd name for Solid Queue, whose metadata are the
    same as for two.
    """
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


class WorkerProcess:
    """Claims as many jobs as it has idle threads, and runs them."""

    def __init__(
        self,
        process_id: int,
        settings: WorkerSettings,
        account: Account,
        connection: Callable[[], Connection],
        freed: Callable[[], None],
    ) -> None:
        self.process_id = process_id
        self.ended = threading.Event()
        self._settings, self._account = settings, account
        self._connection, self._freed = connection, freed
        self._running: set[int] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(settings.threads)

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return bool(self._running)

    def claim(self) -> None:
        """Take what there is for its idle threads. Raises psycopg.Error."""
        idle = self._settings.threads - len(self._running)
        if idle < 1 or self.ended.is_set():
            return
        queues = self._settings.queues
        for job_id, arguments in claim(self._connection(), self.process_id, idle, queues):
            with self._lock:
                if self.ended.is_set():
                    self._account.broken.append(job_id)
                    continue
                self._running.add(job_id)
                self._pool.submit(self._run, job_id, arguments)

    def kill(self) -> bool:
        """End at once; whether it was alive. Its rows stay."""
        with self._lock:
            if self.ended.is_set():
                return False
            self.ended.set()
            self._account.broken += self._running
        return True

    def release(self) -> None:
        """End and give unfinished jobs back. Raises psycopg.Error."""
        self.ended.set()
        self._account.broken += protocol.release(self._connection(), self.process_id)

    def close(self) -> None:
        """Wait for its threads."""
        self._pool.shutdown()

    def _run(self, job_id: int, arguments: str) -> None:
        job = json.loads(arguments)["arguments"][0]
        if self.ended.wait(job["seconds"]):
            return
        try:
            if job["fails"]:
                error = {"exception_class": "RuntimeError", "message": "asked to fail"}
                protocol.fail(self._connection(), job_id, error)
            else:
                protocol.finish(self._connection(), job_id)
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
        self._freed()
