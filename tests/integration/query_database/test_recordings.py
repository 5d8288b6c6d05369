"""`measure_queue` on tables that a real Solid Queue wrote, beside what was counted independently.

tests/corpus/solid_queue/README.md describes the recordings, and what no reader of rows can tell.
"""

import json
from pathlib import Path

from cli.corpus.recordings import is_recording, measured, troubles
from tests.conftest import Database

RECORDINGS = sorted((Path(__file__).parents[2] / "corpus" / "solid_queue").glob("*.json"))


def test_what_is_measured_is_what_was_so(database: Database) -> None:
    assert len(RECORDINGS) > 60
    wrong = {}
    for path in RECORDINGS:
        assert is_recording(path)
        recording = json.loads(path.read_text())
        wrong[path.name] = troubles(recording["truth"], measured(database.admin, recording))
    assert {name: found for name, found in wrong.items() if found} == {}
