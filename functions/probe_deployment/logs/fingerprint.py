"""What two occurrences of one error have in common, however their requests differ."""

import re
from functools import cache

from probe_deployment.logs.log_error import LogError

LENGTH = 160
# Exceptions whose words name a place in the code, the schema or another service. The message of any
# other class is data, and says no more than the class itself.
_WORDS_MATTER = re.compile(
    r"(?:ArgumentError|FrozenError|IndexError|KeyError|LoadError|NameError|NoMethodError"
    r"|NotImplementedError|RuntimeError|ScriptError|StandardError|SyntaxError|TypeError"
    r"|UncaughtThrowError|ZeroDivisionError|Exception)$"
    r"|(?:ActionController|ActionView|ActiveRecord|Bundler|Errno|Gem|I18n|PG|Zeitwerk)::"
)
_REPLACED: tuple[tuple[str, str], ...] = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "#"),
    (r"[\w.+-]{1,64}@[\w-]{1,80}(?:\.[\w-]{1,80}){1,6}", "…"),
    (r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", "…"),
    (r"`([^`']{1,80})'", r"'\1'"),  # the quotes of Ruby 3.3 and before
    (r"nil:NilClass", "nil"),
    (r"#<([A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,6})[^>]{0,400}>?", r"an instance of \1"),
    (r"\b(?:[jt]id=|[JT]ID-)\S{1,80}", "#"),  # Sidekiq's
    (r": (?:INSERT|SELECT|UPDATE|DELETE|WITH) .*", ""),
    # What was given, where PostgreSQL and Ruby name what they expected.
    (r"(invalid input syntax for type \w{1,40}|invalid value for \w{1,20}\(\)): .*", r"\1"),
    (r"(job_ids: )\[.*", r"\1…"),
    (r"(://[^\s/\"')]{1,200})/[^\s\"')]{1,400}", r"\1/…"),
    # A name stays, a sentence or a value goes.
    (r"([\"'»“„])(?![A-Za-z\d_.:?!/#=-]{1,80}[\"'«”“])[^\"'«”“]{0,300}[\"'«”“]", "…"),
    (r"(?<=/tmp/)[^\s'\")]{1,200}", "…"),
    (r"\b(port) (\d{2,5})\b", r"\1 p\2p"),
    (r"\b(?:0x)?[0-9a-f]{0,40}\d[0-9a-f]{0,40}\b", "#"),
    # An id of mixed letters and digits; S3Uploader and OAuth2Client are names.
    (r"\b(?=\w{0,60}\d\w{0,60}\d)(?=\w{0,60}[a-z])(?=\w{0,60}[A-Z])\w{10,80}\b", "#"),
    (
        r"\b[a-z]{2,10}_(?=[A-Za-z]{0,40}\d)(?=[a-z\d]{0,40}[A-Z])[A-Za-z\d]{12,80}\b",
        "#",
    ),  # Stripe's
    (r"\b(?=(?:[A-Za-z_]{0,40}\d{1,40}[A-Za-z_]{1,40}){2}\d)\w{6,80}\b", "#"),
    (r"\d+", "#"),
    (r"p#p", "#"),
    (r"#(?:[.,:/-]#){1,20}", "#"),  # amounts, dates
    (r"\[#(?:, ?#){1,200}", "[#"),
    (r"\s+", " "),
)
_QUALIFIED = re.compile(r"#.*[#.](?=[^#.]+$)")
"""A frame's method has its class since Ruby 3.4."""
_PORT = re.compile(r"\bport (\d{2,5})\b")


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Only where errors are compared."""
    return tuple((re.compile(expression), with_) for expression, with_ in _REPLACED)


def fingerprint(error: LogError) -> str:
    """The same for the same error: class, what of its words matters, and where it was raised."""
    frame = _QUALIFIED.sub("#", error.frame)
    parts = [error.name or error.why, str(error.status or ""), error.source, frame]
    if not error.name:
        # A status says all; the rest of such a row is times and paths.
        parts.append("" if error.status else _words(error.message))
    elif _WORDS_MATTER.match(error.name):
        parts.append(_words(error.message))
    return "|".join(parts).strip("|")


def _words(message: str) -> str:
    text = message.strip().partition("\n")[0][:400]
    ports = ",".join(_PORT.findall(text))
    for expression, with_ in _compiled():
        text = expression.sub(with_, text)
    return f"{text.strip()[:LENGTH]} {ports}".strip()
