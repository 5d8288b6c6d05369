"""What others ask a queue at each measurement, written down after their sources.

reillyse/solid_queue_autoscaler (lib/solid_queue_autoscaler/metrics.rb) and judoscale-ruby
(judoscale-solid_queue, its metrics_collector.rb, with busy jobs tracked).
"""

from collections.abc import Mapping, Sequence

READY, JOBS = "solid_queue_ready_executions", "solid_queue_jobs"
OTHERS: Mapping[str, Sequence[str]] = {
    "autoscaler gem": (
        f"SELECT count(*) FROM {READY}",
        f"SELECT extract(epoch FROM now() - min(created_at)) FROM {READY}",
        f"SELECT count(*) FROM {JOBS} WHERE finished_at IS NOT NULL"
        " AND finished_at > now() - interval '1 minute'",
        "SELECT count(*) FROM solid_queue_claimed_executions",
        "SELECT count(*) FROM solid_queue_failed_executions",
        "SELECT count(*) FROM solid_queue_blocked_executions",
        "SELECT count(*) FROM solid_queue_processes WHERE kind = 'Worker'"
        " AND last_heartbeat_at > now() - interval '5 minutes'",
        f"SELECT queue_name, count(*) FROM {READY} GROUP BY queue_name ORDER BY 2 DESC",
    ),
    "Judoscale": (
        f"SELECT queue_name, min(created_at) FROM {READY} GROUP BY queue_name",
        f"SELECT job.queue_name, count(*) FROM {JOBS} AS job JOIN solid_queue_claimed_executions"
        " AS claim ON claim.job_id = job.id GROUP BY job.queue_name",
    ),
}
