"""What is shown, one after the other, on the site that runs."""

import time
from collections import Counter
from itertools import pairwise

from ..matrix_client import Refused
from ..mishaps.plant import Wrong
from ..settings import option
from .machine import WORKERS
from .people import JOB, SENTENCE, Crowd

APPS = ("Maintenance /", "Purchase /", "Inventory /")
ROLES = ("operator", "technician", "planner", "buyer", "storekeeper", "procurement", "finance")
#: What people open with one click; calls of our own that are marked as only reading.
OWN = {
    "planner": ((JOB, "maintenance_get_week"),),
    "technician": (("product.product", "maintenance_find_parts"),),
}
VIEWS = {
    JOB: ("action_view_costs", "action_view_requisitions", "action_view_trace", "action_view_asset_history"),
    "maintenance.equipment": (
        "action_view_costs", "action_view_components", "action_view_ownership", "action_view_schedules"),
}
TRIES = 40
DUE = 150  # schedules
LOST = "server closed the connection unexpectedly"  # by the replica that died


def read(site):
    """Every menu of every role, and what is opened from there, on both machines."""
    before, opened = site.replica.transactions(site.database), 0
    counted = [machine.requests.copy() for machine in site.machines]
    for number, role in enumerate(ROLES):
        person = site.person(role, site.machines[number % 2])
        for name, model, action in person.menus():
            if name.startswith(APPS):
                person.open(model, action)
                opened += 1
    for machine in site.machines:
        for role, calls in OWN.items():
            person = site.person(role, machine)
            for model, method in calls:
                person.call(model, method)
        planner = site.person("planner", machine)
        for model, methods in VIEWS.items():
            [record] = planner.call(model, "search", [], limit=1)
            for method in methods:
                planner.rpc(f"/web/dataset/call_button/{model}/{method}", model=model, method=method, args=[[record]],
                            kwargs={"context": planner.context})
    missing = {f"kw-{machine.name}" for machine in site.machines} - site.replica.readers(site.database)
    if missing:
        raise Wrong(f"never asked the replica: {missing}")
    requests = Counter()
    for machine, old in zip(site.machines, counted, strict=True):
        requests += machine.requests - old
    modes = Counter()
    for (path, mode), count in requests.items():
        modes[mode] += count
        name = path.rpartition("/")[2]
        if mode == "ro->rw":
            raise Wrong(f"{path} wrote although it is marked as only reading")
        if mode != "ro" and name.startswith(("action_view_", "maintenance_get_week", "maintenance_find_parts")):
            raise Wrong(f"{path} was asked of the primary")
    grown = site.replica.transactions(site.database) - before
    if grown < modes["ro"]:
        raise Wrong(f"{modes['ro']} requests that only read, but the replica saw {grown} transactions")
    return f"{opened} menus; {modes['ro']} of {modes.total()} requests read only, {grown} transactions on the replica, none wrote"


def late(site):
    """While the replica is late, one sees what was; a click that comes twice for that is done once."""
    planner, elsewhere = site.person("planner", site.first), site.person("planner", site.second)
    [job] = planner.call(JOB, "create", [{"name": "Late", "equipment_id": site.world["asset_id"]}])
    site.replica.catches_up()
    with site.replica.late():
        planner.call(JOB, "action_approve", [job])
        [seen] = elsewhere.call(JOB, "read", [job], ["state"])
        if seen["state"] != "requested":
            raise Wrong(f"the replica was late, and yet the reader saw {seen['state']}: it was not asked")
        try:
            elsewhere.call(JOB, "action_approve", [job])
            again = "changed nothing"
        except Refused as refusal:
            if not str(refusal).startswith(SENTENCE):
                raise
            again = "was refused with a sentence"
    if not site.replica.catches_up():
        raise Wrong("the replica does not catch up")
    [seen] = elsewhere.call(JOB, "read", [job], ["state"])
    if seen["state"] != "approved":
        raise Wrong(f"when the replica had caught up, the reader saw {seen['state']}")
    return f"the same click on the other machine {again}"


def at_once(site):
    """Whether whoever writes on one machine finds it on the other one in the next moment."""
    missed = {}
    for waits in (False, True):
        site.replica.wait_for_it(waits)
        writer, reader = site.person("planner", site.first), site.person("planner", site.second)
        missed[waits] = 0
        for number in range(TRIES):
            [job] = writer.call(JOB, "create", [{"name": f"At once {number}", "equipment_id": site.world["asset_id"]}])
            missed[waits] += not reader.call(JOB, "search_count", [["id", "=", job]])
    site.replica.wait_for_it(False)
    if missed[True]:
        raise Wrong(f"{missed[True]} of {TRIES} were not found although every commit waits for the replica")
    return f"natively {missed[False]} of {TRIES} were not there yet, with remote_apply none"


