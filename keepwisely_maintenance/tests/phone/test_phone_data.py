import hashlib
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..house.price_common import PriceCase
from .phone_common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneData(PhoneCase):
    """What a phone is given: what is there for this person, little when little has changed."""

    def _ids(self, user, stamp=None):
        return {row["id"] for row in self._data(user, stamp)["jobs"]}

    def test_which_jobs(self):
        mine = self._assigned()
        later = self._assigned(schedule_date=self.now + timedelta(days=20))
        begun = self._assigned(schedule_date=self.now + timedelta(days=20))
        begun.action_start()
        pool = self._report(maintenance_team_id=self.team.id).with_user(self.planner)
        pool.action_approve()
        emergency = self._report(maintenance_team_id=self.team.id, priority="3")
        report = self._report(maintenance_team_id=self.team.id)
        foreign = self._report(maintenance_team_id=self.other_team.id).with_user(self.planner)
        foreign.action_approve()
        done = self._assigned()
        done.action_complete()
        told = self._ids(self.technician)
        self.assertLessEqual({mine.id, begun.id, pool.id, emergency.id}, told)
        self.assertFalse({later.id, report.id, foreign.id, done.id} & told)
        self.assertEqual(self._ids(self.colleague) & {mine.id, pool.id}, {pool.id}, "what is a colleague's is no work of mine")
        rows = {row["id"]: row for row in self._data(self.technician)["jobs"]}
        self.assertEqual([(rows[job.id]["mine"], rows[job.id]["pool"]) for job in (mine, pool)], [(True, False), (False, True)])

    def test_only_what_has_changed_is_given_again(self):
        jobs = [self._assigned() for _number in range(5)]
        first = self._data(self.technician)
        again = self._data(self.technician, first["stamp"])
        self.assertEqual((again["jobs"], again["gone"], again["stamp"]), ([], [], first["stamp"]))
        self.assertIsNone(again["failure_codes"])
        self.assertIsNone(again["products"])
        self.assertIsNone(again["assets"])
        self.assertLess(len(json.dumps(again)), 1500)
        self.env["maintenance.task"].create({"maintenance_request_id": jobs[1].id, "name": "Grease"})
        jobs[2].with_user(self.planner).user_id = self.colleague
        self.conveyor.with_user(self.planner).name = "Conveyor 4"
        changed = self._data(self.technician, first["stamp"])
        self.assertEqual({row["id"] for row in changed["jobs"]}, {job.id for job in jobs} - {jobs[2].id})
        self.assertEqual(changed["gone"], [jobs[2].id])
        self.assertTrue(changed["assets"])
        self.assertIsNone(changed["failure_codes"])

    def test_stamps_that_are_none(self):
        job = self._assigned()
        for stamp in (7, "x", "[]", '{"jobs": 1}', '{"jobs": {"x": 1, "7": []}}', '{"jobs": {"²": 1}}', "1" * 10_000, ["x"]):
            data = self._data(self.technician, stamp)
            self.assertIn(job.id, {row["id"] for row in data["jobs"]}, stamp)

    def test_what_it_says(self):
        job = self._assigned(schedule_date=self.now, description="<p>It <b>squeals</b></p>")
        earlier = self._assigned(name="Belt")
        earlier.work_done = "New belt"
        earlier.action_complete()
        self.env["maintenance.task"].create(
            {
                "maintenance_request_id": job.id, "name": "Pressure", "kind": "number", "unit": "bar", "limits": "range",
                "limit_min": 2, "limit_max": 4, "is_mandatory": True,
            }
        )  # fmt: skip
        self._add_part(job, self.seal, 3)
        self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "KW-H", "equipment_id": self.conveyor.id, "unit": "h", "kind": "counter"}
        )
        self.operator.partner_id.phone = "+1 555 0100"
        row = next(row for row in self._data(self.technician)["jobs"] if row["id"] == job.id)
        self.assertEqual(row["description"], "It *squeals*")
        self.assertEqual((row["asset"]["id"], row["asset"]["name"]), (self.conveyor.id, "Conveyor 3"))
        self.assertEqual([(job["name"], job["remedy"]) for job in row["history"]], [("Belt", "New belt")])
        told = [row["tasks"][0][name] for name in ("min", "max", "unit", "required", "answer")]
        self.assertEqual(told, [2.0, 4.0, "bar", True, None])
        part = row["parts"][0]
        self.assertEqual((part["asked"], part["here"], part["in_stock"], part["used"]), (3.0, 3.0, 10.0, 0.0))
        self.assertEqual(part["shelf"], self.stock.display_name)
        self.assertEqual([(meter["name"], meter["last"]) for meter in row["meters"]], [("Hours", None)])
        self.assertIn("+1 555 0100", [contact["phone"] for contact in row["contacts"]])
        self.assertLessEqual({"start", "task", "hours", "part_used"}, set(row["can"]))
        self.assertNotIn("complete", row["can"], "a mandatory task is open")

    def test_labels_without_their_codes(self):
        self._assigned()
        data = self._data(self.technician)
        asset = next(asset for asset in data["assets"] if asset["id"] == self.conveyor.id)
        token = self.conveyor.sudo().scan_token
        self.assertEqual(asset["scan"], hashlib.sha256(token.encode()).hexdigest()[:16])
        self.assertNotIn(token, json.dumps(data))

    def test_what_can_be_done_can_be_done(self):
        """What `can` names is let through by the gates, and what it leaves out of the steps is refused."""
        report = self._report(maintenance_team_id=self.team.id, priority="3")
        waiting = self._assigned()
        self._add_part(waiting, self.bearing, 5)
        waiting.action_request_parts(offer=False)
        held = self._assigned()
        self.env["maintenance.task"].create({"maintenance_request_id": held.id, "name": "Lock out", "is_before_start": True})
        checked = self._assigned()
        self.env["maintenance.task"].create({"maintenance_request_id": checked.id, "name": "Run", "is_mandatory": True})
        begun = self._assigned()
        begun.action_timer_start()
        for setting in (False, True):
            self.company.emergency_approved_after = setting
            for user in (self.technician, self.planner):
                rows = {row["id"]: row for row in self._data(user)["jobs"]}
                for job in report | waiting | held | checked | begun:
                    if job.id not in rows:
                        continue
                    for kind in ("start", "pause", "complete"):
                        if kind == "pause" and not rows[job.id]["running"]:
                            continue
                        with self.subTest(job=job.id, kind=kind, user=user.login), self.cr.savepoint() as savepoint:
                            can = kind in rows[job.id]["can"] or (kind == "start" and rows[job.id]["running"])
                            answer = self._send(user, self._command(kind, job))[0]
                            self.assertEqual(answer["state"], "sent" if can else "look", answer["sentence"])
                            savepoint.rollback()
                            self.env.invalidate_all()

    def test_who_gets_none(self):
        for user in (self.operator, self.buyer):
            self.assertRaises(AccessError, self.env["maintenance.phone"].with_user(user)._check_worker)
        self.assertIsNone(self.env["maintenance.phone"].with_user(self.technician)._check_worker())

    def test_archived_work_is_gone(self):
        job = self._assigned()
        stamp = self._data(self.technician)["stamp"]
        job.with_user(self.planner).archive_equipment_request()
        self.assertEqual(self._data(self.technician, stamp)["gone"], [job.id])


