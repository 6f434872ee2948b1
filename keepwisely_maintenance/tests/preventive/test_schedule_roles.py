from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleRoles(ScheduleCase):
    def test_planners_keep_technicians_read_requesters_see_nothing(self):
        schedule = self._schedule(task_ids=[Command.create({"name": "Look"})])
        for user in (self.technician, self.buyer):
            with self.subTest(user=user.name):
                theirs = schedule.with_user(user)
                self.assertEqual(theirs.name, "Grease the bearings")
                self.assertEqual(theirs.task_ids.name, "Look")
                for change in (
                    lambda theirs=theirs: theirs.write({"interval": 2}),
                    lambda theirs=theirs: theirs.asset_ids.write({"next_date": "2027-01-01"}),
                    lambda theirs=theirs: theirs.task_ids.write({"name": "Look away"}),
                    lambda theirs=theirs: theirs.copy(),
                    lambda theirs=theirs: theirs.unlink(),
                    lambda theirs=theirs: theirs.action_generate(),
                ):
                    with self.assertRaises(AccessError):
                        change()
        for model in ("maintenance.schedule", "maintenance.schedule.asset", "maintenance.schedule.forecast"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.operator).search([])

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Another plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="maintenance.group_equipment_manager", company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )  # fmt: skip
        ours = self._schedule("2027-01-04")
        self.assertFalse(self.env["maintenance.schedule"].with_user(stranger).search([("id", "=", ours.id)]))
        forecast = self.env["maintenance.schedule.forecast"].with_user(stranger)
        self.assertFalse(forecast.search([("schedule_id", "=", ours.id)]))
        with self.assertRaises(AccessError):
            ours.with_user(stranger).action_generate()
        with self.assertRaises(UserError):
            self.env["maintenance.schedule"].with_user(stranger).create(
                {"name": "Theirs", "equipment_ids": [Command.set(self.conveyor.ids)]}
            )
        # an asset that belongs to no company is looked after by the company of the schedule
        self.env["maintenance.team"].create({"name": "Theirs", "company_id": company.id})
        shared = self.env["maintenance.equipment"].create({"name": "Crane", "company_id": False})
        theirs = self.env["maintenance.schedule"].with_user(stranger).create(
            {"name": "Inspect", "equipment_ids": [Command.set(shared.ids)], "next_date": "2027-01-04"}
        )
        self._run("2027-01-04")
        self.assertEqual(theirs.request_ids.company_id, company)
        self.assertEqual(ours.request_ids.company_id, self.company)
        self.assertTrue(theirs.request_ids.reference)

    def test_the_link_to_the_schedule_is_not_for_hands(self):
        schedule = self._schedule("2027-01-04")
        self._run("2027-01-04")
        request = self._assigned().with_user(self.planner)
        with self.assertRaises(UserError):
            request.schedule_id = schedule
        with self.assertRaises(UserError):
            self.env["maintenance.request"].with_user(self.planner).create({"name": "X", "schedule_due_date": "2027-01-04"})
        copy = schedule.request_ids.with_user(self.planner).copy()
        self.assertFalse(copy.schedule_id | copy.schedule_asset_id.schedule_id)
        with self.assertRaises(UserError):
            schedule.unlink()

    def test_what_makes_no_sense_is_refused(self):
        for error, values in (
            (IntegrityError, {"interval": 0}),
            (IntegrityError, {"lead_days": -1}),
            (IntegrityError, {"trigger": "meter"}),
            (IntegrityError, {"duration": -1}),
            (UserError, {"season_from": "4"}),
            (UserError, {"end_date": "2027-01-30"}),
        ):
            with self.subTest(values=values), self.assertRaises(error), mute_logger("odoo.sql_db"):
                self._schedule(**values).flush_recordset()

    def test_two_at_once_make_one(self):
        """Whatever two transactions do, the database holds one work order per asset and due date."""
        schedule = self._schedule("2027-01-04")
        self._run("2027-01-04")
        request = schedule.request_ids
        schedule.asset_ids.sudo().write({"handled_date": False, "last_due_date": False, "last_request_id": False})
        self._run("2027-01-04")
        self.assertEqual(schedule.request_ids, request, "it is open, so nothing is made")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["maintenance.request"].create(
                {
                    "name": "Twice", "equipment_id": self.conveyor.id, "schedule_id": schedule.id,
                    "schedule_asset_id": schedule.asset_ids.id, "schedule_due_date": "2027-01-04",
                }
            )  # fmt: skip
