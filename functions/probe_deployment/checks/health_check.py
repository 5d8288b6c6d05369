"""The app's health check, over its public address."""

import time

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError

from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.tls import trust

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 10.0
RESPONSE_SECONDS = 3.0
MAX_BODY_BYTES = 65_536
# Cloudflare's own answers about what is behind it (Cloudflare docs, "Cloudflare 5xx errors").
OF_CLOUDFLARE = {
    520: "the load balancer closed or garbled the connection: see target_health",
    521: "the load balancer refuses the connection: does its security group let Cloudflare in at"
    " 443, and does its listener stand?",
    522: "the load balancer does not answer: does its security group let Cloudflare in at 443, and"
    " is its address the one in Cloudflare's DNS?",
    523: "Cloudflare finds no way to the load balancer: correct the record in Cloudflare's DNS",
    524: "the app took longer than Cloudflare waits: read the web service's log",
    525: "the TLS handshake between Cloudflare and the load balancer failed: look at the listener's"
    " certificate and security policy",
    526: "the load balancer's certificate is invalid or has expired (Cloudflare's mode is Full"
    " strict): renew it in ACM: aws acm list-certificates --certificate-statuses EXPIRED",
}


def check(context: Context) -> Finding:
    """200 within the response time, without a redirect."""
    url = context.settings.health_check_url
    with urllib3.PoolManager(
        ssl_context=trust(context.settings.health_check_ca_certificate), retries=False
    ) as http:
        started = time.monotonic()
        try:
            response = http.request(
                "GET",
                url,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                headers={"User-Agent": "jiki-ops-probe", "Cache-Control": "no-cache"},
            )
            response.read(MAX_BODY_BYTES)
        except HTTPError as error:
            return judge_failure(url, error)
        seconds = time.monotonic() - started
    headers = {name.lower(): value for name, value in response.headers.items()}
    return judge(url, response.status, headers, seconds)


def judge(url: str, status: int, headers: dict[str, str], seconds: float) -> Finding:
    """What an answer means; `headers` by lower-case name."""
    saw = f"{status} after {seconds:.2f} s"
    wanted = f"200 within {RESPONSE_SECONDS:g} s"
    if 300 <= status < 400:
        target = headers.get("location", "nowhere")
        return Finding.failed(
            f"{status}, a redirect to {target[:200]}",
            wanted,
            "set the parameter HealthCheckUrl to the address that answers by itself",
        )
    if "cf-mitigated" in headers:
        return Finding.failed(
            f"{saw}, from Cloudflare and not from the app",
            wanted,
            "let the user agent jiki-ops-probe pass in Cloudflare (Security > WAF > custom rules)",
        )
    if status == 503:
        remedy = (
            "the app is up but can't reach its database. If database_login passes, the running"
            " tasks booted with another password: force a new deployment of the web service; if it"
            " fails too, mend that first. Without healthy tasks the load balancer answers 503 as"
            " well: see target_health"
        )
        return Finding.failed(saw, wanted, remedy)
    if status in OF_CLOUDFLARE:
        return Finding.failed(f"{saw}, from Cloudflare", wanted, OF_CLOUDFLARE[status])
    if status != 200:
        return Finding.failed(saw, wanted, f"open {url} and read the web service's log")
    if seconds > RESPONSE_SECONDS:
        return Finding.failed(
            saw, wanted, "is the database waking up, or the web service short of CPU?"
        )
    return Finding.passed(saw, wanted)


def judge_failure(url: str, error: HTTPError) -> Finding:
    """What it means that there was no answer."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    return Finding.failed(
        f"no answer from {url}: {type(cause).__name__}",
        "200",
        f"try it: curl -sv {url}; then the load balancer, its DNS record and its certificate",
    )
