"""The policy of docs/on-call.md allows what the runbook's commands call, and names real actions."""

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from paths import ROOT
from tests.markdown import blocks
from tests.template.test_iam_reference import formats, meets, reference

PAGES = [(ROOT / "docs" / name).read_text() for name in ("runbook.md", "on-call.md")]
# What `make status`, `why`, `ack`, `hold`, `secret`, `rehearse`, `probe` and `doctor` run.
PROGRAMS = (
    "cli/on_call/desk.py",
    "cli/rotation.py",
    "cli/verdict.py",
    "layers/common/ops_common/on_call/board.py",
    "layers/common/ops_common/ops_events.py",
    "layers/common/ops_common/scaling_hold.py",
)
SERVICES_OF_PROGRAMS = ("cloudformation", "dynamodb", "events", "lambda")
# `aws sns …` subscribes people once; nobody does that at night.
NOT_AT_NIGHT = ("sns",)
# The CLI's own commands, and where IAM names an action otherwise than the API its operation.
IAM_ACTIONS = {
    "logs:Tail": "logs:FilterLogEvents",
    "lambda:Invoke": "lambda:InvokeFunction",
}
# By its type of resource a listing of containers' hosts; it shows the tasks' names alone.
ON_EVERYTHING = ("ecs:ListTasks",)
# A redrive moves messages in the caller's name (Amazon SQS Developer Guide, "Configure queue
# permissions for a dead-letter queue redrive"), as a rotation calls its function.
ALSO = {
    "sqs:StartMessageMoveTask": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage"},
    "secretsmanager:RotateSecret": {"lambda:InvokeFunction"},
}


def statements() -> list[dict[str, Any]]:
    (block,) = [
        block
        for block in blocks("json")
        if block.path.name == "on-call.md" and '"Statement"' in block.text
    ]
    found: list[dict[str, Any]] = json.loads(block.text)["Statement"]
    return found


GRANTS = [
    (action, resource)
    for statement in statements()
    for action in statement["Action"]
    for resource in statement["Resource"]
]
ALLOWED = {action for action, _ in GRANTS}


def operations(service: str) -> dict[str, str]:
    """The service's operations by the CLI's name of them."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name, "-"): name for name in model.operation_names}


def of_the_pages() -> Iterator[str]:
    for page in PAGES:
        commands = re.findall(r"\baws ([a-z-]+) ([a-z-]+)", page.replace("\\\n", " "))
        for service, command in commands:
            if service not in NOT_AT_NIGHT and (service, command) != ("ssm", "put-parameter"):
                name = operations(service).get(command, command.title())
                yield f"{service}:{name}"


def of_the_programs() -> Iterator[str]:
    for service in SERVICES_OF_PROGRAMS:
        methods = {command.replace("-", "_"): name for command, name in operations(service).items()}
        for path in PROGRAMS:
            called = set(re.findall(r"\.([a-z_]+)\(", (ROOT / path).read_text()))
            yield from (f"{service}:{methods[name]}" for name in called & set(methods))


@pytest.mark.parametrize("calls", [of_the_pages, of_the_programs])
def test_each_call_is_allowed(calls: Any) -> None:
    needed = {IAM_ACTIONS.get(action, action) for action in calls()}
    for action in tuple(needed):
        needed |= ALSO.get(action, set())
    assert len(needed) > 5
    assert needed - ALLOWED == set()


def test_nothing_is_allowed_that_nothing_calls() -> None:
    called = {IAM_ACTIONS.get(action, action) for action in (*of_the_pages(), *of_the_programs())}
    for action in tuple(called):
        called |= ALSO.get(action, set())
    assert ALLOWED - called == set()


@pytest.mark.parametrize(("action", "resource"), GRANTS)
def test_each_grant_is_one_that_aws_knows(action: str, resource: str) -> None:
    assert reference(action) is not None
    required = formats(action, required=True).values()
    known = formats(action).values()
    if resource == "*":
        assert action in ON_EVERYTHING or not required, "a narrower resource is possible"
    else:
        assert any(meets(resource, pattern) for pattern in known)
