from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..commit_common import CommitCase
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestHours(MaintenanceCase):
    """Hours that nobody can have worked are asked back, on every path."""

    def setUp(self):
        super().setUp()
        self.work = self._assigned()
        self.work.action_start()
        self.today = self.company._get_plant_day()

    def _book(self, user=None, **values):
        self.env.invalidate_all()
        labors = self.env["maintenance.labor"].with_user(user or self.technician)
        return labors.create({"maintenance_request_id": self.work.id, "hours": 1.0, **values})

    def _refused(self, **values):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._book(**values)
        return str(caught.exception)

    def test_minutes(self):
        message = self._refused(hours=90)
        self.assertEqual(message, "A day has 24 hours. Did you mean 90 minutes? Then enter 1:30.")
        self.assertIn("24", self._refused(hours=1_000_000))
        for hours in (24.5, -1, 0, float("nan"), float("inf")):
            with self.subTest(hours=hours):
                self._refused(hours=hours)
        self.assertEqual(self._book(hours=24).hours, 24)

    def test_a_day_has_24_hours_on_all_work_together(self):
        other = self._assigned()
        other.action_start()
        self._book(hours=20)
        message = self._refused(maintenance_request_id=other.id, hours=5)
        self.assertIn("Technician would have 25 hours", message)
        entry = self._book(maintenance_request_id=other.id, hours=4)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            entry.hours = 4.5
        with self.assertRaises(UserError), self.env.cr.savepoint():
            other.with_user(self.technician).hours_by_hand = 0.5
        self._book(user=self.planner, user_id=self.colleague.id, hours=8)

    def test_not_ahead_and_not_before(self):
        self.assertIn("still to come", self._refused(date="2199-01-01"))
        self._refused(date=self.today + timedelta(days=2))
        self.assertIn("was asked for on", self._refused(date=self.today - timedelta(days=2)))
        self.work.request_date = self.today - timedelta(days=5)
        self.assertTrue(self._book(date=self.today - timedelta(days=5)))
        self._refused(date=self.today - timedelta(days=6))
        with self.assertRaises(UserError):
            self._book().date = "2199-01-01"

    def test_work_that_one_cannot_read(self):
        with self.assertRaises(UserError):
            self._book(user=self.outsider)
        self.assertTrue(self._book(user=self.colleague))

    def test_import(self):
        labors = self.env["maintenance.labor"].with_user(self.technician)
        rows = [[str(self.work.id), "90"], [str(self.work.id), "1"]]
        result = labors.load(["maintenance_request_id/.id", "hours"], rows)
        self.assertFalse(result["ids"])
        self.assertIn("90 minutes", result["messages"][0]["message"])

    def test_the_timer_books_what_the_day_has_left(self):
        labors = self.env["maintenance.labor"]
        with freeze_time(fields.Datetime.now().replace(hour=6, minute=0, second=0)) as clock:
            self._book(hours=22)
            self.work.action_timer_start()
            clock.tick(timedelta(hours=5))
            self.work.action_timer_pause()
            timer = labors.search([("timer_start", "!=", False), ("user_id", "=", self.technician.id)])
            self.assertEqual((timer.hours, timer.is_running), (2.0, False))
            self.assertIn("05:00 h", timer.note)
            self.work.action_timer_start()
            clock.tick(timedelta(hours=1))
            self.work.action_complete()
        self.assertEqual(self.work.state, "completed", "a full day does not hold up the work")
        self.assertEqual(sum(self.work.labor_ids.mapped("hours")), 24)
        self.assertFalse(self.work.labor_ids.filtered("is_running"))


@tagged("post_install", "-at_install")
class TestHoursAtOnce(CommitCase):
    """Two requests that book for one person, each without seeing the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            company = env["res.company"].create({"name": "Plant of two clocks"})
            values = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
            user = new_test_user(
                env, login=f"kw_clock_{company.id}", groups="maintenance.group_equipment_manager", **values
            )
            env["maintenance.team"].create({"name": "Clockmakers", "company_id": company.id})
            jobs = env["maintenance.request"].with_company(company).with_user(user).create([{"name": "One"}, {"name": "Two"}])
            jobs.action_approve()
            cls.user_id, cls.job_ids = user.id, jobs.ids

    def test_the_second_is_tried_again_and_then_refused(self):
        def book(cr, job_id):
            return self._env(cr, self.user_id)["maintenance.labor"].create({"maintenance_request_id": job_id, "hours": 15})

        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1 FROM maintenance_labor")  # the snapshot of the transaction begins here
            book(first, self.job_ids[0])
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                book(second, self.job_ids[1])
            second.rollback()  # as Odoo does before it tries again
            with self.assertRaisesRegex(UserError, "would have 30 hours"):
                book(second, self.job_ids[1])
            second.rollback()
