"""Inputs that AWS, Slack, Rails and Solid Queue really send, played through what is deployed.

Each module knows one kind of expectation (the corpus' README is the contract) and calls one seam
of the product: `alert_events` parse and notify of send_alerts with the rules of the template,
`hooks` the event's reader of probe_deployment, `ecs_answers` and `rds_answers` the readers of
ops_common and the checks, `slack_answers` the failures of Slack, `log_lines` the reader of logs,
`solid_queue` measure_queue on a real PostgreSQL. No case is known by its name.
"""
