"""What AWS answers in the small world, call by call."""

import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tests.unit.probe_deployment import world as places


class FakeClient:
    """A client: its calls are the methods below, by name."""

    def __init__(self, world: places.World, service: str) -> None:
        self._world = world
        self._service = service

    # ---- ECS ----

    def describe_services(self, services: list[str], **_: Any) -> Any:
        there = [name for name in services if name not in self._world.missing]
        return {"services": [self._world.service_description(name) for name in there]}

    def list_tasks(self, serviceName: str, desiredStatus: str, **_: Any) -> Any:  # noqa: N803  # boto3's
        found = self._world.present(desiredStatus)
        return {"taskArns": [task.arn for task in found if task.service == serviceName]}

    def describe_tasks(self, tasks: list[str], **_: Any) -> Any:
        now = self._world.now
        return {"tasks": [each.described(now) for each in self._world.tasks if each.arn in tasks]}

    def describe_service_revisions(self, serviceRevisionArns: list[str]) -> Any:  # noqa: N803  # boto3's
        balancer = {
            "targetGroupArn": places.GROUP,
            "advancedConfiguration": {"testListenerRule": places.TEST_RULE},
        }
        definition = places.definition(self._world.service)
        balancers = [balancer] if self._world.service == places.WEB else []
        revision = {"taskDefinition": definition, "loadBalancers": balancers}
        revision |= {"createdAt": places.BEGAN, "resolvedConfiguration": self._world.resolved}
        return {"serviceRevisions": [revision] * len(serviceRevisionArns)}

    def describe_task_definition(self, taskDefinition: str) -> Any:  # noqa: N803  # boto3's
        new = taskDefinition.endswith(":2")
        name = taskDefinition.rsplit("/", 1)[-1].partition(":")[0]
        container = {
            "name": "app",
            "image": f"{places.ECR}:{'new' if new else 'old'}",
            "secrets": [{"name": "CONFIG", "valueFrom": places.SECRET + self._world.pinned}],
            "logConfiguration": {"options": {"awslogs-group": f"/ecs/{name}"}},
        }
        return {"taskDefinition": {"containerDefinitions": [container]}}

    def update_service(self, **asked: Any) -> Any:
        self._world.deployed.append(asked["taskDefinition"])
        return {"service": self._world.service_description(asked["service"])}

    # ---- the load balancer ----

    def describe_target_health(self, **_: Any) -> Any:
        return {
            "TargetHealthDescriptions": [
                {
                    "Target": {"Id": f"10.1.0.{number}"},
                    "TargetHealth": {"State": state, "Reason": reason},
                }
                for number, (state, reason) in enumerate(self._world.targets(self._world.now))
            ]
        }

    def describe_rules(self, **_: Any) -> Any:
        header = {"HttpHeaderName": "X-Test", "Values": ["green"]}
        conditions = [{"Field": "http-header", "HttpHeaderConfig": header}]
        return {"Rules": [{"Conditions": conditions}]}

    def describe_listeners(self, ListenerArns: list[str]) -> Any:  # noqa: N803  # boto3's
        assert ListenerArns == [places.TEST_LISTENER]
        found = {"Port": 8443, "Protocol": "HTTPS", "LoadBalancerArn": places.BALANCER}
        return {"Listeners": [found]}

    def describe_target_groups(self, TargetGroupArns: list[str]) -> Any:  # noqa: N803  # boto3's
        of = {arn: self._world.balancers.get(arn, places.BALANCER) for arn in TargetGroupArns}
        groups = [{"TargetGroupArn": arn, "LoadBalancerArns": [each]} for arn, each in of.items()]
        return {"TargetGroups": groups}

    def describe_load_balancers(self, **_: Any) -> Any:
        return {"LoadBalancers": [{"DNSName": "jiki.eu-west-1.elb.amazonaws.com"}]}

    def get_metric_data(
        self,
        MetricDataQueries: list[Any],  # noqa: N803  # boto3's
        StartTime: datetime,  # noqa: N803  # boto3's
        EndTime: datetime,  # noqa: N803  # boto3's
    ) -> Any:
        whole = int((EndTime - StartTime) / timedelta(minutes=1))

        def minutes(query: Any) -> list[places.Minute]:
            group, balancer = (
                each["Value"] for each in query["MetricStat"]["Metric"]["Dimensions"]
            )
            arn = f"{places.ELB}{group}"
            if not self._world.balancers.get(arn, places.BALANCER).endswith(balancer):
                return []
            traffic = self._world.traffic_of.get(group, self._world.traffic)
            return [traffic(StartTime + timedelta(minutes=each)) for each in range(whole)]

        of = {"RequestCount": 0, "HTTPCode_Target_5XX_Count": 1, "TargetResponseTime": 2}
        return {
            "MetricDataResults": [
                {
                    "Id": query["Id"],
                    "Values": [
                        minute[of[query["MetricStat"]["Metric"]["MetricName"]]]
                        for minute in minutes(query)
                        if minute[0]
                    ],
                }
                for query in MetricDataQueries
            ]
        }

    # ---- logs, the secret ----

    def filter_log_events(self, logGroupName: str, startTime: int, endTime: int, **_: Any) -> Any:  # noqa: N803  # boto3's
        name = logGroupName.rsplit("/", 1)[-1]
        tasks = {task.id for task in self._world.tasks if task.service == name}
        events = [
            {
                "timestamp": int(at.timestamp() * 1000),
                "logStreamName": f"ecs/app/{task}",
                "message": line,
            }
            for at, task, line in sorted(self._world.lines)
            if task in tasks and startTime <= at.timestamp() * 1000 <= endTime
        ]
        return {"events": events}

    def describe_secret(self, **_: Any) -> Any:
        arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-a1B2c3"
        stages = {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}
        return {"ARN": arn, "VersionIdsToStages": stages}

    def get_secret_value(self, **_: Any) -> Any:
        text = {
            "aurora_password": "correct horse",
            "aurora_username": "jiki",
            "aurora_endpoint": "jiki.cluster-x.eu-west-1.rds.amazonaws.com",
            "aurora_port": "5432",
            "aurora_database_name": "jiki_production",
        }
        return {
            "SecretString": json.dumps(text),
            "VersionId": "v2",
            "CreatedDate": self._world.secret_since,
        }

    # ---- the table ----

    def get_item(self, Key: Any, **_: Any) -> Any:  # noqa: N803  # boto3's
        item = self._world.items.get(Key["id"]["S"])
        return {"Item": item} if item else {}

    def put_item(self, Item: Any, **_: Any) -> None:  # noqa: N803  # boto3's
        self._world.items[Item["id"]["S"]] = Item

    def delete_item(self, Key: Any, **_: Any) -> None:  # noqa: N803  # boto3's
        self._world.items.pop(Key["id"]["S"], None)

    def update_item(self, Key: Any, ExpressionAttributeValues: Any, **_: Any) -> None:  # noqa: N803  # boto3's
        value = ExpressionAttributeValues[":value"]
        if self._world.items.get(Key["id"]["S"], {}).get("claimed") == value:
            error: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            raise ClientError(error, "UpdateItem")
        self._world.items[Key["id"]["S"]] = {"claimed": value}
