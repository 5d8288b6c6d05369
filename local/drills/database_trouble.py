"""Drills in which the database is away, full, or on its way to another host."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from local.database_login import connect
from local.drills.aws_trouble import backlog
from local.drills.drill import Report, drill, times
from local.drills.scene import Scene, seconds_of
from local.moto_aws import TEMPORARY_PASSWORD
from local.postgres import MASTER_USER
from ops_common.query_database import Login

# A busy machine recovers slowly.
RECOVERY_SECONDS = 60


@drill("The database is paused")
def database_is_paused(scene: Scene, report: Report) -> None:
    """Connections hang, as while Aurora resumes; then it resumes in the middle of a rotation."""
    scene.tick()
    scene.ecs.service("jiki-api-solid-queue").desired = 3
    scene.ecs.advance(60)
    rotation = scene.begin_rotation()
    error = scene.rotate(rotation, "createSecret")
    report.expect(f"createSecret needs no database: {error}", held=not error)
    with _paused(scene) as resume:
        for _ in range(4):
            scene.ecs.advance(240)
            blind = scene.tick()
        wait, error = seconds_of(lambda: scene.rotate(rotation, "setSecret"))
        report.expect("setSecret fails after its wait", held="did not answer" in error)
        kinds = scene.publish()
        scene.lane.run(60)
        timer = threading.Timer(3, resume)
        timer.start()
        resumed, error = seconds_of(lambda: scene.rotate(rotation, "setSecret"))
        timer.join()
    report.expect(f"setSecret waits for a database that resumes: {error}", held=not error)
    error = scene.rotate(rotation)
    report.expect(f"the rotation completes: {error}", held=not error)
    report.expect("the count is kept", held=scene.desired == 3)
    report.expect("people are notified of blindness", held=kinds.count("ScalerBlind (open)") == 1)
    subjects = scene.notifications()
    scene.tick()
    report.expect("blindness ends", held="ScalerBlind (resolved)" in scene.publish())
    report.happens += [
        f"the ticks of 16 min keep 3 tasks: “{blind.decision.reason}”",
        f"setSecret asks for {wait:.0f} s, then fails; with a database back after 3 s it succeeds"
        f" after {resumed:.0f} s",
    ]
    report.kept.append("the count; the rotation completes with the same version")
    report.notified.append(f"SNS and Slack: {', '.join(subjects)}")


@drill("The database is full of connections")
def database_is_full(scene: Scene, report: Report) -> None:
    """The app has taken every connection that it may have."""
    scene.tick()
    scene.ecs.advance(60)
    backlog(scene)
    rotation = scene.begin_rotation()
    with _full(scene) as count:
        held = scene.tick()
        error = scene.rotate(rotation, "createSecret", "setSecret")
        report.expect("setSecret fails", held="no connection left" in error)
        report.expect("the count is kept", held=scene.desired == 1)
    kinds = scene.publish()
    report.expect(
        "people are notified of the failed rotation", held="RotationFailed (open)" in kinds
    )
    scene.ecs.advance(60)
    after = scene.tick()
    error = scene.rotate(rotation)
    report.expect(f"the rotation completes: {error}", held=not error)
    report.expect("workers are added afterwards", held=scene.desired > 1)
    report.happens += [
        f"with {count} connections the tick keeps 1 task: “{held.decision.reason}”",
        "setSecret fails after its wait",
    ]
    report.kept.append(
        "no worker is added that would need yet more connections; with one free the next tick"
        f" scales to {after.applied.desired} and the rotation completes"
    )
    scene.lane.run(60)
    report.notified.append(scene.notified())


@drill("The database fails over")
def database_fails_over(scene: Scene, report: Report) -> None:
    """Every session is cut, between each two steps of a rotation and before a tick."""
    scene.tick()
    scene.ecs.advance(60)
    backlog(scene)
    rotation = scene.begin_rotation()
    failures = 0
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        _crash(scene)
        for _ in range(3):
            error = scene.rotate(rotation, step)
            if not error:
                break
            failures += 1
        report.expect(f"{step} succeeds: {error}", held=not error)
    _crash(scene)
    during = scene.tick()
    report.expect("a tick in the middle is no error", held=during.applied.desired >= 1)
    _connected(scene).close()
    scene.ecs.advance(60)
    after = scene.tick()
    password = scene.stage.moto.secret()["aurora_password"]
    report.expect("the new password works", held=scene.login_works(password))
    report.expect("the old one does not", held=not scene.login_works(TEMPORARY_PASSWORD))
    report.expect("workers are added", held=scene.desired > 1)
    scene.publish()
    scene.lane.run(60)
    report.happens += [
        f"the rotation goes through 4 cuts with {times(failures, 'failed step')}",
        f"the tick during recovery: “{during.decision.reason}”",
    ]
    report.kept.append(
        f"exactly one password works, the one in the secret; the next tick scales to"
        f" {after.applied.desired}"
    )
    report.notified.append(scene.notified())


@contextlib.contextmanager
def _paused(scene: Scene) -> Iterator[Callable[[], None]]:
    """The server accepts nobody; what is yielded resumes it."""
    pid = scene.stage.postgres.process_id

    def resume() -> None:
        os.kill(pid, signal.SIGCONT)

    os.kill(pid, signal.SIGSTOP)
    try:
        yield resume
    finally:
        resume()


@contextlib.contextmanager
def _full(scene: Scene) -> Iterator[int]:
    login = Login(scene.address, MASTER_USER, TEMPORARY_PASSWORD)
    with contextlib.ExitStack() as stack:
        count = 0
        while True:
            try:
                session = connect(login, scene.stage.postgres.ca_certificate)
            except psycopg.OperationalError:
                break
            stack.enter_context(session)
            count += 1
        yield count


def _crash(scene: Scene) -> None:
    """One backend dies, so the postmaster ends all sessions and recovers (as on a failover)."""
    with _connected(scene) as witness:
        with _connected(scene) as admin:
            row = admin.execute("SELECT pg_backend_pid()").fetchone()
            os.kill(int((row or (0,))[0]), signal.SIGKILL)
        # Until the postmaster has noticed, new sessions would be let in, and cut a moment later.
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                witness.execute("SELECT 1")


def _connected(scene: Scene) -> psycopg.Connection[tuple[Any, ...]]:
    """A session, as soon as the server has recovered from the last cut."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            return scene.stage.postgres.connect()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
