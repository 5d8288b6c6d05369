"""What people may do about an incident in a terminal, where no button is at hand."""

from slack_sdk.models.blocks import ContextBlock, MarkdownTextObject

from ops_common.on_call.summaries import reference
from send_alerts.incident.incident import Incident


def commands(incident: Incident) -> tuple[str, ...]:
    """The `make` commands for an incident that lasts; none for another."""
    subject, episode = incident.subject, incident.current
    if subject is None or episode is None or not episode.open:
        return ()
    ref = reference(incident.key)
    where = f"ENVIRONMENT={subject.environment or 'production'}"
    acknowledge = f"make ack {where} INCIDENT={ref}"
    return (
        *(() if incident.acknowledged else (acknowledge,)),
        f"make silence {where} NAME=@{ref} FOR=1h",
        f"make close {where} INCIDENT={ref} WHY=fixed",
    )


def command_block(incident: Incident) -> ContextBlock | None:
    """The same as a row of a Slack message."""
    text = " · ".join(f"`{command}`" for command in commands(incident))
    if not text:
        return None
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
