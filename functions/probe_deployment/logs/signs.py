"""What rows say without a level: signs that something is broken."""

import re
from functools import cache
from typing import NamedTuple

from probe_deployment.logs import postgres


class Sign(NamedTuple):
    """A way in which a program says that something is broken."""

    name: str
    expression: str
    quiet: bool = False
    """Whether it counts at level info too, where its writer puts it."""
    outside: bool = False
    """Whether no logger of Rails writes it, so that behind a request's id it is someone's text."""


SIGNS = (
    # Rails
    Sign("answered 5xx", r"Completed 5\d\d\b", quiet=True),
    Sign(
        "a job failed",
        r"Error (?:performing [A-Z][\w:]* |during step ')|Stopped retrying [A-Z]|Discarded [A-Z]",
    ),
    Sign(
        "a job was not enqueued",
        r"(?:Enqueued \d+ jobs? to .*\. )?Failed enqueuing (?:\d+ jobs?|.*\): [A-Z])",
        quiet=True,
    ),
    # rails_semantic_logger as text: its payload is printed at level info, whatever the status.
    Sign(
        "answered 5xx",
        r"(?:\{.{0,400}?\} )?(?:\([\d.]+\w{1,3}\) )?[\w:]+ -- Completed #\w+ -- "
        r"\{.*:?\bstatus(?: ?=> ?|: ?)5\d\d\b",
        quiet=True,
    ),
    Sign("a failsafe response failed", r"Error during failsafe response: "),
    Sign("a log subscriber failed", r"Could not log \"[^\"]{1,100}\" event"),
    Sign("a host is refused", r"Blocked hosts?: (?!\d{1,3}(?:\.\d{1,3}){3}|\[)"),
    # A load balancer's health check asks by the task's own address.
    Sign("a host is refused", r"Blocked hosts?: (?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\."),
    Sign("pending migrations", r"Migrations are pending|You have \d+ pending migration"),
    Sign(
        "a migration failed",
        r"(?:StandardError: )?An error has occurred, (?:this and )?all later"
        r"|(?:Database |db )?[Mm]igrations? failed\b|Failed to run (?:db )?migrations?",
    ),
    Sign(
        "no credentials",
        r"Missing [`'\"]?(?:secret_key_base|RAILS_MASTER_KEY|encryption key)|Couldn't decrypt ",
    ),
    # Solid Queue
    Sign(
        "Solid Queue",
        r"SolidQueue-[\d.]\S* (?:Error |Fail claimed jobs?(?!.*job_ids: \[\])"
        r"|Received unhandled signal|Terminate \S+ that failed to boot)",
        quiet=True,
    ),
    Sign(
        "Solid Queue",
        r"No processes configured$|Invalid recurring tasks:|A Solid Queue supervisor is already",
    ),
    Sign(
        "a worker was killed",
        r"SolidQueue-[\d.]\S* (?:Replaced terminated|Tried to replace) "
        r"(?!.*(?:status: 0\b|termsig: (?:2|3|15)\b))",
        quiet=True,
    ),
    # Puma
    Sign(
        "Puma",
        r"! (?:Unable to (?:load|start)|Terminating timed out worker|Complete inability|Seppuku"
        r"|Out-of-sync worker list|Detected parent died"
        r"|reaped unknown .*status=(?!pid \d+ (?:exit 0|SIG(?:TERM|INT|QUIT))\b))"
        r"|Master seems to have exited"
        r"|Early termination of worker|Detected force shutdown of a thread"
        r"|A server is already running|Error in reactor loop escaped"
        r"|ERROR: (?:No application configured|Invalid URI)|Detected Solid Queue has gone away",
    ),
    Sign("Puma", r"WARNING (?:hook \S{1,60}|\S{1,60} hook) failed with exception", quiet=True),
    # Ruby and Bundler at boot
    Sign("a task was given up", r"(?:bin/)?(?:rake|rails) aborted!"),
    Sign("an unknown task", r"Don't know how to build task |Unrecognized command \""),
    Sign("Ruby crashed", r"\[BUG\] |.*: \[BUG\] |.*\(fatal\)$"),
    Sign("a program crashed", r".*\bSegmentation fault\b|.*\(core dumped\)$", outside=True),
    Sign(
        "a library crashed",
        r"terminate called (?:after|without)|(?:malloc\w*|free|realloc|munmap_chunk)\(\): "
        r"|double free or |corrupted (?:size|double-linked)|\*\*\* .{1,80} \*\*\*: terminated"
        r"|.{0,200}\bAssertion .{1,300} failed|Assertion failed: |Fatal glibc error: "
        r"|rosetta error: |<jemalloc>: Unsupported",
    ),
    Sign("a thread died", r"#<Thread:.{1,300} terminated with exception|.*: unhandled exception$"),
    Sign(
        "no database configuration",
        r"(?:Cannot|Could not) load database configuration|YAML syntax error occurred while parsing"
        r"|The [`'].{1,60}[`'] database is not configured for the|Error loading the '\w+' Active"
        r"|Couldn't (?:create|drop) (?:'\S+' )?database",
    ),
    Sign(
        "Bundler",
        r"bundler: (?:failed to load command|command not found)|Could not find (?:gem )?\S+ in "
        r"|Could not find .{1,120}(?:in locally installed gems|in any of the sources)"
        r"|Could not locate Gemfile|Your Ruby version is |Bundler could not find compatible"
        r"|The git source .{1,200}is not yet checked out|Install missing gem executables with"
        r"|You must use Bundler \d|Could not find '[^']{1,80}' \(|Run `bundle install` to install"
        r"|You have already activated |(?:\[!\] )?There was an error parsing "
        r"|There was an? \S{1,60} while trying to (?:write|read|access)"
        r"|.*Bundler cannot continue|Your bundle only supports platforms"
        r"|Ignoring \S+ because its extensions are not built",
    ),
    Sign(
        "a library is missing",
        r".*(?:cannot load such file -- |error while loading shared|cannot open shared object)",
    ),
    Sign("syntax error", r".*(?:: syntax errors? found|: syntax error, unexpected )"),
    # Containers and shells
    Sign(
        "a program doesn't start",
        r".*(?:exec format error|exec user process caused|cannot execute binary file"
        r"|can't execute '|bad interpreter: |: command not found$|: [Pp]ermission denied$"
        r"|: [Nn]o such file or directory$|OCI runtime \w+ failed|exec: .{1,200}: not found$"
        r"|unable to start container process"
        r"|: line \d+: syntax error|: \d+: .{1,200}: not found$|^sh: .{1,200}: not found$"
        r"|executable file not found in \$PATH|Illegal instruction"
        r"|: Operation not permitted$|: \d+: Syntax error: "
        r"|version `GLIBC[\w.]*' not found|: unbound variable$|: parameter (?:null or )?not set$)",
        outside=True,
    ),
    Sign(
        "out of memory",
        r".*(?:[Oo]ut of memory|OutOfMemory|[Cc]annot allocate memory|\bOOM\b|oom-kill"
        r"|failed to allocate memory|JavaScript heap)|Killed$|.*: line \d+: {1,9}\d+ Killed\b",
        outside=True,
    ),
    Sign("a resource is used up", r".*(?:No space left on device|Too many open files)"),
    # PostgreSQL
    Sign("PostgreSQL", rf".*?(?:^|(?<=[\s:(]))(?:{postgres.SEVERITIES}):  \S"),
    Sign("PostgreSQL", postgres.WORDS),
    # Other programs
    Sign("Python", r"Traceback \(most recent call last\):"),
    Sign(
        "Go",
        r"(?:http: )?(?:panic serving |panic: |fatal error: )(?!warning)"
        r"|http: proxy error: (?!context canceled)",
    ),
    Sign("Rust", r"thread '.{1,100}' panicked at"),
    Sign("Java", r"Exception in thread \"|Caused by: "),
    Sign("Node.js", r"Uncaught |Unhandled ?[Pp]romise ?[Rr]ejection|npm ERR! "),
    Sign(
        "unexpected",
        r"(?:An )?(?:[Uu]nexpected|[Uu]nhandled|[Uu]ncaught) ?(?:[Ee]rror|[Ee]xception)\b"
        r"|Exception (?:in|calling|while) "
        r"|.{0,200}\b(?:died|exited|crashed|stopped|terminated) unexpectedly\b",
    ),
    Sign("a tool failed", r"[\w.-]{1,40}: error(?::| \()|An error occurred \(\w+\) when calling "),
    # Jobs of other libraries; Sidekiq writes at level warn what a job raised.
    Sign("GoodJob", r"GoodJob error: |Notifier errored: "),
    Sign(
        "Delayed Job",
        r"Job \S{1,120} \(id=\S+\).{0,100} FAILED |\d+ jobs processed .*, [1-9]\d* failed",
    ),
    Sign(
        "Sidekiq",
        r"fail$|(?:\{\"context\": ?\")?Job raised exception\b"
        r"|(?:pid=\d+ tid=|\d+ TID-)\S+ .{0,300}?(?:\bINFO: fail(?:: [\d.]+ sec)?$"
        r"|\bINFO: (?:Adding dead |.{1,300} \((?:[A-Z]\w{0,80}::){0,8}\w{0,80}"
        r"(?:Error|Exception|Timeout|NotFound|Invalid|Bad)\)$)"
        r"|\bWARN: (?:\{\"context\": ?\"Job raised exception\b|(?:[A-Z]\w{0,80}::){0,8}\w{0,80}"
        r"(?:Error|Exception|Timeout|NotFound|Invalid|Bad): ))",
        quiet=True,
    ),
)


@cache
def _compiled(quiet: bool) -> tuple[tuple[Sign, re.Pattern[str]], ...]:
    """Only where logs are read, for each start of the function would pay for it."""
    return tuple((each, re.compile(each.expression)) for each in SIGNS if each.quiet or not quiet)


def sign_in(message: str, *, quiet: bool = False, in_request: bool = False) -> Sign | None:
    """The first sign in a row; of those that count at level info where it is quiet."""
    for sign, expression in _compiled(quiet):
        if not (in_request and sign.outside) and expression.match(message):
            return sign
    return None
