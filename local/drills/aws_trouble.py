"""Drills in which AWS itself is in trouble."""

from local.drills.drill import Report, drill, times
from local.drills.faults import Fault
from local.drills.scene import Scene, seconds_of
from local.events import read_event
from local.moto_aws import TEMPORARY_PASSWORD
from local.solid_queue.jobs import enqueue

JOBS = 2000


def backlog(scene: Scene) -> None:
    """Jobs enough for a scale-out."""
    with scene.stage.postgres.connect(scene.address.name) as admin:
        enqueue(admin, JOBS)


@drill("AWS throttles every call")
def aws_throttles_everything(scene: Scene, report: Report) -> None:
    """Rotation, scaler and alerts, each in the middle of it and after it."""
    backlog(scene)
    rotation = scene.begin_rotation()
    labels = scene.stage.moto.stages()
    scene.lane.put(read_event("alerts/alarm_metric"))
    # GIVEN
    scene.stage.aws.everything = Fault.THROTTLED
    scene.ecs.fail_next(times=1000)
    scene.functions.refuse_next(times=1000)
    # WHEN everything runs
    step_seconds, refusal = seconds_of(lambda: scene.rotate(rotation, "createSecret"))
    tick_error = _error_of_tick(scene)
    scene.lane.run(60)
    calls = len(scene.stage.aws.refused)
    report.happens += [
        f"createSecret fails after {step_seconds:.0f} s",
        f"the tick fails ({tick_error})",
        f"{times(scene.lane.attempts, 'attempt')} to send an alarm: it goes back to the queue",
        f"{calls} calls refused in all",
    ]
    report.expect("the step fails", held=bool(refusal))
    report.expect("the tick fails", held=bool(tick_error))
    report.expect("labels are as before", held=scene.stage.moto.stages() == labels)
    report.expect("the password is as before", held=scene.login_works(TEMPORARY_PASSWORD))
    report.expect("nobody was notified", held=not scene.notifications())
    report.expect("no count was set", held=scene.desired == 1)
    # THEN, once it is over, all of it is done
    scene.stage.aws.recover()
    scene.ecs.recover()
    scene.functions.recover()
    refusal = scene.rotate(rotation)
    scene.tick()
    scene.lane.run(1800)
    report.expect(f"the rotation completes: {refusal}", held=not refusal)
    report.expect("workers are added", held=scene.desired > 1)
    subjects = scene.notifications()
    report.expect("SNS notified once", held=len(subjects) == 1)
    report.expect("Slack notified once", held=len(scene.slack.messages) == 1)
    report.kept.append(
        "secret, password and count unchanged meanwhile; afterwards the same rotation completes,"
        f" the next tick scales to {scene.desired}, the alarm is sent once by each channel"
    )
    report.notified.append(
        "nobody meanwhile but by CloudWatch's alarms on the functions' errors; then people"
    )


@drill("Secrets Manager is down")
def secrets_manager_is_down(scene: Scene, report: Report) -> None:
    """A warm scaler knows the login; a cold one and the rotation have to wait."""
    scene.tick()
    scene.ecs.advance(60)
    backlog(scene)
    rotation = scene.begin_rotation()
    scene.stage.aws.faults["secretsmanager"] = Fault.DOWN
    warm = scene.tick()
    report.expect("a warm scaler scales", held=scene.desired > 1)
    before = scene.desired
    scene.login_cache.login = scene.login_cache.read_at = None
    for _ in range(4):
        scene.ecs.advance(240)
        blind = scene.tick()
    report.expect("a blind scaler keeps the count", held=scene.desired == before)
    refusal = scene.rotate(rotation, "createSecret")
    report.expect("the rotation fails", held="DescribeSecret" in refusal)
    report.expect("the password is as before", held=scene.login_works(TEMPORARY_PASSWORD))
    kinds = scene.publish()
    scene.lane.run(60)
    subjects = scene.notifications()
    report.happens += [
        f"a warm scaler goes on (to {warm.applied.desired} tasks), a cold one keeps that count:"
        f" “{blind.decision.reason}”",
        "createSecret fails before it changes anything",
    ]
    report.expect("people are notified of blindness", held="ScalerBlind (open)" in kinds)
    report.expect(
        "people are notified of the failed rotation", held="RotationFailed (open)" in kinds
    )
    report.expect("SNS notified of both", held=len(subjects) == 2)
    scene.stage.aws.recover()
    refusal = scene.rotate(rotation)
    report.expect(f"the rotation completes: {refusal}", held=not refusal)
    scene.tick()
    kinds = scene.publish()
    report.expect("blindness ends", held="ScalerBlind (resolved)" in kinds)
    report.expect("people are notified of the rotation", held="PasswordRotated (notice)" in kinds)
    report.kept.append("the password and all labels; the same rotation completes afterwards")
    report.notified.append(f"SNS and Slack: {', '.join(subjects)}")


@drill("DynamoDB is down")
def dynamodb_is_down(scene: Scene, report: Report) -> None:
    """The tables hold the address, the scaler's memory and the incidents."""
    scene.tick()
    scene.ecs.advance(60)
    backlog(scene)
    rotation = scene.begin_rotation()
    scene.stage.aws.faults["dynamodb"] = Fault.DOWN
    tick_seconds, tick = seconds_of(scene.tick)
    report.expect("a warm scaler scales out without memory", held=scene.desired > 1)
    refusal = scene.rotate(rotation, "createSecret")
    report.expect("the rotation fails", held="GetItem" in refusal)
    report.expect("the password is as before", held=scene.login_works(TEMPORARY_PASSWORD))
    kinds = scene.publish()
    scene.lane.run(300)
    report.expect("nobody is notified twice, or by half", held=not scene.notifications())
    report.expect("the event waits", held=len(scene.lane.undelivered) >= 1)
    attempts = scene.lane.attempts
    scene.stage.aws.recover()
    scene.lane.run(1800)
    subjects = scene.notifications()
    notified = sum("not rotated" in subject for subject in subjects)
    report.expect("people are notified of the failed rotation once", held=notified == 1)
    report.expect("nothing in the dead-letter queue", held=not scene.lane.dead)
    refusal = scene.rotate(rotation)
    report.expect(f"the rotation completes: {refusal}", held=not refusal)
    report.happens += [
        f"a warm scaler decides without memory in {tick_seconds:.0f} s and scales out"
        f" (to {tick.applied.desired}), it would not scale in",
        "createSecret fails before it changes anything",
        f"{times(attempts, 'attempt')} to send it: the message goes back to the queue",
    ]
    report.kept.append("the password, the events; each is sent once afterwards")
    report.notified.append(f"SNS and Slack when it is back: {', '.join(sorted(set(subjects)))}")
    report.expect("the event of the failure was published", held="RotationFailed (open)" in kinds)


def _error_of_tick(scene: Scene) -> str:
    try:
        scene.tick()
    except Exception as error:  # noqa: BLE001  # what Lambda would count as an error
        return type(error).__name__
    return ""
