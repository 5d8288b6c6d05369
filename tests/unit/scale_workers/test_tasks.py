from copy import replace
from typing import Any

from ops_common.answers.queue import Worker
from scale_workers.tasks import EcsTasks, occupation
from tests.unit.scale_workers.tick_world import hostname, measured, task, worker


def described(number: int, **changes: Any) -> dict[str, Any]:
    details = [
        {"name": "subnetId", "value": "subnet-1"},
        {"name": "privateDnsName", "value": hostname(number)},
        {"name": "privateIPv4Address", "value": f"10.1.0.{number}"},
    ]
    return {
        "taskArn": f"arn:task/{number}",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "attachments": [{"type": "ElasticNetworkInterface", "details": details}],
        **changes,
    }


class FakeEcs:
    """ListTasks in two pages, and DescribeTasks with the real limit of a hundred."""

    def __init__(self, tasks: list[dict[str, Any]]) -> None:
        self._tasks = {one["taskArn"]: one for one in tasks}

    def list_tasks(self, *, nextToken: str = "", **_: str) -> dict[str, Any]:  # noqa: N803  # boto3's
        arns = list(self._tasks)
        half = len(arns) // 2
        return (
            {"taskArns": arns[half:]} if nextToken else {"taskArns": arns[:half], "nextToken": "2"}
        )

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert 1 <= len(tasks) <= 100
        return {"tasks": [self._tasks[arn] for arn in tasks]}


def listed(*tasks: dict[str, Any]) -> Any:
    return EcsTasks(FakeEcs(list(tasks)), "c", "s").list()


def test_lists_more_tasks_than_one_describe_call_takes() -> None:
    assert len(listed(*(described(number) for number in range(1, 152)))) == 151


def test_leaves_out_a_task_that_has_begun_to_stop() -> None:
    tasks = listed(described(1), described(2, desiredStatus="STOPPED"))
    assert [one.arn for one in tasks] == ["arn:task/1"]


def test_a_task_without_an_interface_yet_has_no_name() -> None:
    (pending,) = listed(described(1, lastStatus="PROVISIONING", attachments=[]))
    assert not pending.running
    assert not pending.hostnames


def test_matches_a_process_by_the_interface_s_private_dns_name() -> None:
    occupied = occupation(listed(described(1), described(2)), measured(worker(1, 2), worker(2)))
    assert [one.arn for one in occupied.busy] == ["arn:task/1"]
    assert [one.arn for one in occupied.idle] == ["arn:task/2"]
    assert not occupied.unmatched


def test_matches_a_short_hostname_an_address_and_another_case() -> None:
    tasks = listed(described(1), described(2), described(3))
    names = ("ip-10-1-0-1", "10.1.0.2", hostname(3).upper())
    workers = tuple(Worker(name, 3, ("*",), 1, 0.0) for name in names)
    assert len(occupation(tasks, measured(*workers)).busy) == 3


def test_matches_by_address_where_the_vpc_gives_no_dns_name() -> None:
    details = [{"name": "privateIPv4Address", "value": "10.1.0.7"}]
    interface = {"type": "ElasticNetworkInterface", "details": details}
    occupied = occupation(listed(described(7, attachments=[interface])), measured(worker(7, 1)))
    assert len(occupied.busy) == 1


def test_one_digit_more_in_an_address_is_another_task() -> None:
    occupied = occupation(listed(described(1)), measured(worker(11, 1)))
    assert not occupied.busy
    assert occupied.unmatched == (hostname(11),)


def test_counts_a_task_once_however_many_processes_it_has() -> None:
    assert occupation([task(1)], measured(worker(1, 2), worker(1, 1))).busy_tasks == 1


def test_a_busy_worker_of_no_known_task_counts_as_one_more_busy_task() -> None:
    assert occupation([task(1)], measured(worker(1, 1), worker(9, 1))).busy_tasks == 2


def test_a_silent_process_keeps_its_task_busy_but_one_without_a_task_keeps_nobody() -> None:
    dead = (worker(1, 1, age=400), worker(9, 1, age=400))
    occupied = occupation([task(1), task(2)], replace(measured(worker(2)), dead_workers=dead))
    assert [one.arn for one in occupied.busy] == ["arn:task/1"]
    assert not occupied.unmatched


def test_stops_first_what_is_not_up_then_what_has_no_worker_then_the_oldest() -> None:
    tasks = [task(1), task(2), task(3), task(4, running=False)]
    occupied = occupation(tasks, measured(worker(1), worker(2)))
    assert [one.arn for one in occupied.idle] == [
        "arn:task/4",
        "arn:task/3",
        "arn:task/2",
        "arn:task/1",
    ]


def test_the_fullest_zone_gives_first() -> None:
    zones = ("a", "a", "a", "b")
    tasks = [task(number)._replace(zone=zone) for number, zone in enumerate(zones, start=1)]
    idle = occupation(tasks, measured()).idle
    # After one of a has gone a has two and b one; after the second they are even.
    assert [one.zone for one in idle][:2] == ["a", "a"]
    assert sorted(one.zone for one in idle[2:]) == ["a", "b"]
