"""Pictures of the demo: of each story the part that makes its point, cut out of a real run."""

import re
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100
MOST_LINES = 40
# Where the part begins and ends: the first line that has each text, in this order.
WHOLE = ("", "")
PARTS = {
    "rotation": ("Two users are prepared", "the two users take turns"),
    "scaling": ("", "jobs broken"),
    "alert": ("Slack, the message in the channel", "Calm since"),
    "outage": ("A new version's tasks die", ""),
    "probe": ("The password is changed by hand", "says whose fault it is"),
    "environments": ("Staging breaks", "production's own good news"),
}


def draw(name: str, printed: str, file: Path) -> None:
    """Write the story's part of what was printed (with its colours) as SVG."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), emoji=False)
    for line in part(list(Text.from_ansi(printed).split("\n")), *PARTS.get(name, WHOLE)):
        console.print(line, soft_wrap=True)
    svg = console.export_svg(title=f"make demo STORY={name}", unique_id=file.stem)
    # Nothing is fetched to show it: the viewer's own monospaced font will do.
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


def part(lines: list[Text], first: str, last: str) -> list[Text]:
    """The lines from the one with `first` to the next with `last`, and no more than fit."""
    begin = next((number for number, line in enumerate(lines) if first in line.plain), 0)
    rest = lines[begin:]
    end = next((number for number, line in enumerate(rest) if last and last in line.plain), None)
    return rest[: MOST_LINES if end is None else min(end + 1, MOST_LINES)]
