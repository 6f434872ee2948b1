from datetime import date, timedelta
from itertools import product

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleForecast(ScheduleCase):
    """The database counts the same dates as the schedules themselves."""

    def _forecast(self, schedules):
        rows = self.env["maintenance.schedule.forecast"].with_user(self.technician).search(
            [("schedule_id", "in", schedules.ids), ("kind", "!=", "open")], order="schedule_id, date"
        )
        by_schedule = rows.grouped("schedule_id")
        return {schedule: by_schedule.get(schedule, rows.browse()).mapped("date") for schedule in schedules}

    def test_the_year_ahead_is_what_schedules_will_make(self):
        with freeze_time("2027-01-20 11:00:00"):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Works holidays", "calendar_id": self.company.resource_calendar_id.id,
                    "company_id": self.company.id, "date_from": "2027-07-18 22:00:00", "date_to": "2027-08-08 22:00:00",
                }
            )  # fmt: skip
            schedules = self.env["maintenance.schedule"]
            units = ((1, "day"), (10, "day"), (1, "week"), (3, "week"), (1, "month"), (5, "month"), (1, "year"))
            seasons = ((False, False), ("4", "9"), ("11", "2"))
            for (interval, unit), rule, (first, last), basis in product(
                units, ("keep", "next", "previous", "skip"), seasons, ("fixed", "completion")
            ):
                schedules |= self._schedule(
                    "2026-12-31", interval=interval, interval_unit=unit, day_rule=rule, season_from=first,
                    season_to=last, basis=basis, end_date=interval == 10 and "2027-11-30",
                )  # fmt: skip
            schedules.action_generate()
            self._complete(schedules.request_ids[::2], "2027-01-20 11:00:00")
            rules = schedules._get_rules()
            until = date(2027, 1, 20) + timedelta(days=366)
            found = self._forecast(schedules)
            checked = 0
            for schedule in schedules:
                expected = schedule.asset_ids._get_coming_dates(rules[schedule], until)
                checked += len(expected)
                with self.subTest(schedule=schedule.read(["interval", "interval_unit", "day_rule", "season_from", "basis"])):
                    self.assertEqual(found[schedule], expected)
            self.assertGreater(checked, 2000)

    def test_open_work_orders_stand_on_the_day_they_are_planned_for(self):
        schedule = self._schedule("2027-01-31", lead_days=20, duration=3, maintenance_team_id=self.team.id)
        with freeze_time("2027-01-20 11:00:00"):
            schedule.action_generate()
            forecast = self.env["maintenance.schedule.forecast"].with_user(self.planner)
            row = forecast.search([("maintenance_request_id", "=", schedule.request_ids.id)])
            self.assertEqual((row.kind, row.date, row.hours), ("open", date(2027, 1, 31), 3.0))
            hours = dict(
                forecast._read_group([("schedule_id", "=", schedule.id)], ["date:month"], ["hours:sum"], limit=3)
            )
            self.assertEqual(hours, {date(2027, 1, 1): 3.0, date(2027, 2, 1): 3.0, date(2027, 3, 1): 3.0})
            self.assertEqual(row.action_open_document()["res_model"], "maintenance.request")
        self.assertEqual(len(schedule.request_ids), 1, "nothing was made")


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


