"""The files of events/: one for each real trigger."""

import argparse
import json
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parent.parent / "events"


def read_event(name: str) -> Any:
    """One event, by its path below events/ without `.json`."""
    return json.loads((EVENTS / f"{name}.json").read_text())


def event_file(path: str) -> Any:
    """The event in a file that was named on the command line (a `type` of argparse)."""
    try:
        return json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path} is no event: {error}") from None
