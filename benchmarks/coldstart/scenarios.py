"""Useful answers to measure: events for which a function has work to do, among stand-ins."""

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.coldstart import work
from local.account import DATABASE, WEB_SERVICE, WORKER_SERVICE
from local.clock import SteppedClock
from local.ecs import EcsStandIn
from local.http_server import Request, Response
from local.lambda_endpoint import LambdaEndpoint
from local.moto_aws import OPS_TABLE, TEMPORARY_PASSWORD, MotoAws
from local.postgres import MASTER_USER, PostgresServer
from local.rie import variables
from local.slack import SlackStandIn
from local.tls_front import TlsFronts
from paths import ROOT
from query_database.app import handler as query_database

PNG = b"\x89PNG\r\n\x1a\n".ljust(30_000, b"\0")
QUERY_DATABASE = "jiki-ops-query-database"


@dataclass(frozen=True)
class Scenario:
    """A useful answer: the function, its environment, and an event with work to do."""

    name: str
    function: str
    handler: str
    environment: dict[str, str]
    event: Callable[[], Any]
    bare: dict[str, str] = field(default_factory=dict)
    """What the bare handler needs beside the recorded AWS calls."""
    useful: Callable[[Any], bool] = work.no_failures
    """Whether the work was done, by the answer or by what it left."""


@contextmanager
def scenarios() -> Iterator[list[Scenario]]:
    """The scenarios, with what they need running until the block ends.

    Functions reach the stand-ins by TLS, as they reach AWS and Slack.
    """
    with ExitStack() as stack:
        tls = TlsFronts(Path(stack.enter_context(tempfile.TemporaryDirectory())))

        def by_tls(url: str, instead: Callable[[Request], Response | None] = lambda _: None) -> str:
            return stack.enter_context(tls.front(url, instead))

        aws = stack.enter_context(MotoAws.start())
        slack = stack.enter_context(SlackStandIn().start())
        ecs = stack.enter_context(EcsStandIn(SteppedClock()).start())
        endpoint = stack.enter_context(LambdaEndpoint({QUERY_DATABASE: query_database}).start())
        postgres = stack.enter_context(PostgresServer.start())
        # query_database answers in this process, and trusts the throw-away server alone.
        os.environ["DATABASE_CA_CERTIFICATE"] = postgres.ca_certificate
        aws.reset()
        for service in (WEB_SERVICE, WORKER_SERVICE):
            ecs.create_service(service, desired=1, tag="0" * 40)
        _make_database(postgres, aws)
        everywhere = {
            **tls.variables,
            "AWS_ENDPOINT_URL": by_tls(aws.url, _chart),
            "AWS_ENDPOINT_URL_ECS": by_tls(ecs.url),
            "AWS_ENDPOINT_URL_LAMBDA": by_tls(endpoint.url),
            "QUERY_DATABASE_FUNCTION": QUERY_DATABASE,
            "OPS_TABLE_NAME": OPS_TABLE,
        }
        slack_url = by_tls(slack.url)
        yield [
            _scenario(
                "createSecret of a rotation",
                "RotatePassword",
                everywhere,
                lambda: work.create_secret(aws),
            ),
            _scenario(
                "first alert, to SNS and Slack",
                "SendAlerts",
                everywhere | work.alert_channels(aws, slack, slack_url),
                lambda: work.new_alarm(aws),
                {
                    # As often as Slack is called: a message, and three calls for its chart.
                    "BARE_SLACK_POSTS": "4",
                    "BARE_SLACK_URL": slack_url,
                    "BARE_SLACK_TOKEN": slack.token,
                    "BARE_SLACK_CHANNEL": slack.channel,
                },
            ),
            _scenario("tick of the scaler", "ScaleWorkers", everywhere, work.tick),
            _scenario(
                "`/ops hold`, from Slack",
                "AnswerSlack",
                everywhere | work.operators(aws),
                work.hold,
                useful=lambda _: work.is_held(aws),
            ),
        ]


def _scenario(
    name: str,
    function: str,
    environment: dict[str, str],
    event: Callable[[], Any],
    bare: dict[str, str] | None = None,
    useful: Callable[[Any], bool] = work.no_failures,
) -> Scenario:
    declared = variables(function)
    # As deployed: a variable that the template does not declare is not there, but for where the
    # stand-ins are and why they can be trusted.
    given = {key: environment.get(key, value) for key, value in declared.items()}
    endpoints = {
        key: value
        for key, value in environment.items()
        if key.startswith(("AWS_ENDPOINT", "AWS_CA", "SSL_CERT"))
    }
    module = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in function)
    handler = f"{module.lstrip('_')}.app.handler"
    return Scenario(name, function, handler, given | endpoints, event, bare or {}, useful)


def _make_database(postgres: PostgresServer, aws: MotoAws) -> None:
    postgres.create_database(DATABASE, TEMPORARY_PASSWORD)
    with postgres.connect(DATABASE) as admin:
        admin.execute(f"SET ROLE {MASTER_USER}")
        admin.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
    aws.put_config(
        aurora_endpoint=postgres.host,
        aurora_port=str(postgres.port),
        aurora_database_name=DATABASE,
    )


def _chart(request: Request) -> Response | None:
    """GetMetricWidgetImage, which moto lacks."""
    if not request.headers.get("x-amz-target", "").endswith(".GetMetricWidgetImage"):
        return None
    return Response(200, {"MetricWidgetImage": base64.b64encode(PNG).decode()})
