"""A stand-in for Slack: the Web API methods that we use, and an incoming webhook."""

from local.slack.server import Failure, SlackStandIn
from local.slack.workspace import Message

__all__ = ["Failure", "Message", "SlackStandIn"]
