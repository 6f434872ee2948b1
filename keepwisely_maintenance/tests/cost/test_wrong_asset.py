from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .trace_common import TraceCase


@tagged("post_install", "-at_install")
class TestWrongAsset(TraceCase):
    """The asset of a work order is corrected: what was asked for, bought, booked and charged goes along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Cost centres"})
        accounts = cls.env["account.analytic.account"].create(
            [{"name": f"Line {number}", "plan_id": plan.id, "company_id": cls.company.id} for number in (1, 2, 3)]
        )
        cls.on_1, cls.on_2, cls.on_3 = ({str(account.id): 100.0} for account in accounts)
        cls.column = plan._column_name()
        cls.company.maintenance_order_rule = "free"
        cls.conveyor.write({"analytic_distribution": cls.on_1, "downtime_hourly_cost": 7.0})
        cls.press = cls.env["maintenance.equipment"].create(
            {
                "name": "Press", "maintenance_team_id": cls.team.id, "analytic_distribution": cls.on_2,
                "downtime_hourly_cost": 11.0,
            }
        )  # fmt: skip
        cls.crane = cls.env["product.product"].create({"name": "Crane hire", "type": "service", "purchase_method": "receive"})
        average = cls.env["product.category"].create({"name": "At average cost", "property_cost_method": "average"})
        cls.filter = cls.env["product.product"].create({"name": "Filter", "is_storable": True, "categ_id": average.id})

    def _job(self):
        """Two hours (80), a seal (5), a crane that came (100) and four bearings that are ordered."""
        request = self._assigned()
        request.action_start()
        request.labor_ids = [Command.create({"hours": 2.0})]
        self._add_part(request, self.seal, 1).action_use_part()
        self._add_part(request, self.bearing, 5)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.procurement).action_approve()
        self._order(requisition)
        order = self._buy(self.crane, 1, 100.0, maintenance_request_id=request.id)
        order.order_line.qty_received = 1
        return request.sudo()

    def _buy(self, product, quantity, price, **links):
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": price, **links})
                ],
            }
        )
        order.button_confirm()
        return order

    def _ledger(self, asset):
        self.env.flush_all()
        rows = self.env["maintenance.cost.report"]._read_group([("equipment_id", "=", asset.id)], ["kind"], ["amount:sum"])
        return {kind: round(amount, 2) for kind, amount in rows if round(amount, 2)}

    def _charged(self, distribution):
        self.env.flush_all()
        account = int(next(iter(distribution)))
        return round(sum(self.env["account.analytic.line"].search([(self.column, "=", account)]).mapped("amount")), 2)

    def test_everything_goes_along(self):
        request = self._job()
        costs = {"labor": 80.0, "part": 5.0, "service": 100.0}
        self.assertEqual((self._ledger(self.conveyor), self._ledger(self.press)), (costs, {}))
        self.assertEqual((self._charged(self.on_1), self._charged(self.on_2)), (-85.0, 0.0))
        requisition = request.requisition_ids
        self.assertEqual(requisition.equipment_ids, self.conveyor)

        request.with_user(self.planner).equipment_id = self.press
        self.env.invalidate_all()

        self.assertEqual((self._ledger(self.conveyor), self._ledger(self.press)), ({}, costs))
        self.assertEqual((self._charged(self.on_1), self._charged(self.on_2)), (0.0, -85.0))
        self.assertEqual((requisition.equipment_ids, requisition.line_ids.equipment_id), (self.press, self.press))
        self.assertEqual(requisition.line_ids.analytic_distribution, self.on_2)
        self.assertEqual(requisition.state, "ordered", "it is the same need of the same job")
        self.assertIn("was corrected from Conveyor 3 to Press", requisition.message_ids[0].body)
        for line in request.purchase_line_ids:
            self.assertEqual((line.equipment_id, line.analytic_distribution), (self.press, self.on_2), line.name)
        self.assertEqual(request.purchase_line_ids.order_id.equipment_ids, self.press)
        entries = request.cost_entry_ids.filtered(lambda entry: entry.entry == "reassigned")
        self.assertEqual(
            sorted((entry.equipment_id.name, entry.amount) for entry in entries), [("Conveyor 3", -100.0), ("Press", 100.0)]
        )
        self.assertEqual((self.conveyor.maintenance_cost, self.press.maintenance_cost), (0.0, 185.0))

    def test_the_approvers_page(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 5)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        self.assertEqual(requisition.state, "to_approve")
        request.equipment_id = self.press  # the technician, who stands before it
        page = requisition.with_user(self.procurement)
        self.assertEqual(page.state, "to_approve", "who decides sees the right one, and nobody has to ask again")
        job = page.sudo()._get_briefs()[requisition]["jobs"][0]
        self.assertEqual((job["equipment"], job["downtime_cost"]), (self.press, 11.0))
        self.assertIn("Press", page.brief)
        self.assertNotIn("Conveyor 3", page.brief)

    def test_bills(self):
        """A draft follows, what is posted says that it does not."""
        request = self._job()
        line = request.purchase_line_ids.filtered(lambda line: line.product_id == self.crane)
        self._bill(line.order_id, [(line, 1, 100.0)])
        draft = self._buy(self.crane, 1, 30.0, maintenance_request_id=request.id)
        draft.order_line.qty_received = 1
        draft.action_create_invoice()
        request.with_user(self.planner).equipment_id = self.press
        self.env.invalidate_all()
        self.assertEqual(draft.invoice_ids.invoice_line_ids.analytic_distribution, self.on_2)
        self.assertEqual(line.invoice_lines.analytic_distribution, self.on_1)
        self.assertIn("stays charged as it was", line.invoice_lines.move_id.message_ids[0].body)
        self.assertNotIn("stays charged", " ".join(draft.invoice_ids.message_ids.mapped("body")))
        self.assertEqual(self._ledger(self.press)["service"], 130.0)
        self.assertEqual(self._ledger(self.conveyor), {})

    def test_receipts_that_were_revalued(self):
        """8 of 10 filters at 10 are used, then billed at 13: 24 more for the job."""
        order = self._buy(self.filter, 10, 10.0)
        self._receive(order)
        request = self._assigned()
        self._add_part(request, self.filter, 8).action_use_part()
        self._bill(order, [(order.order_line, 10, 13.0)])
        self.assertEqual(self._ledger(self.conveyor), {"part": 104.0})
        request.with_user(self.planner).equipment_id = self.press
        self.assertEqual((self._ledger(self.conveyor), self._ledger(self.press)), ({}, {"part": 104.0}))
        request.with_user(self.planner).equipment_id = self.conveyor
        self.assertEqual((self._ledger(self.conveyor), self._ledger(self.press)), ({"part": 104.0}, {}))

    def test_what_somebody_put_elsewhere_stays_there(self):
        request = self._job()
        gripper = self.env["maintenance.equipment"].create({"name": "Gripper"})
        line = request.purchase_line_ids.filtered(lambda line: line.product_id == self.crane)
        line.write({"equipment_id": gripper.id, "analytic_distribution": self.on_3})
        request.with_user(self.planner).equipment_id = self.press
        self.env.invalidate_all()
        self.assertEqual((line.equipment_id, line.analytic_distribution), (gripper, self.on_3))
        self.assertEqual(self._ledger(gripper), {"service": 100.0})

    def test_completed_and_closed(self):
        request = self._job()
        request.part_ids.filtered(lambda part: part.product_id == self.bearing).action_drop_part()
        request.with_user(self.technician).action_complete()
        request.with_user(self.planner).equipment_id = self.press
        self.assertEqual(self._ledger(self.press), {"labor": 80.0, "part": 5.0, "service": 100.0})
        self.assertEqual(self._charged(self.on_2), -85.0)
        self._receive(request.requisition_ids.purchase_order_ids)
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            request.with_user(self.planner).equipment_id = self.conveyor
        self.assertEqual(self._ledger(self.conveyor), {})

    def test_recoveries_follow(self):
        request = self._assigned()
        recovery = self.env["maintenance.warranty.recovery"].with_user(self.planner).create(
            {"name": "Crane was late", "maintenance_request_id": request.id, "amount": 30}
        )
        self.assertEqual(recovery.equipment_id, self.conveyor)
        request.with_user(self.planner).equipment_id = self.press
        self.assertEqual(recovery.equipment_id, self.press)

    def test_no_asset(self):
        """A report without one gets it later, and one may be taken off."""
        request = self._job()
        request.with_user(self.planner).equipment_id = False
        self.assertEqual(self._ledger(self.conveyor), {})
        self.assertFalse(request.requisition_ids.line_ids.equipment_id)
        request.with_user(self.planner).equipment_id = self.press
        self.assertEqual(self._ledger(self.press), {"labor": 80.0, "part": 5.0, "service": 100.0})
        self.assertEqual(request.requisition_ids.line_ids.equipment_id, self.press)
