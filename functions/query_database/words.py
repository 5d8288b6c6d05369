"""What people read of a refused connection or statement."""

from ops_common.database_cause import DatabaseCause as Cause

# What the server does or is; its address stands before it.
WORDS: dict[Cause, str] = {
    Cause.CLEAR_TEXT: "wants the password of {user} in clear text: a role that was granted rds_iam"
    " logs in by IAM token alone (REVOKE rds_iam FROM {user})",
    Cause.CLOSED: "closed the connection",
    Cause.NOLOGIN: "doesn't let {user} log in: the role is NOLOGIN",
    Cause.NOTHING_LISTENS: "refused the connection: nothing listens there",
    Cause.NOT_GRANTED: "doesn't let {user} connect to database {database}",
    Cause.NOT_POSTGRESQL: "is no PostgreSQL server (MySQL?): only PostgreSQL is supported",
    Cause.NO_ANSWER: "did not answer within {timeout_seconds} s",
    Cause.NO_CONNECTION_LEFT: "has no connection left for {user}",
    Cause.NO_DATABASE: "has no database {database} for {user}",
    Cause.NO_ENTRY: "has no pg_hba.conf entry for {user}",
    Cause.NO_PROOF: "doesn't ask for proof by SCRAM",
    Cause.NO_RESOURCES: "is out of resources ({sqlstate})",
    Cause.NO_TOKEN: "takes no IAM token of {user} (GRANT rds_iam TO {user})",
    Cause.NO_TLS: "offers no TLS",
    Cause.OTHER_HOST: "shows a certificate of another host",
    Cause.PASSWORD: "refused the login of {user}",
    Cause.POOLER_LOGIN: "is a pooler that can't log in to its server",
    Cause.POOLER_NO_DATABASE: "has no database {database} (a pooler's words)",
    Cause.POOLER_NO_USER: "knows no user {user} (a pooler's words)",
    Cause.POOLER_PASSWORD: "refused the login of {user} (a pooler's words)",
    Cause.PROXY_IAM_ONLY: "is an RDS Proxy that takes {user} by IAM token alone",
    Cause.PROXY_NO_CONNECTION: "is an RDS Proxy without a connection to its database",
    Cause.PROXY_NO_CREDENTIALS: "is an RDS Proxy whose own secret has no credentials of {user}",
    Cause.PROXY_PASSWORD: "is an RDS Proxy whose own secret has another password of {user}",
    Cause.STARTING: "is starting up, shutting down or recovering",
    Cause.TAKES_NO_CONNECTION: "accepts no connection to database {database}",
    Cause.UNKNOWN_CA: "shows a certificate of an unknown CA",
    Cause.UNKNOWN_HOST: "is a host name that DNS doesn't know",
}
READ_ONLY = (
    "is read-only: a reader's endpoint, a failover that isn't over, or a pooler's session with"
    " default_transaction_read_only"
)
NOT_ALLOWED_TO_SET = (
    "rds.restrict_password_commands is on: GRANT rds_password TO the role that sets the password"
    " (for users that take turns the one that prepared them)"
)
NO_TABLES = "database {database} has no tables of Solid Queue: {said}"
NO_ROOTS = "the roots of {region} are not in the layer (docs/deploy.md, Certificates)"
NOT_PREPARED = (
    "{login} can't set the password of {user}: the alternating users are not prepared in this"
    " database (see prepareRoles in docs/rotation.md)"
)
