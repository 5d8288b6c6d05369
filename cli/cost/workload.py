"""What a month is taken to be: the figures that no template holds.

Seconds are what Lambda would bill, taken high: a run's processor time as measured here, at the
seventh of a processor that 256 MB has, and its calls. Bytes of log are measured, with Lambda's own
three lines of a run (300 bytes); tests hold them.
"""

from dataclasses import dataclass

HOURS, DAYS = 730, 365 / 12
MINUTES = HOURS * 60
DEPLOYMENTS = 60
"""Of the two services: about one deployment of the app a day."""
ALERTS = 300
"""Messages of the alert queue: alarms, deployments, scalings, follow-ups."""
ANSWERS = 200
"""Clicks and commands of people on call."""
# Lambda starts with five long polls of 20 s at a time on a queue (AWS Compute Blog, "Understanding
# how AWS Lambda scales with Amazon SQS standard queues"), whether anything is in it or not.
IDLE_POLLS = 5 * 3 * MINUTES
STORED_GB = 0.05
"""Two versions of all packages, as `sam deploy` uploads them."""


@dataclass(frozen=True)
class Run:
    """One run of a function, the more expensive kind of its usual ones."""

    seconds: float
    log_bytes: int
    reads: float = 0
    """DynamoDB's request units: a read of less than 4 KB is half a one, or one if consistent."""
    writes: float = 0
    secret_calls: float = 0


RUNS: dict[str, Run] = {
    # The login is kept for ten minutes: a secret and three items of the table every tenth tick.
    # Of its log, two lines are the tick and its metrics; more workers make it longer. Its memory
    # and the last ten reasons, packed, are an item of 0.8 to 1.2 KB.
    "ScaleWorkers": Run(0.5, 2400, reads=1 + 0.15, writes=1.2, secret_calls=0.1),
    "QueryDatabase": Run(0.25, 500),
    "SendAlerts": Run(1.5, 1500, reads=4, writes=6),
    # Each an item for "seen before", the summaries of some hundred incidents, and an event.
    "AnswerSlack": Run(0.5, 900, reads=60, writes=2),
    "ProbeDeployment": Run(2.0, 1200, reads=2, writes=2, secret_calls=0.1),
    "RotatePassword": Run(60.0, 1500, reads=3, secret_calls=6),
}
# Nearly always nothing but a scan of the month's 300 incidents, which have 2.3 KB on average.
SWEEP = Run(0.5, 900, reads=300 * 2.3 / 4 / 2)
"""The run of send_alerts that its schedule starts."""
EXTRA_RUNS: dict[str, float] = {
    # Beside those of its schedules: after deployments, each with up to five minutes of grace.
    "ProbeDeployment": DEPLOYMENTS,
    "QueryDatabase": DEPLOYMENTS * 5 + 10,
    "SendAlerts": ALERTS,
    "RotatePassword": 4,
    "AnswerSlack": ANSWERS,
    "ScaleWorkers": 0,
}
"""Runs that no schedule of the template starts."""
METRIC_HOURS: dict[str, float] = {
    "QueueLatency": HOURS,
    "FailedJobs": HOURS,
}
"""A custom metric is charged for the hours in which it is sent (Amazon CloudWatch Pricing)."""
OWN_EVENTS = 100
NOTIFICATIONS = 100
