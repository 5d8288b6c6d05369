"""Pictures of the demo: of each story the part that makes its point, cut out of a real run."""

import re
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100
MOST_LINES = 40
# Where each part begins and ends: the first line that has each text, in this order.
WHOLE = (("", ""),)
PARTS = {
    "rotation": (
        ("A rehearsal checks everything", "the password is as it was"),
        ("Two users are prepared", "the two users take turns"),
    ),
    "scaling": (("", "jobs broken"),),
    "alert": (("Slack, the message in the channel", "Calm since"),),
    "outage": (("A new version's tasks die", "ecs-svc/4455667788990011223 completed"),),
    "probe": (
        ("The password is changed by hand", "people are notified that the database refuses"),
    ),
    "environments": (("Staging breaks", "production's own good news"),),
}
BOTTOM = "╰"


def draw(name: str, printed: str, file: Path) -> None:
    """Write the story's part of what was printed (with its colours) as SVG."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), emoji=False)
    lines = list(Text.from_ansi(printed).split("\n"))
    shown = [line for ends in PARTS.get(name, WHOLE) for line in part(lines, *ends)]
    for line in shown[:MOST_LINES]:
        console.print(line, soft_wrap=True)
    svg = console.export_svg(title=f"make demo STORY={name}", unique_id=file.stem)
    # Nothing is fetched to show it: the viewer's own monospaced font will do.
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


def part(lines: list[Text], first: str, last: str) -> list[Text]:
    """The lines from the one with `first` to the next with `last`, its frame's end, and no more."""
    begin = next((number for number, line in enumerate(lines) if first in line.plain), 0)
    rest = lines[begin:]
    end = next((number for number, line in enumerate(rest) if last and last in line.plain), None)
    if end is None:
        return rest[:MOST_LINES]
    framed = end + 1 < len(rest) and rest[end + 1].plain.startswith(BOTTOM)
    return rest[: min(end + 1 + framed, MOST_LINES)]
