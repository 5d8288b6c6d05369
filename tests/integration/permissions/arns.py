"""The ARNs that an API call is about, as IAM compares them with a policy's resources."""

from collections.abc import Iterator
from typing import Any

PLACE = "eu-west-1:123456789012"


def arns(action: str, parameters: dict[str, Any]) -> Iterator[str]:
    """Those of the app's and the stack's own things; nothing for a call on anything else."""
    match action.partition(":")[0], parameters:
        case "secretsmanager", {"SecretId": secret}:
            name = secret.rpartition(":secret:")[2]
            yield f"arn:aws:secretsmanager:{PLACE}:secret:{name.split('-')[0]}-AbCdEf"
        case "dynamodb", {"TableName": table}:
            yield f"arn:aws:dynamodb:{PLACE}:table/{table}"
        case "lambda", {"FunctionName": name}:
            yield f"arn:aws:lambda:{PLACE}:function:{name}"
        case "ssm", {"Name": name}:
            yield f"arn:aws:ssm:{PLACE}:parameter{name}"
        case "logs", {"logGroupName": group}:
            yield f"arn:aws:logs:{PLACE}:log-group:{group}:*"
        case "scheduler", {"GroupName": group, "Name": name}:
            yield f"arn:aws:scheduler:{PLACE}:schedule/{group}/{name}"
        case "ecs", {"cluster": cluster, "services": names}:
            yield from (f"arn:aws:ecs:{PLACE}:service/{cluster}/{name}" for name in names)
        case "ecs", {"cluster": cluster, "service": name}:
            yield f"arn:aws:ecs:{PLACE}:service/{cluster}/{name}"
        case "ecs", {"cluster": cluster, "tasks": _}:
            yield f"arn:aws:ecs:{PLACE}:task/{cluster}/0123456789abcdef"
