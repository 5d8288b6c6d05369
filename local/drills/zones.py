"""The drill in which ECS itself stops tasks, to even out its zones."""

from local.drills.drill import Report, drill, times
from local.drills.scene import Scene
from local.drills.stage import WORKERS
from local.ecs import Task
from local.ecs.zones import apart, tasks_by_zone
from local.solid_queue.claims import claim
from local.solid_queue.jobs import enqueue

TASKS, BUSY, MINUTES = 8, 2, 25


@drill("ECS evens out its zones")
def zones_are_evened_out(scene: Scene, report: Report) -> None:
    """Eight tasks in two zones; two of one zone run jobs, the others there are the youngest."""
    service = scene.ecs.service(WORKERS)
    service.desired = TASKS
    scene.ecs.advance(60)
    running = scene.ecs.running_tasks(WORKERS)
    zone = running[0].availability_zone
    busy = [task for task in running if task.availability_zone == zone][:BUSY]
    for task in running:
        if task.availability_zone == zone and task not in busy:
            scene.ecs.end_task(task)
    scene.ecs.advance(120)
    apart_before = apart(scene.ecs.running_tasks(WORKERS))
    order = []
    for _ in range(MINUTES):
        _work(scene, busy)
        before = scene.desired
        scene.tick()
        scene.ecs.advance(60)
        if scene.desired < before:
            order.append(apart(scene.ecs.running_tasks(WORKERS)))
    left = tasks_by_zone(scene.ecs.running_tasks(WORKERS))
    report.expect("ECS puts them where they were", held=apart_before == 0)
    report.expect("the idle ones go", held=scene.desired == BUSY)
    report.expect("every busy one stays", held=all(task.wanted for task in busy))
    # While an idle task of the fuller zone is left, it goes first.
    report.expect("the zones stay even as long as they can", held=order[0] <= 1)
    shares = " and ".join(f"{count} in {zone}" for zone, count in left.items())
    report.happens.append(f"rebalancing off: {TASKS} tasks become {scene.desired} ({shares})")
    # WHEN somebody turns it on, as it is for services that are created without a word about it
    service.zone_rebalancing = True
    scene.ecs.advance(300)
    stopped = [task for task in busy if not task.wanted]
    report.expect("ECS spares no task for its job", held=bool(stopped))
    report.happens.append(
        f"rebalancing on: ECS starts a task in the emptier zone and stops {len(stopped)} of the"
        f" {times(BUSY, 'task')} that run jobs"
    )
    report.kept.append("off: every running job; on: nothing keeps one but its own protection")
    report.notified.append("nobody: ECS says it in the service's events alone; `make doctor` does")


def _work(scene: Scene, busy: list[Task]) -> None:
    """A worker process for each running task; those of the busy ones hold a job."""
    with scene.stage.postgres.connect(scene.address.name) as admin:
        admin.execute("TRUNCATE solid_queue_jobs CASCADE")
        scene.register_workers()
        rows = admin.execute("SELECT hostname, id FROM solid_queue_processes").fetchall()
        processes = dict(rows)
        for task in busy:
            enqueue(admin, 1, seconds=3600)
            claim(admin, processes[task.host_name], 1, ())
