"""Errors of new tasks against those of old ones: what is new, what comes more often."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from probe_deployment.logs.errors import errors
from probe_deployment.logs.fingerprint import fingerprint
from probe_deployment.logs.log_error import LogError
from probe_deployment.logs.redact import redact

SURGE_RATIO = 3.0
"""A known error must come at this many times its rate to be one."""
SURGE_AT_LEAST = 5
"""Fewer of a known error are no surge, however short the time after is."""
SIGNIFICANCE = 0.001
"""How likely such a count may be at an unchanged rate, to be held for chance."""
SAMPLE_READ = 2_000
SAMPLE_LENGTH = 200


class Change(StrEnum):
    """How an error stands to the time before."""

    NEW = "new"
    SURGE = "surge"
    KNOWN = "known"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Counted:
    """An error and how often it came."""

    error: LogError
    times: int

    @property
    def sample(self) -> str:
        """The error in words, redacted."""
        return sample(self.error)


@dataclass(frozen=True, slots=True)
class Compared:
    """An error before and after."""

    key: str
    change: Change
    before: int
    after: int
    error: LogError

    @property
    def worse(self) -> bool:
        """Whether it is new, or surges."""
        return self.change in (Change.NEW, Change.SURGE)

    @property
    def sample(self) -> str:
        """The error in words, redacted."""
        return sample(self.error)


type Counts = Mapping[str, Counted]
"""Errors by fingerprint."""


def count(streams: Iterable[Iterable[str]]) -> dict[str, Counted]:
    """The errors in log streams, each a sequence of events."""
    found: dict[str, Counted] = {}
    for stream in streams:
        for error in errors(stream):
            key = fingerprint(error)
            known = found.get(key)
            found[key] = Counted(known.error if known else error, known.times + 1 if known else 1)
    return found


def compare(before: Counts, after: Counts, exposure: float = 1.0) -> list[Compared]:
    """What each error's counts amount to, the new ones first.

    `exposure` is what was read of before, in task-seconds, per what was read of after.
    """
    order = list(Change)
    compared = []
    for key in dict.fromkeys((*after, *before)):
        was, is_ = before.get(key), after.get(key)
        one = is_ or was
        assert one is not None  # noqa: S101  # the key is of one of the two
        old, new = was.times if was else 0, is_.times if is_ else 0
        compared.append(Compared(key, change(old, new, exposure), old, new, one.error))
    return sorted(compared, key=lambda each: (order.index(each.change), -each.after))


def no_worse_than(start: Iterable[Compared], compared: Iterable[Compared]) -> list[Compared]:
    """What an old task's start has as often is known: a start has errors of its own."""
    usual = {each.key for each in start if each.change is Change.KNOWN}
    return [
        replace(each, change=Change.KNOWN) if each.worse and each.key in usual else each
        for each in compared
    ]


def change(before: int, after: int, exposure: float = 1.0) -> Change:
    """What two counts amount to."""
    if not after:
        return Change.GONE
    if not before:
        return Change.NEW
    if after < SURGE_AT_LEAST or after * exposure < SURGE_RATIO * before:
        return Change.KNOWN
    return Change.SURGE if chance(before, after, exposure) < SIGNIFICANCE else Change.KNOWN


def chance(before: int, after: int, exposure: float) -> float:
    """How likely so many, or more, of both counts fall into the time after at one constant rate.

    Given their sum, the count after is binomial with the share of the time after (the conditional
    test of two Poisson rates, Przyborowski and Wilenski 1940).
    """
    total, share = before + after, 1 / (1 + exposure)
    log_share, log_rest = math.log(share), math.log1p(-share)
    sum_ = 0.0
    for number in range(after, total + 1):
        log_term = (
            math.lgamma(total + 1)
            - math.lgamma(number + 1)
            - math.lgamma(total - number + 1)
            + number * log_share
            + (total - number) * log_rest
        )
        term = math.exp(log_term)
        sum_ += term
        if term < sum_ * 1e-12:
            break
    return min(1.0, sum_)


def sample(error: LogError) -> str:
    """An error in words for people: cut, then redacted, then cut to what fits."""
    text = error.message[:SAMPLE_READ].strip().replace("\n", " ")
    if error.name and error.name not in text[:200]:
        text = f"{error.name}: {text}" if text else error.name
    if error.source and error.source not in text[:300]:
        text = f"{error.source}: {text}"
    if error.frame:
        text = f"{text[:SAMPLE_READ]} at {error.frame}"
    return redact(text or error.why)[:SAMPLE_LENGTH]
