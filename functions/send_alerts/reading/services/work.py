"""Jobs that AWS runs: backups, pipelines, CodeDeploy's deployments, Auto Scaling, Lambda.

Sources: AWS Backup Developer Guide, "Monitoring AWS Backup events using EventBridge"; CodePipeline
User Guide, "Monitoring CodePipeline events"; CodeDeploy User Guide (its state is FAILURE);
CodeBuild User Guide, "Build notifications input format reference"; EC2 Auto Scaling User Guide,
"Amazon SNS notification options"; Lambda Developer Guide, "Capturing records of Lambda asynchronous
invocations".
"""

import re
from collections.abc import Mapping
from copy import replace
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.links import console
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.common import detail_of, incident, name_in, notice

FAILED = (
    *("FAILED", "FAILURE", "FAULT", "ABORTED", "EXPIRED", "PARTIAL", "TIMED_OUT"),
    *("STOPPED", "STOP"),
)
WELL = ("SUCCEEDED", "SUCCESS")
_UNSUCCESSFUL = re.compile(r"Unsuccessful|Failed|Rollback")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


def from_backup(arrival: Arrival) -> list[Notice]:
    """A backup, copy or restore job's new state; only one that went wrong is notified of."""
    detail = detail_of(arrival)
    state = str(detail.get("state") or detail.get("status") or "").upper()
    job = str(arrival.body["detail-type"]).removesuffix(" State Change")
    resource = name_in(detail.get("resourceArn")) or str(detail.get("resourceType") or "")
    vault = detail.get("backupVaultName") or name_in(detail.get("destinationBackupVaultArn"))
    found = notice(
        arrival,
        f"{job} of {resource} {state.replace('_', ' ').lower()}".replace("  ", " "),
        Severity.WARNING if state in FAILED else Severity.INFO,
        str(detail.get("statusMessage") or "").strip('"'),
        facts=(
            (
                "Resource",
                " ".join(dict.fromkeys((str(detail.get("resourceType") or ""), resource))),
            ),
            ("Vault", vault),
        ),
    )
    return [found] if state in FAILED else []


def from_pipeline(arrival: Arrival) -> list[Notice]:
    """A pipeline's execution: a failure lasts until the next success."""
    detail = detail_of(arrival)
    name, state = str(detail["pipeline"]), str(detail.get("state") or "").upper()
    step = str(detail.get("stage") or "")
    region = str(arrival.body.get("region") or "")
    said = (detail.get("execution-result") or {}).get("external-execution-summary")
    found = notice(
        arrival,
        f"Pipeline {name}{f', stage {step}' if step else ''}: {state.lower()}",
        Severity.WARNING if state in FAILED else Severity.INFO,
        str(said or f"The execution of {name} ended as {state}.") if state in FAILED else "",
        facts=(
            ("Pipeline", name),
            ("Execution", detail.get("execution-id")),
            ("Cause", (detail.get("execution-trigger") or {}).get("trigger-detail")),
            ("Action", detail.get("action")),
        ),
        url=f"{console(region)}/codesuite/codepipeline/pipelines/{name}/view?region={region}",
    )
    whole = not step
    return _run(
        found, f"pipeline:{arrival.body.get('account')}:{region}:{name}", state, whole=whole
    )


def from_codedeploy(arrival: Arrival) -> list[Notice]:
    """A deployment by CodeDeploy: a failure lasts until the group's next success."""
    detail = detail_of(arrival)
    name = f"{detail['application']}/{detail.get('deploymentGroup') or ''}".rstrip("/")
    state = str(detail.get("state") or "").upper()
    found = notice(
        arrival,
        f"CodeDeploy: {name} {state.lower()}",
        Severity.WARNING if state in FAILED else Severity.INFO,
        f"The deployment {detail.get('deploymentId') or ''} of {name} ended as {state}."
        if state in FAILED
        else "",
        facts=(("Application", detail["application"]), ("Deployment", detail.get("deploymentId"))),
    )
    where = f"{arrival.body.get('account')}:{arrival.body.get('region')}"
    return _run(found, f"codedeploy:{where}:{name}", state, whole=True)


