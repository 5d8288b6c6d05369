"""Typed questions to PostgreSQL; the only function inside the VPC.

Started by a synchronous invoke of the other functions. Changes nothing but what `set_password`
and `prepare_roles` are asked to change. An expected failure is an answer (`"ok": false`), so the
function's error metric means a defect; after a failure the caller asks again or not, as it likes.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.observability import logger
from ops_common.query_database import DatabaseError
from ops_common.self_check import answers_self_check
from query_database.requests import answer
from query_database.self_check import CHECKS
from query_database.settings import Settings


@answers_self_check(CHECKS)
def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    """Answer one request; see ops_common.query_database for the envelope."""
    settings = Settings.from_env()
    name = event.get("request") if isinstance(event, dict) else None
    try:
        result = answer(event, settings)
    except DatabaseError as error:
        logger.warning(
            "request failed",
            request=name,
            kind=error.kind,
            cause=error.cause,
            sqlstate=error.sqlstate,
            field=error.field,
            reason=str(error),
        )
        return {"ok": False, "error": error.as_json()}
    logger.info("request answered", request=name)
    return {"ok": True, "answer": result}
