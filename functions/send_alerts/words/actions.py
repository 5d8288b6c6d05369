"""What people may do about an incident by a press: buttons, menus, each with a line of `/ops`."""

import shlex
from collections.abc import Sequence

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InteractiveElement,
    Option,
    StaticSelectElement,
)

from ops_common.on_call.resolve import pattern_of
from ops_common.on_call.summaries import reference
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import Part
from send_alerts.words.content import cut

OPTION_TEXT = 75
REASONS = ("fixed", "false alarm", "expected work", "known issue", "duplicate")


def buttons(incident: Incident) -> ActionsBlock | None:
    """The row below a root message; None where nothing is left to do."""
    subject = incident.subject
    if subject is None or not incident.history.lasts:
        return None
    ref, elements = reference(incident.key), list[InteractiveElement]()
    if incident.acknowledged is None:
        elements.append(_button("ack", "Acknowledge", f"ack {ref}", style="primary"))
    elements.append(_menu("silence", "Silence …", _silences(ref, subject.name)))
    closing = [(f"Close: {reason}", f"close {ref} {reason}") for reason in REASONS]
    elements.append(_menu("close", "Close …", closing))
    elements += _of_service(incident, ref)
    return ActionsBlock(elements=[element for element in elements if _fits(element)])


def _silences(ref: str, name: str) -> list[tuple[str, str]]:
    pattern = pattern_of(name)
    found = [("for 1 h", f"silence @{ref} 1h"), ("until tomorrow 9:00", f"silence @{ref} tomorrow")]
    if pattern.endswith("*"):
        found += [
            (f"all of {pattern} for 1 h", f"silence @{ref}* 1h"),
            (f"all of {pattern} until tomorrow 9:00", f"silence @{ref}* tomorrow"),
        ]
    return found


def _of_service(incident: Incident, ref: str) -> list[InteractiveElement]:
    """For a probe: once more, or back; for the scaler: stay where it is."""
    subject = incident.subject
    facts = dict(subject.facts) if subject else {}
    service = facts.get("service", "")
    if subject is None or not service:
        return []
    name = shlex.quote(service)
    if subject.part is Part.PROBE:
        found: list[InteractiveElement] = []
        found.append(_button("probe", "Probe again", f"probe {name} @{ref}"))
        if "rollback" in incident.offers:
            roll_back = f"rollback {name} @{ref}"
            found.append(_button("rollback", "Roll back", roll_back, style="danger"))
        return found
    tasks = facts.get("required", "") or facts.get("kept", "")
    if incident.key.startswith("scaler:") and tasks.isdigit():
        text = f"Hold at {tasks} for 1 h"
        return [_button("hold", text, f"hold {tasks} 1h {name} @{ref}")]
    return []


def _fits(element: InteractiveElement) -> bool:
    """Whether Slack takes it: a name of an event may be longer than a button holds."""
    try:
        element.to_dict()
    except SlackObjectFormationError:
        return False
    return True


def _button(name: str, text: str, value: str, *, style: str | None = None) -> ButtonElement:
    return ButtonElement(action_id=f"ops_{name}", text=text, value=value, style=style)


def _menu(name: str, text: str, choices: Sequence[tuple[str, str]]) -> StaticSelectElement:
    options = [Option(text=cut(shown, OPTION_TEXT), value=value) for shown, value in choices]
    return StaticSelectElement(action_id=f"ops_{name}", placeholder=text, options=options)
