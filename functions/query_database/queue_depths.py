"""How many jobs each queue has: counted up to a bound, and sampled beyond it. Pure."""

from collections.abc import Collection
from typing import Any

from ops_common.answers.queue import QueueDepth
from query_database.queue_statement import counted_to


def depths(row: dict[str, Any], paused: Collection[str], bound: int) -> tuple[QueueDepth, ...]:
    """Of each queue with ready jobs, by the statement's answer for this bound."""
    found = row["queues"] or []
    most = counted_to(bound, len(found))
    more = _beyond(found, most)
    depths = []
    for one in found:
        beyond = one["ready"] > most
        depths.append(
            QueueDepth(
                name=one["name"],
                ready=min(one["ready"], most),
                paused=one["name"] in paused,
                ready_is_at_least=beyond,
                estimate=one["ready"] + more.get(one["name"], 0) if beyond else 0,
                oldest_wait_seconds=seconds(one["oldest_seconds"]),
                median_wait_seconds=seconds(one["median_seconds"]),
            )
        )
    return tuple(depths)


def _beyond(found: list[dict[str, Any]], most: int) -> dict[str, int]:
    """Jobs beyond those counted, by queue, as sampled; together no more than there are of all."""
    left = sum(one["sampled"] - one["ready"] for one in found)
    more = {
        one["name"]: max(0.0, one["sampled"] - one["ready"]) for one in found if one["ready"] > most
    }
    scale = min(1.0, max(0.0, left) / (sum(more.values()) or 1.0))
    return {name: round(jobs * scale) for name, jobs in more.items()}


def seconds(value: float | None) -> float:
    """An age; 0 where there is none."""
    # Rows are stamped by the app's clock: one ahead of the database's gives a negative age.
    return max(0.0, float(value or 0.0))
