"""The app's health check, over its public address and at the load balancer itself."""

from copy import replace
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status
from probe_deployment.http_answer import judge, judge_failure
from probe_deployment.http_get import Listener

UNAVAILABLE = 503
"""Of a load balancer itself: no target is healthy, or a rule's fixed answer."""


def check(context: Context) -> Finding:
    """200 of the app itself within the response time, without a redirect or a cache."""
    settings = context.settings
    url, tag = settings.health_check_url, context.request.expected_image_tag or ""
    expects = settings.health_check_expects
    if "{tag}" in expects:
        expects = expects.replace("{tag}", tag) if tag else ""
    try:
        answer = context.get(url, settings.health_check_ca_certificate)
    except HTTPError as error:
        return _of_web(context, judge_failure(url, error))
    return _of_web(context, judge(url, answer, expects))


def balancer(context: Context) -> Finding:
    """The same at the load balancer itself, for the public name: past every cache and proxy."""
    url = urlsplit(context.settings.health_check_url)
    names = context.load_balancer_names()
    if url.scheme != "https" or url.hostname is None or not names:
        return Finding.skipped("there is no load balancer with TLS to ask")
    return _of_web(context, ask(context, url.path or "/", Listener(names[0], url.hostname)))


def _of_web(context: Context, finding: Finding) -> Finding:
    """A finding on the web service: an older version of another one would not cure it."""
    if context.concerns(context.settings.web_service):
        return finding
    return replace(finding, older_version_fixes=False)


def ask(context: Context, path: str, at: Listener) -> Finding:
    """What a load balancer itself answers; skipped where it can't be reached from here."""
    try:
        answer = context.get(path, context.settings.health_check_ca_certificate, at)
    except HTTPError as error:
        return Finding.skipped(
            f"{at.address} is not to be reached from here ({type(error).__name__}): its security"
            " group may let in nobody but the proxy in front"
        )
    if answer.status == UNAVAILABLE and answer.headers.get("server", "").startswith("awselb"):
        return Finding.left_to(
            "target_health", f"{at.address} itself answers {UNAVAILABLE}: no target, or its rule"
        )
    finding = judge(f"{at.address} as {at.host}", answer)
    if finding.status is Status.FAIL and answer.status < 500:
        # A certificate or a rule for another name is no fault of the app.
        return Finding.skipped(f"{at.address} answered {answer.status} to {at.host}")
    return finding
