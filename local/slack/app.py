"""What people do in Slack with an app: they type its command, press its buttons, and read answers.

Slack posts a signed form to the app's address, and shows what comes back: a command's answer is
the response itself, a click's is what the app posts to the click's own address.
"""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.slack.requests import ANA, PEOPLE, SIGNING_SECRET, Person, click, command, signed
from local.slack.workspace import Json, Message, Workspace

RESPONSE_PATH = "/actions/"
PATIENCE_SECONDS = 20
"""The emulator's cold functions take longer than the three seconds that Slack waits."""


class NoSuchElement(Exception):
    """The message has no such button or choice; the message names those that it has."""


@dataclass(frozen=True)
class AppAnswer:
    """What the app's address answered."""

    status: int
    text: str
    """What the person reads; empty where nothing is shown."""


class App:
    """The app of the workspace; without an address nobody can type or click."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.base = ""
        """Of the stand-in itself."""
        self.request_url = ""
        """Where Slack posts commands and clicks, as the app's page in Slack says."""
        self.ephemeral: list[tuple[str, Json]] = []
        """What one person alone was shown: its id, and the message."""

    def response_url(self, person: Person) -> str:
        """Where the app may answer somebody's click."""
        return f"{self.base}{RESPONSE_PATH}{person.id}"

    def answered(self, person_id: str, message: Json) -> None:
        """Show an answer: to everybody in the channel, or to one person."""
        if message.get("response_type") == "in_channel":
            self._workspace.post({"channel": self._workspace.channel, "text": message["text"]})
        else:
            self.ephemeral.append((person_id, message))

    def shown_alone(self) -> list[tuple[str, str]]:
        """What one person alone was shown: name and text, the newest last."""
        names = {person.id: person.name for person in PEOPLE}
        return [(names.get(who, who), str(message["text"])) for who, message in self.ephemeral]

    def type(self, text: str, person: Person = ANA) -> AppAnswer:
        """Somebody types `/ops TEXT`."""
        # Slack gives each command a trigger of its own, so that none is taken for a replay.
        trigger = f"{uuid.uuid4().int}.1.2"
        status, content = self._send(command(text, person, trigger_id=trigger))
        message = json.loads(content) if content else {}
        if message:
            self.answered(person.id, message)
        return AppAnswer(status, str(message.get("text", "")))

    def press(self, message: Message, value: str, person: Person = ANA) -> AppAnswer:
        """Somebody presses the button, or makes the choice in a menu, that carries `value`.

        The value may be cut: its beginning is enough. Raises NoSuchElement.
        """
        known = list(pressable(message.content))
        for element, carried in known:
            if carried.startswith(value):
                form = click(
                    element,
                    person,
                    value=carried,
                    message={"ts": message.ts, **message.content},
                    response_url=self.response_url(person),
                )
                status, content = self._send(form)
                return AppAnswer(status, content)
        raise NoSuchElement(f"no {value!r} among {[carried for _, carried in known]}")

    def _send(self, body: str) -> tuple[int, str]:
        request = urllib.request.Request(  # noqa: S310  # the address of our own function
            self.request_url,
            body.encode(),
            signed(body, self._workspace.clock(), SIGNING_SECRET),
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:  # noqa: S310  # as above
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def pressable(content: Mapping[str, Any]) -> Iterator[tuple[Json, str]]:
    """The buttons and choices of a message, each with the value that it carries."""
    blocks = [*(content.get("blocks") or ())]
    for attachment in content.get("attachments") or ():
        blocks += attachment.get("blocks") or ()
    for block in blocks:
        for element in block.get("elements", ()) if block.get("type") == "actions" else ():
            if element["type"] == "button" and "value" in element:
                yield element, element["value"]
            options = [*element.get("options", ())]
            for group in element.get("option_groups", ()):
                options += group["options"]
            for option in options:
                yield element, option["value"]
