"""The sentences of a rotation, each once."""

import pytest

from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.words import sentences


def test_every_outcome_has_words() -> None:
    for outcome in Outcome:
        assert "{" not in sentences.reason(Done(outcome, "jiki_b", "jiki_a", ("web", "worker")))


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (Done(Outcome.SET, "jiki_b", "jiki_a"), "jiki_a set a new password for jiki_b"),
        (
            Done(Outcome.ROTATED, "jiki", names=("web", "worker")),
            "jiki has a new password; redeployed: web, worker",
        ),
        (Done(Outcome.ROTATED, "jiki"), "jiki has a new password; redeployed: none"),
    ],
)
def test_an_outcome_in_words(done: Done, reason: str) -> None:
    assert sentences.reason(done) == reason
