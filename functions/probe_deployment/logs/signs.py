"""What rows say without a level: signs that something is broken, and what is always harmless."""

import re
from functools import cache
from typing import NamedTuple


class Sign(NamedTuple):
    """A way in which a program says that something is broken."""

    name: str
    expression: str
    quiet: bool = False
    """Whether it counts at level info too, where its writer puts it."""


# Severities of PostgreSQL's server and libpq by language (its own message catalogues); they stand
# in capitals before a colon and two blanks.
SEVERITIES = (
    "ERROR|FATAL|PANIC|FEHLER|SCHWERWIEGEND|PANIK|ERREUR|FATALE|PANICO|ERRORE|ERRO|PÂNICO|PÁNICO"
    "|ОШИБКА|ВАЖНО|ПАНИКА|ПОМИЛКА|ФАТАЛЬНО|ПАНІКА|错误|致命错误|錯誤|嚴重錯誤|エラー|致命的エラー"
    "|오류|치명적오류|BŁĄD|KATASTROFALNY|FEL|FATALT|HATA|ÖLÜMCÜL|CHYBA|KATASTROFICKÁ|FOUT"
)

SIGNS = (
    # Rails
    Sign("answered 5xx", r"Completed 5\d\d\b", quiet=True),
    Sign("a job failed", r"Error performing [A-Z][\w:]* |Stopped retrying [A-Z]|Discarded [A-Z]"),
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
        "a migration failed", r"(?:StandardError: )?An error has occurred, (?:this and )?all later"
    ),
    Sign(
        "no credentials",
        r"Missing [`'\"]?(?:secret_key_base|RAILS_MASTER_KEY|encryption key)|Couldn't decrypt ",
    ),
    # Solid Queue
    Sign(
        "Solid Queue",
        r"SolidQueue-[\d.]\S* (?:Error |Fail claimed jobs?(?!.*job_ids: \[\])"
        r"|Received unhandled signal|Tried to replace forked process"
        r"|Terminate \S+ that failed to boot)",
        quiet=True,
    ),
    Sign("Solid Queue", r"No processes configured$|Invalid recurring tasks:"),
    Sign(
        "a worker was killed",
        r"SolidQueue-[\d.]\S* Replaced terminated (?!.*(?:status: 0\b|termsig: (?:2|3|15)\b))",
        quiet=True,
    ),
    # Puma
    Sign(
        "Puma",
        r"! (?:Unable to (?:load|start)|Terminating timed out worker|Complete inability)"
        r"|Early termination of worker|Detected force shutdown of a thread"
        r"|A server is already running|Error in reactor loop escaped"
        r"|ERROR: (?:No application configured|Invalid URI)|Detected Solid Queue has gone away",
    ),
    Sign("Puma", r"WARNING (?:hook \S{1,60}|\S{1,60} hook) failed with exception", quiet=True),
    # Ruby and Bundler at boot
    Sign("a task was given up", r"(?:bin/)?(?:rake|rails) aborted!"),
    Sign("an unknown task", r"Don't know how to build task |Unrecognized command \""),
    Sign("Ruby crashed", r"\[BUG\] |.*\bSegmentation fault\b|.*\(core dumped\)$"),
    Sign(
        "a library crashed",
        r"terminate called (?:after|without)|(?:malloc|free|realloc|munmap_chunk)\(\): "
        r"|double free or |Fatal glibc error: |rosetta error: ",
    ),
    Sign("a thread died", r"#<Thread:.{1,300} terminated with exception|.*: unhandled exception$"),
    Sign(
        "no database configuration",
        r"(?:Cannot|Could not) load database configuration|YAML syntax error occurred while parsing"
        r"|The [`'].{1,60}[`'] database is not configured for the",
    ),
    Sign(
        "Bundler",
        r"bundler: (?:failed to load command|command not found)|Could not find (?:gem )?\S+ in "
        r"|Could not find .{1,120}(?:in locally installed gems|in any of the sources)"
        r"|Could not locate Gemfile|Your Ruby version is |Bundler could not find compatible"
        r"|The git source .{1,200}is not yet checked out|Install missing gem executables with"
        r"|You must use Bundler \d|Could not find '[^']{1,80}' \(|Run `bundle install` to install"
        r"|You have already activated |(?:\[!\] )?There was an error parsing "
        r"|.*Bundler cannot continue|Your bundle only supports platforms"
        r"|Ignoring \S+ because its extensions are not built",
    ),
    Sign(
        "a library is missing", r".*(?:cannot load such file -- |error while loading shared librar)"
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
        r"|version `GLIBC[\w.]*' not found)",
    ),
    Sign(
        "out of memory",
        r".*(?:[Oo]ut of memory|OutOfMemory|[Cc]annot allocate memory|\bOOM\b|oom-kill"
        r"|failed to allocate memory|JavaScript heap)|Killed$|.*: line \d+: {1,9}\d+ Killed\b",
    ),
    Sign("a resource is used up", r".*(?:No space left on device|Too many open files)"),
    # PostgreSQL
    Sign("PostgreSQL", rf".*?(?:^|(?<=[\s:(]))(?:{SEVERITIES}):  \S"),
    Sign(
        "PostgreSQL",
        r".*(?:could not connect to server|connection to server (?:at|on) .{1,200} failed"
        r"|Verbindung zu[mr]? .{1,200}fehlgeschlagen|could not translate host name"
        r"|server closed the connection unexpectedly|SSL connection has been closed unexpectedly"
        r"|SSL SYSCALL error|too many clients already|remaining connection slots"
        r"|password authentication failed|no pg_hba\.conf entry|the database system is "
        r"|terminating connection due to |no connection to the server"
        r"|could not (?:receive data from|send data to) server"
        r"|Is the server running (?:on|locally)|This probably means the server terminated)"
        r"|(?:PQsocket\(\) |timeout expired$|fe_sendauth: |SSL error: |SCRAM authentication "
        r"|invalid (?:sslmode|connection option|port number)|could not (?:create socket|open"
        r" certificate file|read root certificate)|root certificate file |server does not support"
        r" SSL|unsupported frontend protocol|lost synchronization with server)",
    ),
    # Other programs
    Sign("Python", r"Traceback \(most recent call last\):"),
    Sign("Go", r"(?:http: )?(?:panic serving |panic: |fatal error: )(?!warning)"),
    Sign("Rust", r"thread '.{1,100}' panicked at"),
    Sign("Java", r"Exception in thread \"|Caused by: "),
    Sign("Node.js", r"Uncaught |Unhandled ?(?:[Pp]romise ?[Rr]ejection|[Ee]xception)|npm ERR! "),
    Sign("Sidekiq", r".*\bclass=\S{1,120} .{0,200}\bINFO: fail$", quiet=True),
)

