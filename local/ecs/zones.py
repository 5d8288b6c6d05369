"""In which zone a task starts, and when ECS evens the zones out by itself.

After the ECS Developer Guide, "Balancing an Amazon ECS service across Availability Zones": a new
task goes where the fewest are; a service in its steady state whose zones are two or more tasks
apart gets another task in the emptiest zone, and once that runs, one in the fullest is stopped. A
service that is created without a word about it has this on. The page promises nothing to protected
tasks; here they are spared, as at a scale-in. One that merely runs a job is not.
"""

from collections import Counter
from collections.abc import Iterable

from local.ecs.model import Service, Task

ZONES = ("eu-west-1a", "eu-west-1b")


def tasks_by_zone(tasks: Iterable[Task]) -> dict[str, int]:
    """How many there are in each."""
    counted = Counter(task.availability_zone for task in tasks)
    return {zone: counted[zone] for zone in ZONES}


def emptiest(tasks: Iterable[Task]) -> str:
    """Where the next task starts."""
    counted = tasks_by_zone(tasks)
    return min(ZONES, key=lambda zone: (counted[zone], zone))


def apart(tasks: Iterable[Task]) -> int:
    """How many tasks the fullest zone has more than the emptiest."""
    counted = tasks_by_zone(tasks).values()
    return max(counted) - min(counted)


def must_rebalance(service: Service) -> bool:
    """Whether ECS starts a task to even out the zones of a service at rest."""
    live = service.live()
    at_rest = (
        service.primary.rollout_state == "COMPLETED"
        and len(live) == service.desired
        and all(task.running for task in live)
    )
    allowed = service.zone_rebalancing and service.maximum_percent > 100
    return at_rest and allowed and apart(live) > 1


def words(service: Service) -> str:
    """The service's message at the beginning of it."""
    shares = " and ".join(f"{n} tasks in {z}" for z, n in tasks_by_zone(service.live()).items())
    return f"(service {service.name}) is not AZ balanced with {shares}. AZ Rebalancing in progress."
