"""From a request to its answer: refused, declined, answered, or handed over."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from answer_slack.blocks import said, shown
from answer_slack.hand_over import Keepers, hand_over
from answer_slack.operators import Groups, NotKnown, Operators
from answer_slack.refusal import Refusal, Refused
from answer_slack.repeats import Seen
from answer_slack.response_url import Reply
from answer_slack.settings import Settings
from answer_slack.signed_request import SignedRequest, verify
from answer_slack.slack_form import Asked, read
from ops_common.on_call.board import Board
from ops_common.on_call.commands import BadCommand, Question, Wish, parse, split
from ops_common.on_call.replies import answer as rows_of
from ops_common.on_call.resolve import Actor, CannotBe

NO_OPERATOR = "not_an_operator"


class NotAnOperator(CannotBe):
    """Who asks may read, and not act."""


@dataclass(frozen=True)
class Ports:
    """What an answer needs of the world outside."""

    signing_secret: Callable[[], str]
    seen: Seen
    groups: Callable[[], Groups | None]
    board: Callable[[datetime], Board]
    keepers: Keepers
    reply: Reply


@dataclass(frozen=True)
class Answer:
    """What Slack gets, and what the log says."""

    body: str
    """JSON for a command, nothing for a click."""
    outcome: str
    refusal: str = ""
    """Who may not act is answered so that they see it, and counted as refused."""


def answer(request: SignedRequest, ports: Ports, settings: Settings, now: datetime) -> Answer:
    """Answer one request. Raises Refused; nothing was changed then."""
    verify(request, ports.signing_secret(), now)
    asked = read(request.body)
    if asked is None:
        return Answer("", "certificate checked")
    if (asked.team, asked.app) != (settings.team, settings.app):
        raise Refused(Refusal.WRONG_APP)
    ports.seen.record(asked.user, request.signed_at, request.signature)
    try:
        return _answer(asked, ports, settings, now)
    except NotAnOperator as error:
        answered = _reply(asked, ports, said(str(error)), f"declined: {error}")
        return replace(answered, refusal=NO_OPERATOR)
    except (BadCommand, CannotBe, NotKnown) as error:
        return _reply(asked, ports, said(str(error)), f"declined: {error}")


def _answer(asked: Asked, ports: Ports, settings: Settings, now: datetime) -> Answer:
    local_now = now.astimezone(settings.time_zone)
    wanted = parse(split(asked.line), local_now)
    if not isinstance(wanted, Wish):
        question, subject = wanted
        board = Board() if question is Question.HELP else ports.board(now)
        return _reply(
            asked, ports, shown(rows_of(question, subject, board)), f"answered: {question}"
        )
    if not Operators(settings.operators).include(asked.user, ports.groups()):
        raise NotAnOperator(
            "only operators may do this"
            + ("" if settings.operators else ", and none is named (SlackOperators)")
        )
    name = f"{asked.user_name} ({asked.user})" if asked.user_name else asked.user
    actor = Actor(
        by=name,
        via="slack",
        web_services=settings.services.web + settings.services.other,
        worker_services=settings.services.worker,
        rolls_back=settings.rolls_back,
    )
    done = hand_over(wanted, asked.user, actor, ports.board(now), ports.keepers, local_now)
    outcome = f"handed over: {wanted.action}"
    if asked.by_button:
        # The thread of the incident says it to everybody.
        return Answer("", outcome)
    return Answer(said(done.words, for_all=done.for_all), outcome)


def _reply(asked: Asked, ports: Ports, body: str, outcome: str) -> Answer:
    if not asked.by_button:
        return Answer(body, outcome)
    ports.reply(asked.response_url, body)
    return Answer("", outcome)
