"""Errors that another service or the network causes are notified, and roll nothing back."""

import pytest

from probe_deployment.checks import log_errors
from probe_deployment.checks.log_groups import LogGroup
from probe_deployment.finding import Finding, Status
from probe_deployment.logs import compare, count
from tests.unit.probe_deployment.samples import NOW

TAG = "[0f5e9a1c-0000-4000-8000-5f1e6d7c8b9a] "
ANSWERED = TAG + "Completed 500 Internal Server Error in 5012ms (GC: 0.0ms)"
PROXIED = '{"time":"t","level":"INFO","msg":"Request","path":"/","status":500,"method":"GET"}'
QUEUE = "SolidQueue-1.2.4 "
ELSEWHERE = {
    "an exception and its answer": (ANSWERED, TAG + "Faraday::ServerError (status 503):"),
    "and that of a proxy": (ANSWERED, TAG + "Net::ReadTimeout (Net::ReadTimeout):", PROXIED),
    "a cluster that resumes": (
        ANSWERED,
        TAG + "ActiveRecord::ConnectionNotEstablished (connection to server at x failed: timeout)",
        TAG + "Caused by: PG::ConnectionBad (connection to server at x failed: timeout expired)",
    ),
    "libpq alone": (
        'connection to server at "x", port 5432 failed: FATAL:  the database system is',
    ),
    "a poller": (QUEUE + 'Error in thread (0.0ms)  error: "PG::ConnectionBad connection failed"',),
    "a process": (
        QUEUE + 'Error registering Worker (1.0ms)  pid: 3, error: "Errno::ECONNREFUSED refused"',
    ),
    "Redis": (TAG + "RedisClient::CannotConnectError (Connection refused):",),
    "a payment": (TAG + "Stripe::APIConnectionError (Unexpected error communicating):",),
    "REST": (TAG + "RestClient::ServiceUnavailable (503 Service Unavailable):",),
    "a failover": (
        TAG + "ActiveRecord::StatementInvalid (PG::AdminShutdown: FATAL:  terminating):",
    ),
    "its connections": (TAG + "ActiveRecord::ConnectionFailed (PG::ConnectionBad: closed):",),
    "a reader after it": (
        TAG + "ActiveRecord::StatementInvalid (PG::ReadOnlySqlTransaction: ERROR:  cannot):",
    ),
    "an agent": ("E, [t #7] ERROR -- datadog: Failed to open TCP connection to 127.0.0.1:8126",),
    "lograge": ("method=GET path=/ status=500 error='HTTP::ConnectTimeoutError: x' duration=1.0",),
}
OWN = {
    "an exception and its answer": (ANSWERED, TAG + "NoMethodError (undefined method 'x'):"),
    "an answer alone": (ANSWERED,),
    "a column": (TAG + "ActiveRecord::StatementInvalid (PG::UndefinedColumn: ERROR:  column x):",),
    "a slow request": (TAG + "Rack::Timeout::RequestTimeoutException (Request ran for 15000ms):",),
    "a proxy that can't reach the app": (
        '{"level":"INFO","msg":"Unable to proxy request","error":"connect: connection refused"}',
    ),
    "another one": ("2026/01/15 10:26:31 [error] 9#9: *1 connect() failed (111: Connection refused)"
                    " while connecting to upstream",),
}  # fmt: skip


def found(rows: tuple[str, ...], times: int) -> Finding:
    compared = compare(count([]), count([list(rows) * times]))
    return log_errors.judge([LogGroup("/ecs/web", compared, times, None, NOW)])


@pytest.mark.parametrize("name", ELSEWHERE)
def test_rolls_nothing_back(name: str) -> None:
    finding = found(ELSEWHERE[name], 12)
    assert (finding.status, finding.older_version_fixes) == (Status.FAIL, False)


@pytest.mark.parametrize("name", OWN)
def test_what_is_the_app_s_own_may(name: str) -> None:
    assert found(OWN[name], 12).older_version_fixes
    # An exception and its answer are one failure, of which there must be three.
    assert not found(OWN[name], 2).older_version_fixes


def test_answers_beyond_another_service_s_exceptions_are_the_app_s_own() -> None:
    rows = [*ELSEWHERE["an exception and its answer"] * 9, *[ANSWERED] * 3]
    compared = compare(count([]), count([rows]))
    assert log_errors.older_version_fixes(compared)
