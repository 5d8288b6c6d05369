"""What became of one input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """NOT_COVERED: the product has nothing that reads this, or the runner can't ask it."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_COVERED = "not covered"


@dataclass(frozen=True)
class Verdict:
    """One input of a folder."""

    folder: str
    name: str
    """Its file, the name of a sequence, or a file of lines with the number of the line."""
    status: Status
    why: str = ""


def judged(folder: str, name: str, troubles: Sequence[str]) -> Verdict:
    """Right where there are no troubles."""
    return Verdict(folder, name, Status.WRONG if troubles else Status.RIGHT, "; ".join(troubles))


def asked(folder: str, name: str, troubles: Callable[[], Sequence[str]]) -> Verdict:
    """What the product says to one input; whatever it raises is its answer, and a wrong one."""
    try:
        return judged(folder, name, troubles())
    except Exception as error:  # noqa: BLE001  # a raise is an answer
        return judged(folder, name, [f"raises {type(error).__name__}: {error}"])
