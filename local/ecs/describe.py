"""How the API shows the stand-in's state."""

from typing import Any

from local.ecs.model import ARN, REGION, Deployment, Service, Task, TaskDefinition

type Json = dict[str, Any]
LOG_GROUPS = {"solid-queue": "/ecs/jiki-api-solid-queue", "web": "/ecs/jiki-api-web"}
SUBNETS = {"eu-west-1a": "subnet-0a1", "eu-west-1b": "subnet-0b2"}


def describe_service(service: Service) -> Json:
    """As in DescribeServices and UpdateService."""
    load_balancers = []
    if service.target_group_arn:
        load_balancers = [
            {
                "targetGroupArn": service.target_group_arn,
                "containerName": "app",
                "containerPort": 3000,
            }
        ]
    return {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": f"{ARN}:cluster/{service.cluster}",
        "status": "ACTIVE",
        "launchType": "FARGATE",
        "schedulingStrategy": "REPLICA",
        "desiredCount": service.desired,
        "runningCount": sum(task.running for task in service.tasks),
        "pendingCount": sum(task.wanted and not task.running for task in service.tasks),
        "taskDefinition": service.primary.definition.arn,
        "createdAt": service.created_at.timestamp(),
        "availabilityZoneRebalancing": "ENABLED" if service.zone_rebalancing else "DISABLED",
        "loadBalancers": load_balancers,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {
                "enable": service.circuit_breaker,
                "rollback": service.rollback,
            },
            "minimumHealthyPercent": service.minimum_healthy_percent,
            "maximumPercent": service.maximum_percent,
        },
        "deployments": [_deployment(service, item) for item in service.deployments],
        "events": [
            {"id": f"{time.timestamp()}", "createdAt": time.timestamp(), "message": text}
            for time, text in service.messages[:100]
        ],
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": list(SUBNETS.values()),
                "securityGroups": ["sg-0ec5"],
                "assignPublicIp": "ENABLED",
            }
        },
    }


def _deployment(service: Service, deployment: Deployment) -> Json:
    live = service.live(deployment)
    primary = deployment is service.primary
    return {
        "id": deployment.id,
        "status": "PRIMARY" if primary else "ACTIVE",
        "taskDefinition": deployment.definition.arn,
        "desiredCount": service.desired if primary else len(live),
        "runningCount": sum(task.running for task in live),
        "pendingCount": sum(not task.running for task in live),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at.timestamp(),
        "updatedAt": deployment.updated_at.timestamp(),
        "launchType": "FARGATE",
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.rollout_reason,
    }


def describe_task(task: Task) -> Json:
    """As in DescribeTasks. The interface has an address only once it is attached."""
    provisioning = task.last_status == "PROVISIONING"
    details = {"subnetId": SUBNETS[task.availability_zone]}
    if not provisioning:
        details |= {
            "networkInterfaceId": f"eni-{task.id[:17]}",
            "macAddress": "0a:00:" + ":".join(f"{int(p):02x}" for p in task.address.split(".")),
            "privateDnsName": task.host_name,
            "privateIPv4Address": task.address,
        }
    times = {
        "createdAt": task.created_at,
        "startedAt": task.started_at,
        "stoppingAt": task.stopping_at,
        "stoppedAt": task.stopped_at,
    }
    texts = {"stopCode": task.stop_code, "stoppedReason": task.stopped_reason}
    container: Json = {
        "name": "app",
        "taskArn": task.arn,
        "image": task.definition.image,
        "lastStatus": "PENDING" if provisioning else task.last_status,
        "healthStatus": "HEALTHY" if task.running else "UNKNOWN",
        "networkInterfaces": [] if provisioning else [{"privateIpv4Address": task.address}],
    }
    if task.exit_code is not None:
        container["exitCode"] = task.exit_code
    return {
        "taskArn": task.arn,
        "clusterArn": f"{ARN}:cluster/{task.cluster}",
        "taskDefinitionArn": task.definition.arn,
        "group": f"service:{task.service}",
        "startedBy": task.deployment_id,
        "launchType": "FARGATE",
        "availabilityZone": task.availability_zone,
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "healthStatus": container["healthStatus"],
        "cpu": task.definition.cpu,
        "memory": task.definition.memory,
        "attachments": [
            {
                "id": f"{task.id[:8]}-attachment",
                "type": "ElasticNetworkInterface",
                "status": "PRECREATED" if provisioning else "ATTACHED",
                "details": [{"name": name, "value": value} for name, value in details.items()],
            }
        ],
        "containers": [container],
        **{name: time.timestamp() for name, time in times.items() if time},
        **{name: text for name, text in texts.items() if text},
    }


def describe_task_definition(definition: TaskDefinition) -> Json:
    """As in DescribeTaskDefinition."""
    kind = "solid-queue" if "solid-queue" in definition.family else "web"
    command = ["bundle", "exec", "rake", "solid_queue:start"] if kind == "solid-queue" else []
    return {
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": "ACTIVE",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": definition.cpu,
        "memory": definition.memory,
        "containerDefinitions": [
            {
                "name": "app",
                "image": definition.image,
                "essential": True,
                "command": command,
                "secrets": [
                    {"name": name, "valueFrom": value} for name, value in definition.secrets
                ],
                "stopTimeout": 30,
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": LOG_GROUPS[kind],
                        "awslogs-region": REGION,
                        "awslogs-stream-prefix": "ecs",
                    },
                },
            }
        ],
    }
