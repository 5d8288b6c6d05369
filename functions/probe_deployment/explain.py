"""Turns what a check raised into a finding that says what to do.

Nearly always the check could not look, which is unknown and no failure: a call that AWS refuses
says nothing about what was deployed.
"""

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
from probe_deployment.context import ResourceMissing, SeeOtherCheck
from probe_deployment.deployed import RevisionMissing
from probe_deployment.finding import Finding, Status

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
)
NEXT_STEP: dict[type[Exception], str] = {
    LoginRefused: "the password in the secret (AWSCURRENT) is not the database's: see"
    " 'Login refused' in docs/runbook.md",
    DatabaseUnreachable: "is the cluster available (aws rds describe-db-clusters), and does its"
    " security group let the stack's in (output QueryDatabaseSecurityGroupId)?",
    DatabaseTimeout: "the database is overloaded or locked: see its running statements in"
    " Performance Insights",
    DatabaseRefused: "code 42501 is a missing GRANT to the user that logs in; the others are in the"
    " PostgreSQL manual's appendix 'Error Codes'",
    QueueTablesMissing: "set the parameter QueueDatabaseName to the database that holds Solid"
    " Queue's tables, or let the app's migrations make them; where GoodJob, Sidekiq or another runs"
    " the jobs: only Solid Queue is measured and scaled, so Scaling=false",
    DatabaseError: "read the log of query_database",
    AppConfigError: "fill in what the app's configuration lacks, or correct the stack's parameters",
    ResourceMissing: "it was deleted by hand: make deploy",
    RevisionMissing: "run the probe again; a revision that stays away was deleted",
    DeployedElsewhere: "let ECS deploy it (deploymentController of type ECS), or leave it to the"
    " probes of the controller that does",
    ServiceNotFound: "correct the parameters EcsCluster, WebServices and WorkerServices",
}
# What the database, the secret or the cluster itself answers: something is wrong, though no older
# version of the app would put it right.
FAILURES = (LoginRefused, DatabaseUnreachable, QueueTablesMissing, AppConfigError, ResourceMissing)
ANSWER = "an answer"


def explain(error: Exception) -> Finding:
    """A finding for an exception.

    An unforeseen one is shown by its type alone: its text may quote what it was working on, and a
    verdict travels far.
    """
    if isinstance(error, SeeOtherCheck):
        return Finding.skipped(str(error))
    if isinstance(error, ClientError):
        return _client_error(error)
    if isinstance(error, BotoCoreError):
        return Finding.unknown(
            f"no answer from AWS: {type(error).__name__}", ANSWER, "run the probe again"
        )
    status = Status.FAIL if isinstance(error, FAILURES) else Status.UNKNOWN
    for kind, remedy in NEXT_STEP.items():
        if isinstance(error, kind):
            return Finding(status, str(error), ANSWER, remedy)
    return Finding.unknown(
        f"the check itself broke: {type(error).__name__}",
        ANSWER,
        "report it with the function's log",
    )


def _client_error(error: ClientError) -> Finding:
    code = error.response["Error"]["Code"]
    if code in DENIED:
        remedy = (
            f"allow {error.operation_name} in the policy of ProbeDeploymentRole (template.yaml)"
        )
    elif code in THROTTLED:
        remedy = "AWS throttles the account's calls: run the probe again later"
    else:
        remedy = f"{code}: are the stack's parameters right?"
    return Finding.unknown(f"{error.operation_name} answered {code}", ANSWER, remedy)
