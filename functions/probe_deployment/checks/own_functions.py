"""The stack's own functions, asked to check themselves (ops_common.self_check)."""

import json
from copy import replace
from typing import Any

from botocore.exceptions import ClientError

from ops_common.app_config import AppConfigError
from ops_common.app_login import app_login
from ops_common.query_database import ERRORS
from ops_common.self_check import EVENT
from probe_deployment import explain
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.explain import Meaning
from probe_deployment.finding import Finding

# Reported by database_login; a crash of query_database, the last one, by its own check.
OF_THE_DATABASE = ("LoginRefused", "DatabaseUnreachable", "DatabaseError")
EXPECTED = "every self check is well"
MEANINGS = {
    "SettingsError": Meaning(
        Cause.CONFIGURATION,
        "a variable was changed by hand, or a parameter is wrong: make deploy again",
    ),
    "SlackBroken": Meaning(
        Cause.SLACK_TOKEN,
        "put a token that Slack knows into what SlackToken names: aws ssm put-parameter --overwrite"
        " --type SecureString --name NAME --value xoxb-…",
    ),
    "RouteBroken": Meaning(
        Cause.SLACK_ROUTES,
        "invite the bot to each channel (/invite), or correct SlackChannel and AlertRoutes",
    ),
    "ResourceNotFoundException": Meaning(
        Cause.CONFIGURATION, "correct the stack's parameters: what they name doesn't exist"
    ),
} | {
    error.__name__: meaning
    for error, meaning in explain.MEANINGS.items()
    if error is not ERRORS["failed"]
}
UNFORESEEN = Meaning(Cause.UNEXPECTED, "read the function's log")


def check(context: Context, logical_id: str) -> Finding:
    """Every self check of one function."""
    name = context.own_resource(logical_id)
    response = context.client("lambda").invoke(
        FunctionName=name, Payload=json.dumps(EVENT).encode()
    )
    answer = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        kind = answer.get("errorType", "unknown") if isinstance(answer, dict) else "unknown"
        return Finding.failed(
            f"it failed: {kind}",
            EXPECTED,
            f"read its log: aws logs tail /aws/lambda/{name}",
            cause=Cause.UNEXPECTED,
        )
    checks = answer["selfCheck"]
    elsewhere: tuple[str, ...] = ()
    if not all(each["ok"] for each in checks):
        elsewhere = _reported_by_database_login(context)
    return judge(checks, f"{logical_id}Role", elsewhere)


def check_if_there(context: Context, logical_id: str, parameter: str) -> Finding:
    """As `check`, of a function that a parameter brings into the stack."""
    if logical_id not in context.own_resources():
        return Finding.skipped(f"the stack has no {logical_id} (parameter {parameter} is empty)")
    return check(context, logical_id)


def judge(checks: list[dict[str, Any]], role: str, elsewhere: tuple[str, ...] = ()) -> Finding:
    """What the self checks of a function with that role amount to.

    `elsewhere`: the kinds of failure that check database_login reports.
    """
    failed = [each for each in checks if not each["ok"]]
    if failed and all(each["kind"] in elsewhere for each in failed):
        return Finding.left_to("database_login", "the app's login does not work")
    if not failed:
        return Finding.passed("; ".join(each["said"] for each in checks), EXPECTED)
    # Where the settings are wrong, all the rest fails of that.
    shown = [each for each in failed if each["name"] == "settings"] or failed
    meanings = [_meaning(each, role) for each in shown]
    return Finding.failed(
        "; ".join(f"{each['name']}: {each['said']}" for each in shown),
        EXPECTED,
        "; ".join(dict.fromkeys(each.remedy for each in meanings)),
        cause=meanings[0].cause,
        subjects=(each["name"] for each in shown),
    )


def _reported_by_database_login(context: Context) -> tuple[str, ...]:
    """So that one cause is one failed line."""
    app = context.settings.app_config
    # With IAM the functions log in otherwise than that check does.
    kinds = () if app.iam_login else OF_THE_DATABASE
    password_login = replace(app, iam_login=False)
    try:
        app_login(context.client("secretsmanager"), context.config_table(), password_login)
    except AppConfigError as error:
        return (*kinds, type(error).__name__)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # Who is denied, is so by a role of its own.
        return kinds if code in explain.DENIED else (*kinds, code)
    return kinds


def _meaning(check: dict[str, Any], role: str) -> Meaning:
    if check["kind"] in explain.DENIED:
        operation = check["said"].partition(" ")[0]
        remedy = f"allow {operation} in {role} (template.yaml), and in its permissions boundary"
        return Meaning(Cause.DENIED, remedy)
    return MEANINGS.get(check["kind"], UNFORESEEN)
