"""Drills in which nothing is down, but two run at once or a clock is wrong."""

import threading
from copy import replace
from datetime import timedelta

from local.drills.aws_trouble import backlog
from local.drills.drill import Report, drill, times
from local.drills.scene import Scene
from local.drills.stage import WORKERS
from local.solid_queue.jobs import enqueue
from ops_common.answers.queue import Measurement
from scale_workers import tick, wiring
from scale_workers.memory import Overtaken
from scale_workers.policy.model import NoMeasurement
from scale_workers.settings import Settings

TASKS = 8
SKEW = timedelta(minutes=10)


@drill("Two schedulers run at once")
def two_schedulers_at_once(scene: Scene, report: Report) -> None:
    """Both read the memory before either writes it: once to scale in, once to scale out."""
    scene.ecs.service(WORKERS).desired = TASKS
    scene.ecs.advance(60)
    for _ in range(10):
        scene.register_workers()
        single = scene.tick().decision.desired
        if single < TASKS:
            break
        scene.ecs.advance(60)
    report.expect("one alone scales in", held=scene.desired < TASKS)
    step = TASKS - scene.desired
    before = scene.desired
    # GIVEN the same again, with two at once
    scene.ecs.advance(60)
    scene.register_workers()
    changes = scene.changes()
    overtaken = _two_ticks(scene)
    report.expect("one of them is overtaken", held=overtaken == 1)
    report.expect("tasks are taken once", held=before - scene.desired <= step)
    report.expect("the count is set at most once", held=scene.changes() - changes <= 1)
    report.happens.append(f"scale-in: {overtaken} of 2 stops, overtaken by the other")
    scene.ecs.advance(60)
    backlog(scene)
    overtaken = _two_ticks(scene)
    wanted = scene.desired
    scene.ecs.advance(1)
    again = scene.tick().decision.desired
    report.expect("the count is that of one alone", held=wanted == again)
    report.happens.append(f"scale-out: {overtaken} of 2 stops; the count is {wanted}")
    report.kept.append(f"never more than one step ({step} tasks) is taken, none added twice")
    report.notified.append("nobody; the log says “overtaken”")


@drill("Clocks disagree")
def clock_skew(scene: Scene, report: Report) -> None:
    """The app's clock is ahead, then behind; then the scaler's own jumps back an hour."""
    with scene.stage.postgres.connect(scene.address.name) as admin:
        scene.register_workers()
        enqueue(admin, 5, age_seconds=-SKEW.total_seconds())
        admin.execute(
            "UPDATE solid_queue_processes SET last_heartbeat_at = last_heartbeat_at + %s", (SKEW,)
        )
        ahead = scene.tick()
        admin.execute("TRUNCATE solid_queue_jobs CASCADE")
        scene.register_workers()
        enqueue(admin, 5, age_seconds=SKEW.total_seconds())
        scene.ecs.advance(60)
        behind = scene.tick()
        admin.execute("TRUNCATE solid_queue_jobs CASCADE")
    report.expect("ahead: five jobs are no alarm", held=ahead.applied.desired == 1)
    report.expect("behind: at most one task more", held=behind.applied.desired <= 2)
    report.happens += [
        f"app 10 min ahead: waits count as 0 s, {times(ahead.applied.desired, 'task')}:"
        f" “{ahead.decision.reason}”",
        f"app 10 min behind: {times(behind.applied.desired, 'task')}: “{behind.decision.reason}”",
    ]
    scene.ecs.service(WORKERS).desired = TASKS
    scene.ecs.advance(60)
    scene.register_workers()
    scene.forget_ticks()
    for moved in (timedelta(0), -timedelta(hours=1), timedelta(minutes=1)):
        jumped = scene.tick(scene.clock() + moved)
        report.expect(f"moved by {moved}: all stay", held=jumped.applied.desired == TASKS)
    report.happens.append(
        f"the scaler's clock back by an hour and right again: {jumped.applied.desired} of {TASKS}"
        " idle tasks stay until they have been idle by its own clock"
    )
    notified = scene.publish()
    report.expect(f"no event: {notified}", held=not notified)
    report.kept.append("no task is stopped and no trouble is sent because a clock is wrong")
    report.notified.append("nobody")


def _two_ticks(scene: Scene) -> int:
    """Two runs, neither of which goes on before both have read the memory; how many gave up."""
    barrier = threading.Barrier(2, timeout=10)
    overtaken: list[Overtaken] = []
    now, settings = scene.clock(), Settings.from_env()

    def run() -> None:
        ports = wiring.ports(settings, scene.login_cache, now)
        first = threading.Event()

        def measure() -> Measurement | NoMeasurement:
            if not first.is_set():
                first.set()
                barrier.wait()
            return ports.measure()

        try:
            list(tick.run(replace(ports, measure=measure), settings, now))
        except Overtaken as error:
            overtaken.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(overtaken)
