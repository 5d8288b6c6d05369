"""Names of exceptions, as Ruby and its libraries write them."""

import re
from typing import NamedTuple

NAME = r"[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,8}"
_LIKE = re.compile(
    r"(?:Error|Exception|Timeout|Failure|Failed|Fault|Violation|NotFound|NotEstablished|Refused"
    r"|Denied|Invalid|InvalidMessage|InvalidSignature|Interrupt|Unavailable|Exhausted|Deadlocked"
    r"|Canceled|Bad|Busy|BadResponse|Missing|Conflict|Unauthorized|Forbidden|Unreachable|Overflow)$"
)
_SPACES = ("Errno::", "PG::", "Bundler::", "ActiveRecord::", "Zeitwerk::")
_NO_ERRORS = re.compile(r"ActiveRecord::(?:Base|Migration|Relation|SchemaMigration|\w*Metadata)$")

# What Rails answers with 4xx (ActionDispatch::ExceptionWrapper.rescue_responses of 7.0 to 8.1, and
# what Active Record, Rack and Action Controller add to it): a client's fault, at any time.
RESCUED = frozenset(
    {
        "AbstractController::ActionNotFound",
        "ActionController::BadRequest",
        "ActionController::InvalidAuthenticityToken",
        "ActionController::InvalidCrossOriginRequest",
        "ActionController::MethodNotAllowed",
        "ActionController::MissingExactTemplate",
        "ActionController::ParameterMissing",
        "ActionController::ExpectedParameterMissing",
        "ActionController::RoutingError",
        "ActionController::TooManyRequests",
        "ActionController::UnknownFormat",
        "ActionController::UnknownHttpMethod",
        "ActionDispatch::Http::MimeNegotiation::InvalidType",
        "ActionDispatch::Http::Parameters::ParseError",
        "ActionDispatch::ParamError",
        "ActiveRecord::RecordInvalid",
        "ActiveRecord::RecordNotFound",
        "ActiveRecord::RecordNotSaved",
        "ActiveRecord::StaleObjectError",
        "Rack::Multipart::EmptyContentError",
        "Rack::Multipart::MultipartPartLimitError",
        "Rack::Multipart::MultipartTotalPartLimitError",
        "Rack::QueryParser::InvalidParameterError",
        "Rack::QueryParser::ParameterTypeError",
        "Rack::QueryParser::ParamsTooDeepError",
        "Rack::QueryParser::QueryLimitError",
        "Rack::Utils::InvalidParameterError",
        "Rack::Utils::ParameterTypeError",
    }
)
# What ends with a task that was asked to end, what a client that left or a scanner causes, and what
# a second task meets that starts to migrate at the same time.
HARMLESS = frozenset(
    {
        "ActionCable::Connection::Authorization::UnauthorizedError",
        "ActionController::Live::ClientDisconnected",
        "ActionDispatch::RemoteIp::IpSpoofAttackError",
        "ActiveRecord::ConcurrentMigrationError",
        "ClientDisconnected",
        "Interrupt",
        "Puma::ConnectionError",
        "Puma::HttpParserError",
        "Puma::HttpParserError501",
        "Puma::MiniSSL::SSLError",
        "Rack::Multipart::BoundaryTooLongError",
        "Rack::Multipart::Error",
        "Rack::Multipart::MissingInputError",
        "SignalException",
        "SystemExit",
    }
)


class Raised(NamedTuple):
    """An exception's class and message."""

    name: str
    message: str

    @property
    def benign(self) -> bool:
        """Whether it says nothing about the app: a client's fault, or an end that was asked for."""
        return self.name in RESCUED or self.name in HARMLESS


_RAILS = re.compile(rf"({NAME}) \((.*)")
_COLON = re.compile(rf"({NAME})(?:: (.*)|:?$)")
_LAST = re.compile(rf"\(({NAME})\)\.?:?$")
_INSPECTED = re.compile(rf"#<({NAME})(?:: (.*)|>)")
_SEMANTIC = re.compile(rf"(?:.{{0,400}}-- )?Exception: ({NAME}): (.*)")
_CABLE = re.compile(
    rf"(?:There was an exception - |Could not execute command from .*\[)({NAME})(?: - |\()(.*)"
)
_DURATION = re.compile(r"\d+(?:\.\d+)?ms\)")
_FILE = re.compile(r"^\S{1,300}:\d+:in [`'][^`']{0,200}[`']: ")


def like_exception(name: str) -> bool:
    """Whether a constant's name is that of an exception class."""
    return bool(_LIKE.search(name)) or (
        name.startswith(_SPACES) and not _NO_ERRORS.match(name) and "::" in name
    )


def raised(message: str) -> Raised | None:
    """The exception that a row reports, where it begins or ends with one.

    Rails writes `Class (message):`; Ruby `Class: message` and `file:line:in 'method': message
    (Class)`; others put `(Class)` at the end, Puma `#<Class: message>`, Action Cable `[Class -
    message]`.
    """
    message = message.rstrip()
    if (found := _RAILS.match(message)) and not _DURATION.match(found[2]):
        name, text = found[1], found[2]
        if like_exception(name) or message.endswith("):"):
            return Raised(name, text.removesuffix(":").removesuffix(")"))
    if (found := _COLON.match(message)) and like_exception(found[1]):
        return Raised(found[1], found[2] or "")
    if found := _SEMANTIC.match(message) or _CABLE.match(message):
        return Raised(found[1], found[2])
    if (found := _LAST.search(message)) and (like_exception(found[1]) or _FILE.match(message)):
        return Raised(found[1], _FILE.sub("", message[: found.start()]).strip())
    if (found := _INSPECTED.search(message)) and like_exception(found[1]):
        return Raised(found[1], (found[2] or "").removesuffix(">"))
    return None
