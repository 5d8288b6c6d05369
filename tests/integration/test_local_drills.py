"""Every failure drill goes as it must."""

import pytest

from local.drills.__main__ import BEGIN, END
from local.drills.drill import Drill, Report
from local.drills.people import FUNCTION_SECONDS, MAX_RECEIVES, VISIBILITY_SECONDS
from local.drills.play import ORDER, play_all
from paths import ROOT


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {played.drill.name: played.report for played in play_all(ORDER)}


@pytest.mark.parametrize("drill", ORDER, ids=lambda drill: drill.name)
def test_a_bad_day_goes_as_it_must(reports: dict[str, Report], drill: Drill) -> None:
    report = reports[drill.name]
    assert not report.failed
    assert report.happens
    assert report.kept
    assert report.notified


def test_the_queue_of_the_drills_is_that_of_the_template() -> None:
    template = (ROOT / "template.yaml").read_text()
    queue = template.partition("\n  AlertQueue:\n")[2].partition("\n\n")[0]
    assert f"VisibilityTimeout: {VISIBILITY_SECONDS}" in queue
    assert f"maxReceiveCount: {MAX_RECEIVES}" in queue
    function = template.partition("\n  SendAlerts:\n")[2].partition("\n\n")[0]
    shared = template.partition("\nGlobals:\n")[2].partition("\nResources:\n")[0]
    assert f"Timeout: {FUNCTION_SECONDS}" in (function if "Timeout:" in function else shared)


def test_the_page_has_a_row_for_every_drill() -> None:
    page = (ROOT / "docs" / "failure-drills.md").read_text()
    table = page.partition(BEGIN)[2].partition(END)[0]
    titles = [line.split("**")[1] for line in table.splitlines() if "**" in line]
    assert titles == [drill.title for drill in ORDER]
