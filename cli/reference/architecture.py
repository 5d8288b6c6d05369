"""docs/architecture.md: its pictures of rooms, and the trip of an alarm."""

from cli.reference import trip
from cli.reference.rooms import ROOMS, picture
from paths import ROOT

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms by make docs -->", "<!-- end of rooms -->"


def page() -> str:
    """The page with what is between its marks written anew."""
    parts = [f"`{function}`:\n\n{picture(function)}" for function in ROOMS]
    parts.append(f"The trip of an alarm through `send_alerts`:\n\n{trip.table()}")
    text = "\n\n".join(parts)
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"
