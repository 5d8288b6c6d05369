from threading import Event

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ops_common.app_config import AppConfigError
from ops_common.ecs import DeployedElsewhere, ServiceNotFound
from ops_common.query_database import (
    DatabaseError,
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    LoginRefused,
    QueueTablesMissing,
)
from probe_deployment.cause import Cause
from probe_deployment.context import ResourceMissing, SeeOtherCheck
from probe_deployment.deployed import RevisionMissing
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
    stuck_one = results[0].finding
    assert (stuck_one.status, stuck_one.cause) == (UNKNOWN, Cause.DEADLINE)
    assert results[1].finding is FINE


CALL = ("DescribeServices",)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:secret"}}, "DescribeServices")


@pytest.mark.parametrize(
    ("error", "status", "cause", "subjects"),
    [
        (refused("AccessDeniedException"), UNKNOWN, Cause.DENIED, CALL),
        (refused("ThrottlingException"), UNKNOWN, Cause.THROTTLED, CALL),
        (refused("ClusterNotFoundException"), UNKNOWN, Cause.AWS, CALL),
        (ReadTimeoutError(endpoint_url="https://x"), UNKNOWN, Cause.NO_ANSWER, ()),
        (LoginRefused("x"), FAIL, Cause.LOGIN_REFUSED, ()),
        (DatabaseUnreachable("x"), FAIL, Cause.UNREACHABLE, ()),
        (DatabaseTimeout("x"), UNKNOWN, Cause.TIMEOUT, ()),
        (DatabaseRefused("x"), UNKNOWN, Cause.STATEMENT_REFUSED, ()),
        (QueueTablesMissing("x"), FAIL, Cause.NO_TABLES, ()),
        (DatabaseError("x"), UNKNOWN, Cause.DATABASE, ()),
        (AppConfigError("x", "key"), FAIL, Cause.CONFIGURATION, ("key",)),
        (ServiceNotFound("c", "web", "worker"), UNKNOWN, Cause.NO_SERVICE, ("web", "worker")),
        (DeployedElsewhere("x"), UNKNOWN, Cause.DEPLOYED_ELSEWHERE, ()),
        (ResourceMissing("SendAlerts"), FAIL, Cause.NO_RESOURCE, ("SendAlerts",)),
        (RevisionMissing("x"), UNKNOWN, Cause.NO_REVISION, ()),
        (SeeOtherCheck("image", "x"), Status.SKIP, Cause.OTHER_CHECK, ("image",)),
        (ValueError("hunter2"), UNKNOWN, Cause.UNEXPECTED, ()),
    ],
)
def test_an_error_is_unknown_or_a_failure_and_has_a_cause(
    error: Exception, status: Status, cause: Cause, subjects: tuple[str, ...]
) -> None:
    def broken() -> Finding:
        raise error

    (result,) = run_checks({"broken": broken}, 5)
    finding = result.finding
    assert (finding.status, finding.cause, finding.subjects) == (status, cause, subjects)
    assert not finding.older_version_fixes
    assert "hunter2" not in finding.observed
