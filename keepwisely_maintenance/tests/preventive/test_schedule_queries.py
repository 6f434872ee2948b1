from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models import ir_cron

from ...models.preventive.schedule_working_days import WorkingDays
from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleQueries(ScheduleCase):
    def _make_due(self, number, **values):
        """So many schedules of one asset each, due today."""
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
        return schedules

    def _count_run(self, number, **values):
        schedules = self._make_due(number, **values)
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

    def _run_in_batches_of_one(self):
        model = self.env.registry["maintenance.schedule"]
        run = model._cron_generate
        with patch.object(model, "_cron_generate", lambda schedules: run(schedules, limit=1)):
            return self._run_cron("ir_cron_schedules")

    def test_a_run_reads_working_hours_once(self):
        """Not for each batch: a year of them takes longer than the work orders of a batch."""
        schedules = self._make_due(4, day_rule="next")
        loaded, load = [], WorkingDays._load

        def _load(days, year):
            loaded.append((days.calendar.id, year))
            return load(days, year)

        with patch.object(WorkingDays, "_load", _load):
            self._run_in_batches_of_one()
        self.assertEqual(len(schedules.request_ids), 4)
        self.assertTrue(loaded)
        self.assertEqual(len(loaded), len(set(loaded)))

    def test_the_scheduler_comes_again_and_prepares_nothing_anew(self):
        """When time is up it comes for each batch: it would look at all assets for each, and never reach the last parts."""
        self.env["stock.quant"]._update_available_quantity(self.seal, self.stock, 1000)
        schedules = self._make_due(4, part_ids=[Command.create({"product_id": self.seal.id})])
        model = self.env.registry["maintenance.schedule"]
        sync, secure = model._sync_assets, model._secure_parts
        synced, secured = [], []

        def _sync_assets(schedules):
            synced.append(schedules.ids)
            return sync(schedules)

        def _secure_parts(schedules, lines):
            secured.extend(lines.ids)
            return secure(schedules, lines)

        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(model, "_sync_assets", _sync_assets),
            patch.object(model, "_secure_parts", _secure_parts),
            self._broken(schedules.asset_ids[0]),
        ):
            self.assertEqual(self._run_in_batches_of_one()[:6], [8, 1, 7, 1, 6, 1])
        self.assertEqual(len(schedules.request_ids), 3)
        self.assertEqual(len(synced), 1)
        self.assertEqual(secured, sorted(schedules.asset_ids.ids))
        told = schedules.asset_ids[0].schedule_id.activity_ids
        self.assertEqual(len(told), 1, "what could not be made is not tried again in this run")

    def _broken(self, broken):
        model = self.env.registry["maintenance.schedule.asset"]
        prepare = model._prepare_request_vals

        def _prepare_request_vals(line, *args):
            if line.id == broken.id:
                raise UserError("No")
            return prepare(line, *args)

        return patch.object(model, "_prepare_request_vals", _prepare_request_vals)

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
