"""A stand-in for Amazon ECS: the calls that we use, faithful where it matters.

It refuses bad counts, starts tasks after a delay, gives them a network interface, stops unprotected
ones first, rolls deployments, sends the deployment events. What a task really does, if
anything, is up to a TaskRunner: worker threads, or a health endpoint.
"""

from local.ecs.model import Service, Task, TaskDefinition
from local.ecs.runner import TaskFailed, TaskRunner
from local.ecs.server import Call, EcsStandIn

__all__ = ["Call", "EcsStandIn", "Service", "Task", "TaskDefinition", "TaskFailed", "TaskRunner"]
