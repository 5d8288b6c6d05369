"""A stand-in for Amazon ECS: the calls that we use, faithful where it matters.

It refuses bad counts, starts tasks after a delay, gives them a network interface, stops unprotected
ones first, rolls deployments, sends the deployment events. Tasks are entries with hooks, so they
can be worker threads or a health endpoint.
"""

from local.ecs.engine import TaskFailed
from local.ecs.model import Service, Task, TaskDefinition
from local.ecs.server import Call, EcsStandIn

__all__ = ["Call", "EcsStandIn", "Service", "Task", "TaskDefinition", "TaskFailed"]