@tagged("post_install", "-at_install")
class TestScheduleConversion(ScheduleCase):
    def _recurring(self, **values):
        return self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Monthly check", "equipment_id": self.conveyor.id, "maintenance_type": "preventive",
                "recurring_maintenance": True, "repeat_interval": 1, "repeat_unit": "month",
                "schedule_date": "2027-01-31 09:00:00", "schedule_end": "2027-01-31 12:00:00",
                "user_id": self.technician.id, "instruction_text": "<p>Look.</p>",
                "task_ids": [Command.create({"name": "Look", "is_mandatory": True, "is_done": True})],
                "part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})],
                **values,
            }
        )  # fmt: skip

    def test_native_recurrence_goes_on(self):
        request = self._recurring()
        self._complete(request, "2027-01-31 12:00:00")
        following = self.env["maintenance.request"].search([("name", "=", "Monthly check"), ("id", "!=", request.id)])
        self.assertEqual(following.schedule_date.date(), date(2027, 2, 28))

    def test_a_recurrence_becomes_a_schedule(self):
        request = self._recurring(repeat_type="until", repeat_until="2027-06-30")
        with self.assertRaises(UserError):
            request.with_user(self.technician).action_make_schedule()
        request.action_make_schedule()
        schedule = request.schedule_id
        self.assertFalse(request.recurring_maintenance)
        self.assertEqual((schedule.interval, schedule.interval_unit, schedule.basis), (1, "month", "fixed"))
        self.assertEqual((schedule.user_id, schedule.duration), (self.technician, 3.0))
        self.assertEqual(schedule.task_ids.mapped("is_mandatory"), [True])
        self.assertEqual((schedule.part_ids.product_id, schedule.part_ids.product_uom_qty), (self.seal, 2.0))
        self.assertEqual((schedule.end_date, schedule.next_date), (date(2027, 6, 30), date(2027, 2, 28)))
        self._complete(request, "2027-01-31 12:00:00")
        self.assertEqual(self.env["maintenance.request"].search_count([("name", "=", "Monthly check")]), 1)
        self._run("2027-02-28")
        self._run("2027-03-31")
        self.assertEqual(self._dues(schedule), ["2027-01-31", "2027-02-28"], "one open at a time")
        with self.assertRaises(UserError):
            request.action_make_schedule()


@tagged("post_install", "-at_install")
class TestScheduleQueries(ScheduleCase):
    def _count_run(self, number, **values):
        assets = self.env["maintenance.equipment"].create([{"name": f"Asset {n}"} for n in range(number)])
        schedules = self.env["maintenance.schedule"].with_user(self.planner).create(
            [
                {
                    "name": f"Work {n}", "equipment_ids": [Command.set(asset.ids)], "next_date": fields.Date.today(),
                    "is_pre_approved": True, "user_id": self.technician.id,
                    "task_ids": [Command.create({"name": name}) for name in ("Lock out", "Grease")], **values,
                }
                for n, asset in enumerate(assets)
            ]
        )  # fmt: skip
        self._end_transaction()
        self.env.invalidate_all()
        lines = schedules.asset_ids
        before = self.cr.sql_log_count
        schedules.sudo()._generate(lines)
        self._end_transaction()
        count = self.cr.sql_log_count - before
        self.assertEqual(len(schedules.request_ids.filtered(lambda request: request.state == "approved")), number)
        return count

    def test_a_hundred_at_once(self):
        """Two queries for each (1.1 measured, one of them its number); OCA's maintenance_plan takes 16."""
        few, many = self._count_run(20), self._count_run(120)
        self.assertLessEqual((many - few) / 100, 2)
        self.assertLessEqual(many / 120, 4)

    def test_a_daily_run_without_anything_due(self):
        """What is not due costs nothing, however much of it there is."""
        self.env["stock.quant"]._update_available_quantity(self.seal, self.stock, 1000)
        counts = []
        for number in (20, 100):
            self._count_run(number, part_ids=[Command.create({"product_id": self.seal.id})])
            schedules = self.env["maintenance.schedule"].search([])
            schedules._secure_parts(schedules.asset_ids)
            self.env.flush_all()
            self.env.invalidate_all()
            lines = self.env["maintenance.schedule.asset"].browse(schedules.asset_ids.ids)
            before = self.cr.sql_log_count
            lines._refresh_dates()
            schedules._get_due_lines()
            schedules._secure_parts(lines)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 20)

    def test_dates_that_stay_are_not_written(self):
        """Else two runs at once would be in conflict over nothing."""
        self._count_run(3)
        lines = self.env["maintenance.schedule"].search([]).asset_ids
        self.env.flush_all()
        self.env.invalidate_all()
        lines._refresh_dates()
        with self.assertQueryCount(0):
            self.env.flush_all()
