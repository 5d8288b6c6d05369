"""What Slack refuses in a message (Slack API reference, "Block Kit", chat.postMessage)."""

from typing import Any

MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100
MOST_FIELDS = 10
MOST_ELEMENTS = {"context": 10, "actions": 25}
SECTION_TEXT, FIELD_TEXT, HEADER_TEXT, MESSAGE_TEXT = 3000, 2000, 150, 40_000
OTHER_BLOCKS = frozenset(("divider", "file", "image", "input", "markdown", "rich_text", "video"))


def problem(message: dict[str, Any]) -> str:
    """The error code that Slack answers with, or an empty text for a message it takes."""
    text = message.get("text") or ""
    blocks, attachments = message.get("blocks") or [], message.get("attachments") or []
    if not (text or blocks or attachments):
        return "no_text"
    if len(text) > MESSAGE_TEXT:
        return "msg_too_long"
    if len(attachments) > MOST_ATTACHMENTS:
        return "too_many_attachments"
    if not _blocks_fit(blocks):
        return "invalid_blocks"
    if not all(_blocks_fit(item.get("blocks") or []) for item in attachments):
        return "invalid_attachments"
    metadata = message.get("metadata")
    if metadata is not None and not (metadata.get("event_type") and "event_payload" in metadata):
        return "invalid_metadata_format"
    return ""


def _blocks_fit(blocks: list[dict[str, Any]]) -> bool:
    return len(blocks) <= MOST_BLOCKS and all(_block_fits(block) for block in blocks)


def _block_fits(block: dict[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "section":
        fields = block.get("fields") or []
        if "text" not in block and not fields:
            return False
        fit = len(fields) <= MOST_FIELDS and all(_text_fits(item, FIELD_TEXT) for item in fields)
        return fit and ("text" not in block or _text_fits(block["text"], SECTION_TEXT))
    if kind == "header":
        text = block.get("text", {})
        return _text_fits(text, HEADER_TEXT) and text.get("type") == "plain_text"
    if kind in MOST_ELEMENTS:
        elements = block.get("elements") or []
        texts = [item for item in elements if item.get("type") in ("mrkdwn", "plain_text")]
        fit = all(_text_fits(item, SECTION_TEXT) for item in texts)
        return fit and 1 <= len(elements) <= MOST_ELEMENTS[kind]
    return kind in OTHER_BLOCKS


def _text_fits(text: dict[str, Any], most: int) -> bool:
    kind, content = text.get("type"), text.get("text")
    return (
        kind in ("mrkdwn", "plain_text") and isinstance(content, str) and 1 <= len(content) <= most
    )
