"""What became of a decision, and why it isn't what was decided."""

from enum import StrEnum
from typing import NamedTuple


class KeptBy(StrEnum):
    """What kept a decision to take tasks away from being applied, wholly or in part."""

    BUSY = "busy"
    """Of those that were to go, some have taken a job since."""
    MEMORY = "memory"
    """It could not be kept: two runs that both took tasks away would take twice as many."""
    NOT_MEASURED = "not_measured"
    NOT_PROTECTED = "not_protected"
    NO_IDLE_TASK = "no_idle_task"
    UNMATCHED = "unmatched"
    """A worker that runs jobs is on no task that ECS lists."""


NOTES = {
    KeptBy.BUSY: "{} tasks run jobs",
    KeptBy.MEMORY: "the memory could not be kept",
    KeptBy.NOT_MEASURED: "the second measurement failed: {}",
    KeptBy.NOT_PROTECTED: "ECS would not protect {}",
    KeptBy.NO_IDLE_TASK: "no idle task is left to stop",
    KeptBy.UNMATCHED: "worker {} runs jobs and matches no task",
}


class Applied(NamedTuple):
    """The count that was asked for."""

    desired: int
    kept_by: KeptBy | None = None
    about: str = ""
    """The busy tasks' number, the worker, the task with ECS's refusal, or the measurement's."""

    @property
    def note(self) -> str:
        """Why it isn't what was decided, in words; empty where it is."""
        return NOTES[self.kept_by].format(self.about) if self.kept_by else ""
