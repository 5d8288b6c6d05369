"""The Slack stand-in answers as Slack does, asked by Slack's own client."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from local.slack import Failure, SlackStandIn


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(slack.token, base_url=slack.url, timeout=1, retry_handlers=[])


def post(client: WebClient, slack: SlackStandIn, **content: Any) -> Any:
    return client.chat_postMessage(channel=slack.channel, **{"text": "t", **content})


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*arguments, **named)
    return str(caught.value.response["error"])


def test_keeps_a_thread(slack: SlackStandIn, client: WebClient) -> None:
    head = post(client, slack, text="head")
    post(client, slack, text="reply", thread_ts=head["ts"])
    assert [message.text for message in slack.messages] == ["head", "reply"]
    assert [message.text for message in slack.thread(head["ts"])] == ["reply"]


def test_a_reply_to_a_deleted_message_stands_in_the_channel(
    slack: SlackStandIn, client: WebClient
) -> None:
    head = post(client, slack, text="head")
    slack.delete(head["ts"])
    answer = post(client, slack, text="reply", thread_ts=head["ts"])
    assert answer["ok"]
    assert "thread_ts" not in answer["message"]
    assert [message.thread_ts for message in slack.messages] == [""]


def test_edits_a_message(slack: SlackStandIn, client: WebClient) -> None:
    ts = post(client, slack, text="before")["ts"]
    client.chat_update(channel=slack.channel, ts=ts, text="after")
    (message,) = slack.messages
    assert (message.text, message.edits, message.history[0]["text"]) == ("after", 1, "before")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [section("x")] * 51}, "invalid_blocks"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": [{"type": "unheard-of"}]}, "invalid_blocks"),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
            "invalid_blocks",
        ),
        ({"blocks": [{"type": "context", "elements": []}]}, "invalid_blocks"),
        ({"attachments": [{"blocks": [section("x" * 3001)]}]}, "invalid_attachments"),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"metadata": {"event_payload": {}}}, "invalid_metadata_format"),
        ({"channel": "C0OTHER"}, "channel_not_found"),
    ],
)
def test_refuses_what_slack_refuses(
    slack: SlackStandIn, client: WebClient, content: dict[str, Any], error: str
) -> None:
    arguments = {"channel": slack.channel, "text": "t", **content}
    assert refusal(client.chat_postMessage, **arguments) == error
    assert not slack.messages


def test_takes_a_message_at_the_limits(slack: SlackStandIn, client: WebClient) -> None:
    post(client, slack, blocks=[section("x" * 3000)] * 50)
    assert len(slack.messages) == 1


def test_knows_its_token(slack: SlackStandIn, client: WebClient) -> None:
    assert client.auth_test()["ok"]
    assert refusal(WebClient("xoxb-wrong", base_url=slack.url).auth_test) == "invalid_auth"


def test_a_deleted_message_cannot_be_edited(slack: SlackStandIn, client: WebClient) -> None:
    ts = post(client, slack)["ts"]
    slack.delete(ts)
    assert (
        refusal(client.chat_update, channel=slack.channel, ts=ts, text="t") == "message_not_found"
    )


def test_shows_history_in_pages_with_metadata(slack: SlackStandIn, client: WebClient) -> None:
    metadata = {"event_type": "alert", "event_payload": {"delivery": "d"}}
    for number in range(3):
        post(client, slack, text=str(number), metadata=metadata)
    first = client.conversations_history(channel=slack.channel, limit=2, include_all_metadata=True)
    assert [message["text"] for message in first["messages"]] == ["2", "1"]
    assert first["messages"][0]["metadata"] == metadata
    rest = client.conversations_history(
        channel=slack.channel, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in rest["messages"]] == ["0"]
    assert "metadata" not in rest["messages"][0]


def test_shows_the_replies_of_a_thread(slack: SlackStandIn, client: WebClient) -> None:
    head = post(client, slack, text="head")["ts"]
    post(client, slack, text="reply", thread_ts=head)
    replies = client.conversations_replies(channel=slack.channel, ts=head)["messages"]
    assert [message["text"] for message in replies] == ["head", "reply"]


def test_takes_a_file_into_a_thread(slack: SlackStandIn, client: WebClient) -> None:
    head = post(client, slack)["ts"]
    client.files_upload_v2(
        channel=slack.channel, thread_ts=head, file=b"png", filename="m.png", title="Metric"
    )
    (reply,) = slack.thread(head)
    assert reply.files[0]["title"] == "Metric"
    assert slack.workspace.uploads[reply.files[0]["id"]] == b"png"


def test_limits_the_rate_when_asked(slack: SlackStandIn, client: WebClient) -> None:
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=7))
    with pytest.raises(SlackApiError) as caught:
        post(client, slack)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert post(client, slack)["ok"]


def test_may_have_posted_before_it_fails(slack: SlackStandIn, client: WebClient) -> None:
    slack.fail_next(Failure(status=500, after_the_work=True))
    with pytest.raises(SlackApiError):
        post(client, slack)
    assert len(slack.messages) == 1


def test_hangs_when_asked(slack: SlackStandIn, client: WebClient) -> None:
    slack.fail_next(Failure(delay_seconds=30))
    with pytest.raises(TimeoutError):
        post(client, slack)
    assert not slack.messages


def test_the_webhook_answers_no_more_than_ok(slack: SlackStandIn) -> None:
    answer = WebhookClient(slack.webhook_url).send(text="plain")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert [message.text for message in slack.messages] == ["plain"]
    refused = WebhookClient(slack.webhook_url).send(blocks=[section("x" * 3001)])
    assert (refused.status_code, refused.body) == (400, "invalid_blocks")
