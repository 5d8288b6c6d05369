"""AWS's list prices in eu-west-1, and what every account has for nothing each month."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """What one unit costs."""

    usd: float
    unit: str
    free: float
    """Units that an account has for nothing each month, for ever; not those of its first year."""
    published: str
    """When AWS published the list for eu-west-1. With a star: the price in us-east-1, which most
    Regions share, as read in the month given or by no date."""


PER_MILLION = 1e-6
PRICES: dict[str, Price] = {
    "Lambda requests": Price(0.20 * PER_MILLION, "request", 1e6, "2026-10-01"),
    "Lambda duration (x86_64)": Price(0.0000166667, "GB-second", 400_000, "2026-10-01"),
    "Lambda duration (arm64)": Price(0.0000133334, "GB-second", 400_000, "2026-10-01"),
    "SQS requests": Price(0.40 * PER_MILLION, "request", 1e6, "2026-09-11"),
    "SNS publishes": Price(0.50 * PER_MILLION, "request", 1e6, "2026-09-15"),
    "SNS e-mails": Price(2e-5, "e-mail", 1000, "undated*"),
    "EventBridge events of our own": Price(1.00 * PER_MILLION, "event", 0, "2026-03*"),
    "EventBridge Scheduler": Price(1.00 * PER_MILLION, "start", 14e6, "2026-03*"),
    "DynamoDB reads": Price(0.1415 * PER_MILLION, "request unit", 0, "2026-09-11"),
    "DynamoDB writes": Price(0.705 * PER_MILLION, "request unit", 0, "2026-09-11"),
    "Secrets Manager calls": Price(5.00 * PER_MILLION, "call", 0, "2026-09-11"),
    "CloudWatch alarms": Price(0.10, "alarm", 10, "2026-09-22"),
    "CloudWatch custom metrics": Price(0.30, "metric", 10, "2026-09-22"),
    "CloudWatch dashboards": Price(3.00, "dashboard", 3, "2026-06*"),
    "CloudWatch Logs, taken in": Price(0.57, "GB", 5, "2026-09-22"),
    "CloudWatch Logs, kept": Price(0.03, "GB-month", 5, "2026-09-22"),
    "CloudWatch GetMetricWidgetImage": Price(0.02 / 1000, "metric", 0, "undated*"),
    "S3, the packages": Price(0.023, "GB-month", 0, "2026-09-28"),
}