def work(site):
    """Everybody works on both machines, the scheduler is called all the time; in the middle one machine is killed."""
    seconds = float(option("MINUTES", "1.5")) * 60
    planner = site.person("planner", site.first)
    day = time.strftime("%Y-%m-%d")
    site.schedules = planner.call("maintenance.schedule", "create", [
        {"name": f"Scale {number}", "equipment_ids": [[6, 0, [site.world["asset_id"]]]], "start_date": day, "next_date": day,
         "interval": 1, "interval_unit": "year"}
        for number in range(DUE)
    ])
    before = [(machine.requests.copy(), machine.usage()[0]) for machine in site.machines]
    site.crowd = crowd = Crowd(site.machines, site.world)
    crowd.start()
    with site.calling_scheduler():
        try:
            time.sleep(seconds / 2)
            site.used = _measure(site, before)
            site.second.kill()
            time.sleep(seconds / 2)
        finally:
            crowd.stop()
        drained = site.wait(lambda: not _left(site))
    if crowd.errors:
        raise Wrong(f"{len(crowd.errors)} errors; {crowd.errors[0]}")
    if not drained:
        raise Wrong(f"the scheduler does not come to an end: {_left(site)}")
    idle = {role.title().lower() for role in ROLES} - {title.partition(":")[0] for title in crowd.clicks}
    if idle:
        raise Wrong(f"nothing was done by: {', '.join(sorted(idle))}")
    modes = Counter()
    for machine, old in zip(site.machines, before, strict=True):
        for (_path, mode), count in (machine.requests - old[0]).items():
            modes[mode] += count
    again = sum(machine.again for machine in site.machines)
    return (f"{crowd.clicks.total()} tasks, {crowd.refused.total()} refused with a sentence, {crowd.moves} times somebody went to"
            f" the other machine; {modes['ro']} of {modes.total()} requests read only; tried again {again} times")


def _measure(site, before):
    """What it takes, as long as both machines work; the scheduler's share is in it."""
    requests = cpu = memory = processes = 0
    for machine, (old, cpu_before) in zip(site.machines, before, strict=True):
        used, its_memory, count = machine.usage()
        requests += (machine.requests - old).total()
        cpu, memory, processes = cpu + used - cpu_before, memory + its_memory, processes + count
    asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
    [(first,)], [(second,)] = site.plant.sql(asked), site.replica.ask(asked)
    return (f"{1000 * cpu / requests:.0f} ms of Odoo's CPU for each of {requests} requests, with the scheduled actions;"
            f" {memory / processes:.0f} MB for each of {processes} processes; {first} connections to the primary, {second} to the"
            " replica")


def measured(site):
    return site.used


def _left(site):
    """What the scheduler still has to do."""
    for text in (
        "SELECT COUNT(*) FROM mail_mail WHERE state = 'outgoing'",
        "SELECT COUNT(*) FROM ir_cron_progress progress JOIN ir_cron ON ir_cron.id = cron_id WHERE remaining > 0"
        " AND progress.id = (SELECT MAX(id) FROM ir_cron_progress last WHERE last.cron_id = progress.cron_id)",
    ):
        [(count,)] = site.plant.sql(text)
        if count:
            return f"{count}: {text}"
    [(made,)] = site.plant.sql(
        "SELECT COUNT(DISTINCT schedule_id) FROM maintenance_request WHERE schedule_id = ANY(%s)", site.schedules)
    return "" if made == DUE else f"{made} of {DUE} schedules have a work order"


def once(site):
    """Nothing is lost, and nothing is there twice."""
    crowd = site.crowd
    found = dict(site.plant.sql("SELECT name, COUNT(*) FROM maintenance_request WHERE name LIKE 'scale %%' GROUP BY 1"))
    lost = crowd.acknowledged - found.keys()
    twice = [name for name, count in found.items() if count > 1]
    readings = dict(site.plant.sql(
        "SELECT external_id, COUNT(*) FROM maintenance_meter_reading WHERE external_id LIKE 'scale %%' GROUP BY 1"))
    lost |= crowd.readings - readings.keys()
    twice += [name for name, count in readings.items() if count > 1]
    made = dict(site.plant.sql(
        "SELECT schedule_id, COUNT(*) FROM maintenance_request WHERE schedule_id = ANY(%s) GROUP BY 1", site.schedules))
    lost |= {f"schedule {schedule}" for schedule in site.schedules if schedule not in made}
    twice += [f"schedule {schedule}" for schedule, count in made.items() if count > 1]
    if lost or twice:
        raise Wrong(f"lost: {sorted(lost)[:5]}; twice: {sorted(twice)[:5]}")
    if not crowd.acknowledged or not readings:
        raise Wrong("nothing was reported or read")
    return f"{len(found)} reports, {len(readings)} readings sent twice each, {len(made)} schedules that were due"


