from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleMeterMissing(ScheduleCase):
    """A schedule that counts by a meter, for assets that have none, several, or one that was never read."""

    def _meter(self, asset=None, **values):
        asset = asset or self.conveyor
        number = self.env["maintenance.meter"].search_count([])
        return self.env["maintenance.meter"].with_user(self.planner).create(
            {"name": "Hours run", "code": f"M-{number}", "equipment_id": asset.id, "unit": "h", **values}
        )

    def _oil(self, **values):
        return self._schedule(False, name="Oil", trigger="meter", meter_interval=500, meter_unit="h", **values)

    def _said(self, schedule):
        return schedule.action_generate()["params"]["message"]

    def test_no_counter(self):
        schedule = self._oil()
        missing = "No counter in h on Conveyor 3: add the meter, or change the unit."
        self.assertEqual(schedule.meter_problem, missing)
        self.assertEqual(self._said(schedule), f"Nothing is due. {missing}", "no work is open")
        self._meter(kind="gauge")
        self._meter(unit="km")
        self.assertEqual(schedule.meter_problem, missing, "a gauge and a counter of something else")
        found = self.env["maintenance.schedule"].with_user(self.planner).search(
            [("trigger", "!=", "calendar"), ("asset_ids", "any", [("meter_id", "=", False)])]
        )
        self.assertIn(schedule, found)
        meter = self._meter()
        self.assertEqual(schedule.asset_ids.meter_id, meter, "found as soon as it is there")
        self.assertIn("Never read: Conveyor 3: Hours run.", schedule.meter_problem)
        for day, value in (("2026-01-01", 100), ("2026-01-11", 200)):
            self.env["maintenance.meter.reading"].create({"meter_id": meter.id, "value": value, "date": f"{day} 12:00:00"})
        self.assertFalse(schedule.meter_problem)
        line = schedule.asset_ids.with_user(self.planner)
        self.assertEqual((line.meter_value, line.meter_unit), (200, "h"), "seen where it is chosen")

    def test_said_while_it_is_entered(self):
        form = Form(self.env["maintenance.schedule"].with_user(self.planner))
        form.name = "Oil"
        form.equipment_ids.add(self.conveyor)
        form.trigger = "meter"
        form.meter_interval = 500
        self.assertEqual(form.meter_problem, "No counter on Conveyor 3: add the meter.")
        form.trigger = "calendar"
        self.assertFalse(form.meter_problem)

    def test_several_counters(self):
        first, second = self._meter(), self._meter()
        schedule = self._oil()
        self.assertEqual(schedule.meter_problem, "Several counters on Conveyor 3: choose one under Due dates.")
        self.assertIn("choose one under Due dates", self._said(schedule))
        schedule.asset_ids.with_user(self.planner).meter_id = second
        self.assertNotIn("Several", schedule.meter_problem)
        # that one goes; the other one is left
        second.with_user(self.planner).active = False
        self.assertEqual(schedule.asset_ids.meter_id, first)

    def test_a_counter_of_the_asset_only(self):
        press = self.env["maintenance.equipment"].create({"name": "Press"})
        schedule = self._oil()
        line = schedule.asset_ids.with_user(self.planner)
        for meter in (self._meter(press), self._meter(kind="gauge")):
            with self.assertRaises(ValidationError):
                line.meter_id = meter
        meter = self._meter()
        self.assertEqual(line.meter_id, meter)
        meter.with_user(self.planner).equipment_id = press
        self.assertFalse(line.meter_id, "it counts on the press now")

    def test_another_unit_means_another_counter(self):
        hours, way = self._meter(), self._meter(unit="km")
        schedule = self._oil()
        self.assertEqual(schedule.asset_ids.meter_id, hours)
        schedule.with_user(self.planner).meter_unit = "km"
        self.assertEqual(schedule.asset_ids.meter_id, way)
        schedule.with_user(self.planner).meter_unit = "t"
        self.assertFalse(schedule.asset_ids.meter_id)
        self.assertEqual(schedule.meter_problem, "No counter in t on Conveyor 3: add the meter, or change the unit.")

    def test_the_planner_is_told_of_assets_that_join_without(self):
        colleague = self.planner.copy({"login": "kw_other_planner", "name": "Other"})
        schedule = self._oil(equipment_ids=False, category_id=self.category.id)
        self.assertFalse(self._activities(self.planner, schedule), "whoever makes it sees it on the form")
        self.env["maintenance.equipment"].with_user(colleague).create({"name": "Conveyor 9", "category_id": self.category.id})
        told = self._activities(self.planner, schedule)
        self.assertEqual(len(told), 1)
        self.assertIn("No counter in h on Conveyor 9", told.note)
        self._run("2027-01-04")
        self.assertEqual(self._activities(self.planner, schedule), told, "once")

    def test_why_nothing_is_due(self):
        nobody = self._schedule("2027-01-31", equipment_ids=False)
        self.assertEqual(self._said(nobody), "Nothing is due; no asset is on this schedule.")
        with freeze_time("2027-01-04 11:00:00"):
            ended = self._schedule("2026-01-01", end_date="2026-12-31", basis="fixed")
            ended.asset_ids.sudo().handled_date = "2026-12-31"
            self.assertEqual(self._said(ended), "Nothing is due any more; it ended on Dec 31, 2026.")
            open_work = self._schedule("2027-01-04", basis="completion")
            open_work.action_generate()
            self.assertEqual(open_work.request_ids.schedule_due_date, date(2027, 1, 4))
            self.assertIn("still open", self._said(open_work))
        idle = self._meter()
        schedule = self._oil()
        for day in ("2026-01-01", "2026-01-11"):
            self.env["maintenance.meter.reading"].create({"meter_id": idle.id, "value": 100, "date": f"{day} 12:00:00"})
        self.assertEqual(self._said(schedule), "Nothing is due; by its latest readings the counter shows no use.")

    def test_what_is_not_theirs_to_do_needs_no_counter(self):
        """An asset that was archived, and one of another plant in the category."""
        plant = self.env["res.company"].create({"name": "Another plant"})
        category = self.env["maintenance.equipment.category"].create({"name": "Pumps"})
        pumps = self.env["maintenance.equipment"].create(
            [
                {"name": "Pump 1", "category_id": category.id},
                {"name": "Pump 2", "category_id": category.id, "active": False},
                {"name": "Pump 3", "category_id": category.id, "company_id": plant.id},
                {"name": "Pump 4", "category_id": category.id, "company_id": False},
            ]
        )
        schedule = self._oil(equipment_ids=[Command.set(pumps[1].ids)], category_id=category.id)
        self.assertIn("No counter in h on Pump 1, Pump 4: add", schedule.meter_problem)

    def test_assets_of_the_schedule_in_words(self):
        assets = self.env["maintenance.equipment"].create([{"name": f"Pump {number}"} for number in range(1, 8)])
        schedule = self._oil(equipment_ids=[Command.set(assets.ids)])
        self.assertEqual(
            schedule.meter_problem,
            "No counter in h on Pump 1, Pump 2, Pump 3, Pump 4, Pump 5 and 2 more: add the meter, or change the unit.",
        )
