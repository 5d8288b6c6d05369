"""What a healthy app writes all day, scanners and the ends of old tasks among it."""

import pytest

from probe_deployment.logs import first_error
from probe_deployment.logs.exceptions import RESCUED

ID = "[0f5e9a1c-0000-4000-8000-5f1e6d7c8b9a] "
STAMP = "2026-01-15 10:26:31 +0000 "

RAILS = [
    "Completed 422 Unprocessable Content in 3ms (ActiveRecord: 0.5ms (1 query, 0 cached))",
    "Completed 304 Not Modified in 500ms (Views: 500.0ms)",
    'Started POST "/errors/500?error=FATAL" for 10.1.0.9 at 2026-01-15 10:26:31 +0000',
    'Parameters: {"text" => "NoMethodError (undefined method):"}',
    "Rendering layouts/error.html.erb",
    "TRANSACTION (0.2ms)  BEGIN",
    "ErrorReport Exists? (0.4ms)  SELECT 1 AS one FROM error_reports",
    "Sent mail to ada@example.org (12.3ms)",
    "Blocked hosts: 203.0.113.7",
    "rescued PaymentError, falling back",
    "errors: 0, failures: 0",
]
JOBS = [
    "[ActiveJob] [MailJob] [1f] Retrying MailJob (Job ID: 1f) after 2 attempts in 8 seconds, due to"
    " a Net::OpenTimeout (execution expired).",
    "[ActiveJob] Failed enqueuing MailJob to SolidQueue(default), a before_enqueue callback halted"
    " the enqueuing execution.",
    "[ActiveJob] [ErrorReportJob] [1f] Performing ErrorReportJob (Job ID: 1f) from"
    ' SolidQueue(default) enqueued at 2026-01-15 with arguments: "FATAL"',
    "SolidQueue-1.1.0 Supervisor wasn't terminated gracefully - shutdown timeout exceeded (9.1ms)",
    "SolidQueue-1.1.0 Replaced terminated Worker (1.0ms)  pid: 9, status: 0, signaled: false",
    "SolidQueue-1.1.0 Replaced terminated Worker (1.0ms)  pid: 9, signaled: true, termsig: 15",
    'SolidQueue-1.1.0 Started Worker (3.1ms)  pid: 9, queues: "errors"',
]
CLASSIC = [
    "W, [2026-01-15T10:26:31.123456 #7]  WARN -- : KeyError (key not found), trying again",
    "I, [2026-01-15T10:26:31.123456 #7]  INFO -- : caught NoMethodError: undefined method",
    "E, [2026-01-15T10:26:31.123456 #7] ERROR -- : ActionController::RoutingError (No route):",
    "2026-01-15 10:26:31.123456 I [7:puma srv] Rails -- Completed #show -- { :status => 404 }",
    "2026-01-15 10:26:31.123456 W [7:puma srv] X -- retry -- Exception: Faraday::TimeoutError: x",
    "\x1b[33mWARN\x1b[0m ErrorTracker slow",
]
FIELDS = [
    "method=GET path=/x format=html controller=X action=show status=404"
    " error='ActiveRecord::RecordNotFound: Couldn't find User with 'id'=500' duration=1.00",
    'level=warn msg="retrying after error"',
    '{"level":"warn","message":"retrying","error":"Net::ReadTimeout"}',
    '{"level":40,"msg":"slow"}',
    '{"status":"ok","error":null,"message":"0 errors"}',
    '{"error":"not found","status":404}',
    '{"level":"error","path":"/x","status":404,"error":"ActionController::RoutingError: No route"}',
    '{"level":"error","message":"ActionController::BadRequest (Invalid query parameters):"}',
    '{"short_message":"fine","level":6,"version":"1.1"}',
    '{"SeverityText":"INFO","Body":"FATAL count: 0"}',
    '{"log":"[0f5e] Completed 200 OK in 500ms","container_name":"/web"}',
    '{"level":"INFO","msg":"Unable to proxy request","path":"/x","error":"context canceled"}',
    '{"level":"INFO","msg":"Request","path":"/500","status":302,"dur":500}',
]
BOOT = [
    "/usr/local/bundle/gems/rake-13.2.1/exe/rake:25:in 'sleep': SIGTERM (SignalException)",
    STAMP + "HTTP connection error: #<Puma::ConnectionError: Client closed>",
    STAMP + "SSL error, peer: 198.51.100.7, peer cert: : #<Puma::MiniSSL::SSLError: wrong version>",
    "! WARNING: Detected running cluster mode with 1 worker.",
    "[7] - Worker 1 (PID: 12) booted in 0.5s, phase: 0",
    "=== puma shutdown: 2026-01-15 10:26:31 +0000 ===",
    "/rails/app/models/user.rb:7: warning: method redefined; discarding old error_count",
    "-- create_table(:error_reports)",
    "   -> 0.0012s",
    "Preparing database",
    "Interrupt",
]
OTHER = [
    "WARNING:  there is already a transaction in progress",
    "DETAIL:  Key (email)=(x) already exists.",
    '10.1.0.9 - - [15/Jan/2026:10:26:31 +0000] "GET /500 HTTP/1.1" 404 500 0.0312',
    "[2026/01/15 10:26:31] [ info] [output:cloudwatch_logs] Created log stream error",
    "[2026-01-15 10:26:31.123][1][warning][config] error detail",
    "2026/01/15 10:26:31 [notice] 7#7: signal 15 (SIGTERM) received",
    "I0115 10:26:31.123456       1 main.go:12] error budget is fine",
    "app/models/order.rb:12:in 'Order#total'",
    "\tfrom /usr/local/bundle/gems/rack-3.1.8/lib/rack/error.rb:12:in 'Rack::Error#call'",
    "",
]


@pytest.mark.parametrize(
    "line",
    [
        *(ID + line for line in RAILS),
        *JOBS,
        *CLASSIC,
        *FIELDS,
        *BOOT,
        *OTHER,
        *(f"{ID}{name} (its own words):" for name in sorted(RESCUED)),
    ],
)
def test_does_not_count(line: str) -> None:
    assert first_error(line) is None
