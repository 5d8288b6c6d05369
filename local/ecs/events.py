"""The events that ECS puts on the bus, in its own words (ECS Developer Guide, "Events")."""

import uuid
from datetime import datetime
from typing import Any

from local.ecs.model import ACCOUNT, ARN, REGION, Deployment, Service, Task

IN_PROGRESS = "SERVICE_DEPLOYMENT_IN_PROGRESS"
COMPLETED = "SERVICE_DEPLOYMENT_COMPLETED"
FAILED = "SERVICE_DEPLOYMENT_FAILED"


def deployment_event(service: Service, deployment: Deployment, name: str) -> dict[str, Any]:
    """`ECS Deployment State Change`."""
    return _envelope(
        "ECS Deployment State Change",
        deployment.updated_at,
        service.arn,
        {
            "eventType": "ERROR" if name == FAILED else "INFO",
            "eventName": name,
            "deploymentId": deployment.id,
            "updatedAt": _text(deployment.updated_at),
            "reason": deployment.rollout_reason,
        },
    )


def task_event(task: Task, now: datetime) -> dict[str, Any]:
    """`ECS Task State Change`."""
    detail = {
        "clusterArn": f"{ARN}:cluster/{task.cluster}",
        "taskArn": task.arn,
        "taskDefinitionArn": task.definition.arn,
        "group": f"service:{task.service}",
        "startedBy": task.deployment_id,
        "launchType": "FARGATE",
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
        "createdAt": _text(task.created_at),
        "updatedAt": _text(now),
        "containers": [
            {"name": "app", "lastStatus": task.last_status, "exitCode": task.exit_code or 0}
        ],
    }
    return _envelope("ECS Task State Change", now, task.arn, detail)


def _envelope(
    detail_type: str, time: datetime, resource: str, detail: dict[str, Any]
) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [resource],
        "detail": detail,
    }


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"
