"""Runs in the emulator: the handler named by MEASURED_HANDLER, with the CPU time of each part.

With MEASURED_CALLS, a file, every AWS call that is answered is appended to it, one JSON a line,
with the number of the event, 0 for the init phase. With MEASURED_ALONE too nothing is asked in that
phase, so that the first event's calls are all that its answer takes.
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

    _begun: dict[str, Any] = {}

    def _begin(params: dict[str, Any], model: Any, **_: Any) -> None:
        call = {"service": model.service_model.service_name, "operation": model.name}
        _begun.update(event=_events, **call, parameters=params.copy())

    def _answered(**_: Any) -> None:
        with Path(os.environ["MEASURED_CALLS"]).open("a") as file:
            file.write(json.dumps(_begun, default=_plain) + "\n")

    def _plain(value: Any) -> Any:
        if isinstance(value, bytes):
            return {"base64": base64.b64encode(value).decode()}
        return value.isoformat()  # a time: boto3 takes the text as well

    # Clients of boto3's own session inherit what is registered before they are made.
    boto3.DEFAULT_SESSION = boto3.Session()
    boto3.DEFAULT_SESSION.events.register("before-parameter-build.*", _begin)
    boto3.DEFAULT_SESSION.events.register("after-call.*", _answered)

# Without a region nothing is done before the first event.
_region = os.environ.pop("AWS_REGION") if "MEASURED_ALONE" in os.environ else ""
_module, _, _name = os.environ["MEASURED_HANDLER"].rpartition(".")
_inner = getattr(importlib.import_module(_module), _name)
if _region:
    os.environ["AWS_REGION"] = _region
_INIT_MS = time.process_time() * 1000


def handler(event: Any, context: Any) -> dict[str, Any]:
    """The inner handler's answer, and what it took."""
    global _events  # the recorder is called by botocore
    _events += 1
    before = time.process_time()
    answer = _inner(event, context)
    handled = (time.process_time() - before) * 1000
    return {"answer": answer, "init_ms": _INIT_MS, "handler_ms": handled}
