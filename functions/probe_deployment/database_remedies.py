"""What to do where the database let nobody in, by the cause that query_database names."""

from ops_common.database_cause import DatabaseCause as Cause

_ADDRESS = "correct the database's address: in the app's configuration, or by DatabaseAddress"
_AVAILABLE = (
    "is the cluster available (aws rds describe-db-clusters), and is this its address (in the app's"
    " configuration, or DatabaseAddress)?"
)
_DATABASE = "correct the database's name: in the app's configuration, or by QueueDatabaseName"
_TLS = (
    "is the address the cluster's own endpoint, or a pooler's whose CA is in the layer"
    " ('Certificates' in docs/deploy.md)?"
)
_WAIT = "aws rds describe-events says what happens to the cluster: run the probe again after it"
_POOLER = "correct the pooler's own users and databases ('Networks' in docs/deploy.md)"
_PROXY = (
    "past the proxy: DatabaseAddress is the cluster's own endpoint ('Networks' in docs/deploy.md)"
)

# PASSWORD and NO_ANSWER have the remedy of their kind, as have errors without a cause.
REMEDIES: dict[Cause, str] = {
    Cause.CLEAR_TEXT: "REVOKE rds_iam FROM the user, or DatabaseAuth=iam with a user for tokens",
    Cause.CLOSED: _WAIT,
    Cause.CRASHED: "read the log of query_database",
    Cause.NOLOGIN: "ALTER ROLE … LOGIN, or name the user that may log in",
    Cause.NOTHING_LISTENS: _AVAILABLE,
    Cause.NOT_GRANTED: "GRANT CONNECT ON DATABASE … TO the user",
    Cause.NOT_POSTGRESQL: _ADDRESS,
    Cause.NO_CONNECTION_LEFT: "see 'Database connections' in docs/runbook.md",
    Cause.NO_DATABASE: _DATABASE,
    Cause.NO_ENTRY: "let the user in from the stack's subnets (pg_hba.conf of your own server)",
    Cause.NO_PROOF: "SET password_encryption = 'scram-sha-256', then rotate the password",
    Cause.NO_RESOURCES: "see 'Database capacity' in docs/runbook.md",
    Cause.NO_TLS: _TLS,
    Cause.NO_TOKEN: "GRANT rds_iam TO the user, or DatabaseAuth=password",
    Cause.OTHER_HOST: _TLS,
    Cause.POOLER_LOGIN: _POOLER,
    Cause.POOLER_NO_DATABASE: _POOLER,
    Cause.POOLER_NO_USER: _POOLER,
    Cause.POOLER_PASSWORD: _POOLER,
    Cause.PROXY_IAM_ONLY: _PROXY,
    Cause.PROXY_NO_CONNECTION: _PROXY,
    Cause.PROXY_NO_CREDENTIALS: _PROXY,
    Cause.PROXY_PASSWORD: _PROXY,
    Cause.STARTING: _WAIT,
    Cause.TAKES_NO_CONNECTION: "ALTER DATABASE … ALLOW_CONNECTIONS true",
    Cause.UNKNOWN_CA: _TLS,
    Cause.UNKNOWN_HOST: _ADDRESS,
}
