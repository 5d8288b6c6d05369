"""Events of AWS's services that teams get: how bad, what they are called, whether they are news."""

from itertools import permutations
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alert_world import AlertWorld
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_services import by_sns, rds

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/jiki-production"
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/jiki-production/t1"


def event(source: str, kind: str, detail: Any, *resources: str, name: str = "1") -> dict[str, Any]:
    return {
        "id": name,
        "source": source,
        "detail-type": kind,
        "account": "123456789012",
        "region": "eu-west-1",
        "time": "2026-11-27T09:14:33Z",
        "resources": list(resources),
        "detail": detail,
    }


@pytest.mark.parametrize(
    ("message", "category", "severity"),
    [
        ("The free storage capacity for DB instance: x is low at 8%.", "low storage", "critical"),
        ("Amazon RDS storage for instance is full. Allocate more.", "low storage", "critical"),
        ("Your instance is in danger of transaction ID wraparound.", "notification", "warning"),
        ("DB cluster stopped", "notification", "warning"),
        ("DB cluster started", "notification", "info"),
        ("Replication error occurred: the slot is broken", "read replica", "warning"),
        ("Replication for the read replica resumed", "read replica", "info"),
        # What follows the first sentence is advice.
        ("Recovery has started. It varies with the data to be recovered.", "recovery", "warning"),
        ("Recovery of the DB instance is complete.", "recovery", "info"),
        ("Offline maintenance takes place. It is unavailable.", "maintenance", "warning"),
        ("Offline maintenance is complete. It is now available.", "maintenance", "info"),
        ("Switchover from blue to green was canceled due to a timeout.", "failure", "critical"),
    ],
)
def test_how_bad_an_event_of_the_database_is(message: str, category: str, severity: str) -> None:
    (notice,) = parsed(rds(message, category))
    assert notice.severity == severity


@pytest.mark.parametrize(
    ("message", "severity"),
    [
        ("The free storage capacity for DB instance: x is low at 8%", "critical"),
        ("DB instance restarted", "warning"),
        ("Finished updating DB parameter group", "info"),
    ],
)
def test_a_subscription_which_names_no_category_is_as_bad(message: str, severity: str) -> None:
    body = by_sns({"Event Message": message, "Source ID": "x", "Event Source": "db-instance"})
    (notice,) = parsed(body)
    assert notice.severity == severity


def test_a_failover_that_fails_makes_its_incident_worse() -> None:
    world = AlertWorld()
    for message, time in (
        ("Started cross AZ failover", "04:00"),
        ("Cluster failover failed", "04:05"),
    ):
        body = rds(message, "failover")
        body["detail"]["Date"] = f"2026-11-25T{time}:00Z"
        world.notify(*parsed(body))
    assert [root.text for root in world.threads.roots] == [
        ":large_orange_circle: *Warning: shop: Started cross AZ failover*"
    ]
    assert world.topic.subjects[-1] == "[CRITICAL] shop: Cluster failover failed"


def test_a_finding_that_a_rule_of_the_team_archived_is_no_news() -> None:
    detail = {"id": "f", "arn": "f", "severity": 8, "service": {"archived": True}}
    assert parsed(event("aws.guardduty", "GuardDuty Finding", detail)) == []


def build(status: str, at: str) -> dict[str, Any]:
    more = {"initiator": "ana", "logs": {"deep-link": "https://example.org/log"}}
    detail = {"build-status": status, "project-name": "tests", "additional-information": more}
    found = event("aws.codebuild", "CodeBuild Build State Change", detail, name=at)
    return {**found, "time": f"2026-11-27T{at}:00Z"}


def test_a_build_that_fails_lasts_until_the_project_s_next_success() -> None:
    world = AlertWorld()
    for status, at in (("FAILED", "09:00"), ("IN_PROGRESS", "09:05"), ("SUCCEEDED", "09:10")):
        world.notify(*parsed(build(status, at)))
    (root,) = world.threads.roots
    assert "CodeBuild: tests failed" in root.text
    assert root.edits[-1].startswith(":large_green_circle: *Resolved")
    assert [link.label for link in parsed(build("FAILED", "09:00"))[0].links] == ["Details"]


@pytest.mark.parametrize(
    ("source", "kind", "detail", "resource", "title", "severity"),
    [
        (
            "aws.dms",
            "DMS Replication Task State Change",
            {"eventType": "REPLICATION_TASK_FAILED", "detailMessage": "table error"},
            "arn:aws:dms:eu-west-1:1:task:T1",
            "DMS Replication Task State Change: T1 REPLICATION_TASK_FAILED",
            "warning",
        ),
        (
            "aws.cloudformation",
            "CloudFormation Stack Status Change",
            {"status-details": {"status": "UPDATE_ROLLBACK_COMPLETE"}},
            "arn:aws:cloudformation:eu-west-1:1:stack/shop/5f0c1d2e-0000-11ee-be56-0242ac120002",
            "CloudFormation Stack Status Change: shop UPDATE_ROLLBACK_COMPLETE",
            "warning",
        ),
        (
            "aws.states",
            "Step Functions Execution Status Change",
            {"name": "9c2d1e0f-aaaa-4bbb-8ccc-0123456789ab", "status": "TIMED_OUT"},
            "arn:aws:states:eu-west-1:1:execution:nightly:9c2d1e0f-aaaa-4bbb-8ccc-0123456789ab",
            "Step Functions Execution Status Change: nightly TIMED_OUT",
            "warning",
        ),
        (
            "aws.batch",
            "Batch Job State Change",
            {"jobName": "reindex", "status": "FAILED"},
            "arn:aws:batch:eu-west-1:1:job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8",
            "Batch Job State Change: reindex FAILED",
            "warning",
        ),
        (
            "aws.trustedadvisor",
            "Trusted Advisor Check Item Refresh Notification",
            {"check-name": "Service Limits", "status": "WARN"},
            "",
            "Trusted Advisor Check Item Refresh Notification: Service Limits WARN",
            "warning",
        ),
        (
            "aws.ecr",
            "ECR Image Scan",
            {"repository-name": "web", "finding-severity-counts": {"CRITICAL": 2, "LOW": 9}},
            "arn:aws:ecr:eu-west-1:1:repository/web",
            "ECR Image Scan: web",
            "critical",
        ),
        (
            "aws.ecr",
            "ECR Image Scan",
            {"repository-name": "web", "finding-severity-counts": {"CRITICAL": 0, "LOW": 9}},
            "arn:aws:ecr:eu-west-1:1:repository/web",
            "ECR Image Scan: web",
            "info",
        ),
        (
            "aws.inspector2",
            "Inspector2 Finding",
            {"title": "CVE-2026-1234 - openssl", "severity": "HIGH", "status": "ACTIVE"},
            "arn:aws:ecr:eu-west-1:1:repository/web/sha256:1",
            "CVE-2026-1234 - openssl",
            "warning",
        ),
    ],
)
def test_an_event_without_a_reader_is_called_by_what_it_is_about(
    source: str, kind: str, detail: dict[str, Any], resource: str, title: str, severity: str
) -> None:
    (notice,) = parsed(event(source, kind, detail, *([resource] if resource else [])))
    assert (notice.title, notice.severity.value) == (title, severity)


