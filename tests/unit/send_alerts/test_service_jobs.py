"""Jobs that AWS runs: when one has failed, how long that lasts, and what is said of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Guide, Notice, Signal
from tests.unit.send_alerts.parsing import Event, parsed
from tests.unit.send_alerts.test_service_words import event

ACCOUNT = {"Account": "123456789012 in eu-west-1"}
PLACE = "123456789012:eu-west-1"


@dataclass(frozen=True)
class Run:
    """What runs again and again under one name."""

    source: str
    kind: str
    field: str
    """Where its state stands."""
    detail: dict[str, Any]
    key: str
    title: str
    facts: dict[str, str]
    host: str
    """That its link leads to, if it has one."""
    failing: tuple[str, ...]
    well: tuple[str, ...]
    unsettled: tuple[str, ...]

    def ended(self, state: str) -> list[Notice]:
        detail = self.detail | ({self.field: state} if state else {})
        return parsed(event(self.source, self.kind, detail))


RUNS = (
    Run(
        source="aws.codepipeline",
        kind="CodePipeline Pipeline Execution State Change",
        field="state",
        detail={
            "pipeline": "shop",
            "execution-id": "e-1",
            "execution-trigger": {"trigger-detail": "refs/heads/main"},
        },
        key=f"pipeline:{PLACE}:shop",
        title="Pipeline shop: ",
        facts={"Pipeline": "shop", "Execution": "e-1", "Cause": "refs/heads/main"},
        host="eu-west-1.console.aws.amazon.com",
        failing=("FAILED", "STOPPED"),
        well=("SUCCEEDED",),
        unsettled=("STARTED", "SUPERSEDED", "RESUMED", ""),
    ),
    Run(
        source="aws.codedeploy",
        kind="CodeDeploy Deployment State-change Notification",
        field="state",
        detail={"application": "shop", "deploymentGroup": "web", "deploymentId": "d-1"},
        key=f"codedeploy:{PLACE}:shop/web",
        title="CodeDeploy: shop/web ",
        facts={"Application": "shop", "Deployment": "d-1"},
        host="",
        failing=("FAILURE", "STOP"),
        well=("SUCCESS",),
        unsettled=("START", "READY", ""),
    ),
    Run(
        source="aws.codebuild",
        kind="CodeBuild Build State Change",
        field="build-status",
        detail={
            "project-name": "shop",
            "build-id": "arn:aws:codebuild:eu-west-1:123456789012:build/shop:b-1",
            "additional-information": {
                "initiator": "ana",
                "source-version": "v7",
                "logs": {"deep-link": "https://logs.example/b-1"},
            },
        },
        key=f"codebuild:{PLACE}:shop",
        title="CodeBuild: shop ",
        facts={"Project": "shop", "Build": "b-1", "Begun by": "ana", "Version": "v7"},
        host="logs.example",
        failing=("FAILED", "FAULT", "TIMED_OUT", "STOPPED"),
        well=("SUCCEEDED",),
        unsettled=("IN_PROGRESS", ""),
    ),
)
STATES = [(run, state) for run in RUNS for state in (*run.failing, *run.well, *run.unsettled)]


@pytest.mark.parametrize(("run", "state"), STATES, ids=lambda one: getattr(one, "source", one))
def test_a_failure_lasts_until_the_next_success(run: Run, state: str) -> None:
    *news, change = run.ended(state)
    failing, over = state in run.failing, state in run.well
    began = (Signal.OPEN, None, Severity.WARNING, True)
    ended = (Signal.RESOLVED, Signal.OPEN, Severity.INFO, False)
    expected = [began] if failing else [ended] if over else []
    assert [(one.signal, one.was, one.severity, bool(one.guide.over)) for one in news] == expected
    assert (change.signal, change.severity) == (
        Signal.CHANGE,
        Severity.WARNING if failing else Severity.INFO,
    )
    assert change.guide == Guide()
    for one in (*news, change):
        assert one.key == run.key
        assert one.title == f"{run.title}{state.replace('_', ' ').lower()}".strip()
        assert bool(one.text) == failing
        assert state in one.text or not failing
        assert dict(one.facts) == run.facts | ACCOUNT
        assert [link.url.split("/")[2] for link in one.links] == [run.host] * bool(run.host)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.source)
def test_what_runs_elsewhere_under_the_same_name_is_another(run: Run) -> None:
    own = event(run.source, run.kind, run.detail | {run.field: run.failing[0]})
    keys = {parsed(own | place)[0].key for place in ({}, {"account": "1"}, {"region": "x-1"})}
    assert len(keys) == 3


def test_a_pipeline_says_what_its_action_said() -> None:
    said = {"execution-result": {"external-execution-summary": "The build is red."}}
    kind, of = "CodePipeline Pipeline Execution State Change", {"pipeline": "shop"}
    (found, _) = parsed(event("aws.codepipeline", kind, {**of, "state": "FAILED", **said}))
    assert found.text == "The build is red."
    (well, _) = parsed(event("aws.codepipeline", kind, {**of, "state": "SUCCEEDED", **said}))
    assert well.text == ""


@pytest.mark.parametrize(("state", "signals"), [("FAILED", [Signal.NOTE]), ("SUCCEEDED", [])])
def test_a_stage_of_a_pipeline_that_fails_is_a_note(state: str, signals: list[Signal]) -> None:
    detail = {"pipeline": "shop", "stage": "test", "action": "unit", "state": state}
    found = parsed(event("aws.codepipeline", "CodePipeline Action Execution State Change", detail))
    assert [one.signal for one in found] == signals
    for one in found:
        assert (one.title, one.severity) == ("Pipeline shop, stage test: failed", Severity.WARNING)
        assert dict(one.facts)["Action"] == "unit"


def test_a_deployment_without_a_group_is_its_application_s() -> None:
    detail = {"application": "shop", "state": "FAILURE"}
    kind = "CodeDeploy Deployment State-change Notification"
    found, _ = parsed(event("aws.codedeploy", kind, detail))
    assert found.title == "CodeDeploy: shop failure"


VAULT = "arn:aws:backup:eu-west-1:123456789012:backup-vault:there"


def backup(kind: str = "Backup Job", **detail: Any) -> list[Notice]:
    return parsed(event("aws.backup", f"{kind} State Change", detail))


def test_a_failed_backup_names_what_and_where() -> None:
    (found,) = backup(
        state="FAILED",
        resourceArn="arn:aws:rds:eu-west-1:123456789012:cluster:jiki",
        resourceType="Aurora",
        backupVaultName="nightly",
        statusMessage='"The vault does not exist."',
    )
    assert found.title == "Backup Job of jiki failed"
    assert found.text == "The vault does not exist."
    assert dict(found.facts) == {"Resource": "Aurora jiki", "Vault": "nightly", **ACCOUNT}
    assert (found.signal, found.severity) == (Signal.NOTE, Severity.WARNING)


@pytest.mark.parametrize("field", ["state", "status"])
@pytest.mark.parametrize("state", ["FAILED", "ABORTED", "EXPIRED", "PARTIAL", "COMPLETED"])
def test_a_job_says_how_it_stands_in_either_field(field: str, state: str) -> None:
    found = backup("Restore Job", **{field: state}, resourceType="EBS")
    assert [one.title for one in found] == (
        [] if state == "COMPLETED" else [f"Restore Job of EBS {state.lower()}"]
    )


def test_a_job_without_an_arn_is_of_its_kind() -> None:
    (found,) = backup(
        "Copy Job", state="FAILED", resourceType="EBS", destinationBackupVaultArn=VAULT
    )
    assert found.title == "Copy Job of EBS failed"
    assert dict(found.facts) == {"Resource": "EBS", "Vault": "there", **ACCOUNT}


GROUP = {
    "AutoScalingGroupName": "web",
    "EC2InstanceId": "i-1",
    "Cause": "The desired capacity grew from 1 to 2.",
    "Details": {"Availability Zone": "eu-west-1b"},
}
FACTS = {"Group": "web", "Zone": "eu-west-1b", "Instance": "i-1", "Cause": GROUP["Cause"]}


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("EC2_INSTANCE_LAUNCH", Severity.INFO),
        ("EC2_INSTANCE_LAUNCH_ERROR", Severity.WARNING),
        ("EC2_INSTANCE_TERMINATE_ERROR", Severity.WARNING),
        ("TEST_NOTIFICATION", Severity.INFO),
    ],
)
def test_a_group_says_by_a_topic_what_it_did(kind: str, severity: Severity) -> None:
    message = {**GROUP, "Event": f"autoscaling:{kind}", "Description": "Launching an instance."}
    (found,) = parsed(message)
    assert (found.severity, found.signal) == (severity, Signal.NOTE)
    assert found.title == f"Auto Scaling group web: {kind.replace('_', ' ').lower()}"
    assert found.text == "Launching an instance."
    assert dict(found.facts) == FACTS
    (refused,) = parsed({**message, "StatusMessage": "There is no capacity."})
    assert refused.text == "There is no capacity."


def test_a_group_s_event_says_the_same() -> None:
    kind = "EC2 Instance Launch Unsuccessful"
    (found,) = parsed(event("aws.autoscaling", kind, {**GROUP, "StatusMessage": "No capacity."}))
    assert (found.title, found.text) == (f"Auto Scaling group web: {kind}", "No capacity.")
    assert dict(found.facts) == FACTS | ACCOUNT
    (bare,) = parsed(event("aws.autoscaling", kind, {"AutoScalingGroupName": "web"}))
    assert dict(bare.facts) == {"Group": "web", **ACCOUNT}


def invoked(condition: str, arn: str = "import:$LATEST", **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{arn}"
    context = {"functionArn": arn, "condition": condition, "approximateInvokeCount": 3}
    return {"version": "1.0", "requestContext": context, **more}


@pytest.mark.parametrize(
    ("condition", "words", "severity", "outcome"),
    [
        ("RetriesExhausted", "retries exhausted", Severity.WARNING, "has failed"),
        ("EventAgeExceeded", "event age exceeded", Severity.WARNING, "has failed"),
        ("TimedOut", "timed out", Severity.WARNING, "has failed"),
        ("Success", "success", Severity.INFO, "has succeeded"),
    ],
)
def test_a_function_s_outcome_is_by_its_condition_in_either_way(
    condition: str, words: str, severity: Severity, outcome: str
) -> None:
    by_queue = invoked(condition, responsePayload={"errorMessage": "no row", "errorType": "Odd"})
    by_bus = event("lambda", f"Lambda Function Invocation Result - {condition}", by_queue)
    facts = {"Function": "import", "Error": "Odd", "Condition": words, "Attempts": "3"}
    for body, place in ((by_queue, {}), (by_bus, ACCOUNT)):
        (found,) = parsed(body)
        assert (found.title, found.text) == (f"Function import {outcome}", "no row")
        assert (found.severity, found.signal) == (severity, Signal.NOTE)
        assert dict(found.facts) == facts | place


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"responseContext": {"functionError": "Unhandled"}}, "Unhandled"),
        ({"responseContext": {"functionError": "Unhandled"}, "responsePayload": "x"}, "Unhandled"),
        ({"responseContext": {"statusCode": 200}, "responsePayload": {}}, ""),
        ({}, ""),
    ],
)
def test_a_function_that_gave_no_reason_says_what_lambda_says(
    more: dict[str, Any], text: str
) -> None:
    (found,) = parsed(invoked("RetriesExhausted", "import:live", **more))
    assert (found.title, found.text) == ("Function import:live has failed", text)


@pytest.mark.parametrize(
    ("name", "title", "ends"),
    [
        ("service_auto_scaling_launch_failed", "Auto Scaling group build-agents", False),
        ("service_build_failed", "CodeBuild: jiki-api failed", True),
        ("service_function_failed", "Function resize-images has failed", False),
    ],
)
def test_the_events_of_the_stack_s_rule(event: Event, name: str, title: str, ends: bool) -> None:
    found = parsed(event(f"alerts/{name}"))[0]
    assert found.title.startswith(title)
    assert (found.severity, found.signal is Signal.OPEN) == (Severity.WARNING, ends)
