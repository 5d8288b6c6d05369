"""The rooms of functions and their picture: folders by the stage of the data, and the arrows."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from paths import ROOT

FUNCTIONS = ROOT / "functions"
ROOMS = {
    "send_alerts": ("reading", "incident", "words", "channels"),
    "rotate_password": ("reading", "adapters", "conditions", "words", "steps", "rehearsal"),
    "scale_workers": ("policy",),
}
"""In the order of the data: a room is entered from those behind it and from above, where handler,
settings, wiring and the loops are."""
PURE = (
    *("send_alerts/reading", "send_alerts/incident", "send_alerts/words"),
    "scale_workers/policy",
    "rotate_password/reading",
)
"""What reads nothing, sends nothing and asks no clock: whole rooms, and single modules."""


def pure_files() -> list[Path]:
    """Every module of the pure rooms, and the single ones, sorted."""
    files: list[Path] = []
    for name in PURE:
        place = FUNCTIONS / name
        files += [place] if place.is_file() else place.rglob("*.py")
    return sorted(file for file in files if file.name != "__init__.py")


def room_of(file: Path) -> str:
    """The room that a module of a function is in; "above" beside all rooms."""
    function, *inner = file.relative_to(FUNCTIONS).parts
    return inner[0] if inner[0] in ROOMS.get(function, ()) else "above"


def arrows(function: str) -> Counter[tuple[str, str]]:
    """How many imports lead from one room of a function to another."""
    found: Counter[tuple[str, str]] = Counter()
    for file in sorted((FUNCTIONS / function).rglob("*.py")):
        for module in imported_modules(file):
            path = (FUNCTIONS / module.replace(".", "/")).with_suffix(".py")
            if module.startswith(f"{function}.") and path.exists():
                found[room_of(file), room_of(path)] += 1
    return found


def imported_modules(file: Path) -> Iterator[str]:
    """Every module that a file imports, and every name that may be one."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def picture(function: str) -> str:
    """The rooms and the imports between them, as Mermaid's flowchart."""
    files = [file for file in (FUNCTIONS / function).rglob("*.py") if file.name != "__init__.py"]
    modules = Counter(room_of(file) for file in files)
    lines = ["```mermaid", "flowchart TD"]
    for room in ("above", *ROOMS[function]):
        pure = "pure, " if f"{function}/{room}" in PURE else ""
        name = "handler, settings, wiring, loops" if room == "above" else f"{room}/"
        lines.append(f'  {room}["{name}<br>{pure}{modules[room]} modules"]')
    for (from_, to), count in sorted(arrows(function).items()):
        if from_ != to:
            lines.append(f"  {from_} -->|{count}| {to}")
    return "\n".join([*lines, "```"])
