"""Readiness of what watches: somebody who gets alerts, a dashboard, the scaler, the probes."""

from urllib.parse import urlsplit

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.memory import ProbeMemory


def alert_subscribers(context: Context) -> Finding:
    """Somebody has subscribed to the alert topic, and has confirmed it."""
    topic = context.settings.alert_topic_arn
    arns = [
        subscription["SubscriptionArn"]
        for page in context.client("sns")
        .get_paginator("list_subscriptions_by_topic")
        .paginate(TopicArn=topic)
        for subscription in page["Subscriptions"]
    ]
    # Instead of an ARN, one that waits for its confirmation has the words PendingConfirmation.
    confirmed = sum(arn.startswith("arn:") for arn in arns)
    pending = len(arns) - confirmed
    observed, expected = f"{confirmed} confirmed, {pending} pending", "one confirmed at least"
    if confirmed:
        return Finding.passed(observed, expected)
    if pending:
        return Finding.failed(
            observed,
            expected,
            "click the link in the mail 'Subscription Confirmation'",
            cause=Cause.NOT_CONFIRMED,
        )
    return Finding.failed(
        observed,
        expected,
        f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint YOU, then"
        " click the link in the mail",
        cause=Cause.NOT_SUBSCRIBED,
    )


def dashboard(context: Context) -> Finding:
    """There is a dashboard of operations."""
    found = context.client("cloudwatch").list_dashboards()["DashboardEntries"]
    expected = "a dashboard"
    if not found:
        return Finding.failed(
            "no dashboard", expected, f"{context.deploy_command()}: it brings one"
        )
    return Finding.passed(", ".join(each["DashboardName"] for each in found[:3]), expected)


def worker_scaling(context: Context) -> Finding:
    """scale_workers has remembered a tick, and does what it decides."""
    stack, table = context.settings.stack_name, context.settings.ops_table_name
    dynamodb = context.client("dynamodb")
    forgotten = [
        name
        for name in context.settings.names.worker
        if "Item" not in dynamodb.get_item(TableName=table, Key={"id": {"S": f"scaling#{name}"}})
    ]
    expected = "workers scaled on the queue"
    if forgotten:
        return Finding.failed(
            f"scale_workers has remembered no tick of {' and '.join(forgotten)}",
            expected,
            f"aws logs tail /aws/lambda/{stack}-scale-workers --since 10m; where that is empty, its"
            f" schedule is off: make doctor STACK={stack}",
            cause=Cause.NO_TICK,
            subjects=forgotten,
        )
    if context.settings.scaler_dry_run:
        return Finding.failed(
            "scale_workers only says what it would do (ScalerDryRun)",
            expected,
            f"read what it would have done (make replay, docs/scaling.md), then"
            f" {context.deploy_command('ScalerDryRun=false')}",
            cause=Cause.DRY_RUN,
        )
    return Finding.passed("scale_workers remembers its ticks", expected)


def deployment_probed(context: Context) -> Finding:
    """A deployment of each service has passed its probe."""
    memory = ProbeMemory(context.client("dynamodb"), context.settings.ops_table_name)
    unproved = [name for name in context.settings.services if memory.last_passed(name) is None]
    expected = "a deployment of each service that passed"
    if unproved:
        return Finding.failed(
            f"none of {' and '.join(unproved)}",
            expected,
            f"deploy once, or probe what runs: make probe STACK={context.settings.stack_name}",
            subjects=unproved,
        )
    return Finding.passed("each service has one", expected)


def load_tested(context: Context) -> Finding:
    """A load test has passed on this side too (suite `load`)."""
    memory = ProbeMemory(context.client("dynamodb"), context.settings.ops_table_name)
    passed_at, expected = memory.load_test_passed_at(), "a load test that passed"
    if passed_at is None:
        url = urlsplit(context.settings.health_check_url)
        return Finding.failed(
            "none has passed",
            expected,
            f"make load-test URL={url.scheme}://{url.netloc} STACK={context.settings.stack_name}"
            " (it loads that address: choose a quiet hour; docs/probes.md, 'Load test')",
        )
    return Finding.passed(f"passed on {passed_at:%Y-%m-%d}", expected)
