"""`make bench-alerts`: is an alert lost or shown twice, on a very bad day?

The real template is deployed into the emulator. Alarm events travel bus, rule, queue and event
source mapping to `send_alerts`; with them comes JSON by SNS that bears neither time nor id. All is
shuffled, and some of it repeated, while the Slack stand-in fails a third of all calls (429, 500
with and without having posted, no answer at all) and the function's process is killed now and then.
In the end each of them must stand in Slack once. Beside it, what a message per event would have
come to, in the same trouble. The emulator invokes the function for one batch at a time, and that
waits where Slack asks it to: a thousand events take half an hour.
"""

import argparse

from rich.console import Console
from rich.table import Table

from benchmarks.alerts import one_per_event
from benchmarks.alerts.load import Load
from benchmarks.alerts.one_per_event import Peer
from benchmarks.alerts.run import Result, run
from benchmarks.alerts.stage import Stack


def table(result: Result, peer: Peer) -> Table:
    """The two, side by side."""
    shown = Table(title="Alerts on a very bad day", title_justify="left")
    shown.add_column("what")
    shown.add_column("send_alerts", justify="right")
    shown.add_column("a message per event", justify="right")
    again = f"{result.notified + result.notified_again} / {result.notified_again}"
    for row in (
        ("events sent, repeats included", len(result.sent), len(result.sent)),
        ("state changes and messages among them", result.transitions, result.transitions),
        ("missing in Slack", result.lost, peer.lost),
        ("shown twice in Slack", result.shown_twice, peer.shown_twice),
        ("messages in the channel", result.in_channel, peer.in_channel),
        ("lines in threads", result.in_threads, "-"),
        ("calls to Slack / failed", f"{result.slack_calls} / {result.slack_faults}", "-"),
        ("times the process was killed", result.kills, "-"),
        ("alarms that SNS never got", result.openings_not_notified, "-"),
        ("messages that SNS never got", result.messages_not_notified, "-"),
        ("SNS notifications / repeated after a kill", again, "-"),
        ("messages in the dead-letter queue", result.dead_letters, "-"),
        ("events per second", f"{len(result.sent) / result.seconds:.1f}", "-"),
    ):
        shown.add_row(*map(str, row))
    return shown


def main() -> int:
    """Run with what the command line asks for; 0 only if nothing was lost or shown twice."""
    parser = argparse.ArgumentParser(prog="make bench-alerts", description=__doc__)
    parser.add_argument("--alarms", type=int, default=100)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with Stack.start() as stack:
        result = run(stack, Load(given.alarms, given.events, given.messages, seed=given.seed))
    Console().print(table(result, one_per_event.run(result.sent, given.seed + 1)))
    unheard = result.openings_not_notified or result.messages_not_notified
    return 1 if result.lost or result.shown_twice or unheard else 0


if __name__ == "__main__":
    raise SystemExit(main())
