"""Turns what a check raised into a finding that says what to do.

Nearly always the check had no answer, which is unknown and no failure: a call that AWS refuses
says nothing about what was deployed.
"""

from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.app_config import AppConfigError
from ops_common.ecs import DeployedElsewhere, ServiceNotFound
from ops_common.query_database import (
    DatabaseError,
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    LoginRefused,
    QueueTablesMissing,
)
from probe_deployment.cause import Cause
from probe_deployment.context import ResourceMissing, SeeOtherCheck
from probe_deployment.database_remedies import REMEDIES
from probe_deployment.deployed import RevisionMissing
from probe_deployment.finding import Finding, Status

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
)


class Meaning(NamedTuple):
    """What an error amounts to."""

    cause: Cause
    remedy: str
    status: Status = Status.UNKNOWN
    """FAIL for what the database, the secret or the cluster itself answers: something is wrong,
    though no older version of the app would put it right."""


MEANINGS: dict[type[Exception], Meaning] = {
    LoginRefused: Meaning(
        Cause.LOGIN_REFUSED,
        "the password in the secret (AWSCURRENT) is not the database's: see 'Login refused' in"
        " docs/runbook.md",
        Status.FAIL,
    ),
    DatabaseUnreachable: Meaning(
        Cause.UNREACHABLE,
        "is the cluster available (aws rds describe-db-clusters), and does its security group let"
        " the stack's in (output QueryDatabaseSecurityGroupId)?",
        Status.FAIL,
    ),
    DatabaseTimeout: Meaning(
        Cause.TIMEOUT,
        "the database is overloaded or locked: see its running statements in Performance Insights",
    ),
    DatabaseRefused: Meaning(
        Cause.STATEMENT_REFUSED,
        "code 42501 is a missing GRANT to the user that logs in; the others are in the PostgreSQL"
        " manual's appendix 'Error Codes'",
    ),
    QueueTablesMissing: Meaning(
        Cause.NO_TABLES,
        "set the parameter QueueDatabaseName to the database that holds Solid Queue's tables, or"
        " let the app's migrations make them; where GoodJob, Sidekiq or another runs the jobs: only"
        " Solid Queue is measured and scaled, so Scaling=false",
        Status.FAIL,
    ),
    DatabaseError: Meaning(Cause.DATABASE, "read the log of query_database"),
    AppConfigError: Meaning(
        Cause.CONFIGURATION,
        "fill in what the app's configuration lacks, or correct the stack's parameters",
        Status.FAIL,
    ),
    ResourceMissing: Meaning(Cause.NO_RESOURCE, "it was deleted by hand: make deploy", Status.FAIL),
    RevisionMissing: Meaning(
        Cause.NO_REVISION, "run the probe again; a revision that stays away was deleted"
    ),
    DeployedElsewhere: Meaning(
        Cause.DEPLOYED_ELSEWHERE,
        "let ECS deploy it (deploymentController of type ECS), or leave it to the probes of the"
        " controller that does",
    ),
    ServiceNotFound: Meaning(
        Cause.NO_SERVICE, "correct the parameters EcsCluster, WebServices and WorkerServices"
    ),
}
ANSWER = "an answer"


def explain(error: Exception) -> Finding:
    """A finding for an exception.

    An unforeseen one is shown by its type alone: its text may quote what it was working on, and a
    verdict travels far.
    """
    if isinstance(error, SeeOtherCheck):
        return Finding.left_to(error.check, str(error))
    if isinstance(error, ClientError):
        return _client_error(error)
    if isinstance(error, BotoCoreError):
        return Finding.unknown(
            f"no answer from AWS: {type(error).__name__}",
            ANSWER,
            "run the probe again",
            cause=Cause.NO_ANSWER,
        )
    for kind, (cause, remedy, status) in MEANINGS.items():
        if isinstance(error, kind):
            named = _named(error)
            if isinstance(error, DatabaseError) and error.cause:
                remedy = REMEDIES.get(error.cause, remedy)
            return Finding(status, str(error), ANSWER, remedy, cause=cause, subjects=named)
    return Finding.unknown(
        f"the check itself broke: {type(error).__name__}",
        ANSWER,
        "report it with the function's log",
        cause=Cause.UNEXPECTED,
    )


def _named(error: Exception) -> tuple[str, ...]:
    match error:
        case ServiceNotFound():
            return error.names
        case AppConfigError():
            return error.keys
        case ResourceMissing():
            return (error.logical_id,)
        case _:
            return ()


def _client_error(error: ClientError) -> Finding:
    code, operation = error.response["Error"]["Code"], error.operation_name
    if code in DENIED:
        cause = Cause.DENIED
        remedy = f"allow {operation} in the policy of ProbeDeploymentRole (template.yaml)"
    elif code in THROTTLED:
        cause = Cause.THROTTLED
        remedy = "AWS throttles the account's calls: run the probe again later"
    else:
        cause = Cause.AWS
        remedy = f"{code}: are the stack's parameters right?"
    observed = f"{operation} answered {code}"
    return Finding.unknown(observed, ANSWER, remedy, cause=cause, subjects=(operation,))
