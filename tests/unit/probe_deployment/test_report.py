import json
from copy import replace
from datetime import timedelta

import pytest

from ops_common.ops_events import EventNotPublished, OpsEvent, Severity, State
from paths import ROOT
from probe_deployment import words
from probe_deployment.report import event, report
from probe_deployment.request import Request, Trigger
from probe_deployment.verdict import Verdict
from tests.unit.probe_deployment.samples import NOW, REQUEST, WEB, failed, passed, unknown, verdict

EVENTS = ROOT / "events" / "alerts"
CANARY = Request(Trigger.SCHEDULE, "canary")
READINESS = Request(Trigger.SCHEDULE, "readiness")


class FakeMemory:
    def __init__(self) -> None:
        self.claims: dict[str, str] = {}

    def claim(self, subject: str, value: str, now: object) -> bool:
        if self.claims.get(subject) == value:
            return False
        self.claims[subject] = value
        return True

    def release(self, subject: str) -> None:
        del self.claims[subject]


@pytest.fixture
def memory():
    return FakeMemory()


def told(memory, *verdicts) -> list[OpsEvent]:
    events: list[OpsEvent] = []
    for each in verdicts:
        report(each, memory, events.append)
    return events


def test_a_pass_is_a_title() -> None:
    notice = event(verdict(passed("health_check")))
    assert (notice.kind, notice.state) == ("DeploymentProbed", State.NOTICE)
    assert notice.incident == f"probe:{WEB}"
    assert notice.text == ""


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("own_deployment_passed", verdict(passed("a"))),
        ("own_deployment_failed", verdict(failed("a"))),
        ("own_probe_undecided", verdict(unknown("a"))),
        ("own_rollback_probed", verdict(passed("a"), request=replace(REQUEST, rolled_back=True))),
    ],
)
def test_the_files_of_its_events_are_as_it_writes_them(name: str, found: Verdict) -> None:
    written, file = event(found), json.loads((EVENTS / f"{name}.json").read_text())
    detail = file["detail"]
    assert file["detail-type"] == written.kind
    assert (detail["state"], detail["severity"]) == (written.state, written.severity)
    assert detail["facts"].keys() == written.facts.keys()
    assert bool(detail["text"]) == bool(written.text)


def test_a_failure_opens_a_critical_incident_that_says_what_to_do() -> None:
    found = verdict(passed("image"), failed("health_check", "503", "redeploy it"))
    opened = event(found)
    assert (opened.state, opened.severity) == (State.OPEN, Severity.CRITICAL)
    assert opened.text == words.text(found)
    assert opened.facts["deployment"] == "ecs-svc/2"


def test_a_rollback_is_part_of_the_report() -> None:
    found = verdict(failed("health_check"), rollback="no")
    assert event(found).text == words.text(found)


def test_what_is_left_to_do_is_a_notice_and_no_incident() -> None:
    notice = event(verdict(failed("cloudtrail"), request=READINESS))
    assert (notice.state, notice.severity) == (State.NOTICE, Severity.WARNING)


def test_the_same_verdict_on_a_deployment_is_sent_once(memory) -> None:
    bad = verdict(failed("health_check"))
    assert len(told(memory, bad, bad)) == 1


def test_the_event_of_an_older_deployment_that_comes_again_is_not_sent_again(memory) -> None:
    older = replace(REQUEST, suite="failed_deployment", deployment_id="ecs-svc/1")
    bad = verdict(failed("stopped_tasks"), request=older)
    events = told(memory, bad, verdict(passed("health_check")), bad)
    assert [each.state for each in events] == [State.OPEN, State.NOTICE]


def test_who_asks_for_a_report_gets_it_each_time(memory) -> None:
    request = Request(Trigger.PERSON, "deployment", service=WEB)
    bad = verdict(failed("health_check"), request=request)
    later = replace(bad, decided_at=NOW + timedelta(minutes=1))
    assert len(told(memory, bad, later)) == 2


def test_a_later_pass_of_the_same_deployment_is_sent(memory) -> None:
    events = told(memory, verdict(failed("health_check")), verdict(passed("health_check")))
    assert [each.state for each in events] == [State.OPEN, State.NOTICE]


def test_the_canary_is_reported_only_when_something_changes(memory) -> None:
    well = verdict(passed("health_check"), request=CANARY)
    ill = verdict(failed("health_check"), request=CANARY)
    events = told(memory, well, well, ill, ill, well, well)
    assert [each.state for each in events] == [State.RESOLVED, State.OPEN, State.RESOLVED]


def test_what_is_left_to_do_is_sent_once_a_week_while_the_list_is_the_same(memory) -> None:
    monday = verdict(failed("alarms"), request=READINESS)
    again = replace(monday, decided_at=NOW + timedelta(hours=1))
    shorter = replace(verdict(failed("dashboard"), request=READINESS), decided_at=again.decided_at)
    next_week = replace(shorter, decided_at=NOW + timedelta(days=7))
    assert len(told(memory, monday, again, shorter, next_week)) == 3


def test_a_report_that_could_not_be_published_is_sent_by_the_repetition(memory) -> None:
    def refuse(_: OpsEvent) -> None:
        raise EventNotPublished("DeploymentProbed", "ThrottlingException")

    bad = verdict(failed("health_check"))
    with pytest.raises(EventNotPublished):
        report(bad, memory, refuse)
    assert len(told(memory, bad)) == 1
