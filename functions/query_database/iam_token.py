"""A login by IAM: a token signed here, with the function's own credentials and no call to AWS."""

import os

from ops_common.query_database import DatabaseAddress

# Amazon Aurora User Guide, "IAM database authentication": a token is good for 15 minutes.
LIFETIME_SECONDS = 900


class NoCredentials(Exception):
    """There is nothing to sign with."""


def sign_token(address: DatabaseAddress, user: str) -> str:
    """The password that stands for `user`, who must hold the role rds_iam.

    The function's role needs rds-db:connect on that user. Raises NoCredentials without any in the
    environment, KeyError without AWS_REGION (Lambda always sets both).
    """
    # Imported here: botocore costs a cold start a fifth of a second that a password login saves.
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import EnvProvider

    credentials = EnvProvider().load()
    if credentials is None:
        raise NoCredentials("no AWS credentials in the environment")
    request = AWSRequest(
        method="GET",
        url=f"https://{address.host}:{address.port}/",
        params={"Action": "connect", "DBUser": user},
    )
    SigV4QueryAuth(
        credentials, "rds-db", os.environ["AWS_REGION"], expires=LIFETIME_SECONDS
    ).add_auth(request)
    return str(request.url).removeprefix("https://")