@pytest.mark.parametrize(
    ("message", "title", "severity"),
    [
        (
            {"version": "1.0", "source": "custom", "content": {"title": "T", "description": "d"}},
            "T",
            "warning",
        ),
        (
            {
                "status": "firing",
                "commonLabels": {"alertname": "HighLoad", "severity": "critical"},
                "commonAnnotations": {"summary": "load above 10"},
            },
            "HighLoad",
            "critical",
        ),
    ],
)
def test_a_program_s_words_may_stand_one_level_deeper(
    message: dict[str, Any], title: str, severity: str
) -> None:
    (notice,) = parsed(by_sns(message))
    assert (notice.title, notice.severity.value) == (title, severity)


def health(status: str, updated: str, **more: str) -> dict[str, Any]:
    detail = {
        "eventArn": "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
        "service": "EC2",
        "eventTypeCategory": "issue",
        "statusCode": status,
        "startTime": "Fri, 27 Nov 2026 08:50:00 GMT",
        "lastUpdatedTime": f"Fri, 27 Nov 2026 {updated}:00 GMT",
        **more,
    }
    return event("aws.health", "AWS Health Event", detail, name=updated)


def test_an_issue_that_was_reported_on_after_its_end_is_over_all_the_same() -> None:
    events = [
        health("open", "09:14"),
        health("open", "10:20"),
        health("closed", "10:30", endTime="Fri, 27 Nov 2026 10:00:00 GMT"),
    ]
    for order in permutations(events):
        world = AlertWorld()
        for one in order:
            world.notify(*parsed(one))
        (key,) = world.items.incident_keys
        episode = world.incident(key).history.current
        assert episode is not None
        assert episode.closed_at
        assert len(world.threads.roots) == 1


def test_a_message_without_a_word_has_a_title() -> None:
    (notice,) = parsed(by_sns("  "))
    assert notice.title == "Empty message by the topic ops"


def test_a_program_s_words_stand_in_its_message_once() -> None:
    (notice,) = parsed(by_sns({"message": "3 rows rejected", "rows": 3}, Subject="importer"))
    assert notice.title == "importer"
    assert "3 rows rejected" not in dict(notice.facts).values()
    assert ("Rows", "3") in notice.facts


def stopped(group: str, *exit_codes: int | None) -> dict[str, Any]:
    detail = {
        "clusterArn": CLUSTER,
        "group": group,
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "taskArn": TASK,
        "containers": [
            {"name": f"c{number}", "exitCode": code} if code is not None else {"name": "never"}
            for number, code in enumerate(exit_codes)
        ],
    }
    return event("aws.ecs", "ECS Task State Change", detail)


@pytest.mark.parametrize("codes", [(0,), (0, 0), (0, 143)])
def test_a_job_that_is_done_has_not_failed(codes: tuple[int, ...]) -> None:
    assert parsed(stopped("family:nightly-backup", *codes)) == []


@pytest.mark.parametrize("codes", [(1,), (0, 1), (137,), (None,)])
def test_a_job_that_did_not_end_well_is_sent_to_people(codes: tuple[int | None, ...]) -> None:
    (notice,) = parsed(stopped("family:nightly-backup", *codes))
    assert notice.signal is Signal.NOTE
    assert notice.title == "The task nightly-backup failed"


@pytest.mark.parametrize(
    ("group", "name"), [("family:backup", "backup"), ("zeta:backup", "backup"), ("solo", "solo")]
)
def test_a_task_of_no_service_is_a_note_by_its_family(group: str, name: str) -> None:
    (notice,) = parsed(stopped(group, 1))
    assert (notice.title, notice.name) == (f"The task {name} failed", f"task:{name}")
    assert (notice.key, notice.severity) == (f"note:{TASK}", Severity.WARNING)
    assert dict(notice.facts) == {
        "Task family": name,
        "Cluster": "jiki-production",
        "Task": "t1",
        "Stop code": "EssentialContainerExited",
        "Account": "123456789012 in eu-west-1",
    }


def test_a_service_s_task_that_ends_by_itself_has_failed_whatever_it_says() -> None:
    (notice,) = parsed(stopped("service:jiki-api-web", 0))
    assert notice.signal is Signal.OPEN
