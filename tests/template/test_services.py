"""Services are lists: each one of them is in the grants and rules, and no other stack's is."""

import json
from typing import Any

import pytest

from local.event_pattern import matches
from local.transform import resolved
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment, SettingsError
from paths import ROOT

PLACE = "eu-west-1:123456789012"
SHOP = {
    "EcsCluster": "shop",
    "WebServices": "store,admin",
    "WorkerServices": "mail,search,import",
    "OtherServices": "cron",
}
EVERY = ["store", "admin", "mail", "search", "import", "cron"]
WORKERS = ["mail", "search", "import"]


def granted(role: str, action: str, parameters: dict[str, str]) -> list[str]:
    """The resources on which a role may do it, without the places that no service can have."""
    policies = resolved(parameters)[role]["Properties"]["Policies"]
    resources = [
        resource
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if action in statement["Action"]
        for resource in statement["Resource"]
    ]
    return [each for each in resources if "/." not in each and not each.endswith("/")]


def arns(*names: str) -> list[str]:
    return [f"arn:aws:ecs:{PLACE}:service/shop/{name}" for name in names]


@pytest.mark.parametrize(
    ("role", "action", "names"),
    [
        ("RotatePasswordRole", "ecs:UpdateService", EVERY),
        ("ScaleWorkersRole", "ecs:UpdateService", WORKERS),
        ("ScaleWorkersRole", "ecs:DescribeServices", EVERY),
        ("SendAlertsRole", "ecs:DescribeServices", EVERY),
        ("ProbeDeploymentRole", "ecs:DescribeServices", EVERY),
    ],
)
def test_each_service_is_granted_and_no_other(role: str, action: str, names: list[str]) -> None:
    assert granted(role, action, SHOP) == arns(*names)


def test_ten_services_are_granted_however_they_are_listed() -> None:
    ten = [f"worker-{number}" for number in range(10)]
    lists = {"WebServices": "", "WorkerServices": ",".join(ten), "OtherServices": ""}
    assert granted("RotatePasswordRole", "ecs:UpdateService", SHOP | lists) == arns(*ten)
    assert granted("ScaleWorkersRole", "ecs:UpdateService", SHOP | lists) == arns(*ten)


def heard(stack: dict[str, Any], event: dict[str, Any]) -> list[str]:
    """The rules of a stack that pass an event on to people."""
    return [
        name
        for name, item in stack.items()
        if item["Type"] == "AWS::Events::Rule"
        and "AlertQueue" in str(item["Properties"]["Targets"])
        and matches(item["Properties"]["EventPattern"], event)
    ]


def ecs_event(name: str, service: str) -> dict[str, Any]:
    """A real event of ECS, of another service of the cluster `shop`."""
    text = (ROOT / "tests" / "corpus" / "ecs" / f"{name}.json").read_text()
    event = json.loads(text)
    old = event["detail"].get("group", event["resources"][0].rpartition("/")[2])
    old = old.removeprefix("service:")
    replaced = text.replace(old, service).replace("jiki-production", "shop")
    found: dict[str, Any] = json.loads(replaced)
    return found


TOLD = (
    "deployment_failed_alarm",
    "deployment_completed",
    "action_placement_failure_fargate",
    "action_steady_state",
    "task_elb_unhealthy",
    "task_oom_container",
)


@pytest.mark.parametrize("name", TOLD)
def test_two_stacks_on_one_cluster_get_events_of_their_own_services(name: str) -> None:
    staging = {"EcsCluster": "shop", "WebServices": "store-staging", "WorkerServices": "mail-st"}
    for service in EVERY:
        assert heard(resolved(SHOP), ecs_event(name, service)) != []
        assert heard(resolved(staging), ecs_event(name, service)) == []
    assert heard(resolved(SHOP), ecs_event(name, "mail-st")) == []


