"""The words of people on call: periods, summaries, events, patterns."""

import shlex
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.on_call.board import Board
from ops_common.on_call.commands import USAGE, BadCommand, Question, Wish, parse, split
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.periods import BadPeriod, end_of
from ops_common.on_call.resolve import literal, pattern_of
from ops_common.on_call.summaries import (
    MOST_RECENT,
    IncidentSummary,
    Part,
    PartSummary,
    from_text,
)

ROME = ZoneInfo("Europe/Rome")
# The night in which clocks go forward.
NOW = datetime(2026, 3, 28, 20, 0, tzinfo=ROME)


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("30m", datetime(2026, 3, 28, 20, 30, tzinfo=ROME)),
        ("1h", datetime(2026, 3, 28, 21, 0, tzinfo=ROME)),
        ("tomorrow", datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        ("2026-03-29T09:00", datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        ("2026-03-29T09:00Z", datetime(2026, 3, 29, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_period_ends_where_the_team_means_it(period: str, end: datetime) -> None:
    assert end_of(period, NOW) == end


@pytest.mark.parametrize("period", ["", "0h", "-1h", "soon", "31d", "9999d", "2026-03-28T19:00"])
def test_no_period_is_none(period: str) -> None:
    with pytest.raises(BadPeriod):
        end_of(period, NOW)


@given(st.text(max_size=80))
def test_any_line_is_a_wish_a_question_or_a_complaint(line: str) -> None:
    with suppress(BadCommand):
        wanted = parse(split(line), NOW)
        assert isinstance(wanted, Wish) or wanted[0] in Question


@pytest.mark.parametrize(
    "line",
    [
        'ack "web errors"',
        "ack 'web errors'",
        "ack “web errors”",
        "ack ‘web errors’",
        "ack „web errors“",
        "ack «web errors»",
        "ack `web errors`",
    ],
)
def test_a_name_with_blanks_is_quoted_as_clients_and_languages_do(line: str) -> None:
    assert split(line) == ["ack", "web errors"]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_an_apostrophe_is_no_quote(apostrophe: str) -> None:
    said = split(f"close 1f0a2b3c won{apostrophe}t be fixed, it{apostrophe}s expected")
    assert said == ["close", "1f0a2b3c", "won't", "be", "fixed,", "it's", "expected"]
    assert split(shlex.join(["ack", "o'hara's alarm"])) == ["ack", "o'hara's alarm"]


def test_a_reference_may_be_typed_in_capitals() -> None:
    known = IncidentSummary("k", "Web", "t", "warning", NOW)
    assert Board((known,)).find(known.reference.upper()) == (known,)
    assert Board((known,)).find("WEB") == ()


def test_every_command_is_shown_by_help() -> None:
    assert all(usage.words.split()[0] == verb for verb, usage in USAGE.items())


@given(st.text(min_size=1, max_size=40))
def test_a_literal_pattern_matches_its_name_alone(name: str) -> None:
    assert fnmatchcase(name, literal(name))
    assert not fnmatchcase(name + "x", literal(name))
    assert fnmatchcase(name, pattern_of(name))


def test_an_action_survives_the_bus() -> None:
    action = OperatorAction(
        Action.HOLD, "ana (U1)", "slack", NOW, until=NOW + timedelta(hours=1), service="w", tasks=0
    )
    assert OperatorAction.from_detail(action.as_event().detail()) == action
    acknowledged = OperatorAction(Action.ACKNOWLEDGE, "ana", "terminal", NOW, incident="alarm:x")
    assert OperatorAction.from_detail(acknowledged.as_event().detail()) == acknowledged


def test_summaries_survive_the_table() -> None:
    incident = IncidentSummary("k", "n", "t", "warning", NOW, acknowledged_at=NOW)
    assert from_text(incident.as_text()) == incident
    part = PartSummary(Part.VERDICT, "deployment", NOW, "pass").after(None)
    assert from_text(part.as_text()) == part


def test_recent_texts_are_those_that_differ_newest_first() -> None:
    part = None
    for number in range(40):
        text = f"tick {number // 2}"
        part = PartSummary(Part.SCALING, "w", NOW + timedelta(minutes=number), text).after(part)
    assert part
    assert [text for _, text in part.recent] == [
        f"tick {n}" for n in range(19, 19 - MOST_RECENT, -1)
    ]
    assert part.recent[0][0] == NOW + timedelta(minutes=38)