# What Rails, Solid Queue, Puma and Thruster write all day, with words of users and of the app's own
# classes in it; none of it is searched for anything but the signs that count at every level.
HARMLESS = re.compile(
    r"(?:Started [A-Z]+ \"|Processing by |\s*Parameters: |Redirected to |Render(?:ed|ing) |"
    r"Completed \d{3}\b|Sent (?:file|data|mail|email)|Filter chain halted|Unpermitted parameters?|"
    r"Enqueued |Performing |Performed |Retrying |Delivered mail|Write fragment|Read fragment|"
    r"Cache (?:hit|read|write|miss)|CACHE |TRANSACTION |SQL \(|↳|== \d{8,14} |-- \w+\(|\s*-> |"
    r"[\w:]+ (?:Load|Create|Update|Destroy|Delete|Upsert|Insert|Exists\?|Count|Pluck|Bulk \w+)"
    r"[\w ]{0,40} \(\d|SolidQueue-[\d.]|HTTP parse error|HTTP connection error|SSL error, peer|"
    r"DEPRECATION WARNING|(?:\S{1,300}:\d{1,6}: )?warning: |Bundle complete|Use Ctrl-C)"
    # A tool that finds nothing is no program that doesn't start; gems ask git for their files.
    r"|(?:\S{1,100}/)?(?:cat|e?grep|find|head|ldconfig|ls|readlink|rm|stat|tail): "
    r"|(?:\S{1,100}: (?:line )?\d+: |\w{2,9}: )?git: (?:command )?not found"
    # Clients of Puma, nginx and Action Cable: they leave, scan, or come back with what is no more.
    r"|Read: #<(?:EOFError|IOError|Errno::E(?:CONNRESET|PIPE|TIMEDOUT|NOTCONN|INVAL|HOSTUNREACH))\b"
    r"|(?:\d+#\d+: )?(?:\*\d+ )?(?:open\(\) \".*\" failed \(2: |access forbidden by rule"
    r"|client (?:intended|sent|closed|timed out)|directory index of \".*\" is forbidden"
    r"|limiting (?:requests|connections)|SSL_do_handshake\(\) failed .*, client: )"
    r"|Could not execute command from .*\[RuntimeError - Unable to find subscription "
    r"|Request origin not allowed: |Failed to upgrade to WebSocket "
    r"|An unauthorized connection attempt was rejected"
)
# A client that leaves, a scanner.
OF_CLIENTS = re.compile(r"HTTP (?:parse|connection) error|SSL error, peer|Blocked hosts?: ")


@cache
def _compiled() -> tuple[tuple[Sign, re.Pattern[str]], ...]:
    """Only where logs are read, for each start of the function would pay for it."""
    return tuple((sign, re.compile(sign.expression)) for sign in SIGNS)


def sign_in(message: str, *, quiet: bool = False) -> Sign | None:
    """The first sign in a row; of those that count at level info where it is quiet."""
    for sign, expression in _compiled():
        if (sign.quiet or not quiet) and expression.match(message):
            return sign
    return None
