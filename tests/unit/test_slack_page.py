"""The playground's page shows Slack's marks, and nothing of a message as its own HTML."""

import pytest

from local.clock import real_clock
from local.http_server import Request
from local.slack.app import App
from local.slack.page import Page, marked
from local.slack.workspace import Workspace


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and `code`", "<b>bold</b> and <code>code</code>"),
        ("_none_ of snake_case_words", "<i>none</i> of snake_case_words"),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
        ("<script>alert(1)</script>", "<mark>script</mark>alert(1)<mark>/script</mark>"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("<https://a.test/?b=1&amp;c|d>", '<a href="https://a.test/?b=1&amp;c">d</a>'),
        ('<https://a.test/"onclick="x|d>', '<a href="https://a.test/&quot;onclick=&quot;x">d</a>'),
        ("<javascript:alert(1)|d>", "<mark>d</mark>"),
        ("<!date^1^{time}|18:30>", "<time>18:30</time>"),
        (":red_circle: two\nlines", '<span style="color:#d62728">●</span> two<br>lines'),
        (":unheard_of:", ":unheard_of:"),
    ],
)
def test_slack_s_marks_are_shown(text: str, html: str) -> None:
    assert marked(text) == html


def test_a_value_can_t_leave_its_attribute() -> None:
    workspace = Workspace(real_clock, "C0")
    button = {
        "type": "button",
        "action_id": "ops_ack",
        "text": {"type": "plain_text", "text": "<Ack>"},
        "value": '"><script>',
    }
    workspace.post({"channel": "C0", "blocks": [{"type": "actions", "elements": [button]}]})
    page = Page(workspace, App(workspace))
    shown = page.answer(Request("GET", "/channel", "/channel", {}, {}, b"")).body.decode()
    assert "<script>" not in shown
    assert "&lt;Ack&gt;" in shown
