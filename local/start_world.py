"""Starts the local world, and deploys the real template into it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from local import deploy, endpoints
from local.account import (
    DATABASE,
    SIGNING_SECRET_PARAMETER,
    SLACK_TOKEN_PARAMETER,
    WEB_SERVICE,
    WORKER_SERVICE,
    seed,
)
from local.app import AppStandIn
from local.database_login import connect
from local.ecs import EcsStandIn
from local.ministack import MiniStack
from local.postgres import PostgresServer
from local.slack import SlackStandIn
from local.slack.requests import ANA, APP, BEN, TEAM
from local.solid_queue.workers import WorkerFleet
from local.transform import example
from local.world import World
from ops_common.query_database import DatabaseAddress

FIRST_SHA = "0" * 40
TASK_START_SECONDS, TASK_STOP_SECONDS = 0.5, 0.2
# The emulator has no network of its own; these are names.
NETWORK = {"VpcId": "vpc-00000001", "SubnetIds": "subnet-00000001,subnet-00000002"}
# The emulator has no rotation schedule; the four steps are invoked as Secrets Manager does it.
UNKNOWN_TO_THE_EMULATOR = {"RotationSchedule": ""}


@contextmanager
def start_world(
    progress: Callable[[str], object] = str,
    parameters: Mapping[str, str] | None = None,
    *,
    listen_address: str = "127.0.0.1",
) -> Iterator[World]:
    """Start and deploy everything; end it with the block, on Ctrl-C too.

    With the address 0.0.0.0 functions in containers reach the stand-ins too.

    Raises PostgresUnavailable, EmulatorUnavailable or DeployFailed, each with what to do.
    """
    with ExitStack() as stack:
        progress("building functions and layers, starting PostgreSQL and the stand-ins …")
        pool = stack.enter_context(ThreadPoolExecutor(1))
        # `sam build` writes a file beside the folder it builds into.
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="jiki-build-"))) / "built"
        built = pool.submit(deploy.build, folder)
        world = _start_parts(stack, folder, listen_address)
        built.result()
        progress("deploying template.yaml into the local AWS (sam deploy) …")
        _deploy(world, parameters or {})
        _run_services(world)
        yield world


def _start_parts(stack: ExitStack, build_folder: Path, listen_address: str) -> World:
    emulator = stack.enter_context(MiniStack.start(listen_address=listen_address))
    postgres = stack.enter_context(PostgresServer.start(listen_address=listen_address))
    ecs = EcsStandIn(start_delay_seconds=TASK_START_SECONDS, stop_delay_seconds=TASK_STOP_SECONDS)
    stack.enter_context(ecs.start(listen_address=listen_address))
    slack = stack.enter_context(SlackStandIn().start(listen_address=listen_address))
    address = DatabaseAddress(postgres.host, postgres.port, DATABASE)
    seed(emulator, postgres, address, slack.token)
    app = AppStandIn(lambda: world.login(), postgres.ca_certificate)
    stack.enter_context(app.start(listen_address=listen_address))
    workers = WorkerFleet(lambda: connect(world.login(), postgres.ca_certificate))
    stack.callback(workers.close)
    world = World(emulator, ecs, postgres, slack, app, workers, address, build_folder)
    return world


def _deploy(world: World, parameters: Mapping[str, str]) -> None:
    local = {
        "SlackToken": SLACK_TOKEN_PARAMETER,
        "SlackChannel": world.slack.channel,
        "SlackSigningSecret": SIGNING_SECRET_PARAMETER,
        "SlackApp": f"{TEAM}/{APP}",
        "SlackOperators": f"{ANA.id},{BEN.id}",
        "HealthCheckUrl": world.app.health_check_url,
        # Every alarm and every widget, on names of what the emulator does not have.
        "AlarmSet": "all",
        "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
        "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
        "DatabaseClusterId": "jiki-production",
    }
    world.outputs = deploy.deploy(
        world.emulator,
        world.build_folder,
        example() | NETWORK | UNKNOWN_TO_THE_EMULATOR | local | dict(parameters),
        endpoints={
            endpoints.AWS: world.emulator.url,
            endpoints.ECS: world.ecs.url,
            endpoints.SLACK: world.slack.url,
            endpoints.DATABASE_CA: world.postgres.ca_certificate,
            endpoints.HEALTH_CHECK_CA: world.postgres.ca_certificate,
        },
    )
    # The emulator has no domain of its own; it serves the addresses of functions below a path.
    url_id = world.outputs["AnswerSlackUrl"].removeprefix("https://").partition(".")[0]
    world.slack.app.request_url = f"{world.emulator.url}/_aws/lambda-url/{url_id}/"
    _set_variable(world, "ProbeDeployment", ANSWER_SLACK_URL=world.slack.app.request_url)
    world.subscribe()


def _set_variable(world: World, function: str, **variables: str) -> None:
    client, name = world.client("lambda"), world.outputs[f"{function}Function"]
    known = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": known | variables}
    )


def _run_services(world: World) -> None:
    """Jiki's two services, up and steady; from then on their events reach the bus."""
    world.ecs.create_service(WEB_SERVICE, desired=2, tag=FIRST_SHA)
    world.ecs.create_service(WORKER_SERVICE, desired=1, tag=FIRST_SHA)
    world.ecs.run_tasks(WEB_SERVICE, world.app)
    world.ecs.run_tasks(WORKER_SERVICE, world.workers)
    world.ecs.on_event(world.put_event)
