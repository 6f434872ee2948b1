from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase
from odoo.addons.keepwisely_maintenance_mrp.hooks import uninstall_hook

#: A Wednesday, in the morning of the plant.
NOW = datetime(2026, 6, 10, 9)


class WorkcenterCase(MaintenanceCase):
    """A press with a work center that works from eight to twelve and from one to five, in UTC."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(NOW)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.calendar = cls.company.resource_calendar_id.copy({"name": "Press", "tz": "UTC"})
        cls.company.resource_calendar_id.tz = "UTC"
        cls.calendar.leave_ids.unlink()
        cls.workcenter, cls.other_workcenter = cls.env["mrp.workcenter"].create(
            [
                {"name": name, "resource_calendar_id": cls.calendar.id, "costs_hour": 100.0, "company_id": cls.company.id}
                for name in ("Press", "Saw")
            ]
        )
        cls.conveyor.write({"maintenance_workcenter_id": cls.workcenter.id, "downtime_hourly_cost": 10.0})
        cls.maker = new_test_user(cls.env, "kw_maker", groups="mrp.group_mrp_user", name="Maker")
        cls.failure = cls.env.ref("mrp.block_reason1")
        cls.no_material = cls.env.ref("mrp.block_reason0")

    def _get_blocks(self, workcenter=None):
        leaves = self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", (workcenter or self.workcenter).resource_id.id)], order="date_from, id"
        )
        return [(leave.date_from, leave.date_to) for leave in leaves]

    def _pass_time(self):
        self._run_cron("keepwisely_maintenance_mrp.ir_cron_lasting_standstill")

    def _get_first_slot(self, minutes=60):
        start, _end = self.workcenter._get_first_available_slot(NOW, minutes)
        return start

    def _plan(self, start, hours=2.0, **values):
        request = self._assigned(**values).with_user(self.planner)
        request.write({"schedule_date": start, "expected_hours": hours})
        return request


@tagged("post_install", "-at_install")
class TestBlocks(WorkcenterCase):
    """What is planned on an asset is not planned on its work center."""

    def test_planned_work_blocks_and_moves(self):
        request = self._plan(NOW, hours=3.0)
        self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(hours=3))])
        self.assertEqual(self._get_first_slot(), NOW + timedelta(hours=4), "after lunch")
        later = NOW + timedelta(hours=5)
        request.schedule_date = later
        self.assertEqual(self._get_blocks(), [(later, later + timedelta(hours=3))])
        self.assertEqual(self._get_first_slot(), NOW)
        request.expected_hours = 1.0
        self.assertEqual(self._get_blocks(), [(later, later + timedelta(hours=1))])
        request.schedule_date = False
        self.assertEqual(self._get_blocks(), [])

    def test_block_follows_the_asset(self):
        saw = self.env["maintenance.equipment"].create({"name": "Saw", "maintenance_workcenter_id": self.other_workcenter.id})
        request = self._plan(NOW)
        request.equipment_id = saw
        self.assertEqual((self._get_blocks(), len(self._get_blocks(self.other_workcenter))), ([], 1))
        saw.with_user(self.planner).maintenance_workcenter_id = self.workcenter
        self.assertEqual((len(self._get_blocks()), self._get_blocks(self.other_workcenter)), (1, []))
        saw.with_user(self.planner).maintenance_workcenter_id = False
        self.assertEqual(self._get_blocks(), [])
        draft = self._report(equipment_id=saw.id, reported_status="down").sudo()
        saw.with_user(self.planner).maintenance_workcenter_id = self.other_workcenter
        self.assertEqual(len(self._get_blocks(self.other_workcenter)), 2, "what lasts blocks it as well")
        self.assertEqual(draft.downtime_ids.maintenance_production_hourly_cost, 100.0)
        draft.downtime_ids.unlink()
        self.assertEqual(len(self._get_blocks(self.other_workcenter)), 1)

    def test_block_follows_the_calendar(self):
        self._plan(NOW)
        calendar = self.calendar.copy()
        self.workcenter.resource_calendar_id = calendar
        block = self.env["resource.calendar.leaves"].search([("resource_id", "=", self.workcenter.resource_id.id)])
        self.assertEqual((len(block), block.calendar_id), (1, calendar))

    def test_what_blocks_nothing(self):
        request = self._report(schedule_date=NOW + timedelta(days=1))
        self.assertEqual(self._get_blocks(), [], "nobody has approved it")
        request.with_user(self.planner).action_approve()
        self.assertEqual(len(self._get_blocks()), 1)
        request.with_user(self.planner).maintenance_stops_workcenter = False
        self.assertEqual(self._get_blocks(), [], "it can be done while the asset runs")
        request.with_user(self.planner).maintenance_stops_workcenter = True
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(self._get_blocks(), [])

    def test_done_sooner_frees_the_rest(self):
        request = self._plan(NOW, hours=3.0)
        ahead = self._plan(NOW + timedelta(days=1))
        with freeze_time(NOW + timedelta(hours=1)):
            (request | ahead).with_user(self.planner).action_complete()
        self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(hours=1))])
        with freeze_time(NOW + timedelta(hours=2)):
            ahead.action_reopen()
        self.assertEqual(len(self._get_blocks()), 2)

    def test_scheduled_work(self):
        schedule = self.env["maintenance.schedule"].create(
            {
                "name": "Grease",
                "equipment_ids": [Command.set(self.conveyor.ids)],
                "interval": 1,
                "interval_unit": "month",
                "lead_days": 40,
                "is_pre_approved": True,
                "maintenance_stops_workcenter": False,
            }
        )
        schedule.action_generate()
        request = self.env["maintenance.request"].search([("schedule_id", "=", schedule.id)], limit=1)
        self.assertEqual((request.maintenance_stops_workcenter, self._get_blocks()), (False, []))

    def test_as_many_queries_for_many(self):
        def count(number):
            requests = self.env["maintenance.request"].union(
                *(self._plan(NOW + timedelta(days=day), hours=1.0) for day in range(number))
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            requests._maintenance_settle_blocks()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few = count(2)
        self.assertLessEqual(count(8), few)


@tagged("post_install", "-at_install")
class TestStandstill(WorkcenterCase):
    """A standstill blocks, and costs production."""

    def test_standstill_blocks_while_it_lasts(self):
        request = self._report(reported_status="down")
        self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(days=1))], "nobody knows for how long")
        with freeze_time(NOW + timedelta(hours=20)):
            self._pass_time()
            self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(hours=44))])
        request.with_user(self.planner).action_approve()
        request.with_user(self.planner).write({"schedule_date": NOW + timedelta(hours=5), "expected_hours": 2.0})
        self.assertIn((NOW, NOW + timedelta(hours=7)), self._get_blocks(), "until the work on it is over")
        with freeze_time(NOW + timedelta(hours=6)):
            request.with_user(self.planner).write({"user_id": self.technician.id})
            request.with_user(self.planner).action_complete()
        self.assertEqual(
            self._get_blocks(), [(NOW, NOW + timedelta(hours=6)), (NOW + timedelta(hours=5), NOW + timedelta(hours=6))]
        )

    def test_degraded_blocks_nothing(self):
        self._report(reported_status="degraded")
        self.assertEqual(self._get_blocks(), [])
        self.assertFalse(self.conveyor.downtime_ids.maintenance_lost_hours)

    def _down(self, start, hours, asset=None, **values):
        return self.env["maintenance.downtime"].create(
            {
                "equipment_id": (asset or self.conveyor).id,
                "date_from": start,
                "date_to": start + timedelta(hours=hours) if hours else False,
                **values,
            }
        )

    def _get_owned(self):
        self.env.invalidate_all()
        domain = [("equipment_id", "=", self.conveyor.id), ("kind", "=", "downtime")]
        return sum(self.env["maintenance.ownership.report"].search(domain).mapped("amount"))

    def test_lost_production_costs(self):
        """From eleven in the morning to eight on the next day: five hours of work of twenty-one."""
        period = self._down(datetime(2026, 6, 8, 11), 21)
        self.assertEqual((period.hours, period.maintenance_lost_hours), (21.0, 5.0))
        self.assertEqual((period.maintenance_lost_cost, period.cost), (500.0, 21 * 10.0 + 500.0))
        self.assertEqual(self.conveyor.downtime_cost, 710.0)
        self.env.flush_all()
        self.assertEqual(self._get_owned(), 710.0)
        self.workcenter.costs_hour = 1.0
        self.assertEqual(period.cost, 710.0, "what it costs later does not touch it")
        period.date_to = datetime(2026, 6, 8, 12)
        self.assertEqual((period.maintenance_lost_hours, period.cost), (1.0, 110.0))
        period.status = "degraded"
        self.assertEqual((period.maintenance_lost_hours, period.cost), (0.0, 0.0))

    def test_without_the_bridge_nothing_is_blocked_and_lost(self):
        period = self._down(datetime(2026, 6, 8, 11), 21)
        self._plan(NOW)
        self.assertEqual((len(self._get_blocks()), period.cost), (1, 710.0), "what is over blocks nothing")
        noted = [("module.name", "=", "keepwisely_maintenance_mrp"), ("type", "=", "f")]
        self.assertTrue(self.env["ir.model.constraint"].search_count(noted))
        uninstall_hook(self.env)
        self.assertEqual((self._get_blocks(), period.cost), ([], 210.0))
        self.assertFalse(self.env["ir.model.constraint"].search_count(noted))

    def test_what_a_block_is_for_is_the_systems(self):
        self._plan(NOW)
        manager = new_test_user(self.env, "kw_mrp_manager", groups="mrp.group_mrp_manager")
        leave = self.env["resource.calendar.leaves"].sudo().search([("resource_id", "=", self.workcenter.resource_id.id)])
        self.assertTrue(leave.maintenance_request_id)
        with self.assertRaises(AccessError):
            leave.with_user(manager).maintenance_request_id = False
        with self.assertRaises(AccessError):
            leave.with_user(manager).create(
                {"calendar_id": self.calendar.id, "date_from": NOW, "date_to": NOW + timedelta(hours=1),
                 "maintenance_request_id": leave.maintenance_request_id.id}
            )  # fmt: skip

    def test_leave_of_the_work_center_is_no_loss(self):
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.calendar.id, "resource_id": self.workcenter.resource_id.id,
                "date_from": datetime(2026, 6, 8, 8), "date_to": datetime(2026, 6, 8, 12),
            }
        )  # fmt: skip
        self.assertEqual(self._down(datetime(2026, 6, 8, 8), 9).maintenance_lost_hours, 4.0)

    def test_what_lasts_costs_so_far(self):
        self._report(reported_status="down", date_failure=datetime(2026, 6, 10, 8))
        with freeze_time(datetime(2026, 6, 10, 11)):
            self._pass_time()
            self.assertEqual(self.conveyor.downtime_cost, 3 * 110.0)
            self.assertEqual(self._get_owned(), 330.0, "both say the same")
            self.assertEqual(self.conveyor.downtime_ids.cost, 0.0, "until it is over")
            self.conveyor.downtime_ids.hourly_cost = 0.0
            self.assertEqual((self._get_owned(), self.conveyor.downtime_cost), (300.0, 300.0))
            self.conveyor.with_user(self.planner).action_running()
            self.assertEqual((self._get_owned(), self.conveyor.downtime_ids.cost, self.conveyor.downtime_cost), (300.0,) * 3)

    def test_an_hour_of_a_work_center_is_lost_once(self):
        feeder = self.env["maintenance.equipment"].create({"name": "Feeder", "maintenance_workcenter_id": self.workcenter.id})
        morning = datetime(2026, 6, 8, 8)
        second = self._down(morning + timedelta(hours=2), 2, asset=feeder)
        self.assertEqual(second.maintenance_lost_hours, 2.0)
        first = self._down(morning, 3)
        self.assertEqual((first.maintenance_lost_hours, second.maintenance_lost_hours), (3.0, 1.0))
        first.date_to = morning + timedelta(hours=1)
        self.assertEqual((first.maintenance_lost_hours, second.maintenance_lost_hours), (1.0, 2.0))
        first.date_to = morning + timedelta(hours=4)
        self.assertEqual((first.maintenance_lost_hours, second.maintenance_lost_hours), (4.0, 0.0))
        first.unlink()
        self.assertEqual((second.maintenance_lost_hours, second.cost), (2.0, 200.0))

    def test_who_sees_no_prices_sees_no_cost(self):
        period = self._down(datetime(2026, 6, 8, 8), 1)
        self.assertEqual(period.with_user(self.technician).maintenance_lost_hours, 1.0)
        for name in ("maintenance_lost_cost", "maintenance_production_hourly_cost"):
            with self.assertRaises(AccessError):
                period.with_user(self.technician).read([name])

    def test_effectiveness_still_knows_the_stop(self):
        """The block of the calendar takes nothing off the time that the shop floor counts as lost."""
        self._report(reported_status="down", date_failure=datetime(2026, 6, 10, 8))
        time = self.env["mrp.workcenter.productivity"].with_user(self.maker).create(
            {
                "workcenter_id": self.workcenter.id, "loss_id": self.failure.id,
                "date_start": datetime(2026, 6, 10, 8), "date_end": datetime(2026, 6, 10, 9),
            }
        )  # fmt: skip
        self.assertEqual(time.duration, 60.0)


@tagged("post_install", "-at_install")
class TestStops(WorkcenterCase):
    """A stop on the shop floor is a report."""

    def _stop(self, loss=None, **values):
        return self.env["mrp.workcenter.productivity"].with_user(self.maker).create(
            {"workcenter_id": self.workcenter.id, "loss_id": (loss or self.failure).id, "date_start": NOW, **values}
        )

    def _get_reports(self):
        return self.env["maintenance.request"].search([("equipment_id", "=", self.conveyor.id)])

    def test_stop_is_reported_once(self):
        time = self._stop(description="Smoke <b>")
        report = self._get_reports()
        self.assertEqual((len(report), time.sudo().maintenance_request_id), (1, report))
        self.assertEqual((report.owner_user_id, report.state, report.reported_status), (self.maker, "requested", "down"))
        self.assertEqual((report.name, report.date_failure), ("Press is blocked: Equipment Failure", NOW))
        self.assertIn("Smoke &lt;b&gt;", report.description)
        self.assertEqual((self.conveyor.status, self.workcenter.working_state), ("down", "blocked"))
        self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(days=1))])
        with freeze_time(NOW + timedelta(hours=1)):
            self.workcenter.with_user(self.maker).unblock()
        self.assertEqual((self.conveyor.status, report.state), ("running", "requested"), "what is to be done is still open")
        self.assertEqual(self.conveyor.downtime_ids.date_to, NOW + timedelta(hours=1))
        self.assertEqual(self._get_blocks(), [(NOW, NOW + timedelta(hours=1))])
        with freeze_time(NOW + timedelta(hours=2)):
            again = self._stop(date_start=NOW + timedelta(hours=2))
        self.assertEqual((self._get_reports(), again.sudo().maintenance_request_id), (report, report))
        self.assertEqual(self.conveyor.status, "down")
        self.assertEqual(len(self.conveyor.downtime_ids), 2)

    def test_what_somebody_reported_is_not_reported_again(self):
        report = self._report(reported_status="down")
        time = self._stop()
        self.assertEqual((self._get_reports(), time.sudo().maintenance_request_id), (report.sudo(), report.sudo()))
        self.assertEqual(len(self.conveyor.downtime_ids), 1)
        message = report.sudo().message_ids[:1]
        self.assertEqual(message.author_id, self.maker.partner_id)
        self.assertIn("Press is blocked", message.body)

    def test_other_reasons_report_nothing(self):
        time = self._stop(self.no_material)
        self._stop(date_end=NOW + timedelta(hours=1))
        self.assertFalse(self._get_reports())
        time.loss_id = self.failure
        self.assertTrue(self._get_reports(), "the reason was another one")

    def test_work_center_without_an_asset(self):
        self.conveyor.maintenance_workcenter_id = False
        self.assertFalse(self._stop().sudo().maintenance_request_id)

    def test_of_several_assets_the_most_critical_one(self):
        robot = self.env["maintenance.equipment"].create(
            {"name": "Robot", "maintenance_workcenter_id": self.workcenter.id, "criticality": "vital"}
        )
        self.assertEqual(self._stop().sudo().maintenance_request_id.equipment_id, robot)

    def test_link_of_a_stop_is_the_systems(self):
        """Who could name any work order could end its standstill."""
        report = self._report(reported_status="down")
        times = self.env["mrp.workcenter.productivity"].with_user(self.maker)
        values = {"workcenter_id": self.workcenter.id, "loss_id": self.no_material.id}
        time = times.create(values)
        for attempt in (
            lambda: time.write({"maintenance_request_id": report.id}),
            lambda: times.create({**values, "maintenance_request_id": report.id}),
            lambda: times.with_context(default_maintenance_request_id=report.id).create(values),
        ):
            with self.assertRaisesRegex(UserError, "set by the system"):
                attempt()
        time.date_end = NOW + timedelta(minutes=5)
        self.assertEqual(self.conveyor.status, "down")

    def test_who_may_link(self):
        self.conveyor.with_user(self.planner).maintenance_workcenter_id = self.other_workcenter
        with self.assertRaises(AccessError):
            self.conveyor.with_user(self.maker).maintenance_workcenter_id = self.workcenter
        self.assertEqual(
            self.env["mrp.workcenter"].with_user(self.planner).name_search("Saw"), [(self.other_workcenter.id, "Saw")]
        )
        with self.assertRaises(AccessError):
            self.other_workcenter.with_user(self.planner).name = "Saw 2"