def alone(site):
    """No scheduled action ran on two workers at a time, and both machines had their share."""
    runs = {}
    for machine in site.machines:
        for job, begin, end, name in machine.runs:
            runs.setdefault(job, []).append((begin, end, name))
    for job, spans in runs.items():
        spans.sort()
        for (_begin, end, name), (begin, _end, other) in pairwise(spans):
            if begin < end - 0.05:  # lines of two programs are not written in the order of their moments
                raise Wrong(f"scheduled action {job} ran on {name} and {other} at once")
    shares = Counter(name for spans in runs.values() for _begin, _end, name in spans)
    if len(shares) < 2:
        raise Wrong(f"only one machine ran scheduled actions: {shares}")
    never = set(site.crons) - runs.keys()
    if never:
        raise Wrong(f"never ran: {never}")
    told = " and ".join(f"{count} on {name}" for name, count in sorted(shares.items()))
    return f"{len(runs)} scheduled actions, {told}"


def mails(site):
    """Each e-mail came once; one that was on its way when the machine was killed may have come again."""
    [(open_mails,)] = site.plant.sql("SELECT COUNT(*) FROM mail_mail WHERE state = 'outgoing'")
    [(unsure,)] = site.plant.sql("SELECT COUNT(*) FROM mail_mail WHERE state = 'exception'")
    [(sent,)] = site.plant.sql(
        "SELECT COUNT(*) FROM mail_notification WHERE notification_type = 'email' AND notification_status = 'sent'")
    twice = {letter: count for letter, count in site.mail.letters.items() if count > 1}
    if open_mails or unsure > 1 or len(twice) > 1:
        raise Wrong(f"{open_mails} wait, {unsure} are unsure, twice came {twice}")
    if not site.mail.letters:
        raise Wrong("there were no e-mails")
    return f"{len(site.mail.letters)} came, {sent} are written down as sent, {len(twice)} came twice"


def without_replica(site):
    """The replica dies: reads go to the primary. It comes back, catches up, and a machine that starts reads there again."""
    planner = site.person("planner", site.first)
    planner.call(JOB, "maintenance_get_week")
    site.replica.crash()
    failed = 0
    for _time in range(24):
        try:
            planner.call(JOB, "maintenance_get_week")
        except Refused as refusal:
            if "answers 500" not in str(refusal):
                raise
            failed += 1
    # Odoo finds out that a connection is dead by asking, and the request that finds out is lost: one for each connection
    if failed > WORKERS:
        raise Wrong(f"{failed} requests failed, of {WORKERS} workers")
    planner.call(JOB, "create", [{"name": "Without replica", "equipment_id": site.world["asset_id"]}])
    if not site.wait(lambda: site.first.fallen_back, 10):
        raise Wrong("nothing was read from the primary instead")
    site.replica.recover()
    if not site.replica.catches_up():
        raise Wrong("the replica does not catch up")
    site.second.start()
    before = site.second.requests.copy()
    other = site.person("planner", site.second)
    if not other.call(JOB, "search_count", [["name", "=", "Without replica"]]):
        raise Wrong("what was written without the replica is not there")
    if not site.wait(lambda: any(mode == "ro" and "search_count" in path for path, mode in site.second.requests - before), 10):
        raise Wrong("the machine that was started again does not read from the replica")
    return f"{site.first.fallen_back} processes fell back to the primary; {failed} requests met a dead connection"


def agree(site):
    for machine in site.machines:
        machine.stop()
    site.plant.check_books(site.database)
    errors = [told for machine in site.machines for told in machine.errors if LOST not in told]
    if errors:
        raise Wrong(f"{len(errors)} errors in the logs; {errors[0]}")
    return "stock, reservations, requisitions, orders, to-dos, meters and the ledger"


ALL = (
    ("reads go to the replica", read),
    ("the replica is late", late),
    ("written here, read there", at_once),
    ("work on two machines, one is killed", work),
    ("what it takes", measured),
    ("nothing lost, nothing twice", once),
    ("scheduled actions run on one machine at a time", alone),
    ("e-mails", mails),
    ("the replica dies", without_replica),
    ("the books agree", agree),
)
