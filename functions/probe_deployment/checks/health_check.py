"""The app's health check, over its public address and at the load balancer itself."""

from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status
from probe_deployment.http_answer import get, judge, judge_failure


def check(context: Context) -> Finding:
    """200 of the app itself within the response time, without a redirect or a cache."""
    settings = context.settings
    url, tag = settings.health_check_url, context.request.expected_image_tag or ""
    expects = settings.health_check_expects
    if "{tag}" in expects:
        expects = expects.replace("{tag}", tag) if tag else ""
    try:
        answer = get(url, settings.health_check_ca_certificate)
    except HTTPError as error:
        return judge_failure(url, error)
    return judge(url, answer, expects)


def balancer(context: Context) -> Finding:
    """The same at the load balancer itself, for the public name: past every cache and proxy."""
    url = urlsplit(context.settings.health_check_url)
    names = context.load_balancer_names()
    if url.scheme != "https" or url.hostname is None or not names:
        return Finding.skipped("there is no load balancer with TLS to ask")
    name = names[0]
    try:
        answer = get(
            url.path or "/",
            context.settings.health_check_ca_certificate,
            connect_to=name,
            host=url.hostname,
        )
    except HTTPError as error:
        return Finding.skipped(
            f"{name} is not to be reached from here ({type(error).__name__}): its security group"
            " may let in nobody but the proxy in front"
        )
    finding = judge(f"{name} as {url.hostname}", answer)
    if finding.status is Status.FAIL and answer.status < 500:
        # A certificate or a rule for another name is no fault of the app.
        return Finding.skipped(f"{name} answered {answer.status} to {url.hostname}")
    return finding
