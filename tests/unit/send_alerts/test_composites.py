"""Families that CloudWatch knows before any composite alarm has rung."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from local.stores_in_memory import BackgroundInMemory
from send_alerts.channels.composites import KEPT_SECONDS, CloudWatchComposites, Family
from send_alerts.reading.composite_rule import children_of
from tests.unit.send_alerts.alert_world import AlertWorld, alarm

PLACE = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm"
DOWN = Family(f"alarm:{PLACE}:down", (f"alarm:{PLACE}:cpu", f"alarm:{PLACE}:5xx [web]"))
COMPOSITE = {
    "AlarmName": "down",
    "AlarmArn": f"{PLACE}:down",
    "AlarmRule": 'ALARM("cpu") OR ALARM("5xx [web]")',
}
ASKED = {"AlarmTypes": ["CompositeAlarm"]}


class Asked:
    """The adapter on a client whose answers are written here, with a clock that tests set."""

    def __init__(self) -> None:
        client: Any = boto3.client(
            "cloudwatch",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # no secret
        )
        self.aws, self.now = Stubber(client), 0.0
        self.composites = CloudWatchComposites(client, lambda: self.now)


@pytest.fixture
def asked() -> Iterator[Asked]:
    found = Asked()
    with found.aws:
        yield found
    found.aws.assert_no_pending_responses()


def test_all_families_come_from_the_rules_of_all_pages(asked: Asked) -> None:
    asked.aws.add_response("describe_alarms", {"CompositeAlarms": [], "NextToken": "n"}, ASKED)
    more = ASKED | {"NextToken": "n"}
    asked.aws.add_response("describe_alarms", {"CompositeAlarms": [COMPOSITE]}, more)
    for child in DOWN.children:
        assert asked.composites.family_of(child) == DOWN
    assert asked.composites.family_of(DOWN.parent) is None


def test_they_are_read_again_after_some_minutes(asked: Asked) -> None:
    asked.aws.add_response("describe_alarms", {"CompositeAlarms": [COMPOSITE]}, ASKED)
    assert asked.composites.family_of(DOWN.children[0])
    asked.now = KEPT_SECONDS
    assert asked.composites.family_of(DOWN.children[0])
    asked.aws.add_response("describe_alarms", {"CompositeAlarms": []}, ASKED)
    asked.now = KEPT_SECONDS + 1
    assert asked.composites.family_of(DOWN.children[0]) is None


def test_where_cloudwatch_does_not_answer_an_alarm_stands_for_itself(asked: Asked) -> None:
    asked.aws.add_client_error("describe_alarms", "Throttling", expected_params=ASKED)
    assert asked.composites.family_of(DOWN.children[0]) is None
    # Nor is it asked at each alarm of an outage.
    assert asked.composites.family_of(DOWN.children[1]) is None


def test_what_the_init_phase_could_not_read_the_first_alert_asks_for(asked: Asked) -> None:
    asked.aws.add_client_error("describe_alarms", "Throttling", expected_params=ASKED)
    with pytest.raises(ClientError):
        asked.composites.refresh()
    asked.aws.add_response("describe_alarms", {"CompositeAlarms": [COMPOSITE]}, ASKED)
    assert asked.composites.family_of(DOWN.children[0]) == DOWN


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("ALARM(a) OR (ALARM(b) AND NOT ALARM('c (deploying)'))", "a|b|c (deploying)"),
        ("AT_LEAST(2, ALARM, (a, b, c))", "a|b|c"),
        ("AT_LEAST(60%, NOT OK, (\"a, or b\", 'c')) AND OK(d)", "d|a, or b|c"),
        ("TRUE", ""),
    ],
)
def test_a_rule_names_alarms_one_by_one_and_in_lists(rule: str, names: str) -> None:
    here = "arn:aws:cloudwatch:eu-west-1:1:alarm"
    found = children_of(f"{here}:down", "down", rule)
    assert "|".join(key.removeprefix(f"alarm:{here}:") for key in found) == names


class AskedBackground(BackgroundInMemory):
    """Counts how often the family of an alarm is read."""

    asked = 0

    def parent_of(self, child: str) -> str:
        self.asked += 1
        return super().parent_of(child)


@pytest.mark.parametrize("families", [[], [Family("alarm:down", ("alarm:web-5xx",))]])
def test_the_family_of_an_alarm_is_read_once(families: list[Family]) -> None:
    world = AlertWorld()
    world.families, world.background = families, AskedBackground()
    world.notify(alarm(0))
    assert world.background.asked == 1
