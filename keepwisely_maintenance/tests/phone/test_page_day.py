from collections import Counter

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from .day_books import DayBooks
from .day_online import DayOnline
from .page_common import ALL_SENT, PageCase

TITLES = ("Oil under the gearbox", "Guard is loose")


@tagged("post_install", "-at_install")
class TestPageDay(DayOnline, DayBooks, PageCase):
    """A whole day without a signal, in Chromium with its network cut, and the same day at a desk: the books are the same."""

    def test_a_day_without_a_signal(self):
        """Six jobs, 40 tasks, 12 photos, 5 parts, 2 reports; killed twice; sent where requests and answers get lost."""
        plan, twin = self._plan_twins()
        jobs = plan.jobs
        before = self.env["maintenance.request"].search_count([])
        with self._phone() as phone:
            steps = {job: self._read_steps(plan, number) for number, job in enumerate(jobs)}
            phone.set_clock(hours=-10)
            phone.cut()
            # the first job with the thumb
            phone.tap("Job 1")
            phone.tap("Start")
            phone.sees("Running since")
            phone.sees("Not sent yet")
            self._work(phone, steps, jobs[0], hours=-9, starts=False)
            for hours, job in zip((-8, -7), jobs[1:3], strict=True):
                self._work(phone, steps, job, hours=hours)
            reported = self._report_problem(phone, TITLES[0])
            self.assertTrue(self._take_photo(phone, reported))

            phone.restart()
            phone.set_clock(hours=-6)
            phone.open()
            phone.sees("No signal")
            phone.sees(TITLES[0])
            waiting = phone.run("odoo.work.queue.waiting.length")
            phone.sees(f"{waiting} waiting")
            for hours, job in zip((-5, -4), jobs[3:5], strict=True):
                self._work(phone, steps, job, hours=hours)
            self._report_problem(phone, TITLES[1])

            phone.restart()
            phone.set_clock(hours=-3)
            phone.open()
            # of the last one a part is missing: it is asked for, and the work goes on another day
            self._work(phone, steps, jobs[5], hours=-2, photos=1, ends="Pause")
            kinds = phone.run("odoo.work.queue.entries.map(({kind}) => kind)")
            expected = {
                "start": 6, "task": 40, "part_used": 5, "photo": 12, "report": 2, "complete": 5, "pause": 1, "part_asked": 1,
                "note": 1, "failure": 1, "reading": 1, "hours": 1,
            }  # fmt: skip
            self.assertEqual(Counter(kinds), expected, "what was done before the phone was killed")
            commands = phone.run("odoo.work.queue.entries.map(({id}) => id)")
            photos = self._read_photos(phone)

            phone.set_clock(hours=0)
            # a try that began before would say that the clock is wrong
            phone.wait("!odoo.work.contact.sender.running")
            self._log_in_again(phone)
            phone.connect(_Loss())
            phone.wait(ALL_SENT, timeout=90)
            self.assertEqual(phone.run("odoo.work.queue.entries.filter(({state}) => state !== 'sent')"), [])
            phone.go("#today")
            phone.sees("Job 6")
        rows = self._check_arrived(jobs, commands, before)
        self._check_same_at_desk(plan, twin, rows, photos)

    # -- The plan of the day --------------------------------------------------------------------------------------------

    def _plan_twins(self):
        """The same jobs twice: of the technician, and of one who does them at a desk; nothing of the two meets."""
        self.operator.sudo().tz = self.technician.tz
        at_desk = new_test_user(
            self.env, login="kw_desk", name=self.technician.name, groups="keepwisely_maintenance.group_maintenance_technician"
        )
        at_desk.write({"maintenance_hourly_cost": self.technician.maintenance_hourly_cost, "tz": self.technician.tz})
        self.team.member_ids = [Command.link(at_desk.id)]
        with freeze_time(self.now):
            return [self._plan_day(user) for user in (self.technician, at_desk)]

    def _plan_day(self, technician):
        """Six jobs on an asset that stands, with 40 tasks and 5 reserved seals."""
        plan = self.env["account.analytic.plan"].search([], limit=1)
        account = self.env["account.analytic.account"].create({"name": "Line 3", "plan_id": plan.id})
        asset = self.conveyor.copy({"name": "Press 9", "analytic_distribution": {account.id: 100}})
        asset.maintenance_team_id = self.team
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": f"DAY {technician.id}", "equipment_id": asset.id, "kind": "counter"}
        )
        seal, bearing = self._create_part("Twin seal", 5.0, on_hand=10), self._create_part("Twin bearing", 42.0, on_hand=1)
        jobs = self.env["maintenance.request"]
        for number in range(6):
            status = {"reported_status": "down"} if number == 1 else {}
            job = self._report(name=f"Job {number + 1}", equipment_id=asset.id, **status).with_user(self.planner)
            job.action_approve()
            job.user_id = technician
            job.action_assign()
            jobs |= job.with_env(self.env)
        for number in range(40):
            kind = ("tick", "pass_fail", "number", "text")[number % 4]
            values = {"name": f"Step {number + 1}", "kind": kind, "unit": "bar" if kind == "number" else False}
            jobs[number % 6].with_user(self.planner).task_ids = [Command.create(values)]
        for job in jobs[:5]:
            self._add_part(job.with_user(technician), seal)
        for job in jobs:
            self._asked_days_ago(job)
        return _Plan(technician, jobs, asset, meter, seal | bearing, account)

    def _read_steps(self, plan, number):
        """What there is to do on a job: kinds and values of its entries."""
        answers = {"tick": True, "pass_fail": "pass", "number": 2.5, "text": "As new"}
        more = {
            0: ("note", {"text": "Runs hot\nand smells"}),
            1: ("failure", {"problem": None, "cause": None, "remedy": None, "text": "A new belt"}),
            2: ("reading", {"meter": plan.meter.id, "value": 1234.5}),
            3: ("hours", {"minutes": 45, "work_date": None, "note": "Cleaning up"}),
            5: ("part_asked", {"product": plan.products[1].id, "quantity": 3}),
        }
        with self._database():
            job = plan.jobs[number]
            return [
                *(("task", {"task": task.id, "answer": answers[task.kind], "note": None}) for task in job.task_ids),
                *(
                    ("part_used", {"move": part.id, "product": part.product_id.id, "quantity": 1, "lot": None})
                    for part in job.sudo().part_ids
                ),
                *([more[number]] if number in more else []),
            ]

    # -- On the phone ---------------------------------------------------------------------------------------------------

    def _work(self, phone, steps, job, hours, starts=True, photos=2, ends="Complete"):
        """Start, all tasks, its parts, photos, an hour later complete."""
        if starts:
            self.assertTrue(self._act(phone, "start", job))
        for kind, values in steps[job]:
            self.assertTrue(self._act(phone, kind, job, **values))
        for _number in range(photos):
            self.assertTrue(self._take_photo(phone, job))
        phone.set_clock(hours=hours)
        phone.go(f"#job={job.id}")
        phone.tap(ends, within=".o_work_actions")
        if ends == "Complete":
            phone.tap("Complete", within="dialog")
            phone.wait("!location.hash.includes('job')")

    def _report_problem(self, phone, title):
        """As the screen does. :returns: the id that later entries name"""
        phone.go("#report")
        phone.type(".o_work_search input", "press")
        phone.tap("Press 9", within=".o_work_list")
        phone.type("[name=title]", title)
        phone.tap("Send the report", within=".o_work_actions")
        phone.wait("!location.hash.includes('report')")
        return phone.run("odoo.work.queue.entries.findLast(({kind}) => kind === 'report').id")

    # -- What came of it ------------------------------------------------------------------------------------------------

    def _check_arrived(self, jobs, commands, before):
        """Everything is there once. :returns: the rows, in the order of the day"""
        rows = self.env["maintenance.phone.command"].search([("user_id", "=", self.technician.id)], order="id")
        self.assertEqual(sorted(rows.mapped("command_id")), sorted(commands))
        self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("sentence"))
        self.assertEqual(self.env["maintenance.request"].search_count([]) - before, 2)
        self.assertEqual(Counter(jobs.mapped("state")), {"completed": 5, "waiting_parts": 1})
        photos = rows.filtered(lambda row: row.kind == "photo").attachment_id
        self.assertEqual(len(set(photos.mapped("checksum"))), 12)
        order = {command: number for number, command in enumerate(commands)}
        return rows.sorted(lambda row: order[row.command_id])

    def _check_same_at_desk(self, plan, twin, rows, photos):
        twins = dict(zip(plan.records, twin.records, strict=True))
        # of the parts those of the plan; what was asked for on the way is not named by any entry
        for model in ("task_ids", "part_ids"):
            twins |= zip(plan.jobs.sudo()[model].sorted("id"), twin.jobs.sudo()[model].sorted("id"), strict=False)
        self._redo_at_desk(rows, twin.technician, twins, photos)
        reports = rows.filtered(lambda row: row.kind == "report").maintenance_request_id
        online = twin.jobs.concat(*(twins[report] for report in reports))
        # what still lasts counts until now
        with freeze_time(self.now):
            books = [
                self._read_books(jobs, day.account, day.asset, day.technician, day.technician.partner_id, day.products)
                for day, jobs in ((plan, plan.jobs | reports), (twin, online))
            ]
        counts = {model: len(found) for model, found in books[0].items()}
        # labour: one entry for each job and the hours by hand; parts: five seals and the bearings
        expected = {
            "maintenance.request": 8, "maintenance.task": 40, "maintenance.labor": 7, "stock.move": 6, "ir.attachment": 12,
            "maintenance.requisition.line": 1, "maintenance.meter.reading": 1, "account.analytic.line": 12,
        }  # fmt: skip
        self.assertEqual({model: counts[model] for model in expected}, expected)
        self._assert_same_books(*books)


class _Plan:
    def __init__(self, technician, jobs, asset, meter, products, account):
        self.technician, self.jobs, self.asset, self.meter, self.products = technician, jobs, asset, meter, products
        self.account = account

    @property
    def records(self):
        return [*self.jobs, self.asset, self.meter, *self.products, self.technician]


class _Loss:
    """The first answer gets lost, then every twentieth request or answer."""

    def __init__(self):
        self.count = 0

    def __call__(self, params):
        is_answer = "responseStatusCode" in params
        if is_answer and not self.count and '"kind"' in params["request"].get("postData", ""):
            self.count = 1
            return True
        self.count += bool(self.count)
        return self.count % 20 == 19
