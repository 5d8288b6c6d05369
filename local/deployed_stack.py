"""The deployed stack, and what AWS does to it: invocations, the bus, a rotation's steps, SNS."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local import deploy
from local.ecs import EcsStandIn
from local.ministack import MiniStack
from local.moto_aws import SECRET
from ops_common.ops_events import SOURCE


class InvocationFailed(Exception):
    """A deployed function raised; the message holds its error."""


@dataclass
class DeployedStack:
    """The stack in the emulator, beside the ECS stand-in."""

    emulator: MiniStack
    ecs: EcsStandIn
    outputs: dict[str, str] = field(default_factory=dict, kw_only=True)
    _notifications: list[dict[str, Any]] = field(default_factory=list, init=False)
    _inbox: str = field(default="", init=False)

    def client(self, service: str) -> Any:
        """A boto3 client; that of `ecs` talks to the stand-in."""
        url = self.ecs.url if service == "ecs" else self.emulator.url
        return self.emulator.client(service, url)

    def invoke(self, function: str, payload: Any) -> Any:
        """The answer of a deployed function, by its logical id. Raises InvocationFailed.

        Asked again once where the emulator has ended the process before the handler could run,
        as it may when the function's variables have just been changed.
        """
        answer: Any = None
        for _ in range(2):
            response = self.client("lambda").invoke(
                FunctionName=self.outputs[f"{function}Function"], Payload=json.dumps(payload)
            )
            answer = json.loads(response["Payload"].read())
            if "FunctionError" not in response:
                return answer
            if "Worker process exited immediately" not in str(answer.get("errorMessage")):
                break
        raise InvocationFailed(
            f"{function}: {answer.get('errorType')}: {answer.get('errorMessage')}"
        )

    def rotate(
        self, token: str | None = None, before_last: Callable[[], object] = str
    ) -> list[dict[str, str]]:
        """The four steps of one rotation, invoked as Secrets Manager does; their answers.

        `before_last` is what somebody does between the third and the last.
        """
        token = token or str(uuid.uuid4())
        # As AWS leaves it before createSecret: a version that is pending and has no value.
        secret = self.client("secretsmanager").put_secret_value(
            SecretId=SECRET, ClientRequestToken=token, VersionStages=["AWSPENDING"]
        )["ARN"]
        event = {"SecretId": secret, "ClientRequestToken": token}
        answers = [
            self.invoke("RotatePassword", event | {"Step": step})
            for step in ("createSecret", "setSecret", "testSecret")
        ]
        before_last()
        return [*answers, self.invoke("RotatePassword", event | {"Step": "finishSecret"})]

    def put_event(self, event: Mapping[str, Any]) -> None:
        """Put an event of events/ on the default bus; one of ours comes from this stack."""
        detail = event["detail"]
        if event["source"] == SOURCE:
            detail = {**detail, "stack": deploy.STACK_NAME}
        response = self.client("events").put_events(
            Entries=[
                {
                    "Source": event["source"],
                    "DetailType": event["detail-type"],
                    "Detail": json.dumps(detail),
                    "Resources": event.get("resources", []),
                }
            ]
        )
        if response["FailedEntryCount"]:
            raise RuntimeError(f"the bus refused the event: {response['Entries']}")

    def sns_messages(self) -> list[dict[str, Any]]:
        """All notifications that a subscriber of the alert topic got so far, oldest first."""
        queue = self.client("sqs")
        while batch := queue.receive_message(QueueUrl=self._inbox, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                self._notifications.append(json.loads(message["Body"]))
                queue.delete_message(QueueUrl=self._inbox, ReceiptHandle=message["ReceiptHandle"])
        return list(self._notifications)

    def subscribe(self) -> None:
        """Let `sns_messages` get what the alert topic publishes from now on."""
        queue = self.client("sqs")
        self._inbox = queue.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = queue.get_queue_attributes(QueueUrl=self._inbox, AttributeNames=["QueueArn"])
        self.client("sns").subscribe(
            TopicArn=self.outputs["AlertTopicArn"],
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
        )

    def secret(self, stage: str = "AWSCURRENT") -> dict[str, str]:
        """The app's secret at a stage."""
        value = self.client("secretsmanager").get_secret_value(SecretId=SECRET, VersionStage=stage)
        content: dict[str, str] = json.loads(value["SecretString"])
        return content