def from_build(arrival: Arrival) -> list[Notice]:
    """A build by CodeBuild: a failure lasts until the project's next success.

    Its phases are none of their own: the build's end says how they went.
    """
    detail = detail_of(arrival)
    if "Phase" in str(arrival.body["detail-type"]):
        return []
    name, state = str(detail["project-name"]), str(detail.get("build-status") or "").upper()
    more = detail.get("additional-information") or {}
    found = notice(
        arrival,
        f"CodeBuild: {name} {state.replace('_', ' ').lower()}",
        Severity.WARNING if state in FAILED else Severity.INFO,
        f"The build of {name} ended as {state}." if state in FAILED else "",
        facts=(
            ("Project", name),
            ("Build", name_in(detail.get("build-id"))),
            ("Begun by", more.get("initiator")),
            ("Version", more.get("source-version")),
        ),
        url=str((more.get("logs") or {}).get("deep-link") or ""),
    )
    where = f"{arrival.body.get('account')}:{arrival.body.get('region')}"
    return _run(found, f"codebuild:{where}:{name}", state, whole=True)


def _run(found: Notice, key: str, state: str, *, whole: bool) -> list[Notice]:
    if not whole:
        return [found] if state in FAILED else []
    changed = replace(found, key=key, signal=Signal.CHANGE)
    if state in FAILED:
        return [incident(found, key, Signal.OPEN), changed]
    if state in WELL:
        return [incident(found, key, Signal.RESOLVED), changed]
    return [changed]


def from_auto_scaling(arrival: Arrival) -> list[Notice]:
    """A message of an Auto Scaling group by SNS."""
    message = arrival.body
    event = str(message.get("Event") or "").removeprefix("autoscaling:")
    return [_scaling(arrival, message, event.replace("_", " ").lower(), "ERROR" in event)]


def from_auto_scaling_event(arrival: Arrival) -> list[Notice]:
    """The same by EventBridge: `EC2 Instance Launch Unsuccessful` and its like."""
    kind = str(arrival.body["detail-type"])
    return [_scaling(arrival, detail_of(arrival), kind, bool(_UNSUCCESSFUL.search(kind)))]


def _scaling(arrival: Arrival, message: Mapping[str, Any], what: str, bad: bool) -> Notice:
    group = str(message["AutoScalingGroupName"])
    details = message.get("Details") or {}
    return notice(
        arrival,
        f"Auto Scaling group {group}: {what}",
        Severity.WARNING if bad else Severity.INFO,
        str(message.get("StatusMessage") or message.get("Description") or ""),
        facts=(
            ("Group", group),
            ("Zone", details.get("Availability Zone")),
            ("Instance", message.get("EC2InstanceId")),
            ("Cause", message.get("Cause")),
        ),
    )


def from_destination(arrival: Arrival) -> list[Notice]:
    """What Lambda sends to the destination of a function's asynchronous invocations."""
    record = arrival.body.get("detail") or arrival.body
    context, payload = record["requestContext"], record.get("responsePayload")
    arn = str(context["functionArn"]).removesuffix(":$LATEST")
    function = name_in(arn) if ":function:" not in arn else arn.split(":function:")[1]
    condition = str(context.get("condition") or "")
    said = payload if isinstance(payload, Mapping) else {}
    bad = condition != "Success"
    error = (record.get("responseContext") or {}).get("functionError") or ""
    return [
        notice(
            arrival,
            f"Function {function} {'has failed' if bad else 'has succeeded'}",
            Severity.WARNING if bad else Severity.INFO,
            str(said.get("errorMessage") or error or ""),
            facts=(
                ("Function", function),
                ("Error", said.get("errorType")),
                ("Condition", " ".join(_WORDS.split(condition)).lower()),
                ("Attempts", context.get("approximateInvokeCount")),
            ),
        )
    ]
