"""Every input of the corpus is right; integration tests measure the recordings of Solid Queue."""

import json
from functools import cache
from pathlib import Path

import pytest

from cli.corpus.__main__ import table
from cli.corpus.run import NoCorpus, judge
from cli.corpus.verdicts import Status, Verdict
from tests.outputs import assert_shown

CORPUS = Path(__file__).parent
FOLDERS = sorted(
    path.name
    for path in CORPUS.iterdir()
    if (path / "expected.json").exists() or list(path.glob("*.jsonl"))
)


@cache
def judged(folder: str) -> list[Verdict]:
    """The verdicts of a folder, once for all tests."""
    return judge(CORPUS / folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_input_is_right(folder: str) -> None:
    verdicts = judged(folder)
    assert verdicts
    assert {one.name: one.why for one in verdicts if one.status is Status.WRONG} == {}


def test_the_page_shows_the_table_of_the_corpus() -> None:
    assert_shown("corpus", table([one for folder in FOLDERS for one in judged(folder)]))


def test_every_kind_of_input_is_judged() -> None:
    assert len(FOLDERS) == 8


def test_a_wrong_line_is_seen(tmp_path: Path) -> None:
    lines = {
        "failing.jsonl": {"line": "all is well", "why": "?"},
        "normal.jsonl": {"line": "NoMethodError (undefined method 'x' for nil):", "why": "?"},
        "pairs.jsonl": {"before": [], "after": ["all is well"], "new": True, "why": "?"},
        "redact.jsonl": {"line": "word", "must_not_contain": ["word"], "must_contain": ["other"]},
    }
    for name, entry in lines.items():
        (tmp_path / name).write_text(json.dumps(entry))
    assert {one.name for one in judge(tmp_path) if one.status is Status.WRONG} == {
        f"{name}:1" for name in lines
    }


@pytest.mark.parametrize(
    ("folder", "name", "key", "value"),
    [
        ("ecs_api", "services_steady.json", "rolling_out", True),
        ("ecs_api", "tasks_two_builds.json", "same_image", True),
        ("rds", "cluster_good.json", "instances", 1),
        ("ecs_lifecycle_hooks", "post_scale_up.json", "service", "another"),
        ("slack", "posted_head_deleted.json", "means", "sent"),
    ],
)
def test_another_expectation_is_not_met(
    tmp_path: Path, folder: str, name: str, key: str, value: object
) -> None:
    entry = json.loads((CORPUS / folder / "expected.json").read_text())[name]
    entry["expect"][key] = value
    (tmp_path / name).write_text((CORPUS / folder / name).read_text())
    (tmp_path / "expected.json").write_text(json.dumps({name: entry}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.WRONG


def test_a_wrong_answer_is_seen(tmp_path: Path) -> None:
    """The runner's own test: expectations that can't hold are not met."""
    event = json.loads((CORPUS / "alarms" / "eb_metric_alarm.json").read_text())
    (tmp_path / "a.json").write_text(json.dumps(event))
    expect = {"told": "nothing", "says": ["no such words"], "severity": ["info"]}
    (tmp_path / "expected.json").write_text(json.dumps({"a.json": {"expect": expect}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.WRONG
    for part in ("not nothing", "no such words", "severity critical"):
        assert part in verdict.why


def test_an_event_that_no_rule_lets_through_is_sent_to_nobody(tmp_path: Path) -> None:
    event = json.loads((CORPUS / "alarms" / "eb_metric_alarm.json").read_text())
    (tmp_path / "a.json").write_text(json.dumps({**event, "detail-type": "Something Else"}))
    (tmp_path / "expected.json").write_text(json.dumps({"a.json": {"expect": {"told": "open"}}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.WRONG
    assert "nothing" in verdict.why


@pytest.mark.parametrize(
    ("folder", "name", "told"),
    [
        ("alarms", "eb_metric_alarm.json", "contributor"),
        ("alarms", "eb_metric_alarm.json", "note"),
        ("alarms", "eb_metric_muted.json", "nothing"),
        ("alarms", "eb_metric_ok.json", "nothing"),
        ("ecs", "task_oom_task.json", "rolled_back"),
    ],
)
def test_a_word_holds_where_it_can_hold_alone(
    tmp_path: Path, folder: str, name: str, told: str
) -> None:
    """A beginning that the runner makes up must not turn an incident into a mere line."""
    (tmp_path / name).write_text((CORPUS / folder / name).read_text())
    expect = {"told": told, "state": "resolved" if told == "nothing" else "open"}
    (tmp_path / "expected.json").write_text(json.dumps({name: {"expect": expect}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.WRONG, verdict


@pytest.mark.parametrize(
    "expect",
    [
        {"told": "open"},
        {"accepted": True},
        {"operation": "DescribeTasks"},
        {"means": "sent"},
    ],
)
@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_file_that_is_missing_or_broken_is_one_wrong_input(
    tmp_path: Path, expect: dict[str, object], text: str | None
) -> None:
    if text is not None:
        (tmp_path / "a.json").write_text(text)
    (tmp_path / "expected.json").write_text(json.dumps({"a.json": {"expect": expect}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is not Status.NOT_COVERED


def test_what_has_no_expectation_or_an_unknown_word_is_not_covered(tmp_path: Path) -> None:
    event = (CORPUS / "alarms" / "eb_metric_alarm.json").read_text()
    for name in ("a.json", "b.json", "c.json"):
        (tmp_path / name).write_text(event)
    entries = {"a.json": {"shows": "?"}, "b.json": {"expect": {"told": "shouted"}}}
    (tmp_path / "expected.json").write_text(json.dumps(entries))
    verdicts = judge(tmp_path)
    assert {one.name: one.status for one in verdicts} == dict.fromkeys(
        ("a.json", "b.json", "c.json"), Status.NOT_COVERED
    )


def test_a_field_that_nothing_reads_is_said(tmp_path: Path) -> None:
    entry = {"expect": {"operation": "DescribeDBInstances", "zones": 2, "colour": "red"}}
    name = "instances_two_zones.json"
    (tmp_path / name).write_text((CORPUS / "rds" / name).read_text())
    (tmp_path / "expected.json").write_text(json.dumps({name: entry}))
    right, unread = judge(tmp_path)
    assert (right.status, unread.status) == (Status.RIGHT, Status.NOT_COVERED)


def test_what_nobody_can_judge_is_said(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text(json.dumps({"a.json": {"expect": {"odd": 1}}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.NOT_COVERED


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCorpus):
        judge(tmp_path)


def test_the_table_counts_and_names_what_is_wrong() -> None:
    verdicts = [
        Verdict("ecs", "a.json", Status.RIGHT),
        Verdict("ecs", "b.json", Status.WRONG, "told nothing"),
    ]
    shown = table(verdicts)
    assert "b.json: told nothing" in shown
    assert "a.json" not in shown
