"""AWS clients: one place for timeouts and retries."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from .shared_roots import share_roots
from .warm_up import warm_up

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 10
# "standard" retries throttling and transient faults with jittered back-off
# (AWS SDKs and Tools Reference Guide, "Retry behavior").
MAX_ATTEMPTS = 4


def client(
    service: str,
    *,
    read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    max_attempts: int = MAX_ATTEMPTS,
) -> Any:
    """A boto3 client with bounded waits; one per service and limits, reused while warm.

    The endpoint comes from AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_<SERVICE> where these are set.
    """
    return kept_client(service, read_timeout_seconds, max_attempts)


# Apart from `client`, for a cache takes a default and the same value given for two keys.
@cache
def kept_client(service: Any, read_timeout_seconds: float, max_attempts: int) -> Any:
    """One client for each service and limits, as long as the process lives."""
    made = boto3.client(
        service,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": max_attempts},
        ),
    )
    share_roots(made)
    return made


def prepare_clients(
    *services: str,
    read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    max_attempts: int = MAX_ATTEMPTS,
) -> None:
    """Make clients before the first event, in the init phase, each with one call that isn't sent.

    Lambda gives that phase a whole core, whatever the memory, and a client takes 10 to 20 ms of it.
    Without a region, as where a test imports a handler, none can be made.
    """
    if not os.environ.get("AWS_REGION"):
        return
    for service in services:
        made = client(service, read_timeout_seconds=read_timeout_seconds, max_attempts=max_attempts)
        warm_up(made)
