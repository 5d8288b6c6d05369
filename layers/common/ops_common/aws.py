"""AWS clients: one place for timeouts and retries."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 10
# "standard" retries throttling and transient faults with jittered back-off
# (AWS SDKs and Tools Reference Guide, "Retry behavior").
MAX_ATTEMPTS = 4


@cache
def client(
    service: str,
    *,
    read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    max_attempts: int = MAX_ATTEMPTS,
) -> Any:
    """A boto3 client with bounded waits; one per service and limits, reused while warm.

    The endpoint comes from AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_<SERVICE> where these are set.
    """
    name: Any = service  # boto3's type stubs want a literal
    return boto3.client(
        name,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": max_attempts},
        ),
    )


def prepare_clients(
    *services: str, max_attempts: int = MAX_ATTEMPTS, invoke_timeout_seconds: float | None = None
) -> None:
    """Make clients before the first event, in the init phase.

    Lambda gives that phase a whole core, whatever the memory, and a client takes 10 to 20 ms of it.
    `invoke_timeout_seconds` adds the client that waits so long for another function. Without a
    region, as where a test imports a handler, none can be made.
    """
    if not os.environ.get("AWS_REGION"):
        return
    for service in services:
        client(service, max_attempts=max_attempts)
    if invoke_timeout_seconds is not None:
        client("lambda", read_timeout_seconds=invoke_timeout_seconds)
