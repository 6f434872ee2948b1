"""Two people work on the same job or reach for the same part at once."""

from ..stage import Wrong, scene


@scene
def take_and_complete(stage):
    """An emergency takes a part while the job that holds it is completed."""
    with stage.commit():
        holder = stage.job(2, on_hand=2)
        holder.with_user(stage.plant.technician).action_start()
        taker = stage.job(2, product=holder.part_ids.product_id, ask=False, priority="3")
        users, ids, part_ids = (stage.plant.colleague.id, stage.plant.technician.id), holder.ids, taker.part_ids.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["stock.move"].browse(part_ids).action_take_part("The line stands")),
        (users[1], lambda env: env["maintenance.request"].browse(ids).action_complete()),
    )
    with stage.commit() as env:
        holder, part = env["maintenance.request"].browse(ids), env["stock.move"].browse(part_ids)
        facts = (holder.state, part.quantity)
        if facts not in (("completed", 0), ("waiting_parts", 2)):
            raise Wrong(f"holder and what was taken are {facts}")
    return stage.winners(outcomes, 1, 1)


@scene
def take_twice(stage):
    """Two emergencies take the same part."""
    with stage.commit():
        holder = stage.job(2, on_hand=2)
        product = holder.part_ids.product_id
        takers = [stage.job(2, product=product, ask=False, priority="3").part_ids.ids for _number in range(2)]
        users = (stage.plant.colleague.id, stage.plant.technician.id)
    outcomes = stage.at_once(
        *(
            (user, lambda env, ids=ids: env["stock.move"].browse(ids).action_take_part("The line stands"))
            for user, ids in zip(users, takers, strict=True)
        )
    )
    with stage.commit() as env:
        taken = sorted(env["stock.move"].browse(ids).quantity for ids in takers)
        if taken != [0, 2]:
            raise Wrong(f"taken: {taken}")
    return stage.winners(outcomes, 1, 1)


@scene
def assign(stage):
    """Two technicians take the same work order."""
    with stage.commit() as env:
        request = env["maintenance.request"].create({"name": "At once", "equipment_id": stage.plant.assets[0].id})
        request.with_user(stage.plant.planner).action_approve()
        users, ids = (stage.plant.technician.id, stage.plant.colleague.id), request.ids
    outcomes = stage.at_once(*((user, lambda env: env["maintenance.request"].browse(ids).action_assign()) for user in users))
    with stage.commit() as env:
        if env["maintenance.request"].browse(ids).user_id.id not in users:
            raise Wrong("it is nobody's")
    return stage.winners(outcomes, 1, 2)


def _timers(stage, env):
    """The running timers of the technician, as pairs of work order and hours."""
    return env["maintenance.labor"].search([("user_id", "=", stage.plant.technician.id), ("is_running", "=", True)])


@scene
def start_two_timers(stage):
    """A technician starts the timer on two work orders, from two phones."""
    with stage.commit() as env:
        _timers(stage, env)._stop()
        jobs = stage.job(1, on_hand=5) | stage.job(1, on_hand=5)
        user, ids = stage.plant.technician.id, jobs.ids
    outcomes = stage.at_once(
        *((user, lambda env, job=job: env["maintenance.request"].browse(job).action_timer_start()) for job in ids)
    )
    with stage.commit() as env:
        if len(_timers(stage, env)) != 1:
            raise Wrong(f"{len(_timers(stage, env))} timers run")
    return stage.winners(outcomes, 1, 2)


@scene
def start_one_timer_twice(stage):
    """A technician taps Start twice."""
    with stage.commit() as env:
        _timers(stage, env)._stop()
        user, ids = stage.plant.technician.id, stage.job(1, on_hand=5).ids
    outcomes = stage.at_once(
        *((user, lambda env: env["maintenance.request"].browse(ids).action_timer_start()) for _number in range(2))
    )
    with stage.commit() as env:
        if len(env["maintenance.request"].browse(ids).labor_ids) != 1:
            raise Wrong("started twice")
    return stage.winners(outcomes, 1, 2)


@scene
def pause_and_complete(stage):
    """A technician pauses what a colleague completes."""
    with stage.commit() as env:
        _timers(stage, env)._stop()
        request = stage.job(1, on_hand=5)
        request.with_user(stage.plant.technician).action_timer_start()
        users, ids = (stage.plant.technician.id, stage.plant.colleague.id), request.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["maintenance.request"].browse(ids).action_timer_pause()),
        (users[1], lambda env: env["maintenance.request"].browse(ids).action_complete()),
    )
    with stage.commit() as env:
        labors = env["maintenance.request"].browse(ids).labor_ids
        if labors.mapped("is_running") != [False] or labors.hours <= 0:
            raise Wrong("not booked once")
    return stage.winners(outcomes, 2, 2)


@scene
def follow_up_twice(stage):
    """Two technicians report the same failed check."""
    with stage.commit() as env:
        request = stage.job(1, on_hand=5)
        task = env["maintenance.task"].create(
            {"maintenance_request_id": request.id, "name": "Guard", "kind": "pass_fail", "result": "fail"}
        )
        users, ids = (stage.plant.technician.id, stage.plant.colleague.id), task.ids
    outcomes = stage.at_once(
        *((user, lambda env: env["maintenance.task"].browse(ids).action_follow_up()) for user in users)
    )
    with stage.commit() as env:
        if len(env["maintenance.task"].browse(ids).follow_up_ids) != 1:
            raise Wrong("not reported once")
    return stage.winners(outcomes, 1, 2)
