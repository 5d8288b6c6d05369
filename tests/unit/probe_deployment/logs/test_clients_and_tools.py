"""Lines at level error that clients and tools cause, beside those like them that are errors."""

import pytest

from probe_deployment.logs import errors, first_error

CLASSIC = "E, [2026-01-15T10:26:31.123456 #1] ERROR -- : "
STAMP = "2026-01-15 10:26:31 +0000 "
NGINX = "2026/01/15 10:26:31 [error] 29#29: *12 "
COMMAND = 'Could not execute command from ({"command"=>"message"}) '

OF_CLIENTS = [
    CLASSIC + COMMAND + "[RuntimeError - Unable to find subscription with identifier: {}]: /usr/x",
    COMMAND + "[ActiveRecord::RecordNotFound - Couldn't find Room]: /rails/app/channels/x.rb:8",
    CLASSIC + "Request origin not allowed: https://other.example",
    CLASSIC + "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close)",
    CLASSIC + "An unauthorized connection attempt was rejected",
    CLASSIC
    + "There was an exception - ActionCable::Connection::Authorization::UnauthorizedError()",
    CLASSIC + 'ActionDispatch::RemoteIp::IpSpoofAttackError (IP spoofing attack?! X="1.2.3.4"):',
    STAMP + "Read: #<EOFError: end of file reached>",
    STAMP + "Read: #<Errno::ECONNRESET: Connection reset by peer>",
    NGINX + 'open() "/usr/share/nginx/html/x.php" failed (2: No such file or directory), client: x',
    NGINX + 'access forbidden by rule, client: 198.51.100.7, request: "GET /.git/config HTTP/1.1"',
    NGINX + "client intended to send too large body: 10485761 bytes, client: 198.51.100.7",
    NGINX + 'directory index of "/usr/share/nginx/html/" is forbidden, client: 198.51.100.7',
    NGINX + 'limiting requests, excess: 20.5 by zone "api", client: 198.51.100.7',
    NGINX + "SSL_do_handshake() failed (SSL: error) while SSL handshaking, client: 198.51.100.7",
]
OF_TOOLS = [
    "rm: cannot remove 'tmp/pids/server.pid': No such file or directory",
    "/bin/cat: /run/secrets/key: No such file or directory",
    "grep: /proc/self/cgroup: No such file or directory",
    "ldconfig: cannot open /etc/ld.so.conf.d: Permission denied",
    "sh: 1: git: not found",
    "/rails/bin/docker-entrypoint: line 3: git: command not found",
    'SolidQueue-1.7.0 Retry finalizing claimed job (2.1ms)  job_id: 81, error: "Deadlocked"',
]
ERRORS = [
    CLASSIC + COMMAND + "[NoMethodError - undefined method 'speak' for nil]: /rails/app/x.rb:8",
    COMMAND + "[RuntimeError - the room is closed]: /rails/app/channels/x.rb:8",
    "There was an exception - NoMethodError(undefined method 'id' for nil)",
    STAMP + "Read: #<NoMethodError: undefined method 'x' for nil>",
    NGINX + "connect() failed (111: Connection refused) while connecting to upstream, client: x",
    NGINX + "upstream timed out (110: Connection timed out) while reading response header",
    NGINX + "SSL_do_handshake() failed (SSL: error) while SSL handshaking to upstream",
    "/rails/bin/docker-entrypoint: line 3: psql: command not found",
    "/rails/bin/docker-entrypoint: line 8:    14 Killed                  ./bin/rails db:prepare",
    "Error during failsafe response: undefined method 'x' for nil",
    'WARNING before_thread_start hook failed with exception (KeyError) key not found: "X"',
    "Detected Solid Queue has gone away, stopping Puma...",
    'SolidQueue-1.7.0 Terminate Worker that failed to boot in time (3.1ms)  pid: 81, name: "x"',
    "No processes configured",
    "Invalid recurring tasks:",
    "source=rack-timeout id=0f timeout=15000ms service=15000ms state=timed_out at=error",
    '{"level":"error","message":"Error performing XJob (Job ID: 7) from SolidQueue(default) in 1ms'
    ': ActiveRecord::RecordNotFound (x):","exception":{"name":"ActiveRecord::RecordNotFound"}}',
]


@pytest.mark.parametrize("line", [*OF_CLIENTS, *OF_TOOLS])
def test_what_a_client_or_a_tool_causes_is_no_error_of_the_app(line: str) -> None:
    assert first_error(line) is None


@pytest.mark.parametrize("line", ERRORS)
def test_what_is_like_it_and_the_app_s_own_counts(line: str) -> None:
    assert first_error(line) is not None


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            ["bin/rails aborted!", "ActiveRecord::RecordInvalid: Validation failed"],
            ["RecordInvalid"],
        ),
        (["rake aborted!", "ActiveRecord::RecordNotFound: no plan"], ["RecordNotFound"]),
        (["rake aborted!", "SignalException: SIGTERM"], []),
    ],
)
def test_what_is_a_client_s_fault_in_a_request_is_a_task_s_own(rows, names) -> None:
    assert [error.name.rpartition("::")[2] for error in errors(rows)] == names
