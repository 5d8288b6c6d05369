"""Scaling policies: ours, and five peers as their sources and documents define them.

Each measures the cluster at its own interval and says how many tasks it wants. All may use one
to ten tasks. Where a peer's documents name a default, it is used; where they leave a value to the
user, it is set from the same target latency that ours gets, and the docstring says so.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.scaling.cluster import Cluster
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Policy
from scale_workers.policy.outcome import Decision

MIN_TASKS, MAX_TASKS = 1, 10


class Scaler(Protocol):
    """A policy with its state."""

    interval_seconds: float
    protects_busy: bool

    def desired(self, cluster: Cluster) -> int:
        """The number of tasks to ask for now."""


@dataclass
class Ours:
    """The very `decide` that is deployed, once a minute, on the measurement it is deployed with."""

    policy: Policy
    interval_seconds: float = 60
    protects_busy: bool = True
    memory: Memory = field(default_factory=Memory)
    decisions: list[Decision] = field(default_factory=list)

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        measurement = cluster.measure(self.policy.look_ahead_seconds)
        decision = decide(measurement, cluster.service(), self.policy, self.memory, cluster.time)
        self.memory = decision.memory
        self.decisions.append(decision)
        return decision.desired


@dataclass
class Fixed:
    """A number of tasks that nobody changes; None: one, as it is today."""

    tasks: int | None = None
    interval_seconds: float = 3600
    protects_busy: bool = False

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        return self.tasks or cluster.desired


@dataclass
class SolidQueueAutoscaler:
    """The gem solid_queue_autoscaler (reillyse), by its decision_engine.rb and configuration.rb.

    Fixed strategy: one more at 100 ready jobs or an oldest wait of 300 s; one fewer at no more
    than 10 and 30 s, or when idle; 120 s of cool-down each way; its job runs every 30 s (README).
    """

    interval_seconds: float = 30
    protects_busy: bool = False
    changed_at: dict[int, float] = field(default_factory=dict)

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        step = 0
        if cluster.ready >= 100 or cluster.oldest_wait >= 300:
            step = 1
        elif cluster.ready <= 10 and cluster.oldest_wait <= 30:
            step = -1
        if cluster.now - self.changed_at.get(step, -math.inf) < 120:
            return cluster.desired
        count = min(MAX_TASKS, max(MIN_TASKS, cluster.desired + step))
        if count != cluster.desired:
            self.changed_at[step] = cluster.now
        return count


@dataclass
class Judoscale:
    """Judoscale by judoscale.com/guides/autoscaling-behavior and /docs/tuning-your-application.

    Metrics every 10 s; one more when queue time is above its range and the last step up is three
    minutes ago; one fewer when it stayed below the range for the downscale delay, 10 minutes, and
    again every 10. The range is the user's: here a sixth of the target to half of it, so that it
    can react before the target is missed.
    """

    target_seconds: float
    interval_seconds: float = 10
    protects_busy: bool = False
    raised_at: float = -math.inf
    lowered_at: float = -math.inf
    not_low_at: float = 0.0

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        wait, now = cluster.oldest_wait, cluster.now
        if wait >= self.target_seconds / 6:
            self.not_low_at = now
        if wait > self.target_seconds / 2:
            if now - self.raised_at >= 180 and cluster.desired < MAX_TASKS:
                self.raised_at = now
                return cluster.desired + 1
        elif min(now - self.not_low_at, now - self.lowered_at) >= 600:
            self.lowered_at = now
            return max(MIN_TASKS, cluster.desired - 1)
        return cluster.desired


@dataclass
class KedaHpa:
    """KEDA's PostgreSQL scaler and the HorizontalPodAutoscaler behind it.

    The query counts ready and claimed jobs per thread, as in KEDA's own example
    (keda.sh/docs/latest/scalers/postgresql), with a target of one task's jobs per task. The HPA
    syncs every 15 s, wants ceil(value / target) with a tolerance of 0.1, at most doubles or adds
    4 per 15 s, and scales down to the highest want of the last 300 s (Kubernetes, "Horizontal
    Pod Autoscaling": default behavior).
    """

    threads: int
    interval_seconds: float = 15
    protects_busy: bool = False
    wants: deque[tuple[float, int]] = field(default_factory=deque)

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        now = cluster.now
        value = (cluster.ready + cluster.in_flight) / self.threads
        want = math.ceil(value)
        if abs(value / max(cluster.desired, 1) - 1) <= 0.1:
            want = cluster.desired
        want = min(MAX_TASKS, max(MIN_TASKS, want))
        self.wants.append((now, want))
        while self.wants[0][0] < now - 300:
            self.wants.popleft()
        if want > cluster.desired:
            return min(want, max(cluster.desired * 2, cluster.desired + 4))
        return min(cluster.desired, max(count for _, count in self.wants))


@dataclass
class TargetTracking:
    """ECS target tracking on backlog per task (AWS, "Scaling based on Amazon SQS").

    The target is the acceptable latency ÷ mean service time, times the threads of a task: both are
    the user's, and right here. The alarms it makes: above the target for 3 minutes, scale out in
    proportion; below 90 % of it for 15 minutes, scale in; cool-downs of 300 s, the default for ECS
    (Application Auto Scaling API, TargetTrackingScalingPolicyConfiguration).
    """

    backlog_per_task: float
    interval_seconds: float = 60
    protects_busy: bool = False
    metric: deque[float] = field(default_factory=lambda: deque(maxlen=15))
    changed_at: float = -math.inf

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        self.metric.append(cluster.ready / max(cluster.running, 1))
        if cluster.now - self.changed_at < 300:
            return cluster.desired
        count = cluster.desired
        last = list(self.metric)
        high = len(last) >= 3 and min(last[-3:]) > self.backlog_per_task
        low = len(last) == 15 and max(last) < 0.9 * self.backlog_per_task
        if high or low:
            count = math.ceil(cluster.desired * last[-1] / self.backlog_per_task)
        count = min(MAX_TASKS, max(MIN_TASKS, count))
        if count != cluster.desired:
            self.changed_at = cluster.now
        return count
