"""The address for Slack, as the suite `self` looks at it."""

import pytest

from local.http_server import Request, Response, serve
from ops_common.aws import client
from probe_deployment.checks import CHECKS
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.suites import SUITES
from tests.integration.probe_deployment.conftest import System
from tests.integration.probe_deployment.test_self import STACK, make_context


def look(monkeypatch: pytest.MonkeyPatch, url: str) -> Finding:
    monkeypatch.setenv("STACK_NAME", STACK)
    monkeypatch.setenv("ANSWER_SLACK_URL", url)
    return CHECKS["answer_url"](make_context(Clients(client)))


@pytest.mark.parametrize(
    ("status", "well", "named"),
    [
        (415, True, ""),
        (403, False, "lambda:InvokeFunction to"),
        (429, False, "reserved concurrency"),
        (502, False, "aws logs tail /aws/lambda/jiki-ops-answer-slack"),
        # What answers so is not our function.
        (200, False, "aws logs tail"),
    ],
)
def test_only_the_function_s_own_refusal_is_an_answer(
    system: System,  # its settings
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    well: bool,
    named: str,
) -> None:
    def answer(_: Request) -> Response:
        return Response(status)

    with serve(answer) as port:
        finding = look(monkeypatch, f"http://127.0.0.1:{port}/")
    assert (finding.status is Status.PASS) is well
    assert named in finding.remedy


def test_an_address_where_nobody_is_fails(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(lambda _: Response(415)) as port:
        pass
    assert look(monkeypatch, f"http://127.0.0.1:{port}/").status is Status.FAIL


def test_a_stack_that_hears_no_slack_has_none(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert look(monkeypatch, "").status is Status.SKIP
    assert "answer_url" in SUITES["self"]
