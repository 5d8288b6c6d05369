"""The limits of Slack and SNS, kept by cutting with a mark, never by failing."""

MARK = "…"
# Slack API reference, "Block Kit" and chat.postMessage.
SLACK_SECTION = 3000
SLACK_FIELD = 2000
SLACK_TEXT = 3000
# Amazon SNS API reference, Publish.
SNS_SUBJECT = 100
SNS_MESSAGE_BYTES = 100 * 1024
# Amazon CloudWatch API reference, AlarmDescription and StateReason.
ALARM_TEXT = 1024


IN_ASCII = str.maketrans({"×": "x", "–": "-", "—": "-", "…": "...", "’": "'", "→": "->"})


def cut(text: str, length: int) -> str:
    """At most so many characters, with a mark at the end where some are missing."""
    return text if len(text) <= length else text[: length - len(MARK)] + MARK


def cut_bytes(text: str, length: int) -> str:
    """At most so many bytes of UTF-8, with a mark at the end where some are missing."""
    encoded = text.encode()
    if len(encoded) <= length:
        return text
    return encoded[: length - len(MARK.encode())].decode(errors="ignore") + MARK


def subject(text: str) -> str:
    """An SNS subject: printable ASCII on one line, not blank at its start, at most 100 long."""
    one_line = " ".join(text.translate(IN_ASCII).split())
    plain = "".join(char if " " <= char <= "~" else "?" for char in one_line)
    if len(plain) > SNS_SUBJECT:
        plain = plain[: SNS_SUBJECT - 3] + "..."
    return plain or "(no subject)"
