"""What a drill is, and how its outcome is written down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.drills.scene import Scene


@dataclass
class Report:
    """Filled in by a drill: measured words for the table, and what was expected."""

    happens: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """What is not lost, or not done twice."""
    notified: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Expectations that did not hold."""

    def expect(self, what: str, *, held: bool) -> None:
        """Note an expectation that did not hold."""
        if not held:
            self.failed.append(what)


@dataclass(frozen=True)
class Drill:
    """One bad day."""

    name: str
    title: str
    run: Callable[["Scene", Report], None]


DRILLS: dict[str, Drill] = {}


def drill(
    title: str,
) -> Callable[[Callable[["Scene", Report], None]], Callable[["Scene", Report], None]]:
    """Register a function as a drill, named as the function with dashes."""

    def register(run: Callable[["Scene", Report], None]) -> Callable[["Scene", Report], None]:
        name = run.__name__.replace("_", "-")
        DRILLS[name] = Drill(name, title, run)
        return run

    return register


def times(count: int, what: str) -> str:
    """`1 attempt`, `2 attempts`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
