"""The commands of docs/events.md: what a program of another team publishes and subscribes to."""

import json
import re
import shutil
import subprocess

import pytest

from local.event_pattern import matches
from local.moto_aws import MotoAws
from paths import ROOT
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.parsing import parsed

PAGE = (ROOT / "docs" / "events.md").read_text()
(EVENT,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.skipif(not shutil.which("jq"), reason="the command needs jq")
def test_an_event_that_is_published_as_the_page_says_is_an_incident(aws: MotoAws) -> None:
    (program,) = re.findall(r"jq '([^']+)' event\.json", PAGE)
    entries = subprocess.run(
        ["jq", program], input=EVENT, capture_output=True, text=True, check=True
    ).stdout
    aws.client("events").put_events(Entries=json.loads(entries))
    (published,) = aws.published_events()
    (notice,) = parsed(published)
    assert notice.key == json.loads(EVENT)["detail"]["incident"]
    assert notice.signal is Signal.OPEN


def test_the_rule_of_the_page_takes_the_stack_s_own_failures_alone() -> None:
    (text,) = re.findall(r"--event-pattern \\\n  '([^']+)'", PAGE)
    failed = json.loads((ROOT / "events/alerts/own_rotation_failed.json").read_text())
    assert matches(json.loads(text), failed)
    elsewhere = failed | {"detail": failed["detail"] | {"stack": "another"}}
    assert not matches(json.loads(text), elsewhere)
    assert not matches(json.loads(text), json.loads(EVENT))
