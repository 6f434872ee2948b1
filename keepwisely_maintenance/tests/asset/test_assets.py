from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase

MONDAY = datetime(2026, 3, 2, 8)


@tagged("post_install", "-at_install")
class TestDowntime(MaintenanceCase):
    """From failure to production: who says so, how long it was, and what it cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conveyor.write({"downtime_hourly_cost": 120.0, "cost": 10000.0})
        cls.operator = new_test_user(cls.env, login="kw_operator2", groups="base.group_user", name="Operator")

    def _report_down(self, status="down", user=None, **values):
        return (
            self.env["maintenance.request"]
            .with_user(user or self.operator)
            .create({"name": "It stands", "equipment_id": self.conveyor.id, "reported_status": status, **values})
        )

    def _work(self, request):
        request = request.with_user(self.planner)
        request.action_approve()
        request.user_id = self.technician
        request.action_assign()
        request = request.with_user(self.technician)
        request.action_start()
        return request

    def test_a_report_begins_it_and_the_repair_ends_it(self):
        with freeze_time(MONDAY):
            request = self._report_down(date_failure=MONDAY - timedelta(hours=1))
            self.assertEqual((self.conveyor.status, self.conveyor.status_since), ("down", MONDAY - timedelta(hours=1)))
        with freeze_time(MONDAY + timedelta(hours=2)):
            request = self._work(request)
            self.conveyor.invalidate_recordset()
            self.assertEqual(self.conveyor.downtime_hours, 3.0, "while it lasts, until now")
            self.assertEqual(self.conveyor.downtime_cost, 360.0)
        with freeze_time(MONDAY + timedelta(hours=4, minutes=30)):
            request.action_complete()
        period = self.conveyor.downtime_ids
        self.assertEqual(self.conveyor.status, "running")
        self.assertEqual((period.hours, period.cost, period.maintenance_request_id), (5.5, 660.0, request.sudo()))
        self.assertEqual(request.downtime_hours, 5.5)
        asset = self.conveyor.with_user(self.planner)
        self.assertEqual((asset.downtime_hours, asset.downtime_cost), (5.5, 660.0))
        self.assertEqual(asset.total_cost_of_ownership, 10000 + asset.maintenance_cost + 660)

    def test_an_asset_that_runs_badly_costs_nothing_but_is_known(self):
        with freeze_time(MONDAY):
            self._report_down("degraded")
        with freeze_time(MONDAY + timedelta(hours=3)):
            worse = self._report_down("down", date_failure=MONDAY - timedelta(days=1))
            self.assertEqual(self.conveyor.status, "down")
        periods = self.conveyor.downtime_ids.sorted("id")
        self.assertEqual(periods.mapped("status"), ["degraded", "down"])
        self.assertEqual(periods[0].date_to, periods[1].date_from, "one ends as the other begins; they never overlap")
        with freeze_time(MONDAY + timedelta(hours=5)):
            self._work(worse).action_complete()
        self.assertEqual(self.conveyor.status, "degraded", "as the other report, still open, says")
        self.assertEqual(sum(self.conveyor.downtime_ids.mapped("cost")), 5 * 120.0)

    def test_two_reports_make_one_downtime(self):
        first, second = self._report_down(), self._report_down()
        self.assertEqual(len(self.conveyor.downtime_ids), 1)
        self._work(first).action_complete()
        self.assertEqual(self.conveyor.status, "down", "the other one still says so")
        self.assertEqual(self.conveyor.downtime_ids.maintenance_request_id, second.sudo())
        self._work(second).action_complete()
        self.assertEqual((self.conveyor.status, len(self.conveyor.downtime_ids)), ("running", 1))

    def test_cancelled_report_ends_it(self):
        request = self._report_down()
        request.archive_equipment_request()
        self.assertEqual(self.conveyor.status, "running")

    def test_by_hand_on_the_asset(self):
        asset = self.conveyor.with_user(self.technician)
        asset.action_down("Belt torn")
        self.assertEqual(asset.status, "down")
        self._work(self._report_down()).action_complete()
        self.assertEqual(asset.status, "down", "what was said on the asset is taken back there")
        asset.action_degraded()
        asset.action_running()
        self.assertEqual(asset.sudo().downtime_ids.sorted("id").mapped("status"), ["down", "degraded"])
        with self.assertRaisesRegex(UserError, "running already"):
            asset.action_running()

    def test_who_may(self):
        asset = self.conveyor.with_user(self.operator)
        for action in (asset.action_down, asset.action_degraded):
            with self.assertRaises(AccessError):
                action()
        self.assertEqual(asset.status, "running")
        with self.assertRaises(AccessError):
            asset.status = "down"
        with self.assertRaises(AccessError):
            self.env["maintenance.downtime"].with_user(self.operator).search([])
        self.conveyor.with_user(self.technician).action_down()
        period = self.conveyor.downtime_ids.with_user(self.technician)
        twin = self.conveyor.copy({"serial_no": False})
        for values in ({"date_from": MONDAY}, {"status": "degraded"}, {"equipment_id": twin.id}):
            with self.assertRaisesRegex(UserError, "Ask a planner"):
                period.write(values)
        with self.assertRaises(AccessError):
            period.read(["cost"])
        with self.assertRaises(AccessError):
            period.unlink()
        self.conveyor.with_user(self.technician).action_running()
        with self.assertRaisesRegex(UserError, "Ask a planner"):
            period.date_to = False
        period.with_user(self.planner).write({"date_from": MONDAY, "date_to": MONDAY + timedelta(hours=2)})
        self.assertEqual(period.with_user(self.planner).cost, 240.0)

    def test_the_cost_of_an_hour_is_that_of_the_day(self):
        with freeze_time(MONDAY):
            self._report_down()
            self._end_transaction()
        self.conveyor.downtime_hourly_cost = 999.0
        with freeze_time(MONDAY + timedelta(hours=1)):
            self.conveyor._set_status("running")
        self.assertEqual(self.conveyor.downtime_ids.cost, 120.0)

    def test_nonsense_is_refused(self):
        periods = self.env["maintenance.downtime"].with_user(self.planner)
        now = fields.Datetime.now()
        period = periods.create(
            {"equipment_id": self.conveyor.id, "date_from": MONDAY, "date_to": MONDAY + timedelta(hours=4)}
        )
        for message, begin, end in (
            ("ahead of time", now + timedelta(hours=1), False),
            ("ahead of time", now - timedelta(hours=1), now + timedelta(hours=1)),
            ("already", MONDAY + timedelta(hours=3), MONDAY + timedelta(hours=5)),
            ("already", MONDAY - timedelta(hours=3), MONDAY + timedelta(hours=5)),
            ("already", MONDAY - timedelta(hours=3), False),
        ):
            with self.subTest(begin=begin, end=end):
                with self.assertRaises(ValidationError) as refusal:
                    periods.create({"equipment_id": self.conveyor.id, "date_from": begin, "date_to": end})
                self.assertIn(message, str(refusal.exception))
        periods.create(
            {"equipment_id": self.conveyor.id, "date_from": period.date_to, "date_to": MONDAY + timedelta(hours=5)}
        )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            periods.create({"equipment_id": self.conveyor.id, "date_from": MONDAY, "date_to": MONDAY - timedelta(hours=1)})

    def test_only_one_lasts(self):
        """The database holds it, whoever comes at the same moment."""
        self.conveyor.with_user(self.technician).action_down()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO maintenance_downtime (equipment_id, status, date_from) VALUES (%s, 'down', now())",
                [self.conveyor.id],
            )

    def test_another_company_sees_none(self):
        self.conveyor.company_id = self.company
        self.conveyor.with_user(self.technician).action_down()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, login="kw_elsewhere", groups="maintenance.group_equipment_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["maintenance.downtime"].with_user(stranger).search([("equipment_id", "=", self.conveyor.id)]))


@tagged("post_install", "-at_install")
class TestComponents(MaintenanceCase):
    """Costs of an asset with all that it is made of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        assets = cls.env["maintenance.equipment"].with_user(cls.planner)
        cls.line = assets.create({"name": "Packing line", "cost": 1000.0})
        cls.robot = assets.create({"name": "Robot", "parent_id": cls.line.id, "cost": 200.0, "downtime_hourly_cost": 10.0})
        cls.gripper = assets.create({"name": "Gripper", "parent_id": cls.robot.id, "cost": 30.0})
        cls.other = assets.create({"name": "Other line", "cost": 5.0})

    def _book(self, asset, hours):
        request = self._assigned(equipment_id=asset.id)
        self.env["maintenance.labor"].with_user(self.planner).create(
            {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": hours, "hourly_cost": 50.0}
        )

    def test_costs_add_up_over_every_depth(self):
        self._book(self.line, 1)
        self._book(self.gripper, 2)
        self._book(self.other, 7)
        self.env["maintenance.downtime"].with_user(self.planner).create(
            {"equipment_id": self.robot.id, "date_from": MONDAY, "date_to": MONDAY + timedelta(hours=3)}
        )
        self.env.invalidate_all()
        line = self.line.with_user(self.planner)
        self.assertEqual(line.maintenance_cost, 50.0)
        self.assertEqual(
            (line.rollup_purchase_cost, line.rollup_maintenance_cost, line.rollup_downtime_cost, line.rollup_total_cost),
            (1230.0, 150.0, 30.0, 1410.0),
        )
        self.assertEqual((line.component_count, self.robot.component_count, self.gripper.component_count), (2, 1, 0))
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        entries = ledger.search(line.action_view_costs_with_components()["domain"])
        self.assertEqual(sum(entries.mapped("amount")), line.rollup_maintenance_cost, "the click leads to what was added")
        self.gripper.maintenance_archive("keep")
        self.env.invalidate_all()
        self.assertEqual(line.rollup_total_cost, 1410.0, "what was scrapped did cost")

    def test_an_asset_moves_with_its_costs(self):
        self._book(self.gripper, 2)
        self.gripper.parent_id = self.other
        self.env.invalidate_all()
        self.assertEqual(self.line.rollup_total_cost, 1200.0)
        self.assertEqual(self.other.rollup_total_cost, 135.0)
        with self.assertRaisesRegex(UserError, "part of itself|Recursion"):
            self.line.parent_id = self.robot

    def test_work_orders_are_counted_as_native_code_counts_them(self):
        """All of them, and those that are neither done nor archived."""
        requests = self.env["maintenance.request"].with_user(self.planner).create(
            [{"name": f"Job {n}", "equipment_id": self.robot.id} for n in range(4)]
        )
        requests[:1].action_approve()
        requests[0].user_id = self.technician
        requests[0].action_start()
        requests[0].action_complete()
        requests[1].archive_equipment_request()
        self.env.invalidate_all()
        self.assertEqual((self.robot.maintenance_count, self.robot.maintenance_open_count), (4, 2))
        requests[2].equipment_id = self.gripper
        self.env.flush_all()
        self.assertEqual((self.robot.maintenance_count, self.robot.maintenance_open_count), (3, 1))
        self.assertEqual((self.gripper.maintenance_count, self.gripper.maintenance_open_count), (1, 1))
        assets = self.env["maintenance.equipment"].with_user(self.planner)
        for domain, found in (
            ([("maintenance_open_count", ">", 0)], self.robot | self.gripper),
            ([("maintenance_open_count", "=", 0)], self.line),
            ([("maintenance_count", ">=", 3)], self.robot),
            ([("maintenance_count", "!=", 3)], self.line | self.gripper),
            ([("maintenance_count", "<", 1)], self.line),
        ):
            with self.subTest(domain=domain):
                counted = self.line | self.robot | self.gripper
                self.assertEqual(assets.search(domain) & counted, found.with_user(self.planner))
        draft = self.env["maintenance.equipment"].new({"name": "Not saved"})
        self.assertEqual((draft.maintenance_count, draft.maintenance_open_count), (0, 0))

    def test_bounded_queries(self):
        """A list of assets costs the same with thirty components more."""
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            (self.line | self.robot | self.other).mapped("rollup_total_cost")
            return self.env.cr.sql_log_count - before

        few = count()
        self.env["maintenance.equipment"].create([{"name": f"Axis {n}", "parent_id": self.robot.id} for n in range(30)])
        self.assertLessEqual(count(), few)

    def test_technicians_see_no_amounts(self):
        with self.assertRaises(AccessError):
            self.line.with_user(self.technician).read(["rollup_total_cost"])
        with self.assertRaises(AccessError):
            self.line.with_user(self.technician).read(["downtime_cost"])
        self.assertEqual(self.line.with_user(self.technician).component_count, 2)


@tagged("post_install", "-at_install")
class TestNativeFigures(MaintenanceCase):
    """Odoo's MTBF and MTTR of an asset, in days from date to date."""

    def _repaired(self, asked, closed):
        request = self._assigned(request_date=asked)
        request.action_start()
        request.action_complete()
        request.sudo().close_date = closed

    def _get_figures(self):
        conveyor = self.conveyor.with_user(self.planner)
        conveyor.invalidate_recordset()
        return conveyor.mtbf, conveyor.mttr, str(conveyor.latest_failure_date), conveyor.estimated_next_failure

    def test_as_natively(self):
        self.conveyor.effective_date = "2026-01-01"
        self._repaired("2026-01-11", "2026-01-12")
        self._repaired("2026-01-21", "2026-01-24")
        self.assertEqual(self._get_figures(), (10, 2, "2026-01-21", fields.Date.to_date("2026-01-31")))

    def test_never_negative(self):
        """A failure before the asset was taken into use, and work that was asked for on a day to come."""
        self.conveyor.effective_date = "2026-02-01"
        self._repaired("2026-01-11", "2026-01-12")
        self.assertEqual(self._get_figures(), (0, 1, "2026-01-11", False))
        self._repaired("2026-02-11", "2026-01-12")
        self.assertEqual(self._get_figures(), (10, 0, "2026-02-11", fields.Date.to_date("2026-02-21")))

    def test_without_a_day(self):
        self._repaired("2026-01-11", "2026-01-12")
        self.env["maintenance.request"].search([("equipment_id", "=", self.conveyor.id)]).sudo().request_date = False
        self.assertEqual(self._get_figures(), (0, 0, "False", False))
