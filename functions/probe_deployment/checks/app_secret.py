"""Readiness of the app's secret: its keys, the password's age, its rotation. Never a value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ops_common.app_secret import current_content, password_of
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Trouble, first_cause
from probe_deployment.placeholders import is_placeholder

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef

TERRAFORM = "terraform-"


def keys(context: Context) -> Finding:
    """Every key of the secret is there, has a value, and begins as it must."""
    settings = context.settings
    # The password is checked by password_age.
    beginnings = {
        key: beginning
        for key, beginning in settings.secret_keys.items()
        if key != settings.app_config.password_key
    }
    troubles = judge_keys(_content(context), beginnings)
    expected = f"real values at {len(beginnings)} keys"
    if not troubles:
        return Finding.passed(expected, expected)
    secret = f"--secret-id {settings.app_config.secret_id}"
    return Finding.failed(
        "; ".join(f"{key} {trouble.words}" for key, trouble in troubles.items()),
        expected,
        "make populate names those that are missing, makes random ones where you name them, and"
        " says where to find the others; put each in by:"
        f" export KEY={next(iter(troubles))}; read -rs VALUE; export VALUE;"
        f" aws secretsmanager get-secret-value {secret} --query SecretString --output text"
        " | jq -c '.[env.KEY] = env.VALUE'"
        f" | aws secretsmanager put-secret-value {secret} --secret-string file:///dev/stdin",
        cause=first_cause(troubles),
        subjects=troubles,
    )


def judge_keys(content: dict[str, Any], beginnings: dict[str, str]) -> dict[str, Trouble]:
    """What is wrong, by key; a value must begin so (`sk_live_`, or empty). Never a value."""
    troubles: dict[str, Trouble] = {}
    for key, beginning in beginnings.items():
        value = str(content.get(key) or "")
        if not value:
            troubles[key] = Trouble(Cause.MISSING, "is missing")
        elif is_placeholder(value, beginning):
            troubles[key] = Trouble(Cause.PLACEHOLDER, "is a placeholder")
        elif not value.startswith(beginning):
            troubles[key] = Trouble(Cause.OTHER_BEGINNING, f"doesn't begin with {beginning}")
    return troubles


def password_age(context: Context) -> Finding:
    """The password is not the temporary one, and was rotated not too long ago."""
    settings = context.settings
    password = password_of(_content(context), settings.app_config)
    described = _described(context)
    remedy = f"aws secretsmanager rotate-secret --secret-id {settings.app_config.secret_id}"
    if not described.get("RotationEnabled"):
        remedy = f"first switch rotation on (see rotation), then {remedy}"
    return judge_age(
        described.get("LastRotatedDate"),
        context.now,
        settings.password_age_days,
        temporary=is_placeholder(password),
        remedy=remedy,
    )


def judge_age(
    rotated: datetime | None, now: datetime, limit_days: int, *, temporary: bool, remedy: str
) -> Finding:
    """What the last rotation amounts to."""
    expected = f"a password rotated within {limit_days} days"

    def failed(cause: Cause, observed: str) -> Finding:
        return Finding.failed(observed, expected, remedy, cause=cause)

    if temporary:
        return failed(Cause.TEMPORARY, "the temporary password is still in use")
    if rotated is None:
        return failed(Cause.NEVER_ROTATED, "never rotated")
    days = (now - rotated).days
    observed = f"rotated {days} days ago"
    if days > limit_days:
        return failed(Cause.OLD, observed)
    return Finding.passed(observed, expected)


def rotation(context: Context) -> Finding:
    """Rotation is switched on and has a next date."""
    described = _described(context)
    expected = "rotation on, with a schedule"
    if not described.get("RotationEnabled"):
        return Finding.failed(
            "rotation is off",
            expected,
            context.deploy_command('RotationSchedule="cron(0 9 1 * ? *)"')
            + " (where that finds nothing to change, it was cancelled by hand: aws secretsmanager"
            f" rotate-secret --secret-id {context.settings.app_config.secret_id}"
            " --rotation-lambda-arn ARN --rotation-rules"
            " 'ScheduleExpression=\"cron(0 9 1 * ? *)\",Duration=2h' --no-rotate-immediately)",
        )
    following = described.get("NextRotationDate")
    return Finding.passed(
        f"on, next {following:%Y-%m-%d}" if following else "on, for the first time", expected
    )


def writer(context: Context) -> Finding:
    """No version that is still labelled was written by Terraform, which may write it again."""
    return judge_writer(_described(context).get("VersionIdsToStages", {}))


def judge_writer(stages: Mapping[str, Sequence[str]]) -> Finding:
    """What the ids of the secret's versions amount to.

    Terraform's provider begins the id of a version that it makes with `terraform-`. Once two newer
    ones have come it is gone from AWS, and a plan makes it anew, whatever ignore_changes says
    (hashicorp/terraform-provider-aws, issue 37302).
    """
    expected = "no version of the secret that Terraform manages"
    labels = {
        label
        for version, found in stages.items()
        if version.startswith(TERRAFORM)
        for label in found
        if label in ("AWSCURRENT", "AWSPREVIOUS")
    }
    if labels:
        return Finding.failed(
            f"Terraform wrote {' and '.join(sorted(labels))}: an apply after the second"
            " rotation writes the first password again",
            expected,
            "in Terraform: removed { from = aws_secretsmanager_secret_version.NAME, lifecycle"
            " { destroy = false } } in place of the resource (terraform/README.md)",
            subjects=sorted(labels),
        )
    return Finding.passed("none", expected)


def _content(context: Context) -> dict[str, Any]:
    return current_content(context.client("secretsmanager"), context.settings.app_config)


def _described(context: Context) -> "DescribeSecretResponseTypeDef":
    described: DescribeSecretResponseTypeDef = context.client("secretsmanager").describe_secret(
        SecretId=context.settings.app_config.secret_id
    )
    return described
