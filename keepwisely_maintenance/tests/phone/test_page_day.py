import hashlib
from collections import Counter

from odoo import fields
from odoo.tests import tagged

from .page_common import ALL_SENT, PageCase


@tagged("post_install", "-at_install")
class TestPageDay(PageCase):
    """A whole day without a signal, in Chromium with its network cut."""

    def test_a_day_without_a_signal(self):
        """Six jobs, 40 tasks, 12 photos, 5 parts, 2 reports; killed twice; sent where requests and answers get lost."""
        jobs = self._plan_jobs(6, tasks=40, seals=5)
        before = self.env["maintenance.request"].search_count([])
        with self._phone() as phone:
            plan = {job: self._read(job) for job in jobs}
            phone.set_clock(hours=-10)
            phone.cut()
            # the first job with the thumb
            phone.tap("Job 1")
            phone.tap("Start")
            phone.sees("Running since")
            phone.sees("Not sent yet")
            self._work(phone, plan, jobs[0], hours=-9, starts=False)
            for hours, job in zip((-8, -7), jobs[1:3], strict=True):
                self._work(phone, plan, job, hours=hours)
            reported = self._report_problem(phone, "Oil under the gearbox")
            self.assertTrue(self._take_photo(phone, reported))

            phone.restart()
            phone.set_clock(hours=-6)
            phone.open()
            phone.sees("No signal")
            phone.sees("Oil under the gearbox")
            waiting = phone.run("odoo.work.queue.waiting.length")
            phone.sees(f"{waiting} waiting")
            for hours, job in zip((-5, -4), jobs[3:5], strict=True):
                self._work(phone, plan, job, hours=hours)
            self._report_problem(phone, "Guard is loose")

            phone.restart()
            phone.set_clock(hours=-3)
            phone.open()
            self._work(phone, plan, jobs[5], hours=-2, photos=1)
            kinds = phone.run("odoo.work.queue.entries.map(({kind}) => kind)")
            expected = {"start": 6, "task": 40, "part_used": 5, "photo": 12, "report": 2, "complete": 6}
            self.assertEqual(Counter(kinds), expected, "what was done before the phone was killed")
            commands = phone.run("odoo.work.queue.entries.map(({id}) => id)")

            phone.set_clock(hours=0)
            # a try that began before would say that the clock is wrong
            phone.wait("!odoo.work.sender.running")
            self._log_in_again(phone)
            phone.connect(_Loss())
            phone.wait(ALL_SENT, timeout=90)
            self.assertEqual(phone.run("odoo.work.queue.entries.filter(({state}) => state !== 'sent')"), [])
            phone.go("#today")
            phone.sees("Nothing is planned for you.")
        self._check_books(jobs, commands, before)

    def _read(self, job):
        """What there is to do on a job: kinds and values of its entries."""
        answers = {"tick": True, "pass_fail": "pass", "number": 2.5, "text": "As new"}
        with self._database():
            return [
                *(("task", {"task": task.id, "answer": answers[task.kind], "note": None}) for task in job.task_ids),
                *(
                    ("part_used", {"move": part.id, "product": part.product_id.id, "quantity": 1, "lot": None})
                    for part in job.sudo().part_ids
                ),
            ]

    def _work(self, phone, plan, job, hours, starts=True, photos=2):
        """Start, all tasks, its parts, photos, an hour later complete."""
        if starts:
            self.assertTrue(self._act(phone, "start", job))
        for kind, values in plan[job]:
            self.assertTrue(self._act(phone, kind, job, **values))
        for _number in range(photos):
            self.assertTrue(self._take_photo(phone, job))
        phone.set_clock(hours=hours)
        phone.go(f"#job={job.id}")
        phone.tap("Complete", within=".o_work_actions")
        phone.tap("Complete", within="dialog")
        phone.wait("!location.hash.includes('job')")

    def _report_problem(self, phone, title):
        """As the screen does. :returns: the id that later entries name"""
        phone.go("#report")
        phone.type(".o_work_search input", "conv")
        phone.tap(self.conveyor.name, within=".o_work_list")
        phone.type("[name=title]", title)
        phone.tap("Send the report", within=".o_work_actions")
        phone.wait("!location.hash.includes('report')")
        return phone.run("odoo.work.queue.entries.findLast(({kind}) => kind === 'report').id")

    def _check_books(self, jobs, commands, before):
        """As if the same day had been done with a signal, and nothing twice."""
        rows = self.env["maintenance.phone.command"].search([("user_id", "=", self.technician.id)])
        self.assertEqual(sorted(rows.mapped("command_id")), sorted(commands))
        self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("sentence"))
        self.assertEqual(set(jobs.mapped("state")), {"completed"})
        self.assertEqual(len(jobs.task_ids), 40)
        self.assertEqual(set(jobs.task_ids.mapped("is_done")), {True})
        for job in jobs.sudo():
            with self.subTest(job=job.name):
                self.assertEqual(len(job.labor_ids), 1)
                ends = rows.filtered(lambda row: row.kind in ("start", "complete"))
                told = ends.mapped(lambda row: (row.kind, row.moment_device, row.moment, row.sentence))
                self.assertAlmostEqual(job.labor_ids.hours, 1.0, delta=0.05, msg=str(told))
                late = fields.Datetime.now() - job.date_completed
                self.assertGreater(late.total_seconds(), 3600, "the moment of the phone")
        moves = jobs.sudo().part_ids
        self.assertEqual(set(moves.mapped("state")), {"done"})
        self.assertEqual(sum(moves.mapped("quantity")), 5)
        on_hand = self.env["stock.quant"]._get_available_quantity(self.seal, self.stock)
        self.assertEqual(on_hand, 5)
        reports = self.env["maintenance.request"].search([("name", "in", ("Oil under the gearbox", "Guard is loose"))])
        self.assertEqual(len(reports), 2, rows.mapped("sentence"))
        self.assertEqual(self.env["maintenance.request"].search_count([]) - before, 2)
        photos = self.env["ir.attachment"].search(
            [("res_model", "=", "maintenance.request"), ("res_id", "in", (jobs | reports).ids), ("mimetype", "=", "image/jpeg")]
        )
        self.assertEqual(len(photos), 12)
        self.assertEqual(len({hashlib.sha256(photo.raw).digest() for photo in photos}), 12)


class _Loss:
    """The first answer gets lost, then every twentieth request or answer."""

    def __init__(self):
        self.count = 0

    def __call__(self, params):
        is_answer = "responseStatusCode" in params
        if is_answer and not self.count and params["request"]["url"].endswith("/send"):
            self.count = 1
            return True
        self.count += bool(self.count)
        return self.count % 20 == 19
