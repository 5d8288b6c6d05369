"""Why a request is refused, and with what status."""

from enum import StrEnum


class Refusal(StrEnum):
    """Each is logged under its value; none changes anything."""

    TOO_LARGE = "too large"
    NOT_A_FORM = "no form post"
    UNSIGNED = "no signature"
    LATE = "signed too long ago, or in the future"
    FORGED = "the signature is not Slack's"
    MALFORMED = "not what Slack sends"
    WRONG_APP = "of another team or app"
    REPLAYED = "seen before"
    TOO_MANY = "too many requests"
    NOT_READY = "no answer in time"


STATUS = {
    Refusal.TOO_LARGE: 413,
    Refusal.NOT_A_FORM: 415,
    Refusal.UNSIGNED: 401,
    Refusal.LATE: 401,
    Refusal.FORGED: 401,
    Refusal.MALFORMED: 400,
    Refusal.WRONG_APP: 403,
    Refusal.REPLAYED: 409,
    Refusal.TOO_MANY: 429,
    Refusal.NOT_READY: 503,
}


class Refused(Exception):
    """The request is not answered; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
