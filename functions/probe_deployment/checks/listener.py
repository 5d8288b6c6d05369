"""The new tasks through the load balancer's test listener, before production traffic shifts."""

from typing import Any
from urllib.parse import urlsplit

from probe_deployment.checks.health_check import ask
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.http_get import Listener

AFTER_THE_SHIFT = ("POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT")
"""Stages at which the test listener leads to the new tasks, and to nobody else."""


def check(context: Context) -> Finding:
    """The health check's path at the test listener of the revision, once it leads there."""
    if context.request.stage not in AFTER_THE_SHIFT:
        return Finding.skipped("the test listener does not lead to the new tasks yet")
    rule_arn = rule_of(context.revision())
    url = urlsplit(context.settings.health_check_url)
    if not rule_arn or url.hostname is None:
        return Finding.skipped("the service has no test listener, or no address to ask for")
    elbv2 = context.client("elbv2")
    (rule,) = elbv2.describe_rules(RuleArns=[rule_arn])["Rules"]
    (found,) = elbv2.describe_listeners(ListenerArns=[listener_arn(rule_arn)])["Listeners"]
    balancers = elbv2.describe_load_balancers(LoadBalancerArns=[found["LoadBalancerArn"]])
    at = listener(rule, found, balancers["LoadBalancers"][0]["DNSName"], url.hostname)
    return ask(context, url.path or "/", at)


def rule_of(revision: Any) -> str:
    """ARN of the rule that leads test traffic, or nothing.

    Source: ECS API Reference, ServiceRevision and AdvancedConfiguration, "testListenerRule".
    """
    rules = (
        each.get("advancedConfiguration", {}).get("testListenerRule", "")
        for each in revision.get("loadBalancers", [])
    )
    return next((str(rule) for rule in rules if rule), "")


def listener_arn(rule_arn: str) -> str:
    """The listener that a rule belongs to; the rule's ARN has one part more."""
    return rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]


def listener(rule: Any, found: Any, address: str, host: str) -> Listener:
    """Where to connect, and what to send so that the rule holds; a pattern's stars are left out."""
    headers: dict[str, str] = {}
    for condition in rule.get("Conditions", []):
        if names := condition.get("HostHeaderConfig", {}).get("Values"):
            host = host if host in names or "*" in names[0] else names[0]
        if header := condition.get("HttpHeaderConfig"):
            headers[header["HttpHeaderName"]] = header["Values"][0].replace("*", "")
    return Listener(address, host, found["Port"], found["Protocol"] == "HTTPS", headers)
