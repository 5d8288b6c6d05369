"""A function checks itself, with its own role: what no other one can try for it.

An invocation with `{"selfCheck": true}` is answered with what each of the function's checks found,
and changes nothing. The suite `self` of probe_deployment asks every function so.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from .observability import logger

EVENT = {"selfCheck": True}

type Handler = Callable[..., Any]


def answers_self_check(checks: Mapping[str, Callable[[], str]]) -> Callable[[Handler], Handler]:
    """Decorate a handler: each check returns what is well in words, or raises."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def wrapped(event: Any, context: Any) -> Any:
            if event == EVENT:
                return {"selfCheck": [_run(name, check) for name, check in checks.items()]}
            return handler(event, context)

        return wrapped

    return decorate


def _run(name: str, check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "said": check()}
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        kind, said = _described(error)
    logger.warning("self check failed", check=name, kind=kind, reason=said)
    return {"name": name, "ok": False, "kind": kind, "said": said}


def _described(error: Exception) -> tuple[str, str]:
    # By its attributes, so that query_database need not import botocore to know a ClientError.
    operation, response = getattr(error, "operation_name", None), getattr(error, "response", None)
    if operation and isinstance(response, dict):
        code = str(response["Error"]["Code"])
        return code, f"{operation} answered {code}"
    return type(error).__name__, str(error)
