"""Our own events: what they say, and that the contract has files and docs."""

import json
import re
from pathlib import Path

import pytest

from local.alert_batches import EVENTS
from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.policy.troubles import Kind as Trouble
from send_alerts.incident import storm
from send_alerts.reading import alarm_notice, service_story
from send_alerts.reading.notice import Guide, Signal
from send_alerts.reading.own_runbook import ADVICE
from send_alerts.reading.services import common
from tests.markdown import anchors, plain, said
from tests.runbook_table import sections_of
from tests.unit.send_alerts.alert_world import NOON
from tests.unit.send_alerts.parsing import Event, parsed

RUNBOOK = EVENTS.parent / "docs" / "runbook.md"


def test_a_rotation_that_succeeds_is_sent_and_remembered_and_ends_the_failed_one(
    event: Event,
) -> None:
    note, resolved, change = parsed(event("alerts/own_password_rotated"))
    assert (note.signal, resolved.signal, change.signal) == (
        Signal.NOTE,
        Signal.RESOLVED,
        Signal.CHANGE,
    )
    (failed,) = parsed(event("alerts/own_rotation_failed"))
    assert resolved.key == failed.key == "rotation:config"


def test_there_is_a_file_and_a_line_in_the_docs_for_every_kind_of_our_own() -> None:
    root = EVENTS.parent
    published = {
        kind
        for path in (root / "functions").rglob("*.py")
        for kind in re.findall(r'kind="([A-Z]\w+)"', path.read_text())
    }
    published |= {kind.value for kind in Trouble}
    assert len(published) > 8
    own = [json.loads(path.read_text()) for path in (EVENTS / "alerts").glob("own_*.json")]
    assert {event["detail-type"] for event in own} == published
    described = (root / "docs" / "events.md").read_text()
    assert all(f"`{kind}`" in described for kind in published)


def test_our_own_bad_news_links_to_its_section_of_the_runbook(event: Event) -> None:
    for name, labels in (
        ("own_scaler_at_limit", ["Logs", "Runbook"]),
        ("own_rotation_failed", ["Runbook"]),
        ("own_deployment_passed", ["Logs"]),
        ("own_workers_scaled", []),
    ):
        assert [link.label for link in parsed(event(f"alerts/{name}"))[0].links] == labels
    address = parsed(event("alerts/own_scaler_at_limit"))[0].links[-1].url
    assert address == "https://example.org/runbook.md#scaleratlimit"


def test_every_section_that_is_linked_to_is_in_the_runbook() -> None:
    sections = {
        *(one.section for one in ADVICE.values()),
        service_story.RUNBOOK,
        alarm_notice.RUNBOOK,
    }
    assert sections <= anchors(EVENTS.parent / "docs" / "runbook.md")


@pytest.mark.parametrize("state", State)
def test_reads_what_the_common_layer_publishes(state: State) -> None:
    published = OpsEvent(
        "AnyKind", state, Severity.WARNING, "any:thing", "Title", "Text", NOON, {"service": "web"}
    )
    event = {
        "id": "1",
        "source": "jiki.ops",
        "detail-type": published.kind,
        "region": "eu-west-1",
        "detail": published.detail(),
    }
    (notice,) = parsed(event)
    assert (notice.title, notice.text, notice.occurred_at) == ("Title", "Text", NOON)
    assert dict(notice.facts) == {"service": "web"}


OWN_AND_ECS = [
    path for source in ("own", "ecs") for path in (EVENTS / "alerts").glob(f"{source}_*")
]


@pytest.mark.parametrize("path", OWN_AND_ECS, ids=lambda path: path.stem)
def test_the_runbook_lists_the_title_with_the_section_that_the_message_links_to(path: Path) -> None:
    for notice in parsed(json.loads(path.read_text())):
        linked = [link.url.partition("#")[2] for link in notice.links if link.label == "Runbook"]
        if linked and notice.signal in (Signal.OPEN, Signal.NOTE):
            assert sections_of(notice.title) >= {*linked}, notice.title


BAD_NEWS = sorted(
    path.stem
    for path in (EVENTS / "alerts").glob("own_*.json")
    if json.loads(path.read_text())["detail-type"] in ADVICE
)


@pytest.mark.parametrize("name", BAD_NEWS)
def test_bad_news_names_the_runbook_and_its_first_command_with_real_names(
    name: str, event: Event
) -> None:
    given = event(f"alerts/{name}")
    notice = parsed(given)[0]
    if notice.severity is Severity.INFO and notice.signal is not Signal.OPEN:
        assert notice.guide == Guide()
        return
    assert any(link.label == "Runbook" for link in notice.links)
    command = notice.guide.check
    text = (EVENTS.parent / "docs" / "runbook.md").read_text()
    page = " ".join(text.replace("\\\n", " ").split())
    assert command
    assert command in page.replace("jiki-api-web", given["detail"]["facts"].get("service", ""))


def test_an_alarm_names_its_own_history(event: Event) -> None:
    (notice,) = parsed(event("alerts/alarm_metric"))
    assert "--alarm-name jiki-api-web-cpu-high " in notice.guide.check
    assert "--region eu-west-1" in notice.guide.check
    (over,) = parsed(event("alerts/alarm_metric_ok"))
    assert over.guide == Guide()


def test_an_alarm_s_description_may_bring_impact_and_command(event: Event) -> None:
    given = event("alerts/alarm_metric")
    described = "Short of CPU.\nimpact: users wait\ncheck: make status"
    given["detail"]["configuration"]["description"] = described
    (notice,) = parsed(given)
    assert notice.guide == Guide("users wait", "make status", "the alarm goes to OK")
    assert dict(notice.facts)["About"] == "Short of CPU."


@pytest.mark.parametrize("kind", ADVICE)
def test_impact_and_end_are_the_runbook_s(kind: str) -> None:
    advice = ADVICE[kind]
    impact, verify = (said(RUNBOOK, advice.section, part) for part in ("Impact", "Verify"))
    assert plain(advice.impact) in impact
    assert plain(advice.if_warning) in impact
    assert plain(advice.over) in verify


@pytest.mark.parametrize(
    ("section", "impact", "over"),
    [
        (service_story.RUNBOOK, service_story.IMPACT, service_story.OVER),
        ("many-new-incidents-at-once", storm.IMPACT, storm.OVER),
        ("an-event-of-an-aws-service", "", common.OVER),
    ],
)
def test_those_of_other_incidents_are_the_runbook_s(section: str, impact: str, over: str) -> None:
    assert plain(impact) in said(RUNBOOK, section, "Impact")
    assert plain(over) in said(RUNBOOK, section, "Verify")
