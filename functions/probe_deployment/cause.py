"""Why a check failed or had no answer, as a word that programs may rely on (docs/probes.md)."""

from enum import StrEnum


class Cause(StrEnum):
    """One for each thing to do; a check that leaves only one to do has none.

    Which of several are at fault, by name, are a finding's subjects.
    """

    # Any check: its calls, and what it asks the database.
    AWS = "aws"
    CONFIGURATION = "configuration"
    DATABASE = "database"
    DEADLINE = "deadline"
    DENIED = "denied"
    DEPLOYED_ELSEWHERE = "deployed_elsewhere"
    LOGIN_REFUSED = "login_refused"
    NO_ANSWER = "no_answer"
    NO_RESOURCE = "no_resource"
    NO_REVISION = "no_revision"
    NO_SERVICE = "no_service"
    NO_TABLES = "no_tables"
    OTHER_CHECK = "other_check"
    STATEMENT_REFUSED = "statement_refused"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNEXPECTED = "unexpected"
    UNREACHABLE = "unreachable"

    # A deployment's tasks.
    BOOTED_BEFORE = "booted_before"
    DRAINS = "drains"
    EXITED = "exited"
    GAVE_UP = "gave_up"
    HANGS = "hangs"
    IN_PROGRESS = "in_progress"
    KILLED = "killed"
    NO_TARGET = "no_target"
    NO_TASK = "no_task"
    NOT_DEPLOYED = "not_deployed"
    ONE_ZONE = "one_zone"
    OTHER_BUILD = "other_build"
    OTHER_COUNT = "other_count"
    OTHER_IMAGE = "other_image"
    PINNED = "pinned"
    TOO_FEW_TASKS = "too_few_tasks"
    UNHEALTHY = "unhealthy"
    ZONE_FAILS = "zone_fails"
    ZONE_NOT_ENABLED = "zone_not_enabled"

    # What the app answers.
    BAD_STATUS = "bad_status"
    BEHIND_CLOUDFLARE = "behind_cloudflare"
    CACHED = "cached"
    CLOUDFLARE_STOPS_IT = "cloudflare_stops_it"
    ERRORS = "errors"
    EXPIRES = "expires"
    OTHER_ANSWER = "other_answer"
    REDIRECT = "redirect"
    SLOW = "slow"
    TLS = "tls"
    UNAVAILABLE = "unavailable"

    # Its database and its queue.
    IN_USE = "in_use"
    JOBS_FAIL = "jobs_fail"
    LATE = "late"
    LOST_CLAIMS = "lost_claims"
    MIGRATING = "migrating"
    NO_HEARTBEAT = "no_heartbeat"
    NO_JOB_TAKEN = "no_job_taken"
    SCALE_OUT = "scale_out"
    SCHEMA_VERSION = "schema_version"

    # Readiness.
    DRY_RUN = "dry_run"
    LOW_MAXIMUM = "low_maximum"
    MISSING = "missing"
    NEVER_ROTATED = "never_rotated"
    NO_GROUP = "no_group"
    NO_TICK = "no_tick"
    NO_TRAIL = "no_trail"
    NOT_CONFIRMED = "not_confirmed"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_PROTECTED = "not_protected"
    NOT_SUBSCRIBED = "not_subscribed"
    OLD = "old"
    OPEN = "open"
    OTHER_BEGINNING = "other_beginning"
    PLACEHOLDER = "placeholder"
    PUBLIC = "public"
    SERVERLESS_V1 = "serverless_v1"
    STOPPED = "stopped"
    TEMPORARY = "temporary"

    # The stack itself.
    DEAD_LETTERS = "dead_letters"
    DISABLED = "disabled"
    OTHER_FUNCTION = "other_function"
    SLACK_ROUTES = "slack_routes"
    SLACK_TOKEN = "slack_token"  # noqa: S105  # a word of verdicts
