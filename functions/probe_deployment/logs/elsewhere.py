"""Whether an error is another service's or the network's, so that an older version meets it too."""

import re

from probe_deployment.logs import postgres
from probe_deployment.logs.exceptions import raised
from probe_deployment.logs.log_error import LogError

# Clients call such a class by what happened to them; what ends a request or a statement of the
# app's own for its time does not count.
_NAMES = re.compile(
    r"(?!Rack::|ActiveRecord::(?:Statement|LockWait)Timeout)"
    r"(?:Net::|Aws::|Redis::|OpenSSL::|Errno::E(?:CONN|HOST|NET|PIPE|TIMEDOUT)"
    r"|ActiveRecord::(?:Connection|DatabaseConnection|Query)"
    r"|PG::(?:AdminShutdown|CrashShutdown|ReadOnlySqlTransaction|UnableToSend)"
    r"|[\w:]*(?:Connect|Timeout|TimedOut|Unavailable|Unreachable|BadGateway|ServerError|ServerBusy"
    r"|TooManyRequests|RateLimit|Throttl|Overloaded|Network|Socket|SSL|Resolution))"
)
_WORDS = re.compile(
    r".*(?i:connection (?:refused|reset|timed out)|failed to open tcp connection|getaddrinfo"
    r"|name or service not known|name resolution|execution expired|bad gateway"
    r"|service unavailable|gateway time-?out)"
)
_OF_A_PROXY = re.compile(r".*\bupstream\b")
"""It doesn't reach the app itself."""


def elsewhere(error: LogError) -> bool:
    """By the exception's class, or the one that it wraps; where there is none, by words."""
    if error.name:
        wrapped = raised(error.message)
        return bool(_NAMES.match(error.name) or (wrapped and _NAMES.match(wrapped.name)))
    if error.status or error.why.startswith("Thruster") or _OF_A_PROXY.match(error.message):
        return False
    return bool(re.match(postgres.WORDS, error.message) or _WORDS.match(error.message))
