"""What clients feel of a rotation: one user against two who take turns.

Three rotations by the real handlers on a real server, each followed by a rolling replacement of
the tasks. All the while clients open new connections with what their task read when it booted,
as a pool of a Rails app does. The same load, the same server, one strategy after the other.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks.rotation_world import TASK_START_SECONDS, TASKS, World, worlds
from local.database_login import connect
from local.moto_aws import SECRET
from local.postgres import MASTER_USER
from ops_common.observability import logger
from ops_common.query_database import Login

ROTATIONS, CLIENTS = 3, 4


@dataclass
class Load:
    """What the clients saw: the time of each login, and whether it was made."""

    logins: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def failed(self) -> list[float]:
        """The times of those that were refused."""
        return [at for at, made in self.logins if not made]


@dataclass
class Figures:
    """The figures of one strategy."""

    tried: int = 0
    failed: int = 0
    outage_seconds: list[float] = field(default_factory=list)
    """For each rotation, from the first refused login to the last."""
    refused_share: list[float] = field(default_factory=list)
    """For each rotation, the share of the logins refused in that time."""
    steps_seconds: list[float] = field(default_factory=list)


def measure(world: World) -> Figures:
    """Three rotations under load."""
    figures = Figures()
    for _ in range(ROTATIONS):
        with load_of_clients(world) as load:
            time.sleep(0.5)
            figures.steps_seconds.append(world.rotate())
            world.wait_for_rollout()
            time.sleep(0.5)
        failed = load.failed
        figures.tried += len(load.logins)
        figures.failed += len(failed)
        first, last = (failed[0], failed[-1]) if failed else (0.0, 0.0)
        figures.outage_seconds.append(last - first)
        during = [made for at, made in load.logins if failed and first <= at <= last]
        figures.refused_share.append(during.count(False) / len(during) if during else 0.0)
    return figures


@contextmanager
def load_of_clients(world: World) -> Iterator[Load]:
    """Clients that log in without a pause, each time as a random running task."""
    load, ended = Load(), threading.Event()

    def run(seed: int) -> None:
        chance = random.Random(seed)
        while not ended.wait(0.01):
            login = chance.choice(world.app.logins())
            load.logins.append((time.monotonic(), _logs_in(login, world.ca_certificate)))

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        load.logins.sort()


def _logs_in(login: Login, ca_certificate: str) -> bool:
    try:
        connect(login, ca_certificate).close()
    except Exception:  # noqa: BLE001  # whatever the reason, the client has no connection
        return False
    return True


def report(single: Figures, alternating: Figures) -> Table:
    """Both side by side."""
    table = Table(title=f"{ROTATIONS} rotations, {TASKS} tasks, {CLIENTS} clients")
    for column in ("", "single user", "alternating users"):
        table.add_column(column, justify="right" if column else "left")
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("logins tried", lambda f: f"{f.tried:,}"),
        ("logins refused", lambda f: f"{f.failed:,}"),
        ("from the first refusal to the last, s", lambda f: _spread(f.outage_seconds, "{:.1f}")),
        ("refused in that time", lambda f: _spread(f.refused_share, "{:.0%}")),
        ("duration of the four steps, s", lambda f: _spread(f.steps_seconds, "{:.2f}")),
    ]
    for name, show in rows:
        table.add_row(name, show(single), show(alternating))
    return table


def _spread(values: list[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def main() -> None:
    """Measure both and print them."""
    console = Console()
    logger.setLevel("CRITICAL")
    with worlds() as fresh, console.status("three rotations for one user, three for two …"):
        single = measure(fresh())
        world = fresh()
        world.step("prepareRoles")
        content = json.dumps(world.aws.secret() | {"aurora_username": MASTER_USER})
        world.aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=content)
        alternating = measure(world)
    console.print(report(single, alternating))
    console.print(
        f"A task takes {TASK_START_SECONDS:.0f} s to start here, on Fargate about a minute: with a"
        " single user logins are refused from setSecret until the last old task has gone, so"
        " about as long as your own rolling deployment takes."
    )


if __name__ == "__main__":
    main()
