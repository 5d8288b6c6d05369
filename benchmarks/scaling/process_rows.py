"""Rows of solid_queue_processes in the simulator, read by the deployed rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from benchmarks.scaling.workloads import Pool
from ops_common.answers.queue import Worker
from query_database.processes import HEARTBEAT_SECONDS, PROCESS_ALIVE_SECONDS, Process
from query_database.processes import replaced as replaced_ids
from query_database.processes import working as working_ids


@dataclass
class Row:
    """One process; a killed one keeps the heartbeat that it had."""

    id: int
    task: str
    pool: int | None
    """None for the supervisor."""
    started_at: float
    supervisor_id: int | None = None
    died_at: float | None = None

    def process(self, now: float, in_flight: int) -> Process:
        """As the statement would read it."""
        last = now if self.died_at is None else self.died_at
        heartbeat_at = last - (last - self.started_at) % HEARTBEAT_SECONDS
        return Process(
            self.id,
            "Supervisor(fork)" if self.pool is None else "Worker",
            self.task,
            "" if self.pool is None else str(self.pool),
            self.supervisor_id,
            now - self.started_at,
            now - heartbeat_at,
            in_flight,
        )


class ProcessRows:
    """Who is on record."""

    def __init__(self, pools: tuple[Pool, ...]) -> None:
        self._pools = pools
        self._ids = count(1)
        self._rows: list[Row] = []

    def start(self, task: str, now: float) -> None:
        """A supervisor with a worker for each pool."""
        supervisor = Row(next(self._ids), task, None, now)
        self._rows.append(supervisor)
        for number in range(len(self._pools)):
            self._rows.append(Row(next(self._ids), task, number, now, supervisor.id))

    def replace(self, task: str, pool: int, now: float) -> None:
        """A worker was killed, and its supervisor has started another."""
        killed = next(
            one for one in self._rows if (one.task, one.pool, one.died_at) == (task, pool, None)
        )
        killed.died_at = now
        self._rows.append(Row(next(self._ids), task, pool, now, killed.supervisor_id))

    def end(self, task: str) -> None:
        """A task that ends in peace takes its rows along."""
        self._rows = [one for one in self._rows if one.task != task]

    def workers(
        self, now: float, in_flight: dict[tuple[str, int], int]
    ) -> tuple[tuple[Worker, ...], tuple[Worker, ...]]:
        """Those that work, and the others on record, as `measure_queue` sorts them."""
        self._rows = [
            one
            for one in self._rows
            if one.died_at is None or now - one.died_at < PROCESS_ALIVE_SECONDS
        ]
        processes = {
            one.id: one.process(
                now, 0 if one.died_at else in_flight.get((one.task, one.pool or 0), 0)
            )
            for one in self._rows
        }
        gone = replaced_ids(list(processes.values()))
        alive = working_ids(list(processes.values()), gone)
        rows = [one for one in self._rows if one.pool is not None]
        return (
            tuple(self._worker(one, processes, gone) for one in rows if one.id in alive),
            tuple(self._worker(one, processes, gone) for one in rows if one.id not in alive),
        )

    def _worker(self, row: Row, processes: dict[int, Process], gone: Iterable[int]) -> Worker:
        pool, process = self._pools[row.pool or 0], processes[row.id]
        return Worker(
            row.task,
            pool.threads,
            pool.queues,
            process.in_flight,
            process.heartbeat_age_seconds,
            replaced=row.id in gone,
        )
