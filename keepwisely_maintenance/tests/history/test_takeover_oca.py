from datetime import date
from unittest import skipUnless

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import freeze_time, get_db_name, new_test_user, tagged

from .history_common import RIGHTS
from .test_takeover_recurrence import TakeoverCase


def is_installed(model, field="id"):
    """Whether the tests run beside the module that has it: ``make test WITH=maintenance_plan,purchase_request``."""
    registry = Registry(get_db_name())
    return model in registry and field in registry[model]._fields


@tagged("post_install", "-at_install")
@skipUnless(is_installed("maintenance.plan"), "OCA's maintenance_plan is not installed")
@freeze_time("2026-06-10 09:00:00")
class TestTakeoverPlans(TakeoverCase):
    """Plans of OCA's maintenance_plan become schedules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["maintenance.kind"].create({"name": "Calibration"})
        cls.plan = cls.env["maintenance.plan"].create(
            {
                "name": "Belt tension", "equipment_id": cls.conveyor.id, "company_id": cls.company.id, "interval": 2,
                "interval_step": "week", "duration": 1.5, "start_maintenance_date": "2026-06-15",
                "maintenance_kind_id": cls.kind.id,
                "maintenance_plan_horizon": 1, "planning_step": "month", "maintenance_team_id": cls.team.id,
                "instruction_text": "<p>Press here.</p>",
            }
        )  # fmt: skip

    def _take(self):
        takeover = self._look()
        line = self._only(takeover, self.plan)
        takeover.action_take_over()
        return line

    def test_a_plan_without_work_orders(self):
        line = self._take()
        schedule = self.env["maintenance.schedule"].browse(line.result_id)
        self.assertRecordValues(
            schedule,
            [
                {
                    "name": "Belt tension", "interval": 2, "interval_unit": "week", "start_date": date(2026, 6, 15),
                    "next_date": date(2026, 6, 15), "lead_days": 14, "duration": 1.5, "equipment_ids": self.conveyor.ids,
                    "maintenance_team_id": self.team.id, "company_id": self.company.id, "origin_name": "Belt tension",
                }
            ],
        )  # fmt: skip
        self.assertEqual(schedule.work_type_id, self.env.ref("keepwisely_maintenance.work_type_calibration"))
        self.assertIn("Press here.", schedule.instruction_text)
        self.assertFalse(self.plan.active)
        self.assertIn("Goes on as", "".join(self.plan.message_ids.mapped("body")))

    def test_a_plan_with_work_orders_ahead(self):
        self.plan.button_manual_request_generation()
        ahead = self.plan.maintenance_ids.sorted("request_date")
        self.assertEqual(ahead.mapped("request_date"), [date(2026, 6, 15), date(2026, 6, 29)])
        schedule = self.env["maintenance.schedule"].browse(self._take().result_id)
        self.assertEqual(schedule.request_ids, ahead)
        self.assertEqual(ahead.mapped("schedule_due_date"), [date(2026, 6, 15), date(2026, 6, 29)])
        self.assertEqual(schedule.next_date, date(2026, 7, 13))
        self.assertEqual(ahead.maintenance_plan_id, self.plan, "the old link stays")
        self.env["maintenance.equipment"]._cron_generate_requests()
        self._run("2026-06-29")
        self.assertEqual(self.env["maintenance.request"].search_count([("equipment_id", "=", self.conveyor.id)]), 2)

    def test_again(self):
        self._take()
        takeover = self._look()
        self.assertFalse(self._lines(takeover, kind="plan", record_id=self.plan.id))
        self.plan.active = True
        line = self._lines(self._look(), kind="plan", record_id=self.plan.id)
        self.assertIn("already", line.reason)
        line.is_chosen = True
        line.takeover_id.action_take_over()
        self.assertEqual(self.env["maintenance.schedule"].search_count([("name", "=", "Belt tension")]), 1)

    def test_a_plan_for_all_that_fits(self):
        domain = str([("id", "in", (self.conveyor | self.mixer).ids)])
        self.plan.write({"equipment_id": False, "generate_with_domain": True, "generate_domain": domain})
        line = self._lines(self._look(), record_id=self.plan.id, kind="plan")
        self.assertEqual(line.asset, "Conveyor 3, Mixer 9")
        schedule = self.env["maintenance.schedule"].browse(self._take().result_id)
        self.assertEqual(schedule.equipment_ids, self.conveyor | self.mixer)

    def test_why_not(self):
        self.plan.equipment_id = False
        line = self._lines(self._look(), record_id=self.plan.id, kind="plan")
        self.assertIn("no asset", line.reason)


@tagged("post_install", "-at_install")
@skipUnless(is_installed("purchase.order", "maintenance_request_ids"), "OCA's maintenance_request_purchase is not installed")
class TestTakeoverOrders(TakeoverCase):
    """Lines of orders that OCA's maintenance_request_purchase ties to a work order count for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover.group_ids = [Command.link(cls.env.ref("purchase.group_purchase_user").id)]
        cls.job = cls.env["maintenance.request"].create({"name": "Belt", "equipment_id": cls.conveyor.id})
        cls.order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id, "maintenance_request_ids": cls.job.ids,
                "order_line": [Command.create({"product_id": cls.bearing.id, "product_qty": 2})],
            }
        )  # fmt: skip

    def _look_at(self, user=None):
        return self._lines(self._look(user), kind="purchase_order", record_id=self.order.id)

    def test_an_order_for_one_work_order(self):
        line = self._look_at()
        self.assertEqual((line.reason, line.asset, line.is_chosen), (False, "Conveyor 3", True))
        self._only(line.takeover_id, self.order)
        line.takeover_id.action_take_over()
        self.assertEqual(self.order.order_line.maintenance_request_id, self.job)
        self.assertFalse(self._look_at(), "nothing twice")

    def test_an_order_for_several(self):
        self.order.maintenance_request_ids |= self.job.copy()
        self.assertIn("several work orders", self._look_at().reason)

    def test_without_rights_on_orders(self):
        other = new_test_user(self.env, "kw_mover3", RIGHTS, name="Third mover")
        self.assertFalse(self._look_at(other))
        self.assertIn("Purchase order", self._look(other).hidden)


