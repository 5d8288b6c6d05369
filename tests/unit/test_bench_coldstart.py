"""What the figures of a cold start are made of."""

from benchmarks.coldstart.__main__ import answer_rows
from benchmarks.coldstart.measure import Answers, Pair


def test_a_ratio_is_the_median_of_neighbours() -> None:
    # GIVEN a machine that gets twice as busy, and then ten times
    pairs = [
        Pair(
            ours=Answers(60 * busy, 60 * busy, 20 * busy),
            bare=Answers(80 * busy, 20 * busy, 0),
            calls=(5, 7, 6),
        )
        for busy in (1, 2, 10)
    ]
    ((name, init, first, second, calls, warm_ratio, total, bare, ratio),) = answer_rows(
        {"tick": pairs}
    )
    assert (name, init, first, second) == ("tick", "120 ms", "120 ms", "40 ms")
    assert (total, bare) == ("240 ms", "200 ms")
    assert (calls, warm_ratio, ratio) == ("5 early, 7, then 6", "3.00", "1.20")
