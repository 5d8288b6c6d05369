"""Readiness of the app's secret: its keys, the password's age, its rotation. Never a value."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ops_common.app_config import parse_secret
from probe_deployment.context import Context
from probe_deployment.finding import Finding

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef

# How passwords that nobody chose begin.
TEMPORARY = ("temporary", "changeme", "change-me", "placeholder", "password")


def keys(context: Context) -> Finding:
    """Every key of the secret is there, has a value, and begins as it must."""
    settings = context.settings
    return judge_keys(_content(context), settings.secret_keys, settings.expected_values)


def judge_keys(
    content: dict[str, Any], wanted: tuple[str, ...], prefixes: dict[str, str]
) -> Finding:
    """Which keys lack a value; `prefixes` of some by key, such as `sk_live_`."""
    missing = [key for key in wanted if content.get(key) in (None, "")]
    odd = [
        f"{key} doesn't begin with {prefix}"
        for key, prefix in prefixes.items()
        if content.get(key) and not str(content[key]).startswith(prefix)
    ]
    if missing or odd:
        return Finding.failed(
            "; ".join([*(f"{key} is missing" for key in missing), *odd]),
            f"all {len(wanted)} keys with real values",
            "run populate_secret: it makes the random ones and says where to find the others"
            " (docs/probes.md)",
        )
    return Finding.passed(f"all {len(wanted)} keys", f"all {len(wanted)} keys with real values")


def password_age(context: Context) -> Finding:
    """The password is not the temporary one, and was rotated not too long ago."""
    settings = context.settings
    password = str(_content(context).get(settings.app_config.password_key, ""))
    return judge_age(
        _described(context).get("LastRotatedDate"),
        context.now,
        settings.password_age_days,
        temporary=password.lower().startswith(TEMPORARY),
        secret_id=settings.app_config.secret_id,
    )


def judge_age(
    rotated: datetime | None, now: datetime, limit_days: int, *, temporary: bool, secret_id: str
) -> Finding:
    """What the last rotation amounts to."""
    wanted = f"a password rotated within {limit_days} days"
    remedy = f"aws secretsmanager rotate-secret --secret-id {secret_id}"
    if temporary:
        return Finding.failed("the temporary password is still in use", wanted, remedy)
    if rotated is None:
        return Finding.failed("never rotated", wanted, remedy)
    days = (now - rotated).days
    saw = f"rotated {days} days ago"
    if days > limit_days:
        return Finding.failed(saw, wanted, remedy)
    return Finding.passed(saw, wanted)


def rotation(context: Context) -> Finding:
    """Rotation is switched on and has a next date."""
    described = _described(context)
    wanted = "rotation on, with a schedule"
    if not described.get("RotationEnabled"):
        return Finding.failed(
            "rotation is off",
            wanted,
            "deploy the stack with the parameter RotationSchedule, such as cron(0 9 1 * ? *)",
        )
    following = described.get("NextRotationDate")
    return Finding.passed(
        f"on, next {following:%Y-%m-%d}" if following else "on, for the first time", wanted
    )


def _content(context: Context) -> dict[str, Any]:
    secret_id = context.settings.app_config.secret_id
    current = context.client("secretsmanager").get_secret_value(
        SecretId=secret_id, VersionStage="AWSCURRENT"
    )
    return parse_secret(current["SecretString"], secret_id)


def _described(context: Context) -> "DescribeSecretResponseTypeDef":
    described: DescribeSecretResponseTypeDef = context.client("secretsmanager").describe_secret(
        SecretId=context.settings.app_config.secret_id
    )
    return described