@tagged("post_install", "-at_install")
@skipUnless(is_installed("purchase.request"), "OCA's purchase_request is not installed")
class TestTakeoverPurchaseRequests(TakeoverCase):
    """Open purchase requests of OCA's purchase_request become requisitions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mover.group_ids = [Command.link(cls.env.ref("purchase_request.group_purchase_request_manager").id)]
        cls.asker = new_test_user(
            cls.env, "kw_asker", name="Asker",
            groups="purchase_request.group_purchase_request_user,keepwisely_maintenance.group_maintenance_technician",
        )  # fmt: skip
        cls.request = cls.env["purchase.request"].with_user(cls.asker).create(
            {
                "description": "For the belt",
                "line_ids": [
                    Command.create(
                        {"product_id": cls.bearing.id, "product_qty": 3, "product_uom_id": cls.bearing.uom_id.id,
                         "name": "Bearing", "date_required": "2026-07-01"}
                    ),
                    Command.create(
                        {"name": "Special paint", "product_qty": 2, "estimated_cost": 90, "date_required": "2026-06-20"}
                    ),
                ],
            }
        ).sudo()  # fmt: skip

    def _take(self, user=None):
        takeover = self._look(user)
        line = self._only(takeover, self.request)
        takeover.action_take_over()
        return line

    def test_a_request_that_was_submitted(self):
        self.request.button_to_approve()
        line = self._take()
        requisition = self.env["maintenance.requisition"].browse(line.result_id)
        self.assertFalse(line.reason)
        self.assertRecordValues(
            requisition,
            [
                {
                    "requester_id": self.asker.id, "date_required": date(2026, 6, 20), "state": "approved",
                    "origin_name": self.request.name, "amount_total": 3 * 42.0 + 90.0, "reason": "For the belt",
                }
            ],
        )  # fmt: skip
        self.assertEqual(
            [(part.product_id, part.name, part.product_qty, part.price_unit) for part in requisition.line_ids],
            [(self.bearing, self.bearing.display_name, 3.0, 42.0), (self.bearing.browse(), "Special paint", 2.0, 45.0)],
        )
        self.assertEqual(self.request.state, "done")
        self.assertIn(requisition.name, "".join(self.request.message_ids.mapped("body")))
        self.assertIn(self.mover, requisition.author_ids, "who wrote the lines decides on none of them")
        self.assertIn(self.asker, requisition.author_ids)

    def test_a_draft_stays_one(self):
        requisition = self.env["maintenance.requisition"].browse(self._take().result_id)
        self.assertEqual((requisition.state, requisition.requester_id), ("draft", self.asker))

    def test_only_what_is_not_ordered(self):
        self.request.button_to_approve()
        self.request.button_approved()
        order = self.env["purchase.order"].create(
            {"partner_id": self.vendor.id, "order_line": [Command.create({"product_id": self.bearing.id, "product_qty": 2})]}
        )
        part, paint = self.request.line_ids.sorted("product_qty", reverse=True)
        part.purchase_lines = order.order_line
        paint.cancelled = True
        requisition = self.env["maintenance.requisition"].browse(self._take().result_id)
        self.assertEqual(requisition.line_ids.product_qty, 1.0)
        other = self.request.copy()
        other.line_ids.cancelled = True
        other.state = "approved"
        line = self._lines(self._look(), record_id=other.id, kind="purchase_request")
        self.assertIn("still to be ordered", line.reason)

    def test_a_reorder_point_does_not_ask_again(self):
        point = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 4, "product_max_qty": 4, "location_id": self.stock.id}
        )
        part = self.request.line_ids.filtered("product_id")
        part.orderpoint_id = point
        self.request.button_to_approve()
        requisition = self.env["maintenance.requisition"].browse(self._take().result_id)
        self.assertEqual(requisition.line_ids.orderpoint_id, point)
        self.env.invalidate_all()
        self.assertEqual(point.qty_to_order, 0.0)

    def test_a_reorder_point_of_something_else_stays_out(self):
        part = self.request.line_ids.filtered("product_id")
        part.orderpoint_id = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.seal.id, "product_min_qty": 4, "product_max_qty": 4, "location_id": self.stock.id}
        )
        requisition = self.env["maintenance.requisition"].browse(self._take().result_id)
        self.assertFalse(requisition.line_ids.orderpoint_id)

    def test_again(self):
        self._take()
        self.assertFalse(self._lines(self._look(), record_id=self.request.id, kind="purchase_request"))
        self.request.button_draft()
        line = self._lines(self._look(), record_id=self.request.id, kind="purchase_request")
        self.assertIn("already", line.reason)
        line.is_chosen = True
        line.takeover_id.action_take_over()
        self.assertEqual(self.env["maintenance.requisition"].search_count([("origin_id", "=", self.request.id)]), 1)

    def test_without_rights_there(self):
        other = new_test_user(self.env, "kw_mover2", RIGHTS, name="Second mover")
        takeover = self._look(other)
        self.assertFalse(self._lines(takeover, kind="purchase_request"))
        self.assertIn("Purchase request", takeover.hidden)
        takeover.line_ids.is_chosen = False
        with self.assertRaises(UserError):
            takeover.action_take_over()
