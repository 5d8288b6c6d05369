"""What starts a step, and what is wrong with it."""

from collections.abc import Callable
from typing import Any

import pytest

from rotate_password.app import STEPS, handler
from rotate_password.reading.request import (
    PREPARE_ROLES,
    ROTATION_STEPS,
    BadRotation,
    OutOfTurn,
    Request,
)

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-AbCdEf"


@pytest.mark.parametrize("step", ["create", "set", "test", "finish"])
def test_reads_the_events_of_secrets_manager(step: str, event: Callable[[str], Any]) -> None:
    request = Request.from_event(event(f"rotate_password/{step}_secret"))

    assert request == Request(f"{step}Secret", ARN, "7f4c2d1e-5b3a-4c8d-9e6f-0a1b2c3d4e5f")
    assert request.secret_name == "config"


def test_reads_the_request_to_prepare_roles(event: Callable[[str], Any]) -> None:
    assert Request.from_event(event("rotate_password/prepare_roles")) == Request(
        "prepareRoles", ARN, ""
    )


def test_a_name_may_stand_for_the_arn() -> None:
    assert Request("setSecret", "config", "t").secret_name == "config"


def test_there_is_a_function_for_every_step() -> None:
    assert set(STEPS) == {*ROTATION_STEPS, PREPARE_ROLES}


@pytest.mark.parametrize(
    ("event", "why", "fields"),
    [
        (None, OutOfTurn.NO_STEP, ("Step",)),
        ([], OutOfTurn.NO_STEP, ("Step",)),
        ({}, OutOfTurn.NO_STEP, ("Step",)),
        ({"Step": "createsecret"}, OutOfTurn.NO_STEP, ("Step",)),
        ({"Step": "setSecret"}, OutOfTurn.NO_TEXT, ("SecretId", "ClientRequestToken")),
        ({"Step": "setSecret", "SecretId": ARN}, OutOfTurn.NO_TEXT, ("ClientRequestToken",)),
        (
            {"Step": "setSecret", "SecretId": 1, "ClientRequestToken": "t"},
            OutOfTurn.NO_TEXT,
            ("SecretId",),
        ),
        ({"Step": "prepareRoles"}, OutOfTurn.NO_TEXT, ("SecretId",)),
    ],
)
def test_a_wrong_event_is_refused_by_the_name_of_its_field(
    event: Any, why: OutOfTurn, fields: tuple[str, ...], lambda_context: Any
) -> None:
    with pytest.raises(BadRotation) as raised:
        handler(event, lambda_context)
    assert (raised.value.why, raised.value.fields) == (why, fields)
