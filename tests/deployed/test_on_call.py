"""Slack's signed requests travel through the function's address, the table and the bus."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from local.account import WEB_SERVICE, WORKER_SERVICE
from local.moto_aws import SECRET
from local.slack.requests import ANA, BEN, EVE, command, signed
from local.world import World
from ops_common.on_call.board import read_board
from ops_common.on_call.summaries import Part
from ops_common.scaling_hold import Holds


@pytest.fixture
def holds(world: World) -> Holds:
    return Holds(world.client("dynamodb"), world.outputs["OpsTableName"])


def post(world: World, body: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(world.slack.app.request_url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_everybody_may_ask_how_it_stands(world: World) -> None:
    answer = world.slack.app.type("status", EVE)
    assert answer.status == 200
    assert "Open incidents" in answer.text


def test_an_operator_holds_the_workers_and_releases_them(world: World, holds: Holds) -> None:
    assert world.slack.app.type("hold 2 1h", EVE).text == "only operators may do this"
    assert holds.get(WORKER_SERVICE, datetime.now(UTC)) is None
    assert world.slack.app.type(f"hold 2 1h {WORKER_SERVICE}", ANA).status == 200
    held = holds.get(WORKER_SERVICE, datetime.now(UTC))
    assert held
    assert (held.tasks, held.by) == (2, "ana (U0ANA)")
    world.slack.app.type(f"release {WORKER_SERVICE}", BEN)
    assert holds.get(WORKER_SERVICE, datetime.now(UTC)) is None


def test_the_address_answers_nothing_that_slack_did_not_sign_now_and_once(world: World) -> None:
    body, now = command("status"), datetime.now(UTC)
    assert post(world, body, signed(body, now)) == 200
    assert post(world, body, signed(body, now)) == 409
    assert post(world, body, signed(body, now, "f" * 32)) == 401
    assert post(world, body, signed(body, now - timedelta(minutes=6))) == 401
    assert post(world, body + "x", signed(body, now)) == 401
    assert post(world, body, {"content-type": "application/json"}) == 415
    other = command("status", team_id="T0OTHER")
    assert post(world, other, signed(other, now)) == 403


def test_another_probe_runs_and_status_shows_its_verdict(world: World) -> None:
    table, name = world.client("dynamodb"), world.outputs["OpsTableName"]
    world.slack.app.type(f"probe {WEB_SERVICE}", BEN)
    # By rule to the probe, its verdict by the queue to send_alerts, and from there to who asks.
    assert world.wait_for(
        lambda: bool(read_board(table, name, datetime.now(UTC)).of(Part.VERDICT, WEB_SERVICE)), 240
    )
    assert f"`{WEB_SERVICE}`" in world.slack.app.type("status", EVE).text


def test_two_people_start_a_rotation(world: World) -> None:
    def versions() -> dict[str, list[str]]:
        described = world.client("secretsmanager").describe_secret(SecretId=SECRET)
        return dict(described["VersionIdsToStages"])

    # GIVEN a secret that the stack rotates, as AWS knows by the schedule and the emulator does not
    name = world.outputs["RotatePasswordFunction"]
    function = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
    world.client("secretsmanager").rotate_secret(SecretId=SECRET, RotationLambdaARN=function)
    before = versions()
    # AND ana asks, which starts nothing
    code = world.slack.app.type("rotate", ANA).text.rpartition(" ")[2].strip("`")
    assert world.slack.app.type(f"rotate {code}", ANA).text.startswith("nothing waits")
    # WHEN ben confirms
    assert "Rotation started by ben" in world.slack.app.type(f"rotate {code}", BEN).text
    # THEN by rule to rotate_password, which lets Secrets Manager rotate
    assert world.wait_for(lambda: versions() != before, 60)
