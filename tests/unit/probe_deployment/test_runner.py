from threading import Event

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ops_common.ecs import ServiceNotFound
from ops_common.query_database import (
    DatabaseError,
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    LoginRefused,
    QueueTablesMissing,
)
from probe_deployment.finding import Finding, Status
from probe_deployment.runner import run_checks

UNKNOWN, FAIL = Status.UNKNOWN, Status.FAIL
FINE = Finding.passed("fine", "fine")


@pytest.fixture
def released():
    event = Event()
    yield event
    event.set()


def test_results_come_in_the_order_of_the_suite() -> None:
    first_done = Event()

    def late() -> Finding:
        assert first_done.wait(5)
        return FINE

    def early() -> Finding:
        first_done.set()
        return FINE

    results = run_checks({"late": late, "early": early}, 10)
    assert [each.check for each in results] == ["late", "early"]


def test_checks_run_side_by_side() -> None:
    # GIVEN two checks that each wait for the other to have begun
    one, two = Event(), Event()

    def meet(mine: Event, other: Event) -> Finding:
        mine.set()
        return FINE if other.wait(5) else Finding.failed("alone", "", "")

    # WHEN they run
    results = run_checks({"one": lambda: meet(one, two), "two": lambda: meet(two, one)}, 10)
    # THEN they met
    assert [each.finding.status for each in results] == [Status.PASS, Status.PASS]


def test_a_stuck_check_is_unknown_at_the_deadline_and_holds_nobody(released: Event) -> None:
    def stuck() -> Finding:
        released.wait()
        return FINE

    results = run_checks({"stuck": stuck, "quick": lambda: FINE}, 0.05)
    assert results[0].finding.status is Status.UNKNOWN
    assert results[0].finding.observed == "still running after 0.05 s"
    assert results[1].finding is FINE


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:secret"}}, "DescribeServices")


@pytest.mark.parametrize(
    ("error", "status", "observed", "remedy"),
    [
        (
            refused("AccessDeniedException"),
            Status.UNKNOWN,
            "AccessDenied",
            "allow DescribeServices",
        ),
        (refused("ThrottlingException"), UNKNOWN, "Throttling", "run the probe again later"),
        (refused("ClusterNotFoundException"), UNKNOWN, "ClusterNotFound", "parameters"),
        (ReadTimeoutError(endpoint_url="https://x"), UNKNOWN, "ReadTimeoutError", "again"),
        (
            LoginRefused("db:5432 refused the login of jiki"),
            Status.FAIL,
            "refused the login",
            "runbook",
        ),
        (
            DatabaseUnreachable("db:5432: timeout"),
            Status.FAIL,
            "db:5432: timeout",
            "security group",
        ),
        (
            DatabaseTimeout("db:5432: canceling statement"),
            Status.UNKNOWN,
            "canceling",
            "Performance Insights",
        ),
        (DatabaseRefused("db:5432: 42501 permission denied"), UNKNOWN, "42501", "GRANT"),
        (
            QueueTablesMissing("database a has no tables"),
            Status.FAIL,
            "no tables",
            "QueueDatabaseName",
        ),
        (
            DatabaseError("query failed on migrations: KeyError"),
            Status.UNKNOWN,
            "KeyError",
            "read the log",
        ),
        (
            ServiceNotFound("cluster c has no service w"),
            Status.UNKNOWN,
            "no service w",
            "WebService",
        ),
        (ValueError("hunter2"), UNKNOWN, "ValueError", "log"),
    ],
)
def test_an_error_is_unknown_or_a_failure_and_says_what_to_do(
    error, status: Status, observed: str, remedy: str
) -> None:
    def broken() -> Finding:
        raise error

    (result,) = run_checks({"broken": broken}, 5)
    assert result.finding.status is status
    assert observed in result.finding.observed
    assert remedy in result.finding.remedy
    assert not result.finding.older_version_fixes
    assert "hunter2" not in result.finding.observed