@tagged("post_install", "-at_install")
class TestPhoneQueries(PhoneCase):
    """What must not grow with the number of jobs."""

    def _make(self, number):
        jobs = self.env["maintenance.request"]
        for index in range(number):
            job = self._assigned(equipment_id=self.conveyor.copy({"name": f"Conveyor {index}"}).id)
            self._add_part(job, self.seal, 1)
            self._add_part(job, self.bearing, 2)
            job.action_request_parts(offer=False)
            jobs |= job
        self.env["maintenance.task"].create(
            [{"maintenance_request_id": job.id, "name": "Guard", "kind": "pass_fail"} for job in jobs for _task in range(3)]
        )
        self.env["maintenance.meter"].create(
            [{"name": "h", "code": f"KW-{job.id}", "equipment_id": job.sudo().equipment_id.id} for job in jobs]
        )
        self.env["ir.attachment"].create(
            [{"name": "a.txt", "raw": b"x", "res_model": "maintenance.request", "res_id": job.id} for job in jobs]
        )
        return jobs

    def _count(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        data = self.env["maintenance.phone"].with_user(self.technician)._get_data()
        return self.cr.sql_log_count - before, len(data["jobs"])

    def test_queries(self):
        self._make(3)
        self._count()
        few, number = self._count()
        self.assertEqual(number, 3)
        self._make(12)
        many, number = self._count()
        self.assertEqual(number, 15)
        self.assertLessEqual(many, few + 3)
        self.assertLessEqual(many, 62)

    def test_queries_of_what_is_sent(self):
        """A note costs what it costs, the tenth as the first."""
        job = self._asked_days_ago(self._assigned())

        def count(*commands):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["maintenance.phone.command"].with_user(self.technician)._receive(None, list(commands))
            self.env.flush_all()
            return self.cr.sql_log_count - before

        def notes(number):
            return [self._command("hours", job, minutes=6) for _time in range(number)]

        count(*notes(1))
        one, ten = count(*notes(1)), count(*notes(10))
        self.assertLessEqual(ten, 10 * one)
        sent = notes(10)
        count(*sent)
        self.assertLessEqual(count(*sent), 10 * 4, "a repeat asks for its row alone")


@tagged("post_install", "-at_install")
class TestPhonePrices(PriceCase, PhoneCase):
    """Of a job with a price in every place that holds one, a phone is given none."""

    def test_no_price_of_the_plant(self):
        self._live_through()
        self.job.with_user(self.planner).maintenance_crew_ids = self.planner.partner_id
        for user in (self.technician, self.colleague, self.planner):
            data = self._data(user)
            if user != self.colleague:
                self.assertIn(self.job.id, {row["id"] for row in data["jobs"]})
                row = next(row for row in data["jobs"] if row["id"] == self.job.id)
                self.assertTrue(row["parts"])
            self.assertTrue(data["products"])
            self.assertFalse(self._find_canaries(data), user.login)
        moment = fields.Datetime.to_string(self.now)
        self.assertEqual(self._find_canaries({"price": self.canaries["part"], "moment": moment}), {"part"}, "it would be found")

    def test_no_price_in_an_answer(self):
        self._live_through()
        answers = self._send(
            self.technician,
            self._command("hours", self.job, minutes=60),
            self._command("part_asked", self.job, product=self.valve.id, quantity=1),
            self._command("part_used", self.job, product=self.valve.id, quantity=1, lot="V-1"),
            self._command("complete", self.job),
            self._command("part_used", self.job, product=self.valve.id, quantity=99),
        )
        self.assertFalse(self._find_canaries(answers))
        self.assertFalse(self._find_canaries(self._notes(self.job)))
