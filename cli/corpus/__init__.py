"""Inputs that AWS, Slack, Rails and Solid Queue really send, played through what is deployed.

Each module knows one kind of expectation (the corpus' README is the contract) and calls one seam
of the product: `alert_events` parse and notify of send_alerts with the rules of the template,
`hooks` the event's reader of probe_deployment, `slack_answers` Slack's two clients, `log_lines` the
reader of logs, `aws_answers` what the checks read answers of ECS and RDS with, `recordings`
measure_queue on a PostgreSQL of its own. No case is known by its name.
"""
