"""The page that shows people how an alarm of theirs will read."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from cli import preview
from cli.preview import page
from cli.preview_html import markup
from cli.preview_lines import lines
from paths import ROOT
from tests.outputs import assert_shown
from tests.unit.send_alerts.alert_world import NOON

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


def test_the_page_shows_the_line_of_an_event(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    event = "events/alerts/alarm_metric.json"
    monkeypatch.setattr("sys.argv", ["make preview", event, "--format", "json"])
    monkeypatch.setattr(logging.root.manager, "disable", logging.NOTSET)  # undone afterwards
    preview.main()
    (line,) = capsys.readouterr().out.splitlines()
    assert_shown("preview", json.dumps(json.loads(line), indent=2))


def test_nothing_but_lines_of_json_is_printed_for_a_folder() -> None:
    """A process of its own: the log goes to the standard output that there was at its start."""
    command = [sys.executable, "-m", "cli.preview", "events/alerts", "--format", "json"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all("file" in json.loads(line) for line in printed.splitlines())


def test_what_to_type_next_names_the_cluster_as_in_the_message() -> None:
    (line,) = lines(EVENTS / "own_workers_missing.json", NOON)
    assert "--cluster jiki-production " in line["check"]


def test_a_folder_is_a_line_per_event_with_the_rule_that_lets_it_through() -> None:
    found = {Path(line["file"]).stem: line for line in lines(EVENTS, NOON)}
    alarm = found["alarm_metric"]
    assert (alarm["rule"], alarm["state"], alarm["severity"]) == ("AlarmRule", "open", "critical")
    assert alarm["title"] == "jiki-api-web-cpu-high"
    assert found["unknown_source"]["by_rule"]
    assert not found["sns_plain_text"]["by_rule"]
    assert set(found) == {path.stem for path in EVENTS.glob("*.json")}
