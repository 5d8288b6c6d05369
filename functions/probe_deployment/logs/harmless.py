"""Rows that say nothing of the app, whatever words they hold."""

import re

# What Rails, Solid Queue, Puma and Ruby write all day, with words of users and of the app's own
# classes in it; none of it is searched for anything but the signs that count at every level. A row
# that its writer calls an error is no such one.
ROUTINE = re.compile(
    r"(?:Started [A-Z]+ \"|Processing by |\s*Parameters: |Redirected to |Render(?:ed|ing) |"
    r"Completed \d{3}\b|Sent (?:file|data|mail|email)|Filter chain halted|Unpermitted parameters?|"
    r"Enqueued |Performing |Performed |Retrying |Delivered mail|Write fragment|Read fragment|"
    r"Cache (?:hit|read|write|miss)|CACHE |TRANSACTION |SQL \(|↳|== \d{8,14} |-- \w+\(|\s*-> |"
    r"[\w:]+ (?:Load|Create|Update|Destroy|Delete|Upsert|Insert|Exists\?|Count|Pluck|Bulk \w+)"
    r"[\w ]{0,40} \(\d|SolidQueue-[\d.]|Bundle complete|Use Ctrl-C"
    r"|\d{1,5}: )"  # the source that Rails shows of a view
)
ALWAYS = re.compile(
    r"(?:DEPRECATION WARNING|(?:\S{1,300}:\d{1,6}: )?warning: )"
    # A tool that finds nothing is no program that doesn't start; gems ask git for their files.
    r"|(?:\S{1,100}/)?(?:cat|e?grep|find|head|ldconfig|ls|readlink|rm|stat|tail): "
    r"|(?:\S{1,100}: (?:line )?\d+: |\w{2,9}: )?git: (?:command )?not found"
    r"|fatal: (?:not a git repository|detected dubious ownership)"
    # Behind an exception, its cause: what that one counts for has been counted.
    r"|Caused by: [A-Z][\w:]{1,200} \(|Information for(?: cause)?: "
    # Clients of Puma, nginx and Action Cable: they leave, scan, or come back with what is no more.
    r"|HTTP parse error|HTTP connection error|SSL error, peer|Can't verify CSRF token"
    r"|Rack app .{0,300}#<EOFError: bad content body"
    r"|(?:Read|Write): #<(?:EOFError|IOError"
    r"|Errno::E(?:CONNRESET|PIPE|TIMEDOUT|NOTCONN|INVAL|HOSTUNREACH))\b"
    r"|(?:\d+#\d+: )?(?:\*\d+ )?(?:open\(\) \".*\" failed \(2: |access forbidden by rule"
    r"|client (?:intended|sent|closed|timed out)|.{1,200} while reading client request"
    r"|directory index of \".*\" is forbidden"
    r"|limiting (?:requests|connections)|SSL_do_handshake\(\) failed .*, client: )"
    r"|Could not execute command from .*\[RuntimeError - Unable to find subscription "
    r"|Request origin not allowed: |Failed to upgrade to WebSocket "
    r"|An unauthorized connection attempt was rejected"
)
HOST_OF_A_SCANNER = re.compile(r"Blocked hosts?: ")
"""Where no sign says that the host is the app's own."""
