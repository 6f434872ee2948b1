from odoo import Command, fields
from odoo.tests import tagged

from .test_schedule import ScheduleCase


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
