"""What a log shows of a deployment: errors, in the formats that Rails apps on ECS write."""

from probe_deployment.logs.compare import Change, Compared, Counted, compare, count
from probe_deployment.logs.errors import errors, first_error
from probe_deployment.logs.fingerprint import fingerprint
from probe_deployment.logs.log_error import LogError
from probe_deployment.logs.redact import redact

__all__ = [
    "Change",
    "Compared",
    "Counted",
    "LogError",
    "compare",
    "count",
    "errors",
    "fingerprint",
    "first_error",
    "redact",
]
