"""The words of messages, all in one place: titles, sentences, the e-mail, Slack's blocks."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.episodes import Episode
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Link, Notice, Part, Signal
from send_alerts.words.content import MARK, commands, title
from send_alerts.words.markup import clickable
from send_alerts.words.message_text import local_time, since, standing_by, utc
from send_alerts.words.notification import MORE, notification
from send_alerts.words.slack_blocks import alone, line, root
from tests.unit.send_alerts.alert_world import alarm, minute, notice, ok

BOT = Channels(slack=True, threads=True)


def after(*notices: Notice, **changes: Any) -> Incident:
    incident = Incident(notices[0].key, **changes)
    for one in notices:
        incident = advance(incident, one, minute(100), BOT)
    return incident


def entry(kind: EntryKind, at: float, text: str = "", *, late: bool = False) -> OutboxEntry:
    return OutboxEntry("id", Channel.SNS, kind, minute(at), text, late)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EntryKind.OPENED, "Since 25 Nov 12:00:00 UTC"),
        (EntryKind.AGAIN, "Still so at 25 Nov 12:09:00 UTC"),
        (EntryKind.WORSE, "Worse since 25 Nov 12:09:00 UTC"),
        (EntryKind.RESOLVED, "Over at 25 Nov 12:09:00 UTC, after 9 min"),
        (EntryKind.PARTLY_OVER, "Over in part, at 25 Nov 12:09:00 UTC"),
        (EntryKind.REMINDER, "Not over yet, after 9 min"),
        (EntryKind.CALM, "Calm since 25 Nov 12:09:00 UTC, after 1 times"),
        (EntryKind.NO_DATA, "No data at 25 Nov 12:09:00 UTC"),
        (EntryKind.NOTE, "25 Nov 12:09:00 UTC"),
    ],
)
def test_each_kind_is_one_sentence(kind: EntryKind, words: str) -> None:
    assert standing_by(after(alarm(0)), entry(kind, 9), utc).when == (words,)


def test_what_came_back_twice_was_there_three_times() -> None:
    episode = Episode(minute(0), minute(9), minute(9), reopened=2)
    assert since(episode, utc) == "25 Nov 12:00:00 UTC, for 9 min, 3 times"


def test_what_arrives_late_says_how_it_stands_now() -> None:
    incident = after(alarm(0), ok(5))
    (sentence,) = standing_by(incident, entry(EntryKind.OPENED, 0, late=True), utc).when
    assert sentence.endswith("(this arrived late; now: resolved)")


def of_service(signal: Signal, at: float, part: Part, ref: str, label: str) -> Notice:
    return notice(signal, at, title="web failed", part=part, ref=ref, label=label, was=None)


def test_a_story_is_called_by_all_that_it_has_come_to() -> None:
    task = of_service(Signal.OPEN, 0, Part.TASKS, "a", "OutOfMemoryError")
    failed = of_service(Signal.OPEN, 2, Part.DEPLOYMENT, "new", "3f2c1ab")
    back = of_service(Signal.ROLLING_BACK, 3, Part.DEPLOYMENT, "old", "9ab01cd")
    done = of_service(Signal.RESOLVED, 4, Part.DEPLOYMENT, "old", "9ab01cd")
    again = of_service(Signal.OPEN, 1, Part.TASKS, "b", "OutOfMemoryError")
    assert title(after(task)) == "web failed"
    assert title(after(task, again)) == "web failed: OutOfMemoryError × 2"
    assert title(after(task, again, failed)) == "web failed: OutOfMemoryError × 2; image 3f2c1ab"
    assert title(after(task, again, failed, back, done)) == (
        "web failed: OutOfMemoryError × 2; ECS rolled back to 9ab01cd; 3f2c1ab is not live"
    )


def test_of_several_failed_deployments_the_title_names_the_last() -> None:
    labels = ("1111111", "2222222", "3333333")
    failed = [
        of_service(Signal.OPEN, at, Part.DEPLOYMENT, label, label)
        for at, label in enumerate(labels)
    ]
    assert title(after(*failed)) == "web failed: image 3333333"
    back = of_service(Signal.ROLLING_BACK, 3, Part.DEPLOYMENT, "0", "9ab01cd")
    done = of_service(Signal.RESOLVED, 4, Part.DEPLOYMENT, "0", "9ab01cd")
    assert title(after(*failed, back, done)).endswith("9ab01cd; 3333333 is not live")


def test_a_title_names_the_environment_where_it_has_a_name() -> None:
    assert title(after(alarm(0, environment="staging"))) == "web-5xx (staging)"


def test_a_title_is_one_line_wherever_it_is_shown() -> None:
    incident = after(alarm(0, title="The import\nhas  stopped"))
    sent = notification(incident, entry(EntryKind.OPENED, 0), "jiki-ops")
    assert sent.forms["sms"] == "Opened: The import has stopped"
    assert title(incident) == "The import has stopped"


def test_an_e_mail_says_what_since_when_the_facts_what_changed_and_where_to_read_on() -> None:
    incident = after(
        alarm(0, facts=(("Resource", "app/web"),)), changes=("a deployment (5 min before)",)
    )
    sent = notification(incident, entry(EntryKind.OPENED, 0), "jiki-ops")
    assert sent.subject == "[CRITICAL] web-5xx"
    assert sent.forms["default"].split("\n\n") == [
        "[CRITICAL] web-5xx\nerrors at 0\nSince 25 Nov 12:00:00 UTC · app/web",
        MORE,
        "Changed just before:\n- a deployment (5 min before)",
        "Alarm: https://example.org/alarm",
        "\n".join(commands(incident)) + "\n",
    ]


@pytest.mark.parametrize(
    ("kind", "late", "word"),
    [
        (EntryKind.OPENED, False, "CRITICAL"),
        (EntryKind.OPENED, True, "RESOLVED"),
        (EntryKind.RESOLVED, False, "RESOLVED"),
        (EntryKind.FLAPPING, False, "FLAPPING"),
        (EntryKind.REMINDER, False, "STILL OPEN"),
        (EntryKind.ROLLED_BACK, True, "ROLLED BACK"),
    ],
)
def test_the_subject_of_an_e_mail_says_how_it_stands(
    kind: EntryKind, late: bool, word: str
) -> None:
    incident, sent = after(alarm(0), ok(5)), entry(kind, 0, late=late)
    assert notification(incident, sent, "jiki-ops").subject == f"[{word}] web-5xx"


def test_the_root_message_of_an_end_keeps_what_it_opened_with() -> None:
    over = json.dumps(root(after(alarm(0), ok(5))).payload)
    assert "When it opened: errors at 0" in over
    # Where the opening is not known, its end's words are not passed off as that.
    unknown = after(notice(Signal.NO_DATA, 0, was=Signal.RESOLVED), ok(5))
    assert "When it opened" not in json.dumps(root(unknown).payload)


def test_a_time_in_slack_is_each_reader_s_own() -> None:
    assert local_time(minute(0)) == (
        f"<!date^{int(minute(0).timestamp())}^{{date_short_pretty}} {{time_secs}}"
        "|25 Nov 12:00:00 UTC>"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://example.org/a?b=1&c=2.", "see <https://example.org/a?b=1&amp;c=2>."),
        ("(https://example.org/x)", "(<https://example.org/x>)"),
        ("<https://example.org|win>", "&lt;<https://example.org>|win&gt;"),
        ("<!channel> & co", "&lt;!channel&gt; &amp; co"),
    ],
)
def test_addresses_can_be_clicked_and_nothing_else_is_markup(text: str, shown: str) -> None:
    assert clickable(text) == shown


def test_a_line_below_a_digest_names_its_incident() -> None:
    incident = after(alarm(0))
    assert "web-5xx" not in line(incident, entry(EntryKind.OPENED, 0)).text


def test_what_is_longer_than_ten_sections_ends_with_a_mark() -> None:
    incident = after(alarm(0, text="\n".join(["x" * 2900] * 20)))
    blocks = alone(incident, entry(EntryKind.OPENED, 0)).payload["attachments"][0]["blocks"]
    texts = [block["text"]["text"] for block in blocks if "text" in block]
    assert len(texts) == 1 + 10
    assert texts[-1].endswith(MARK)


def test_more_facts_than_a_section_holds_are_in_several() -> None:
    facts = tuple((f"name {number}", "value") for number in range(15))
    incident = after(alarm(0, facts=facts, links=(Link("Alarm", "https://example.org"),)))
    shown = json.dumps(root(incident).payload)
    assert all(name in shown for name, _ in facts)


def test_severities_of_open_incidents_differ_in_colour() -> None:
    colors = {root(after(alarm(0, severity=severity))).color for severity in Severity}
    assert len(colors) == len(Severity)
    assert root(after(alarm(0), ok(5))).color not in colors
    assert utc(minute(0) + timedelta(0)) == "25 Nov 12:00:00 UTC"
