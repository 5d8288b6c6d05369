"""What an alarm says besides its name and state may have any shape: it stays that alarm."""

import copy
import json
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Signal
from send_alerts.words.content import MARK
from send_alerts.words.markup import cut_markup, escape
from tests.unit.send_alerts.parsing import Event, parsed

ODD = [None, "", "not JSON", 7, True, [], [None], ["x"], {}, {"x": None}, [{"x": {}}]]
OF_EVENT = [
    *(("configuration", field) for field in ("description", "metrics", "alarmRule")),
    *(("configuration", field) for field in ("actionsSuppressor", "evaluationCriteria")),
    *(("state", field) for field in ("reason", "reasonData", "timestamp", "actionsSuppressedBy")),
    *(("previousState", field) for field in ("value", "timestamp", "reason")),
    ("alarmTags",),
    ("muteDetail",),
    ("configuration",),
]
OF_MESSAGE = [
    *("AlarmDescription", "NewStateReason", "StateChangeTime", "OldStateValue", "AlarmRule"),
    *("TriggeringChildren", "Trigger", "AlarmContributorAttributes", "EvaluationCriteria"),
]
OF_METRIC = ["id", "label", "expression", "metricStat", "period"]


def with_odd(event: Any, path: tuple[str, ...], value: Any) -> Any:
    changed = copy.deepcopy(event)
    inner = changed["detail"]
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("path", OF_EVENT)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_field_of_an_event_loses_no_alarm(event: Event, path, value) -> None:
    alarm = event("alerts/alarm_metric")
    (notice,) = parsed(with_odd(alarm, path, value))
    (as_usual,) = parsed(alarm)
    assert (notice.key, notice.signal) == (as_usual.key, Signal.OPEN)


@pytest.mark.parametrize("field", OF_METRIC)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_metric_loses_no_alarm(event: Event, field, value) -> None:
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["configuration"]["metrics"][0][field] = value
    assert [notice.signal for notice in parsed(alarm)] == [Signal.OPEN]


@pytest.mark.parametrize("field", OF_MESSAGE)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_field_of_a_message_loses_no_alarm(event: Event, field, value) -> None:
    envelope = event("alerts/sns_alarm_metric")
    (as_usual,) = parsed(envelope)
    message = json.loads(envelope["Message"]) | {field: value}
    (notice,) = parsed(envelope | {"Message": json.dumps(message)})
    assert (notice.key, notice.signal) == (as_usual.key, Signal.OPEN)


@pytest.mark.parametrize("name", ["severity", "Severity", "SEVERITY"])
def test_the_severity_is_read_of_a_tag_however_it_is_written(event: Event, name: str) -> None:
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["alarmTags"] = {name: "P1", "Team": "api"}
    (notice,) = parsed(alarm)
    assert notice.severity is Severity.CRITICAL
    assert dict(notice.tags) == {"Team": "api"} | dict(notice.tags)
    assert name not in dict(notice.tags)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no datapoints were received for 1 period and 1 missing datapoint", "for 1 period"),
        ("no datapoints were received for 3 periods and 3 missing datapoints", "for 3 periods"),
        (
            "arn:aws:cloudwatch:x:1:alarm:web was updated and its alarm rule evaluates to OK",
            "web was updated, and its rule says OK",
        ),
    ],
)
def test_a_reason_is_words(event: Event, reason: str, words: str) -> None:
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["state"]["reason"] = reason
    (notice,) = parsed(alarm)
    assert words in notice.text
    assert not notice.text.endswith("1 periods")


@pytest.mark.parametrize("length", range(20, 30))
def test_no_escaped_character_is_cut_in_its_middle(length: int) -> None:
    shown = cut_markup(escape("a & b < c" * 9), length)
    assert shown.endswith(MARK)
    assert "&" not in shown.rpartition(";")[2]
