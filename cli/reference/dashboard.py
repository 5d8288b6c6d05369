"""docs/images/dashboard.svg: what is where on the dashboard, with the curves of a simulated day.

The simulator plays the queue and its workers alone; nothing else has a curve.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from cli.reference.simulated_day import curves
from local.transform import resolved

COLUMN, ROW, GAP = 50, 28, 4
LEAST_CURVE = 18
LINES_OF_A_LOG = 3
CHOSEN = {
    "AlarmSet": "all",
    "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
    "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
    "DatabaseClusterId": "jiki-production",
}
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b")
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#16191f}.title{font-weight:600}"
    ".small{font-size:11.5px;fill:#414d5c}.box{fill:#fff;stroke:#c6cbd1}"
    ".name,.scale{font-size:10.5px}.scale{text-anchor:end}.tile{fill:#eaf5ea;stroke:#2e7d32}"
    ".axis{stroke:#c6cbd1}.alarm{stroke:#d13212;stroke-dasharray:5 3}"
)


def picture() -> str:
    """The dashboard with every alarm, as SVG."""
    body = resolved(CHOSEN)["Dashboard"]["Properties"]["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    rows = max(widget["y"] + widget["height"] for widget in widgets)
    width, height = 24 * COLUMN, rows * ROW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>The dashboard; what the queue shows is a simulated day</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#f2f3f3"/>',
        *(line for widget in widgets for line in _widget(widget)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _widget(widget: dict[str, Any]) -> Iterator[str]:
    x, y = widget["x"] * COLUMN + GAP, widget["y"] * ROW + GAP
    width, height = widget["width"] * COLUMN - 2 * GAP, widget["height"] * ROW - 2 * GAP
    properties = widget["properties"]
    yield f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="3"/>'
    yield _text(x + 10, y + 20, properties["title"], "title")
    yield from CONTENT[widget["type"]](properties, x + 10, y + 32)
    named = [properties["title"], *(each[-1]["label"] for each in properties.get("metrics", ()))]
    lines = len(properties.get("annotations", {}).get("horizontal", ()))
    lines += len(properties.get("metrics", ())) or LINES_OF_A_LOG
    top = y + 32 + lines * 19
    yield from _day(named, (x + 10, top, width - 20, y + height - 8 - top))


def _metrics(properties: dict[str, Any], x: int, y: int) -> Iterator[str]:
    for number, metric in enumerate(properties["metrics"]):
        options = metric[-1]
        top = y + 12 + number * 19
        colour = options.get("color", COLOURS[number % len(COLOURS)])
        yield f'<line x1="{x}" y1="{top - 4}" x2="{x + 18}" y2="{top - 4}" stroke="{colour}"' + (
            ' stroke-width="3"/>'
        )
        axis = " (right axis)" if options.get("yAxis") == "right" else ""
        yield _text(x + 26, top, options["label"] + axis, "small")
    for line in properties.get("annotations", {}).get("horizontal", []):
        top = y + 12 + len(properties["metrics"]) * 19
        yield f'<line class="alarm" x1="{x}" y1="{top - 4}" x2="{x + 18}" y2="{top - 4}"/>'
        yield _text(x + 26, top, f"{line['label']} above {line['value']}", "small")


def _day(named: list[str], place: tuple[int, int, int, int]) -> Iterator[str]:
    """The curve of whatever the simulated day has, each up to its own maximum."""
    x, y, width, height = place
    found = [(number, curves()[name]) for number, name in enumerate(named) if name in curves()]
    if height < LEAST_CURVE or not found:
        return
    bottom = y + height
    yield f'<line class="axis" x1="{x}" y1="{bottom}" x2="{x + width}" y2="{bottom}"/>'
    for number, values in found:
        most, last = max(values), len(values) - 1
        points = " ".join(
            f"{x + width * step / last:.0f},{bottom - height * value / most:.0f}"
            for step, value in enumerate(values)
        )
        colour = COLOURS[max(number - 1, 0)]
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield _text(x + width, y - 8, f"0 to {most:,.0f}, midnight to midnight", "scale")


def _log(properties: dict[str, Any], x: int, y: int) -> Iterator[str]:
    parts = [part.strip() for part in properties["query"].split("|")]
    if properties["view"] == "table":
        fields = next(part for part in parts if part.startswith("fields ")).removeprefix("fields ")
        shown = f"table of {fields.replace('@', '')}, newest first"
    else:
        shown = f"curve of {parts[-1].removeprefix('stats ')}"
    sources = [
        part.removeprefix("SOURCE ").strip("'<>").removeprefix("/aws/lambda/")
        for part in parts
        if "SOURCE" in part
    ]
    yield _text(x, y + 12, shown, "small")
    yield _text(x, y + 31, f"from the logs of {' and '.join(sources)}", "small")


def _alarms(properties: dict[str, Any], x: int, y: int) -> Iterator[str]:
    across, tile, resources = 9, 131, resolved(CHOSEN)
    for number, arn in enumerate(properties["alarms"]):
        alarm = resources[arn.strip("<>").removesuffix(".Arn")]["Properties"]["AlarmName"]
        left, top = x + number % across * tile, y + number // across * 22
        yield f'<rect class="tile" x="{left}" y="{top}" width="{tile - 5}" height="18" rx="2"/>'
        yield _text(left + 5, top + 13, alarm.removeprefix("jiki-ops-"), "name")


CONTENT = {"metric": _metrics, "log": _log, "alarm": _alarms}


def _text(x: int, y: int, text: str, style: str) -> str:
    return f'<text x="{x}" y="{y}" class="{style}">{escape(text)}</text>'
