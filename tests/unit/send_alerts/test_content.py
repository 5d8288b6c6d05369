"""At most six lines come before the rest: state, impact, command and end are in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.preview import CHANGES, STACK_INFO
from local.transform import resolved
from ops_common.ops_events import Severity
from paths import ROOT
from send_alerts.incident.decide import Channels, advance
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import OPENING, Guide, Notice, Signal
from send_alerts.reading.own_runbook import ADVICE
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.words.content import LINE
from send_alerts.words.markup import Message
from send_alerts.words.notification import MORE, notification
from send_alerts.words.slack_blocks import alone, root
from tests.unit.send_alerts.alert_world import NOON, alarm

BOT = Channels(slack=True, threads=True)
EVENTS = ROOT / "events" / "alerts"
CORPUS = [ROOT / "tests" / "corpus" / name for name in ("alarms", "ecs", "other_events")]
OWN = sorted(EVENTS.glob("own_*.json"))
FILES = [
    *sorted(EVENTS.glob("*.json")),
    *(
        path
        for folder in CORPUS
        for path in sorted(folder.iterdir())
        if path.suffix in (".json", ".txt") and path.stem not in ("expected", "sequences")
    ),
]


def read(body: str) -> list[Notice]:
    try:
        found = parse(body, NOON, STACK_INFO)
    except NotAnEvent:
        return []
    return found if isinstance(found, list) else []


def sent(notice: Notice) -> Iterator[tuple[list[str], str]]:
    """What each channel gets: the lines before the rest, and all of it."""
    changes = () if notice.signal is Signal.NOTE else CHANGES
    incident = advance(Incident(notice.key, changes=changes), notice, NOON, BOT)
    if notice.signal is Signal.CHANGE or not incident.outbox:
        return
    entry = incident.outbox[-1]
    shown = alone(incident, entry) if incident.history.current is None else root(incident)
    mail = notification(incident, entry, "jiki-ops").forms["default"]
    yield mail.partition(f"\n{MORE}\n")[0].splitlines(), mail
    yield lines_of(shown), json.dumps(shown.payload)


def lines_of(message: Message) -> list[str]:
    return "\n".join(
        [message.text, message.payload["attachments"][0]["blocks"][0]["text"]["text"]]
    ).splitlines()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_message_has_more_than_six_lines_before_the_rest(path: Path) -> None:
    for notice in read(path.read_text()):
        for lines, _ in sent(notice):
            assert 1 < len([line for line in lines if line]) <= 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_that_an_event_says_is_lost_by_it(path: Path) -> None:
    for notice in read(path.read_text()):
        for _, mail in list(sent(notice))[:1]:
            assert all(line in mail for line in notice.text.splitlines())
            assert all(value in mail for _, value in notice.facts)


def opens(body: str) -> Notice:
    return next(one for one in read(body) if one.signal in OPENING or one.signal is Signal.NOTE)


BAD = [path for path in OWN if json.loads(path.read_text())["detail-type"] in ADVICE]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_news_of_our_own_says_impact_command_and_end(path: Path) -> None:
    if "over" in path.stem:
        return
    notice = opens(path.read_text())
    if notice.signal is Signal.NOTE and notice.severity is Severity.INFO:
        assert notice.guide == Guide()
        return
    says_what_to_do(notice)


STACK = resolved(
    {
        "AlarmSet": "all",
        "RunbookUrl": "https://example.org/runbook.md",
        "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
        "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
        "DatabaseClusterId": "jiki-production",
    }
)
ALARMS = [item for item in STACK.values() if item["Type"] == "AWS::CloudWatch::Alarm"]


@pytest.mark.parametrize("item", ALARMS, ids=lambda item: item["Properties"]["AlarmName"])
def test_each_alarm_of_the_stack_says_impact_command_and_end(item: dict[str, Any]) -> None:
    event = json.loads((EVENTS / "alarm_metric.json").read_text())
    description = item["Properties"]["AlarmDescription"]
    assert len(description) <= 1024
    event["detail"]["configuration"]["description"] = description
    notice = opens(json.dumps(event))
    assert notice.guide.impact in description
    says_what_to_do(notice)


def says_what_to_do(notice: Notice) -> None:
    mail, shown = (lines for lines, _ in sent(notice))
    assert mail[0].startswith(f"[{notice.severity.value.upper()}] ")
    assert f"*{notice.severity.value.capitalize()}: " in shown[0]
    for lines in (mail, shown):
        bare = [line.replace("*", "").replace("`", "") for line in lines]
        assert f"Impact: {notice.guide.impact}" in bare
        assert f"Next: {notice.guide.check}".replace("*", "") in bare
        assert f"Over when {notice.guide.over}" in bare
    assert "{" not in notice.guide.check.partition("--query")[0]
    assert max(len(notice.guide.impact), len(notice.guide.over)) <= 130


def test_what_has_no_room_comes_after_the_rest_s_line() -> None:
    said = "\n".join(f"line {number}" for number in range(8))
    (lines, mail), _ = sent(alarm(0, text=said))
    assert lines[1:5] == [f"line {number}" for number in range(4)]
    assert "line 7" in mail


def test_a_line_that_is_cut_is_there_in_full_after_it() -> None:
    long = "x" * (LINE + 1)
    (lines, mail), _ = sent(alarm(0, text=long))
    assert len(lines[1]) == LINE
    assert long in mail


@pytest.mark.parametrize(("length", "shown"), [(79, True), (80, True), (81, False)])
def test_a_long_fact_is_no_first_line(length: int, *, shown: bool) -> None:
    about = (("Resource", "r" * length),)
    (lines, mail), _ = sent(alarm(0, facts=about))
    assert any("r" * length in line for line in lines) is shown
    assert "r" * length in mail
