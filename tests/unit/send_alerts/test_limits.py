"""Whatever an event holds: Slack and SNS take the message, and nobody is pinged."""

import json
import re
from copy import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from local.slack.limits import problem
from ops_common.ops_events import Severity
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Guide, Link, Notice, Signal
from send_alerts.words.content import MARK
from send_alerts.words.markup import Message
from send_alerts.words.notification import SNS_MESSAGE_BYTES, SNS_SUBJECT, notification
from send_alerts.words.slack_blocks import alone, line, root
from tests.unit.send_alerts.alert_world import NOON, notice

# Slack's own escapes are the only < > it may see: links that we made.
PING = re.compile(r"<(?!https?://|!date\^\d+\^[^|<>]*\|[^<>]*>)")
NASTY = st.sampled_from(
    ["<!channel>", "<@U01>", "<https://x.y|z>", "&", "```", "…", "🔥", "\n", " "]
)
TEXT = st.builds(
    lambda parts, times: "".join(parts) * times,
    st.lists(st.text(max_size=20) | NASTY, max_size=5),
    st.sampled_from([1, 3, 200, 1500]),
)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    return notice(
        draw(st.sampled_from([Signal.OPEN, Signal.ROLLING_BACK, Signal.NO_DATA, Signal.NOTE])),
        0,
        was=Signal.OPEN,
        title=draw(TEXT),
        text=draw(TEXT),
        facts=tuple(draw(st.lists(st.tuples(TEXT, TEXT), max_size=15))),
        links=(Link(draw(TEXT), "https://example.org/" + "a" * draw(st.integers(0, 4000))),) * 3,
        severity=draw(st.sampled_from(Severity)),
        guide=Guide(draw(TEXT), draw(TEXT), draw(TEXT)),
    )


def messages(notified: Notice, changes: tuple[str, ...]) -> tuple[list[Message], tuple[str, str]]:
    incident = Incident(notified.key, changes=changes)
    incident = advance(incident, notified, NOON, Channels(slack=True, threads=True))
    incident = replace(incident, subject=notified)
    delivery = incident.outbox[0]
    shown = [of(incident, delivery) for of in (line, alone)]
    mail = notification(incident, delivery, "jiki-ops")
    return [*shown, root(incident)], (mail.subject, mail.forms["default"])


@settings(deadline=None, max_examples=60)
@given(notices(), st.lists(TEXT, max_size=5))
def test_slack_and_sns_take_every_message(notified: Notice, changes: list[str]) -> None:
    shown, (subject, text) = messages(notified, tuple(changes))
    for message in shown:
        payload = json.loads(json.dumps(message.payload))
        assert problem(payload) == ""
        assert problem(message.plain().payload) == ""
        assert not PING.search(json.dumps(payload, ensure_ascii=False))
    # Amazon SNS API reference, Publish: the subject is ASCII without a line break or control
    # character, begins with no space, and has at most 100 characters.
    assert re.fullmatch(r"[!-~][ -~]*", subject)
    assert len(subject) <= SNS_SUBJECT
    assert 0 < len(text.encode()) <= SNS_MESSAGE_BYTES


def test_what_is_cut_is_marked() -> None:
    notified = notice(Signal.OPEN, 0, text="word " * 100_000, title="t" * 5000)
    shown, (subject, text) = messages(notified, ())
    assert subject.endswith("...")
    assert text.endswith(MARK)
    for message in shown:
        assert MARK in json.dumps(message.payload, ensure_ascii=False)
