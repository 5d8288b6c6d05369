"""The built functions, each started when a test asks for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local import deploy
from local.ecs import EcsStandIn
from local.lambda_endpoint import LambdaEndpoint
from local.moto_aws import OPS_TABLE, SCHEDULES, MotoAws
from local.postgres import PostgresServer
from local.rie import RuntimeEmulator, variables
from local.slack import SlackStandIn
from local.slack.requests import ANA, SIGNING_SECRET

QUERY_DATABASE = "jiki-ops-query-database"


@pytest.fixture(scope="session")
def build_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # sam writes a build.toml beside the folder that it builds into.
    folder = tmp_path_factory.mktemp("build") / "built"
    deploy.build(folder)
    return folder


@pytest.fixture
def start(
    build_folder: Path,
    aws: MotoAws,
    ecs: EcsStandIn,
    slack: SlackStandIn,
    postgres: PostgresServer,
    tmp_path: Path,
) -> Iterator[Callable[[str], RuntimeEmulator]]:
    """Starts built functions among the stand-ins; they call each other's artifacts."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(LambdaEndpoint({}).start())
        topic = aws.client("sns").create_topic(Name="alerts")["TopicArn"]
        queue = aws.client("sqs").create_queue(QueueName="alerts")["QueueUrl"]
        for name, value in (("/token", slack.token), ("/signing", SIGNING_SECRET)):
            aws.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")
        for group in ("/ecs/jiki-api-web", "/ecs/jiki-api-solid-queue"):
            aws.client("logs").create_log_group(logGroupName=group)
        places = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ENDPOINT_URL_ECS": ecs.url,
            "AWS_ENDPOINT_URL_LAMBDA": endpoint.url,
            "SLACK_API_URL": slack.url,
            "SLACK_TOKEN_PARAMETER": "/token",
            "SLACK_SIGNING_SECRET_PARAMETER": "/signing",
            "SLACK_OPERATORS": ANA.id,
            "SLACK_CHANNEL": slack.channel,
            "DATABASE_CA_CERTIFICATE": postgres.ca_certificate,
            "OPS_TABLE_NAME": OPS_TABLE,
            **SCHEDULES,
            "ALERT_TOPIC_ARN": topic,
            "ALERT_QUEUE_URL": queue,
            "QUERY_DATABASE_FUNCTION": QUERY_DATABASE,
            # Nothing listens there: its health check fails, as it must.
            "HEALTH_CHECK_URL": "http://127.0.0.1:9/health-check",
            "PROBE_GRACE_SECONDS": "0",
        }

        def run(function: str) -> RuntimeEmulator:
            # As deployed: a variable that the template does not declare is not there.
            declared = variables(function)
            lambda_endpoint = {"AWS_ENDPOINT_URL_LAMBDA": endpoint.url}
            overridden = {name: places.get(name, value) for name, value in declared.items()}
            log = tmp_path / f"{function}.log"
            return stack.enter_context(
                RuntimeEmulator.start(function, build_folder, overridden | lambda_endpoint, log)
            )

        query_database = run("QueryDatabase")
        endpoint.functions[QUERY_DATABASE] = lambda event, _context: query_database.invoke(event)
        yield lambda function: query_database if function == "QueryDatabase" else run(function)
