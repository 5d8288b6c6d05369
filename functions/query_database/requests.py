"""The requests there are. A new one: write a function in its topic's module, add a line here.

Such a function takes the open connection and the request's Fields, runs fixed statements, and
returns an Answer (ops_common/answers). The login is read, and the connection opened and closed,
here.
"""

from collections.abc import Callable
from typing import Any

from ops_common.answers.answer import Answer
from ops_common.query_database import BadRequest
from query_database.connection import connect
from query_database.fields import Connection, Fields
from query_database.logins import check_login, inspect_users, set_password
from query_database.probes import connection_usage, migrations, queue_processes
from query_database.queue import measure_queue
from query_database.queue_health import queue_health
from query_database.roles import prepare_roles
from query_database.settings import Settings
from query_database.turns import inspect_turn

REQUESTS: dict[str, Callable[[Connection, Fields], Answer]] = {
    "check_login": check_login,
    "connection_usage": connection_usage,
    "inspect_turn": inspect_turn,
    "inspect_users": inspect_users,
    "measure_queue": measure_queue,
    "migrations": migrations,
    "prepare_roles": prepare_roles,
    "queue_health": queue_health,
    "queue_processes": queue_processes,
    "set_password": set_password,
}


def answer(event: Any, settings: Settings) -> dict[str, Any]:
    """Answer one request. Raises the DatabaseError that fits."""
    if not isinstance(event, dict):
        raise BadRequest("the event must be an object with a field request", field="request")
    fields = Fields(event)
    name = fields.text("request")
    if name not in REQUESTS:
        known = ", ".join(sorted(REQUESTS))
        raise BadRequest(f"request must be one of {known}", field="request")
    with connect(fields.login(), settings) as connection:
        return REQUESTS[name](connection, fields).as_json()
