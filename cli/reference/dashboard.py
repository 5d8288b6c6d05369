"""docs/images/dashboard.svg: where things are on the dashboard. A layout; it shows no data."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from local.transform import resolved

COLUMN, ROW, GAP = 50, 28, 4
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
    ".name{font-size:10.5px}.tile{fill:#eaf5ea;stroke:#2e7d32}"
    ".alarm{stroke:#d13212;stroke-dasharray:5 3}"
)


def picture() -> str:
    """The dashboard with every alarm, as SVG."""
    body = resolved(CHOSEN)["Dashboard"]["Properties"]["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    rows = max(widget["y"] + widget["height"] for widget in widgets)
    width, height = 24 * COLUMN, rows * ROW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Layout of the dashboard</title>",
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


def _log(properties: dict[str, Any], x: int, y: int) -> Iterator[str]:
    parts = [part.strip() for part in properties["query"].split("|")]
    if properties["view"] == "table":
        fields = next(part for part in parts if part.startswith("fields ")).removeprefix("fields ")
        shown = f"table of {fields.replace('@', '')}, newest first"
    else:
        shown = f"curve of {parts[-1].removeprefix('stats ')}"
    sources = [part.removeprefix("SOURCE ").strip("'<>") for part in parts if "SOURCE" in part]
    yield _text(x, y + 12, shown, "small")
    yield _text(x, y + 31, f"from {' and '.join(sources)}", "small")


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
