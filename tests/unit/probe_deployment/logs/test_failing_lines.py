"""Lines that say that something is broken, each alone and without its neighbours."""

import pytest

from probe_deployment.logs import first_error

ID = "[0f5e9a1c-0000-4000-8000-5f1e6d7c8b9a] "
STAMP = "2026-01-15 10:26:31 +0000 "

RAILS = [
    "Completed 503 Service Unavailable in 3ms (ActiveRecord: 0.0ms (0 queries, 0 cached))",
    "Completed 500 Internal Server Error in 12ms",
    "SystemStackError (stack level too deep):",
    "OpenSSL::SSL::SSLError (SSL_connect returned=1 errno=0 state=error: certificate expired):",
    "Faraday::ConnectionFailed (Failed to open TCP connection to x:443):",
    "Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms ):",
    "Redis::CannotConnectError (Connection refused - connect(2) for 10.1.0.9:6379):",
    "SocketError (Failed to open TCP connection to db (getaddrinfo: Name or service not known)):",
    "ActiveRecord::LockWaitTimeout (PG::LockNotAvailable: ERROR:  canceling statement):",
    "ActiveRecord::PendingMigrationError (Migrations are pending.):",
    "Zeitwerk::NameError (expected file app/models/a.rb to define constant A, but didn't):",
    "Aws::S3::Errors::AccessDenied (Access Denied):",
    "Blocked host: api.example.org",
    "Blocked hosts: 10.1.2.3:3000",
    "undefined method 'x' for nil (NoMethodError)",
]
JOBS = [
    "[ActiveJob] [MailJob] [1f] Discarded MailJob (Job ID: 1f) due to a"
    " ActiveJob::DeserializationError (Error while trying to deserialize arguments).",
    "[ActiveJob] [MailJob] [1f] Error performing MailJob (Job ID: 1f) from SolidQueue(mail) in"
    " 1.2ms: a before_perform callback halted the job execution",
    "[ActiveJob] Failed enqueuing 3 jobs to SolidQueue",
    # A record that isn't found is a client's fault in a request, and a failed job in a job.
    "[ActiveJob] [ReportJob] [1f] Error performing ReportJob (Job ID: 1f) from SolidQueue(default)"
    " in 9.9ms: ActiveRecord::RecordNotFound (Couldn't find User with 'id'=7):",
    'SolidQueue-1.1.0 Error registering Worker (2.1ms)  pid: 7, error: "PG::ConnectionBad x"',
    "SolidQueue-1.1.0 Replaced terminated Dispatcher (1.0ms)  pid: 9, status: 1, signaled: false",
    'SolidQueue-1.1.0 Received unhandled signal (0.0ms)  signal: "USR1"',
]
CLASSIC = [
    "E, [2026-01-15T10:26:31.123456 #7] ERROR -- : [0f5e] could not reach the mail server",
    "F, [2026-01-15T10:26:31.123456 #7] FATAL -- :   \nFrozenError (can't modify frozen String):",
    "I, [2026-01-15T10:26:31.123456 #7]  INFO -- : Completed 500 Internal Server Error in 4ms",
    "\x1b[31mE, [2026-01-15T10:26:31.123456 #7] ERROR -- : broken\x1b[0m",
    "2026-01-15 10:26:31.123456 E [7:worker-1] Payments -- Gateway down",
    "2026-01-15 10:26:31.123456 F [7:puma srv] {request_id: 0f5e} Rails -- Exception: KeyError: x\n"
    "app/models/plan.rb:3:in 'Plan.find'",
]
PAIRS = [
    "method=POST path=/orders format=json controller=OrdersController action=create status=502"
    " error='Faraday::ServerError: 'x' answered' duration=9.10 view=0.00 db=1.00",
    "method:GET\tpath:/\tformat:html\tcontroller:HomeController\taction:show\tstatus:500"
    "\terror:'KeyError: x'\tduration:3.20",
    'timestamp="2026-01-15T10:26:31Z" level=error name="Payments" message="gateway down"',
    'time="2026-01-15T10:26:31Z" level=fatal msg="listen tcp :80: bind: permission denied"',
]
JSON = [
    '{"severity":"CRITICAL","message":"gateway down"}',
    '{"SeverityText":"ERROR","Body":"gateway down"}',
    '{"severityNumber":17,"body":"gateway down"}',
    '{"levelname":"ERROR","message":"gateway down"}',
    '{"level":"60","msg":"gateway down"}',
    '{"req":{"url":"/x"},"res":{"statusCode":500},"level":30,"msg":"request completed"}',
    '{"http":{"response":{"status_code":503}},"message":"GET /x"}',
    '{"message":"NoMethodError (undefined method \'x\' for nil):"}',
    '{"exception":["KeyError","key not found: :plan"],"path":"/x"}',
    '{"error.type":"KeyError","error.message":"key not found: :plan","message":""}',
    '{"log":"[0f5e] ZeroDivisionError (divided by 0):","container_name":"/web","source":"stdout"}',
    '{"short_message":"boom","level":3,"version":"1.1"}',
    '{"time":"2026-01-15T10:26:31Z","level":"ERROR","msg":"Failed to start HTTP listener"}',
    '{"time":"2026-01-15T10:26:31Z","level":"INFO","msg":"Unable to proxy request","error":"EOF"}',
    # The log driver cuts a line at 16 kB; what is left of it is no JSON any more.
    '{"level":"error","name":"Rails","message":"x","exception":{"stack_trace":["a.rb:1',
    'I, [2026-01-15T10:26:31.1 #7]  INFO -- : {"method":"GET","path":"/x","status":500}',
    '@cee: {"method":"GET","path":"/x","status":500}',
]
BOOT = [
    STAMP + "ERROR: No application configured, nothing to run",
    "[7] ! Unable to start worker",
    STAMP + 'Rack app ("GET /x" - (10.1.0.9)): #<RuntimeError: no pool>',
    STAMP + "Listen loop: #<Errno::EMFILE: Too many open files - accept(2)>",
    "Detected force shutdown of a thread",
    "Could not find gem 'pg' in locally installed gems.",
    "Could not find rails-8.0.1, pg-1.5.9 in locally installed gems",
    "Your Ruby version is 3.3.6, but your Gemfile specified 3.4.1",
    "bundler: command not found: puma",
    "/rails/config/application.rb:9:in '<main>': uninitialized constant Jiki::Foo (NameError)",
    "/usr/local/lib/ruby/3.4.0/bundled_gems.rb:82:in 'Kernel.require': libpq.so.5: cannot open"
    " shared object file: No such file or directory - /x/pg_ext.so (LoadError)",
    "/rails/app/models/user.rb:7: syntax errors found (SyntaxError)",
    "rails aborted!",
    "StandardError: An error has occurred, this and all later migrations canceled:",
    "NoMethodError: undefined method 'x' for nil",
    "/usr/local/bin/bundle:25:in `load': cannot load such file -- bundler/setup (LoadError)",
    "ActiveSupport::MessageEncryptor::InvalidMessage: (no message)",
]
CONTAINER = [
    "bash: bundle: command not found",
    "/bin/sh: 1: ./bin/thrust: not found",
    "sh: ./bin/rails: not found",
    "exec ./bin/thrust: permission denied",
    "env: 'ruby': No such file or directory",
    "/usr/bin/env: 'ruby\r': No such file or directory",
    "standard_init_linux.go:228: exec user process caused: exec format error",
    "[FATAL tini (7)] exec ./bin/docker-entrypoint failed: No such file or directory",
    "Killed",
    "[NOTE] failed to allocate memory",
]
DATABASE = [
    'PG::ConnectionBad: FATAL:  database "jiki_queue" does not exist',
    "ERROR:  deadlock detected",
    "PG::UndefinedTable: ERREUR:  la relation « users » n'existe pas",
    "ОШИБКА:  отношение не существует",
    "错误:  关系 users 不存在",
    "ERRO:  relação não existe",
    "SSL SYSCALL error: EOF detected",
    "terminating connection due to administrator command",
]
OTHER = [
    '10.1.0.9 - - [15/Jan/2026:10:26:31 +0000] "GET /lessons HTTP/1.1" 500 1635 0.0312',
    "2026/01/15 10:26:31 [error] 7#7: *1 connect() failed (111: Connection refused)",
    "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "[2026/01/15 10:26:31] [error] [output:cloudwatch_logs] failed to send",
    "[2026-01-15 10:26:31.123][1][critical][main] error initializing configuration",
    "2026-01-15T10:26:31Z [Error] Unable to retrieve the identity document",
    "2026-01-15 10:26:31.123 ERROR 1 --- [main] o.s.boot.SpringApplication : failed",
    "2026-01-15 10:26:31,123 - app - ERROR - boom",
    "2026-01-15T10:26:31.123Z\terror\texporterhelper/queue.go:1\tdropping data",
    "E0115 10:26:31.123456       1 main.go:12] failed to sync",
    "ERROR:root:payment failed",
    "java.lang.OutOfMemoryError: heap",
    "thread 'main' panicked at src/main.rs:1:2:",
    "npm ERR! code ELIFECYCLE",
]


@pytest.mark.parametrize(
    "line",
    [
        *(ID + line for line in RAILS),
        *JOBS,
        *CLASSIC,
        *PAIRS,
        *JSON,
        *BOOT,
        *CONTAINER,
        *DATABASE,
        *OTHER,
    ],
)
def test_counts_as_an_error(line: str) -> None:
    assert first_error(line) is not None


@pytest.mark.parametrize(
    ("line", "name", "source"),
    [
        (JOBS[0], "ActiveJob::DeserializationError", "MailJob"),
        (JOBS[3], "ActiveRecord::RecordNotFound", "ReportJob"),
        (PAIRS[0], "Faraday::ServerError", "OrdersController"),
        (JSON[8], "KeyError", ""),
        (STAMP + "Rack app: #<NoMethodError: undefined method 'x' for nil>", "NoMethodError", ""),
        (BOOT[9], "NameError", ""),
    ],
)
def test_the_exception_and_whose_it_is_are_read(line: str, name: str, source: str) -> None:
    error = first_error(line)
    assert error is not None
    assert (error.name, error.source) == (name, source)
