"""What the template gives to scale_workers."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import NamedTuple, Self

from ops_common.app_config import AppConfigSettings
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment
from ops_common.time_zone import time_zone
from scale_workers.policy.model import ConnectionBudget, Policy
from scale_workers.policy.service_policies import BadPolicy, ServicePolicy, service_policies


class Settings(NamedTuple):
    """Names of what is read and changed, the policy, and how careful to be."""

    cluster: str
    services: ServiceNames
    """The tasks of all web services count against the database's connections."""
    table_name: str
    query_database_function: str
    queue_database_name: str
    """Empty where Solid Queue's tables are in the app's own database."""
    database_cluster_id: str
    """The Aurora cluster; needed to leave it asleep where the minimum is 0 tasks."""
    config: AppConfigSettings
    policy: Policy
    blind_after_seconds: float
    dry_run: bool
    policies: Mapping[str, ServicePolicy] = MappingProxyType({})
    """By worker service, where ScalingPolicies says something of it."""
    time_zone: tzinfo = UTC
    """Of what is set by the clock."""

    def of(self, service: str) -> ServicePolicy:
        """What a worker service is scaled by."""
        return self.policies.get(service, ServicePolicy(self.policy))

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        minimum = env.integer("MIN_TASKS", 1)
        services = ServiceNames.from_environment(env)
        if not services.worker:
            env.reject("WORKER_SERVICES", "is missing")
        policy = _policy(env, minimum)
        try:
            policies = service_policies(env.text("SCALING_POLICIES", ""), policy, services.worker)
        except BadPolicy as error:
            env.reject("SCALING_POLICIES", f"can't be read: {error}")
            policies = {}
        lowest = min((one.policy.min_tasks for one in policies.values()), default=minimum)
        settings = cls(
            cluster=env.text("ECS_CLUSTER"),
            services=services,
            table_name=env.text("OPS_TABLE_NAME"),
            query_database_function=env.text("QUERY_DATABASE_FUNCTION"),
            queue_database_name=env.text("QUEUE_DATABASE_NAME", ""),
            # A minimum of 0 without it would keep an idle cluster awake for ever.
            database_cluster_id=env.text(
                "DATABASE_CLUSTER_ID", None if min(lowest, minimum) == 0 else ""
            ),
            config=AppConfigSettings.from_environment(env),
            policy=policy,
            blind_after_seconds=60 * env.integer("BLIND_AFTER_MINUTES", 10, at_least=1),
            dry_run=env.flag("DRY_RUN"),
            policies=policies,
            time_zone=time_zone(env),
        )
        env.finish()
        return settings


def _policy(env: Environment, minimum: int) -> Policy:
    default = Policy()
    budget = default.connections
    return Policy(
        min_tasks=minimum,
        max_tasks=env.integer("MAX_TASKS", default.max_tasks, at_least=max(1, minimum)),
        target_latency_seconds=env.number(
            "TARGET_LATENCY_SECONDS", default.target_latency_seconds, at_least=1
        ),
        threads_per_task=env.integer("THREADS_PER_TASK", default.threads_per_task, at_least=1),
        start_up_seconds=env.number("START_UP_SECONDS", default.start_up_seconds, at_least=1),
        tick_seconds=env.number("TICK_SECONDS", default.tick_seconds, at_least=1),
        patience_seconds=env.number("PATIENCE_SECONDS", default.patience_seconds),
        scale_in_step=env.integer("SCALE_IN_STEP", default.scale_in_step, at_least=1),
        connections=ConnectionBudget(
            reserve=env.integer("CONNECTION_RESERVE", budget.reserve),
            per_web_task=env.integer("CONNECTIONS_PER_WEB_TASK", budget.per_web_task),
            per_worker_task=env.integer(
                "CONNECTIONS_PER_WORKER_TASK", budget.per_worker_task, at_least=1
            ),
        ),
    )
