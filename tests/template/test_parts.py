"""Four parts, each on or off: nothing is left of one that is off."""

from typing import Any

import pytest

from cli.parameters import BadParameters, check_together
from local.transform import example, source, stack

PARTS = ("Rotation", "Scaling", "Probes", "Alerts")
OF = {
    "Rotation": ("RotatePassword", "ConfigSecretRotation"),
    "Scaling": ("ScaleWorkers", "QueueLatencyAlarm", "FailedJobsAlarm"),
    "Probes": ("ProbeDeployment", "DeploymentRule", "CanaryTick", "ReadinessTick"),
    "Alerts": (
        "SendAlerts",
        "Alert",
        "AlarmRule",
        "OpsEventRule",
        "EcsRule",
        "EcsTaskRule",
        "SlackLayer",
    ),
}
OF_THE_DATABASE = ("QueryDatabase", "PostgresLayer")


def deployed(*on: str, **parameters: str) -> dict[str, Any]:
    switches = {part: str(part in on).lower() for part in PARTS}
    return stack(example() | {"AlarmSet": "all"} | switches | parameters)


def alone(part: str, **parameters: str) -> dict[str, Any]:
    switches = {each: str(each == part).lower() for each in PARTS}
    return stack(switches | parameters)


@pytest.mark.parametrize("off", PARTS)
def test_nothing_is_left_of_a_part_that_is_off(off: str) -> None:
    names = deployed(*(part for part in PARTS if part != off))
    assert [name for name in names if name.startswith(OF[off])] == []


@pytest.mark.parametrize("part", PARTS)
def test_each_part_works_without_the_others(part: str) -> None:
    names = deployed(part)
    for other in PARTS:
        found = [name for name in names if name.startswith(OF[other])]
        assert bool(found) == (other == part)
    assert any(name.startswith(OF_THE_DATABASE) for name in names) == (part != "Alerts")


@pytest.mark.parametrize("on", [PARTS, *((part,) for part in PARTS), ("Scaling", "Alerts")])
def test_what_is_deployed_refers_to_nothing_that_is_not(on: tuple[str, ...]) -> None:
    resources = deployed(*on)
    text = str(resources)
    everything = deployed(*PARTS)
    absent = set(everything) - set(resources)
    assert [name for name in absent if f"<{name}>" in text or f"<{name}." in text] == []


def test_alerts_alone_need_neither_network_nor_secret_nor_services() -> None:
    resources = alone("Alerts")
    assert {"SendAlerts", "AlertTopic", "AlarmRule"} <= set(resources)
    assert not [item for item in resources.values() if "VpcConfig" in item["Properties"]]
    grants = str([item for item in resources.values() if item["Type"] == "AWS::IAM::Role"])
    assert "secretsmanager" not in grants
    check_together({part: str(part == "Alerts").lower() for part in PARTS})


@pytest.mark.parametrize(
    "name", ["VpcId", "SubnetIds", "DatabaseCidr", "ConfigSecretId", "EcsCluster", "WorkerServices"]
)
def test_the_other_parts_name_what_they_need(name: str) -> None:
    check_together(example())
    with pytest.raises(BadParameters) as refused:
        check_together(example() | {name: ""})
    assert name in refused.value.names


def alarms_heard(**parameters: str) -> Any:
    return deployed(*PARTS, **parameters)["AlarmRule"]["Properties"]["EventPattern"]["detail"]


def test_all_alarms_pass_but_those_of_target_tracking_and_of_send_alerts() -> None:
    (name,) = alarms_heard()["alarmName"]
    assert name == {"anything-but": {"wildcard": ["jiki-ops-send-alerts-*", "TargetTracking-*"]}}


@pytest.mark.parametrize(
    ("filtered", "other"),
    [
        ("prefix:acme-staging-", {"alarmName": [{"prefix": "acme-staging-"}]}),
        ("tag", {"alarmTags": {"jiki-ops": ["jiki-ops"]}}),
    ],
)
def test_a_choice_of_alarms_passes_beside_the_stack_s_own(
    filtered: str, other: dict[str, Any]
) -> None:
    chosen, *deletions, own = alarms_heard(AlarmFilter=filtered)["$or"]
    assert chosen == other
    # Tags don't come with a deletion: it is heard of, and ends what is open.
    assert deletions == ([{"operation": ["delete"]}] if filtered == "tag" else [])
    names = {
        item["Properties"]["AlarmName"]
        for item in deployed(
            *PARTS,
            LoadBalancerName="app/jiki-api-alb/50dc6c495c0c9188",
            TargetGroupName="targetgroup/jiki-api/943f017f100becff",
            DatabaseClusterId="jiki-production",
        ).values()
        if item["Type"] == "AWS::CloudWatch::Alarm"
    }
    by_themselves = {name for name in names if name.startswith("jiki-ops-send-alerts-")}
    assert set(own["alarmName"]) == names - by_themselves


def test_topics_of_others_may_send_only_where_they_are_named() -> None:
    topic = "arn:aws:sns:eu-west-1:210987654321:alarms"

    def statements(**parameters: str) -> list[Any]:
        policy = deployed(*PARTS, **parameters)["AlertQueuePolicy"]["Properties"]
        found: list[Any] = policy["PolicyDocument"]["Statement"]
        return found

    assert len(statements()) == 1
    (by_topic,) = statements(AlarmTopicArns=topic)[1:]
    assert by_topic["Principal"] == {"Service": "sns.amazonaws.com"}
    assert by_topic["Condition"] == {"ArnEquals": {"aws:SourceArn": [topic]}}


def test_every_output_is_of_what_is_there() -> None:
    for name, output in source()["Outputs"].items():
        assert "Condition" in output, name