@pytest.mark.parametrize("name", TOLD)
def test_a_stack_that_lists_no_service_gets_events_of_the_whole_cluster(name: str) -> None:
    lists = dict.fromkeys(("WebServices", "WorkerServices", "OtherServices"), "")
    alone = {"EcsCluster": "shop", "Rotation": "false", "Scaling": "false", "Probes": "false"}
    assert heard(resolved(alone | lists), ecs_event(name, "anything")) != []
    assert heard(resolved(alone | lists | {"EcsCluster": "x"}), ecs_event(name, "anything")) == []


def test_a_failed_task_of_no_service_passes_the_rules() -> None:
    event = ecs_event("task_standalone_failed", "migrate")
    assert event["detail"]["group"] == "migrate" or "service:" not in event["detail"]["group"]
    assert heard(resolved(SHOP), event) == ["EcsTaskRule"]


def test_every_rule_is_short_enough_for_eventbridge() -> None:
    """2,048 characters (Amazon EventBridge User Guide, "EventBridge quotas")."""
    names = [f"customer-facing-service-{number}" for number in range(10)]
    parameters = {
        "EcsCluster": "customer-facing-production",
        "WebServices": ",".join(names[:2]),
        "WorkerServices": ",".join(names[2:8]),
        "OtherServices": ",".join(names[8:]),
    }
    for filtered in ("all", "tag", "prefix:customer-facing-"):
        for item in resolved(parameters | {"AlarmFilter": filtered}).values():
            if item["Type"] == "AWS::Events::Rule":
                assert len(json.dumps(item["Properties"]["EventPattern"])) <= 2048


def test_the_prober_gets_events_of_each_service_and_no_other() -> None:
    pattern = resolved(SHOP)["DeploymentRule"]["Properties"]["EventPattern"]
    assert set(arns(*EVERY)) <= set(pattern["resources"])


def test_the_prober_reads_what_the_scaler_remembers_of_each_worker_service() -> None:
    (keys,) = [
        statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
        for policy in resolved(SHOP)["ProbeDeploymentRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "ForAllValues:StringEquals" in statement.get("Condition", {})
    ]
    assert {f"scaling#{name}" for name in WORKERS} <= set(keys)
    assert not {f"scaling#{name}" for name in ("store", "cron")} & set(keys)


def services(**lists: str) -> ServiceNames:
    env = Environment({f"{kind.upper()}_SERVICES": names for kind, names in lists.items()})
    found = ServiceNames.from_environment(env)
    env.finish()
    return found


def test_a_service_in_two_lists_is_probed_once() -> None:
    assert services(web="a,b", worker="c", other="b,d").all == ("a", "b", "c", "d")


def test_more_services_than_there_are_places_for_are_refused() -> None:
    eleven = ",".join(f"s{number}" for number in range(11))
    with pytest.raises(SettingsError):
        services(worker=eleven)


def own(stack: dict[str, Any]) -> Any:
    return stack["OpsEventRule"]["Properties"]["EventPattern"]


def test_a_stack_gets_its_own_events_only() -> None:
    assert own(resolved()) == {"source": ["jiki.ops"], "detail": {"stack": ["jiki-ops"]}}


def test_each_function_knows_which_stack_it_is_of() -> None:
    for word, expected in (("", "jiki-ops"), ("staging", "staging")):
        for item in resolved({"EnvironmentName": word}).values():
            if item["Type"] == "AWS::Lambda::Function":
                variables = item["Properties"]["Environment"]["Variables"]
                assert variables["STACK_NAME"] == "jiki-ops"
                assert variables["ENVIRONMENT_NAME"] == expected


def test_an_alarm_reads_its_own_stack_s_metric() -> None:
    alarms = [
        item["Properties"]
        for item in resolved({"AlarmSet": "all"}).values()
        if item["Properties"].get("Namespace") == "JikiOps"
    ]
    assert alarms
    for alarm in alarms:
        assert {"Name": "stack", "Value": "jiki-ops"} in alarm["Dimensions"]
