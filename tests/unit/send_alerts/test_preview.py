"""The page that shows people how an alarm of theirs will read."""

from pathlib import Path

import pytest

from cli.preview import markup, page

EVENTS = Path(__file__).parents[3] / "events" / "alerts"


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_event_can_be_shown(path: Path) -> None:
    assert page(path).startswith("<!doctype html>")


def test_an_alarm_is_shown_in_both_channels_and_when_it_is_over() -> None:
    shown = page(EVENTS / "alarm_metric.json")
    assert "<b>Critical: jiki-api-web-cpu-high</b>" in shown
    assert "<b>Resolved: jiki-api-web-cpu-high</b>" in shown
    assert "SNS: [CRITICAL] jiki-api-web-cpu-high" in shown


def test_what_comes_from_outside_is_text() -> None:
    shown = page(EVENTS / "alarm_hostile_name.json")
    assert "<script" not in shown
    assert markup("&lt;b&gt; <https://example.org|*here*>") == (
        '&lt;b&gt; <a href="https://example.org">*here*</a>'
    )
