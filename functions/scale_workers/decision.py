"""How many worker tasks are worth having. Pure: `now` is an argument, nothing is read or sent."""

from datetime import datetime

from scale_workers.model import Decision, Measurement, Memory, NoMeasurement, Policy, ServiceState


def decide(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
) -> Decision:
    """Decide on the tick at `now`."""
    raise NotImplementedError
