"""Every input of the corpus is right, but for those that `known/` lists."""

import json
from pathlib import Path

import pytest

from cli.corpus.__main__ import table
from cli.corpus.run import NoCorpus, judge
from cli.corpus.verdicts import Status, Verdict
from tests.corpus.known import CORPUS, known_wrong

FOLDERS = [*sorted(path.parent.name for path in CORPUS.glob("*/expected.json")), "log_lines"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_right_but_for_what_is_known(folder: str) -> None:
    wrong = {one.name: one.why for one in judge(CORPUS / folder) if one.status is Status.WRONG}
    known = known_wrong(folder)
    assert {name: why for name, why in wrong.items() if name not in known} == {}
    assert set(known) - set(wrong) == set(), "right now: python -m tests.corpus.known"


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


def test_an_event_that_no_rule_lets_through_is_heard_by_nobody(tmp_path: Path) -> None:
    event = json.loads((CORPUS / "alarms" / "eb_metric_alarm.json").read_text())
    (tmp_path / "a.json").write_text(json.dumps({**event, "detail-type": "Something Else"}))
    (tmp_path / "expected.json").write_text(json.dumps({"a.json": {"expect": {"told": "open"}}}))
    (verdict,) = judge(tmp_path)
    assert verdict.status is Status.WRONG
    assert "nothing" in verdict.why


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
