"""The channel as a page at the stand-in's address, with buttons, menus and `/ops` that work.

What is sent back is what a person does in Slack: the stand-in signs it and posts it to the app.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

from local.http_server import Request, Response
from local.slack.app import App, NoSuchElement
from local.slack.requests import PEOPLE
from local.slack.workspace import Message, Workspace
from paths import ROOT

HTML = {"Content-Type": "text/html; charset=utf-8"}
PATHS = ("/", "/channel", "/press", "/type")
_SEQUENCE = re.compile(r"<([^<>\n]*)>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])")
_CODE = re.compile(r"`([^`\n]+)`")
_EMOJI = re.compile(r":([a-z_]+):")
COLOURS = {
    "red_circle": "#d62728",
    "large_orange_circle": "#ff9f1c",
    "large_green_circle": "#2eb67d",
    "large_blue_circle": "#3f8ad9",
    "white_circle": "#9e9e9e",
    "arrows_counterclockwise": "#b07d12",
}
"""Signs that messages use, as dots: a machine may have no font with pictures."""


class Page:
    """Answers a browser."""

    def __init__(self, workspace: Workspace, app: App) -> None:
        self._workspace = workspace
        self._app = app

    def answer(self, request: Request) -> Response:
        """The page, the channel's present content, or what came of a click."""
        match request.method, request.path:
            case "GET", "/":
                page = (ROOT / "local/slack/page.html").read_bytes()
                return Response(200, page, HTML)
            case "GET", "/channel":
                return Response(200, self._channel().encode(), HTML)
            case "POST", "/press" | "/type":
                return self._act(request.path, request.json())
        return Response(405)

    def _act(self, path: str, asked: Mapping[str, str]) -> Response:
        person = next(one for one in PEOPLE if one.id == asked["person"])
        if path == "/type":
            answer = self._app.type(asked["text"], person)
        else:
            message = next(one for one in self._workspace.messages if one.ts == asked["ts"])
            try:
                answer = self._app.press(message, asked["value"], person)
            except NoSuchElement as error:
                return Response(409, str(error).encode())
        return Response(body={"status": answer.status})

    def _channel(self) -> str:
        with self._workspace.lock:
            roots = [one for one in self._workspace.messages if not one.thread_ts]
            shown = "".join(self._message(root) for root in roots)
        alone = "".join(
            f'<p class="alone"><i>Only {escape(name)} sees this:</i> {marked(text)}</p>'
            for name, text in self._app.shown_alone()
        )
        return shown + alone

    def _message(self, message: Message) -> str:
        lines = "".join(
            f'<div class="line">{_content(reply)}</div>'
            for reply in self._workspace.thread(message.ts)
        )
        thread = f'<div class="thread">{lines}</div>' if lines else ""
        return f'<article data-ts="{message.ts}">{_content(message)}{thread}</article>'


def marked(text: str) -> str:
    """Slack's marks as HTML; whatever else is in the text stays text."""
    parts = _SEQUENCE.split(text)
    return "".join(_sequence(part) if at % 2 else _words(part) for at, part in enumerate(parts))


def _words(text: str) -> str:
    shown = escape(unescape(text))
    shown = _CODE.sub(r"<code>\1</code>", shown)
    shown = _BOLD.sub(r"<b>\1</b>", shown)
    shown = _ITALIC.sub(r"<i>\1</i>", shown)
    shown = _EMOJI.sub(_dot, shown)
    return shown.replace("\n", "<br>")


def _dot(found: re.Match[str]) -> str:
    colour = COLOURS.get(found[1])
    return f'<span style="color:{colour}">●</span>' if colour else found[0]


def _sequence(inside: str) -> str:
    """What stands between Slack's angle brackets: a link, a time, a call."""
    target, _, label = inside.partition("|")
    shown = escape(unescape(label or target))
    if target.startswith(("https://", "http://")):
        return f'<a href="{escape(unescape(target))}">{shown}</a>'
    return f"<time>{shown}</time>" if target.startswith("!date^") else f"<mark>{shown}</mark>"


def _content(message: Message) -> str:
    content = message.content
    parts = [f"<p>{marked(message.text)}</p>" if message.text else ""]
    parts += [_block(block) for block in content.get("blocks") or ()]
    for attachment in content.get("attachments") or ():
        color = escape(str(attachment.get("color", "#dddddd")))
        blocks = "".join(_block(block) for block in attachment.get("blocks") or ())
        parts.append(f'<div class="attachment" style="border-color:{color}">{blocks}</div>')
    parts += [f"<p>📎 {escape(str(one.get('title', '')))}</p>" for one in message.files]
    return "".join(parts)


def _block(block: Mapping[str, Any]) -> str:
    if block["type"] == "actions":
        return f'<div class="actions">{"".join(_element(one) for one in block["elements"])}</div>'
    texts = [block["text"]] if "text" in block else []
    texts += [*block.get("fields", ()), *block.get("elements", ())]
    return "".join(f"<p>{marked(str(one['text']))}</p>" for one in texts if "text" in one)


def _element(element: Mapping[str, Any]) -> str:
    if element["type"] == "button":
        style = escape(str(element.get("style", "")))
        label = escape(element["text"]["text"])
        return f'<button class="{style}" data-value="{escape(element["value"])}">{label}</button>'
    options = [*element.get("options", ())]
    for group in element.get("option_groups", ()):
        options += group["options"]
    choices = "".join(
        f'<option value="{escape(one["value"])}">{escape(one["text"]["text"])}</option>'
        for one in options
    )
    placeholder = escape(element["placeholder"]["text"])
    return f'<select><option value="">{placeholder}</option>{choices}</select>'
