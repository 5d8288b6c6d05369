"""AWS clients that are ready before the first event."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from ops_common.aws import client, kept_client, prepare_clients
from ops_common.warm_up import FIRST_CALLS, warm_up

SENT: list[str] = []


class Body(io.BytesIO):
    """What botocore reads of a response."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture(autouse=True)
def no_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of the network: what would be sent is noted, and answered with nothing."""
    SENT.clear()

    def send(_: URLLib3Session, request: Any) -> AWSResponse:
        SENT.append(request.url)
        return AWSResponse(request.url, 200, {}, Body(b"{}"))

    monkeypatch.setattr(URLLib3Session, "send", send)


def calls_of(service: str, method: str) -> int:
    """How many functions Python enters in a client's call."""
    parameters = FIRST_CALLS[service][method]
    call, count = getattr(client(service), method), 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        call(**parameters)
    finally:
        sys.setprofile(None)
    return count


def test_nothing_is_sent_before_the_first_event() -> None:
    prepare_clients(*FIRST_CALLS)
    assert not SENT


def test_a_prepared_client_is_the_one_that_is_asked_for() -> None:
    prepare_clients("ecs")
    prepare_clients("lambda", read_timeout_seconds=35)
    made = kept_client.cache_info().misses
    client("ecs")
    client("lambda", read_timeout_seconds=35)
    assert kept_client.cache_info().misses == made


@pytest.mark.parametrize(
    ("service", "method"),
    # sns alone answers in XML
    [(name, method) for name in FIRST_CALLS if name != "sns" for method in FIRST_CALLS[name]],
)
def test_the_first_call_that_is_sent_does_the_work_of_a_second(service: str, method: str) -> None:
    prepare_clients(service)
    first, second = calls_of(service, method), calls_of(service, method)
    assert len(SENT) == 2
    assert first < 1.05 * second, f"{first} {second}"


def test_a_call_that_fails_before_it_is_sent_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(FIRST_CALLS, "ecs", {"describe_services": {"services": "not a list"}})
    warm_up(client("ecs"))
    client("ecs").list_clusters()
    assert len(SENT) == 1


def test_without_a_region_no_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    prepare_clients("ecs")
    assert kept_client.cache_info().currsize == 0
