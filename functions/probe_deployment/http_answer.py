"""What an answer of the app, or the lack of one, means."""

from dataclasses import dataclass, field

from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, SSLError

from probe_deployment.cause import Cause
from probe_deployment.finding import Finding

RESPONSE_SECONDS = 3.0
USER_AGENT = "jiki-ops-probe"
EXPECTED = f"200 within {RESPONSE_SECONDS:g} s"
TOO_MANY_REQUESTS = 429
# Cloudflare's own answers about what is behind it (Cloudflare docs, "Cloudflare 5xx errors").
OF_CLOUDFLARE = {
    520: "the load balancer closed or garbled the connection: see target_health",
    521: "the load balancer refuses the connection: does its security group let Cloudflare in at"
    " 443, and does its listener stand?",
    522: "the load balancer does not answer: does its security group let Cloudflare in at 443, and"
    " is its address the one in Cloudflare's DNS?",
    523: "Cloudflare finds no way to the load balancer: correct the record in Cloudflare's DNS",
    524: "the app took longer than Cloudflare waits: read the web service's log",
    525: "the TLS handshake between Cloudflare and the load balancer failed: check the listener's"
    " certificate and security policy",
    526: "the load balancer's certificate is invalid or has expired (Cloudflare's mode is Full"
    " strict): renew it in ACM: aws acm list-certificates --certificate-statuses EXPIRED",
}
CACHED = ("HIT", "STALE", "UPDATING", "REVALIDATED")
"""Values of CF-Cache-Status whose answer is not the app's of now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; headers by lower-case name."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    body: str = ""

    @property
    def from_app(self) -> bool:
        """Whether the app itself wrote it; Rails sets these headers, and no proxy does."""
        return "x-request-id" in self.headers or "x-runtime" in self.headers

    @property
    def from_cloudflare(self) -> bool:
        """Whether Cloudflare wrote it: a challenge, a block or a limit of its own."""
        if "cf-mitigated" in self.headers:
            return True
        behind = self.headers.get("server", "").lower() == "cloudflare" and not self.from_app
        return behind and (
            self.status == TOO_MANY_REQUESTS
            or "Cloudflare Ray ID" in self.body
            or "error code: 1" in self.body
        )

    @property
    def cached(self) -> str:
        """How a cache says that the answer is its own, or nothing."""
        if (state := self.headers.get("cf-cache-status", "").upper()) in CACHED:
            return f"CF-Cache-Status: {state}"
        age = self.headers.get("age", "")
        if age.isdecimal() and int(age) > 0:
            return f"Age: {age}"
        state = self.headers.get("x-cache", "")
        return f"X-Cache: {state}" if state.lower().startswith("hit") else ""


def judge(url: str, answer: Answer, expects: str = "") -> Finding:
    """What an answer means; `expects` is a text of the body, or `Header: value`."""
    observed = f"{answer.status} after {answer.seconds:.2f} s"
    status = answer.status
    if answer.from_cloudflare:
        return Finding.failed(
            f"{observed}, from Cloudflare and not from the app",
            EXPECTED,
            f"let the user agent {USER_AGENT} pass in Cloudflare (Security > WAF > custom rules)",
            cause=Cause.CLOUDFLARE_STOPS_IT,
        )
    if status in OF_CLOUDFLARE:
        return Finding.failed(
            f"{observed}, from Cloudflare",
            EXPECTED,
            OF_CLOUDFLARE[status],
            cause=Cause.BEHIND_CLOUDFLARE,
        )
    if 300 <= status < 400:
        target = answer.headers.get("location", "nowhere")
        return Finding.failed(
            f"{status}, a redirect to {target[:200]}",
            EXPECTED,
            "set the parameter HealthCheckUrl to the address that answers by itself",
            cause=Cause.REDIRECT,
        )
    if answer.cached:
        return Finding.failed(
            f"{observed}, of a cache ({answer.cached}): it says nothing about the app",
            "an answer of the app itself",
            "take this path out of the caches: Cache-Control: no-store in the app, and a cache rule"
            " 'bypass' in Cloudflare",
            cause=Cause.CACHED,
        )
    if status != 200:
        return _bad_status(url, answer, observed)
    if answer.seconds > RESPONSE_SECONDS:
        return Finding.failed(
            observed,
            EXPECTED,
            "is the database waking up, or the web service short of CPU?",
            cause=Cause.SLOW,
        )
    if expects and not _holds(answer, expects):
        return Finding.failed(
            f"{observed}, without {expects!r}",
            f"200 with {expects!r}",
            "another server answers at this address, or the app is not at the expected version",
            cause=Cause.OTHER_ANSWER,
        )
    return Finding.passed(observed, EXPECTED)


def _bad_status(url: str, answer: Answer, observed: str) -> Finding:
    cause, remedy = Cause.BAD_STATUS, f"open {url} and read the web service's log"
    if answer.status == 503:
        cause = Cause.UNAVAILABLE
        remedy = (
            "the app is up but can't reach its database. If database_login passes, the running"
            " tasks booted with another password: force a new deployment of the web service; if it"
            " fails too, fix that first. Without healthy tasks the load balancer answers 503 as"
            " well: see target_health"
        )
    # A 403 or 404 may be a rule of whatever stands in front; a 5xx, or an answer with the app's own
    # headers, is the app's or for want of it.
    fixes = answer.status != TOO_MANY_REQUESTS and (answer.from_app or answer.status >= 500)
    return Finding.failed(observed, EXPECTED, remedy, cause=cause, older_version_fixes=fixes)


def _holds(answer: Answer, expects: str) -> bool:
    name, colon, value = expects.partition(": ")
    header = answer.headers.get(name.lower()) if colon and name.isprintable() else None
    return value in header if header is not None else expects in answer.body


def judge_failure(url: str, error: HTTPError) -> Finding:
    """What it means that there was no answer."""
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    reached = not isinstance(reason, (NewConnectionError, SSLError))
    return Finding.failed(
        f"no answer from {url}: {type(reason).__name__}",
        "200",
        f"try it: curl -sv {url}; then the load balancer, its DNS record and its certificate",
        cause=Cause.TLS if isinstance(reason, SSLError) else Cause.UNREACHABLE,
        older_version_fixes=reached and "ConnectTimeout" not in type(reason).__name__,
    )
