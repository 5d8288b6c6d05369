"""How a story is shown: titles, steps, tables, and expectations that held or did not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.preview_html import EMOJI


@dataclass
class Narrator:
    """Shows one story; remembers which expectations failed.

    Every mark is a word or a sign as well as a colour. Text is never read as markup, for some
    comes from outside.
    """

    console: Console
    expectations: int = 0
    failures: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """The story's headline."""
        self.console.print()
        self.console.print(Rule(f"[bold cyan]{escape(text)}", align="left", style="cyan"))

    def step(self, text: str, detail: str = "") -> None:
        """One thing that happens, and what more there is to say of it."""
        line = Table.grid(padding=(0, 1))
        line.add_row(Text("▸", style="cyan"), Text(text))
        self.console.print(line)
        if detail:
            self.console.print(Padding(Text(detail, style="dim"), (0, 0, 0, 6)))

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = ""
    ) -> None:
        """Rows under named columns; numbers to the right."""
        lines = [list(row) for row in rows]
        table = Table(
            title=escape(title) or None, title_justify="left", box=box.ROUNDED, border_style="dim"
        )
        for index, column in enumerate(columns):
            numeric = bool(lines) and all(isinstance(row[index], int | float) for row in lines)
            table.add_column(escape(column), justify="right" if numeric else "left")
        for row in lines:
            table.add_row(*(escape(str(cell)) for cell in row))
        self.console.print(table)

    def quote(self, source: str, text: str) -> None:
        """A text as someone received it; Slack's links, bold words and dots as Slack shows them."""
        times = re.sub(r"<!date\^[^<>|]*\|([^<>]+)>", r"\1", text)
        shown = re.sub(r"<(?:[^<>|]+\|)?([^<>]+)>", r"[underline]\1[/]", escape(times))
        shown = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"[bold]\1[/]", shown)
        shown = re.sub(r"`([^`\n]+)`", r"[cyan]\1[/]", shown)
        for name, color in EMOJI.items():
            shown = shown.replace(f":{name}:", f"[{color}]●[/]")
        self.console.print(
            Panel(shown, title=escape(source), title_align="left", border_style="dim")
        )

    def expect(self, what: str, held: bool) -> None:
        """Say whether an expectation held; the demo fails in the end if one did not."""
        self.expectations += 1
        if held:
            self.console.print(f"  [bold green]✓[/] {escape(what)}", highlight=False)
        else:
            self.failures.append(what)
            self.console.print(f"  [bold red]✗ NOT so: {escape(what)}[/]", highlight=False)
