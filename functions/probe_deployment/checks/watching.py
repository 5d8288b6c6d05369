"""Readiness of what watches: alarms, somebody who hears them, a dashboard, the scaler, a probe."""

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.memory import ProbeMemory

WANTED_ALARMS = {
    "CPU": ("AWS/ECS", "CPUUtilization"),
    "5xx": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
    "database connections": ("AWS/RDS", "DatabaseConnections"),
}


def alarms(context: Context) -> Finding:
    """There are alarms on CPU, 5xx and database connections."""
    seen = set()
    pages = context.client("cloudwatch").get_paginator("describe_alarms")
    for page in pages.paginate(AlarmTypes=["MetricAlarm"]):
        for alarm in page["MetricAlarms"]:
            seen.add((alarm.get("Namespace"), alarm.get("MetricName")))
            for query in alarm.get("Metrics", []):
                metric = query.get("MetricStat", {}).get("Metric", {})
                seen.add((metric.get("Namespace"), metric.get("MetricName")))
    missing = [name for name, metric in WANTED_ALARMS.items() if metric not in seen]
    wanted = f"alarms on {', '.join(WANTED_ALARMS)}"
    if missing:
        return Finding.failed(
            f"none on {', '.join(missing)}",
            wanted,
            "deploy the stack with its alarms on: see the parameter group 'Alarms'",
        )
    return Finding.passed(wanted, wanted)


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
    saw, wanted = f"{confirmed} confirmed, {pending} pending", "one confirmed at least"
    if confirmed:
        return Finding.passed(saw, wanted)
    if pending:
        return Finding.failed(saw, wanted, "click the link in the mail 'Subscription Confirmation'")
    return Finding.failed(
        saw,
        wanted,
        f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint YOU, then"
        " click the link in the mail",
    )


def dashboard(context: Context) -> Finding:
    """There is a dashboard of operations."""
    found = context.client("cloudwatch").list_dashboards()["DashboardEntries"]
    wanted = "a dashboard"
    if not found:
        return Finding.failed("no dashboard", wanted, "deploy the stack: it brings one")
    return Finding.passed(", ".join(each["DashboardName"] for each in found[:3]), wanted)


def worker_scaling(context: Context) -> Finding:
    """scale_workers has remembered a tick."""
    name = context.settings.worker_service
    item = context.client("dynamodb").get_item(
        TableName=context.settings.ops_table_name, Key={"id": {"S": f"scaling#{name}"}}
    )
    wanted = "workers scaled on the queue"
    if "Item" not in item:
        return Finding.failed(
            "scale_workers has remembered no tick",
            wanted,
            "is its schedule on, and what does its log say? See docs/scaling.md",
        )
    return Finding.passed("scale_workers remembers its ticks", wanted)


def deployment_probed(context: Context) -> Finding:
    """A deployment of each service has passed its probe."""
    memory = ProbeMemory(context.client("dynamodb"), context.settings.ops_table_name)
    unproved = [name for name in context.settings.services if memory.last_passed(name) is None]
    wanted = "a deployment of each service that passed"
    if unproved:
        return Finding.failed(
            f"none of {' and '.join(unproved)}",
            wanted,
            "deploy once, or probe what runs: make probe (docs/probes.md)",
        )
    return Finding.passed("each service has one", wanted)
