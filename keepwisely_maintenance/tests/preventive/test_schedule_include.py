from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleInclude(ScheduleCase):
    """A monthly and a quarterly service of the conveyor, both due on the 4th of January 2027."""

    def _services(self, small=None, big=None):
        monthly = self._schedule(
            **{
                "next_date": "2027-01-04", "name": "Monthly", "lead_days": 3, "is_pre_approved": True,
                "task_ids": [Command.create({"name": "Look"}), Command.create({"name": "Grease", "is_mandatory": True})],
                "part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})],
                **(small or {}),
            }
        )  # fmt: skip
        quarterly = self._schedule(
            **{
                "next_date": "2027-01-04", "name": "Quarterly", "lead_days": 3, "interval": 3, "is_pre_approved": True,
                "task_ids": [Command.create({"name": "Look"}), Command.create({"name": "New belt"})],
                "included_ids": [Command.set(monthly.ids)],
                **(big or {}),
            }
        )  # fmt: skip
        return monthly, quarterly

    def _do(self, request, moment):
        request.with_user(self.planner).task_ids.write({"is_done": True})
        self._complete(request, moment)

    def test_one_work_order_for_both(self):
        monthly, quarterly = self._services()
        self._run("2027-01-01")
        request = quarterly.request_ids
        self.assertFalse(monthly.request_ids)
        self.assertEqual(self._dues(quarterly), ["2027-01-04"])
        self.assertCountEqual(request.task_ids.mapped("name"), ["Look", "New belt", "Grease"])
        self.assertEqual(request.part_ids.mapped(lambda part: (part.product_id, part.product_uom_qty)), [(self.seal, 2.0)])
        self.assertEqual(request.maintenance_included_ids, monthly)
        self.assertEqual(monthly.asset_ids.last_request_id, request, "seen on its line")
        self.assertEqual(monthly.next_date, date(2027, 2, 4))
        self.assertIn(request.display_name, monthly.message_ids[:1].body)
        self._do(request, "2027-01-05 10:00:00")
        self.assertEqual(monthly.asset_ids.last_done_date, date(2027, 1, 5))
        for day in ("2027-02-01", "2027-03-01", "2027-04-01"):
            self._run(day)
            for done in monthly.sudo().request_ids.filtered(lambda done: done.state == "approved"):
                self._do(done, f"{day} 12:00:00")
        self.assertEqual(self._dues(monthly), ["2027-02-04", "2027-03-04"], "by itself in between, not in April")
        self.assertEqual(self._dues(quarterly), ["2027-01-04", "2027-04-04"])

    def test_made_with_other_lead_times(self):
        monthly, quarterly = self._services(small={"lead_days": 20}, big={"lead_days": 3})
        self._run("2026-12-20")
        self.assertFalse(monthly.request_ids | quarterly.request_ids, "the small one waits for the big one")
        self._run("2027-01-01")
        self.assertFalse(monthly.request_ids)
        self.assertEqual(quarterly.request_ids.maintenance_included_ids, monthly)
        self.assertEqual(monthly.next_date, date(2027, 2, 4))

    def test_a_big_one_that_is_made_long_before(self):
        monthly, quarterly = self._services(big={"next_date": "2027-03-04", "lead_days": 70})
        self._run("2027-01-01")
        big = quarterly.request_ids
        self.assertEqual(big.schedule_due_date, date(2027, 3, 4))
        self.assertEqual(self._dues(monthly), ["2027-01-04"], "another day is another work order")
        self.assertIn("Grease", big.task_ids.mapped("name"), "known from the beginning")
        self._do(monthly.request_ids, "2027-01-04 10:00:00")
        # done early, in the middle of February
        self._do(big, "2027-02-15 10:00:00")
        self._run("2027-02-20")
        self.assertEqual(self._dues(monthly), ["2027-01-04", "2027-02-04"])
        self._do(monthly.request_ids.sorted("id")[1], "2027-02-21 10:00:00")
        self._run("2027-03-01")
        self.assertEqual(self._dues(monthly), ["2027-01-04", "2027-02-04"], "it was in the big one, which is done")
        self.assertEqual(monthly.next_date, date(2027, 4, 4))

    def test_counted_from_completion(self):
        monthly, quarterly = self._services(small={"basis": "completion"})
        self._run("2027-01-01")
        request = quarterly.request_ids
        self.assertFalse(monthly.request_ids)
        self._do(request, "2027-01-10 10:00:00")
        self.assertEqual(monthly.next_date, date(2027, 2, 10), "a month after the big one was done")

    def test_three_of_them(self):
        monthly, quarterly = self._services()
        weekly = self._schedule("2027-01-04", name="Weekly", interval_unit="week", task_ids=[Command.create({"name": "Sweep"})])
        monthly.with_user(self.planner).included_ids = weekly
        self._run("2027-01-04")
        self.assertFalse(monthly.request_ids | weekly.request_ids)
        self.assertEqual(quarterly.request_ids.maintenance_included_ids, monthly | weekly)
        self.assertIn("Sweep", quarterly.request_ids.task_ids.mapped("name"))
        self._run("2027-01-11")
        self.assertEqual(weekly.next_date, date(2027, 1, 18), "left out while the big one is open, with a note on it")
        with self.assertRaises(ValidationError):
            weekly.with_user(self.planner).included_ids = quarterly

    def test_other_assets_and_days(self):
        press = self.env["maintenance.equipment"].create({"name": "Press", "maintenance_team_id": self.team.id})
        monthly, quarterly = self._services(small={"equipment_ids": [Command.set((self.conveyor | press).ids)]})
        self._run("2027-01-04")
        self.assertEqual(monthly.request_ids.equipment_id, press)
        self.assertEqual(quarterly.request_ids.equipment_id, self.conveyor)

    def test_parts_are_asked_for_once(self):
        parts = [Command.create({"product_id": self.bearing.id})]
        monthly, quarterly = self._services(small={"part_ids": parts}, big={"lead_days": 1})
        self._run("2027-01-02")
        moves = self.env["stock.move"].search([("schedule_asset_id", "=", monthly.asset_ids.id), ("state", "!=", "cancel")])
        self.assertEqual(moves.mapped("schedule_due_date"), [date(2027, 1, 4)])
        self._run("2027-01-03")
        self.assertEqual(moves.maintenance_request_id, quarterly.request_ids, "what was reserved for it goes along")
        self.assertEqual(len(quarterly.request_ids.part_ids), 1)
        self._run("2027-01-03")
        planned = self.env["stock.move"].search(
            [("schedule_asset_id", "=", monthly.asset_ids.id), ("state", "!=", "cancel"), ("maintenance_request_id", "=", False)]
        )
        self.assertNotIn(date(2027, 1, 4), planned.mapped("schedule_due_date"))

    def test_the_year_ahead(self):
        monthly, _quarterly = self._services()
        with freeze_time("2027-01-02 11:00:00"):
            self.env.invalidate_all()
            rows = self.env["maintenance.schedule.forecast"].with_user(self.planner).search(
                [("schedule_id", "=", monthly.id), ("date", "<", "2027-06-01")], order="date"
            )
            self.assertEqual(rows.mapped("kind"), ["included", "fixed", "fixed", "included", "fixed"])
            self.assertEqual(rows.mapped("hours"), [0, 1, 1, 0, 1], "the hours are those of the big one")

    def test_nobody_says_it_by_hand(self):
        monthly, _quarterly = self._services()
        with self.assertRaises(UserError):
            self._report().with_user(self.planner).maintenance_included_ids = monthly
