"""Runs in the emulator: the handler named by MEASURED_HANDLER, with the CPU time of each part.

With MEASURED_CALLS, a file, every AWS call of an event is appended to it, one JSON a line; what the
init phase tries without sending it is not.
"""

import base64
import importlib
import json
import os
import time
from pathlib import Path
from typing import Any

_events = 0

if "MEASURED_CALLS" in os.environ:
    import boto3

    def _record(params: dict[str, Any], model: Any, **_: Any) -> None:
        if not _events:
            return
        call = {"service": model.service_model.service_name, "operation": model.name}
        line = json.dumps({"event": _events, **call, "parameters": params}, default=_plain)
        with Path(os.environ["MEASURED_CALLS"]).open("a") as file:
            file.write(line + "\n")

    def _plain(value: Any) -> Any:
        if isinstance(value, bytes):
            return {"base64": base64.b64encode(value).decode()}
        return value.isoformat()  # a time: boto3 takes the text as well

    # Clients of boto3's own session inherit what is registered before they are made.
    boto3.DEFAULT_SESSION = boto3.Session()
    boto3.DEFAULT_SESSION.events.register("before-parameter-build.*", _record)

_module, _, _name = os.environ["MEASURED_HANDLER"].rpartition(".")
_inner = getattr(importlib.import_module(_module), _name)
_INIT_MS = time.process_time() * 1000


def handler(event: Any, context: Any) -> dict[str, Any]:
    """The inner handler's answer, and what it took."""
    global _events  # the recorder is called by botocore
    _events += 1
    before = time.process_time()
    answer = _inner(event, context)
    handled = (time.process_time() - before) * 1000
    return {"answer": answer, "init_ms": _INIT_MS, "handler_ms": handled}
