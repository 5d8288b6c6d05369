"""An alarm's description, in the forms that people write: prose, lists, markdown, JSON."""

import json

import pytest

from send_alerts.reading.links import read_description

RUNBOOK = "https://wiki.example.org/runbooks/memory(web)"
LINES = f"severity: critical\nrunbook: {RUNBOOK}"


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace("\n", "\r\n"),
        LINES.replace("\n", "\\n"),
        LINES.replace("\n", "\n\n").title().replace(RUNBOOK.title(), RUNBOOK),
        f"* Severity: critical\n* Runbook: {RUNBOOK}",
        f"- **Severity:** critical\n- **Runbook**: {RUNBOOK}",
        f"severity=critical\nrunbook_url={RUNBOOK}",
        f"Severity: critical\nRunbook link: {RUNBOOK}",
        f"severity: critical\nplaybook: <{RUNBOOK}>",
        f"severity: critical\nrunbook: <{RUNBOOK}|Memory of the web tasks>",
        f"severity: critical\nrunbook: [Memory of the web tasks]({RUNBOOK})",
        f"severity: critical\nrunbook: see {RUNBOOK}.",
        json.dumps({"severity": "critical", "runbook": RUNBOOK}),
        json.dumps({"Severity": "critical", "runbookUrl": RUNBOOK, "oncall": None}, indent=2),
    ],
)
def test_severity_and_runbook_are_found(text: str) -> None:
    found = read_description(text)
    assert (found.severity, found.runbook, found.runbook_place) == ("critical", RUNBOOK, "")
    assert found.text == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"Short of memory. Runbook: {RUNBOOK}", RUNBOOK),
        (f"Short of memory (runbook: {RUNBOOK}). Ask the team payments.", RUNBOOK),
        ("Short of memory, see https://wiki.example.org/dashboards", ""),
        ("The runbook: ask ana", ""),
    ],
)
def test_a_runbook_within_a_sentence_is_linked_and_the_sentence_stays(
    text: str, address: str
) -> None:
    found = read_description(text)
    assert (found.runbook, found.text) == (address, text)


def test_other_fields_of_json_are_its_text() -> None:
    found = read_description(json.dumps({"summary": "Short of memory", "n": 7, "team": "payments"}))
    assert (found.text, found.team) == ("summary: Short of memory\nn: 7", "payments")


@pytest.mark.parametrize("text", ['{"severity":', "[1, 2]", "{}"])
def test_what_is_no_object_is_text(text: str) -> None:
    assert read_description(text).text in (text, "")
