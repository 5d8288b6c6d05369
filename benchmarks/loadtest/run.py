"""Runs locust for a bounded time, and gives the figures.

Imported before anything that opens a connection: locust lets gevent replace the standard library's
sockets, and `time.sleep` by one that lets the users work meanwhile.
"""

import logging
import random
import signal
import time
from dataclasses import dataclass
from typing import Any

from gevent import (  # type: ignore[import-untyped]  # gevent has no types
    get_hub,
    getcurrent,
    signal_handler,
)
from locust import FastHttpUser, between, task
from locust.env import Environment

from benchmarks.loadtest.profile import Profile

# gevent prints what it takes for an error, and a traceback with it; local/ctrl_c.py has the words.
get_hub().NOT_ERROR += (KeyboardInterrupt,)

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0


@dataclass(frozen=True)
class Figures:
    """Of all requests, as the users got them."""

    requests: int
    failed: int
    per_second: float
    median_seconds: float
    p95_seconds: float
    p99_seconds: float
    errors: tuple[str, ...]


def run(profile: Profile, url: str, users: int, minutes: float) -> Figures:
    """Let `users` come within the first fifth of the time, and ask until it is over."""
    _end_by_ctrl_c_while_waiting()
    environment = Environment(user_classes=[_user(profile)], host=url)
    runner = environment.create_local_runner()
    spawn_rate = max(1.0, users / (minutes * 60 / 5))
    runner.start(users, spawn_rate=spawn_rate)
    time.sleep(minutes * 60)
    runner.quit()
    total = environment.stats.total
    return Figures(
        requests=total.num_requests,
        failed=total.num_failures,
        per_second=total.total_rps,
        median_seconds=total.get_response_time_percentile(0.5) / 1000,
        p95_seconds=total.get_response_time_percentile(0.95) / 1000,
        p99_seconds=total.get_response_time_percentile(0.99) / 1000,
        errors=tuple(
            f"{error.occurrences} × {error.method} {error.name}: {error.error}"
            for error in environment.stats.errors.values()
        ),
    )


def _end_by_ctrl_c_while_waiting() -> None:
    """Ctrl-C ends the run from gevent's loop; raised in whatever runs just then, it may be lost."""
    run_of = getcurrent()

    def end() -> None:
        watcher.cancel()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        logging.disable()
        run_of.throw(KeyboardInterrupt)

    watcher = signal_handler(signal.SIGINT, end)


def _user(profile: Profile) -> Any:
    weights = [each.weight for each in profile.requests]

    class AppUser(FastHttpUser):
        wait_time = between(profile.shortest_pause_seconds, profile.longest_pause_seconds)
        connection_timeout, network_timeout = CONNECT_SECONDS, ANSWER_SECONDS
        default_headers = {"User-Agent": "jiki-ops-load-test"}  # noqa: RUF012  # locust's way

        @task
        def ask(self) -> None:
            """One request of the profile, by its weight."""
            (wanted,) = random.choices(profile.requests, weights)
            with self.client.request(
                wanted.method, wanted.path, catch_response=True, allow_redirects=False
            ) as response:
                if response.status_code == wanted.status:
                    response.success()
                else:
                    response.failure(f"status {response.status_code}")

    return AppUser
