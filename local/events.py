"""The files of events/: one for each real trigger."""

import json
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parent.parent / "events"


def read_event(name: str) -> Any:
    """One event, by its path below events/ without `.json`."""
    return json.loads((EVENTS / f"{name}.json").read_text())
