"""The address for Slack, as the suite `self` asks it."""

import pytest

from local.http_server import Request, Response, serve
from ops_common.aws import client
from probe_deployment.cause import Cause
from probe_deployment.checks import CHECKS
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.suites import SUITES
from tests.integration.probe_deployment.conftest import System
from tests.integration.probe_deployment.test_self import STACK, make_context


def asked(monkeypatch: pytest.MonkeyPatch, url: str) -> Finding:
    monkeypatch.setenv("STACK_NAME", STACK)
    monkeypatch.setenv("ANSWER_SLACK_URL", url)
    return CHECKS["answer_url"](make_context(Clients(client)))


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (415, None),
        (403, Cause.DENIED),
        (429, Cause.THROTTLED),
        (502, Cause.BAD_STATUS),
        # What answers so is not our function.
        (200, Cause.BAD_STATUS),
    ],
)
def test_only_the_function_s_own_refusal_is_an_answer(
    system: System,  # its settings
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    cause: Cause | None,
) -> None:
    def answer(_: Request) -> Response:
        return Response(status)

    with serve(answer) as port:
        finding = asked(monkeypatch, f"http://127.0.0.1:{port}/")
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)


def test_an_address_where_nobody_is_fails(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(lambda _: Response(415)) as port:
        pass
    finding = asked(monkeypatch, f"http://127.0.0.1:{port}/")
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.UNREACHABLE)


def test_a_stack_without_slack_has_none(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert asked(monkeypatch, "").status is Status.SKIP
    assert "answer_url" in SUITES["self"]
