"""Integration tests remember which AWS operations each function's code has called."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psycopg
import pytest

from local.moto_aws import SECRET, MotoAws
from local.postgres import MASTER_USER, PostgresServer, available_kinds
from tests.conftest import ROOT
from tests.integration.permissions.arns import arns

if TYPE_CHECKING:
    from types import FrameType

FOLDER = Path(__file__).parent
CONTRACT = FOLDER / "permissions" / "test_permissions.py"
SOURCE_OF_FUNCTION = re.compile(r"/functions/([a-z_]+)/[^/]")
# Its calls are stopped before they are sent, so that no role is asked.
TRIED_UNSENT = "/ops_common/warm_up.py"
# Where IAM names an action otherwise than the API names the operation, or a service otherwise
# than its signature does (Service Authorization Reference).
IAM_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}
IAM_PREFIXES = {"monitoring": "cloudwatch"}
QUEUE_DATABASE, QUEUE_USER, QUEUE_PASSWORD = "shop_queue", "shop_jobs", "0ther-Server-Marker"

type Calls = dict[str, dict[str, set[str]]]
"""By function and IAM action, the ARNs that were named; none where a call names no resource."""
calls: Calls = defaultdict(lambda: defaultdict(set))


def _calling_function() -> str | None:
    """The function whose code is on the stack; a test's own calls have none."""
    frame: FrameType | None = sys._getframe()
    while frame:
        if frame.f_code.co_filename.endswith(TRIED_UNSENT):
            return None
        if match := SOURCE_OF_FUNCTION.search(frame.f_code.co_filename):
            return match[1]
        frame = frame.f_back
    return None


def _record(model: Any, params: dict[str, Any], **_: Any) -> None:
    if function := _calling_function():
        prefix = model.service_model.signing_name
        action = f"{IAM_PREFIXES.get(prefix, prefix)}:{model.name}"
        action = IAM_ACTIONS.get(action, action)
        calls[function][action] |= set(arns(action, params))


@pytest.fixture(scope="session", autouse=True)
def _recorded_aws_calls() -> Iterator[None]:
    """Every client made by boto3.client in these tests reports its calls."""
    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION
    boto3.DEFAULT_SESSION.events.register("provide-client-params.*.*", _record)
    yield
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def aws_calls(request: pytest.FixtureRequest, function: str) -> dict[str, set[str]]:
    """What the function has called, once every test of its own folder has run."""
    collected = {item.path for item in request.session.items}
    there_are = set((FOLDER / function).rglob("test_*.py"))
    if missing := there_are - collected:
        pytest.skip(f"only part of the function's tests runs ({len(missing)} files do not)")
    if request.session.testsfailed:
        pytest.skip("a test failed before, so that not every call was made")
    return calls[function]


@pytest.fixture(scope="session")
def queue_server(
    request: pytest.FixtureRequest, postgres_of_kind: Callable[[str], PostgresServer]
) -> Iterator[PostgresServer]:
    """A second server, whose certificate the same authority has signed."""
    kind = request.config.getoption("--postgres") or available_kinds()[0]
    authority = postgres_of_kind(kind).authority
    with PostgresServer.start(kind, authority=authority) as server:
        yield server


@pytest.fixture
def queue_elsewhere(
    queue_server: PostgresServer,
    aws: MotoAws,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[psycopg.Connection[Any]]:
    """Solid Queue's tables on the second server, for a user of its own; the superuser there.

    The app's user isn't known there.
    """
    queue_server.drop_database(QUEUE_DATABASE)
    queue_server.create_database(QUEUE_DATABASE, QUEUE_PASSWORD)
    url = f"postgres://{QUEUE_USER}:{QUEUE_PASSWORD}@{queue_server.host}:{queue_server.port}"
    content = aws.secret() | {"QUEUE_DATABASE_URL": f"{url}/{QUEUE_DATABASE}"}
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=json.dumps(content))
    monkeypatch.setenv("QUEUE_DATABASE_NAME", "secret:QUEUE_DATABASE_URL")
    with queue_server.connect(QUEUE_DATABASE) as admin:
        admin.execute(f"ALTER ROLE {MASTER_USER} RENAME TO {QUEUE_USER}")
        admin.execute(f"SET ROLE {QUEUE_USER}")
        admin.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
        admin.execute("RESET ROLE")
        yield admin
    queue_server.drop_database(QUEUE_DATABASE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The contract is looked at when all calls have been made, whatever the random order is.

    Of a function none of whose tests are here it is left to the process that has them.
    """
    folders = {item.path.parent for item in items}
    elsewhere = [item for item in items if item.path == CONTRACT and _function(item) not in folders]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: item.path == CONTRACT)


def _function(item: pytest.Item) -> Path:
    assert isinstance(item, pytest.Function)
    return FOLDER / str(item.callspec.params["function"])
