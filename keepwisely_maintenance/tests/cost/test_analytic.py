from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .trace_common import TraceCase


@tagged("post_install", "-at_install")
class TestAnalytic(TraceCase):
    """The distribution flows from the asset to the bill and the use, and every cost is charged once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Cost centres"})
        cls.line_1, cls.line_2, cls.line_3 = cls.env["account.analytic.account"].create(
            [{"name": f"Line {number}", "plan_id": plan.id, "company_id": cls.company.id} for number in (1, 2, 3)]
        )
        cls.plan_column = plan._column_name()
        cls.on_1, cls.on_2, cls.on_3 = ({str(account.id): 100.0} for account in (cls.line_1, cls.line_2, cls.line_3))
        cls.conveyor.with_user(cls.planner).analytic_distribution = cls.on_1
        cls.crane = cls.env["product.product"].create({"name": "Crane hire", "type": "service"})

    def _charged(self, account):
        """What is charged to the account, in the order in which it was."""
        self.env.flush_all()
        lines = self.env["account.analytic.line"].search([(self.plan_column, "=", account.id)], order="id")
        return [round(line.amount, 2) for line in lines]

    def _short_job(self):
        """A job that lacks four of five bearings, approved and not ordered."""
        request = self._assigned()
        part = self._add_part(request, self.bearing, 5)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.procurement).action_approve()
        return request, part, requisition

    def test_flows_from_asset_to_bill_and_use(self):
        """Bearings cost 42 in stock and 200 on the bill: 5 × 42 = 210 are charged, when they are used."""
        request, part, requisition = self._short_job()
        order = self._order(requisition)
        self._receive(order)
        bill = self._bill(order, [(order.order_line, 4, 200.0)])
        for document in (request, requisition.line_ids, order.order_line, bill.invoice_line_ids):
            self.assertEqual(document.sudo().analytic_distribution, self.on_1, document)
        self.assertEqual(self._charged(self.line_1), [], "what is in stock costs nobody yet")
        part.quantity = 2
        self.assertEqual(self._charged(self.line_1), [], "nor does a quantity that is only entered")
        part.action_use_part()
        self.assertEqual(self._charged(self.line_1), [-84.0])
        rest = request.part_ids.filtered(lambda move: move.state != "done")
        rest.action_use_part()
        part.action_return_part(1)
        self.assertEqual(self._charged(self.line_1), [-84.0, -126.0, 42.0])
        self.assertEqual(sum(self._charged(self.line_1)), -request.sudo().parts_cost)
        item = part.sudo().analytic_account_line_ids
        self.assertEqual((item.ref, item.unit_amount), (request.reference, 2.0))

    def test_what_was_charged_nowhere_comes_back_nowhere(self):
        """The work order got its cost centre after the part was used."""
        asset = self.env["maintenance.equipment"].create({"name": "Saw", "maintenance_team_id": self.team.id})
        self.env["stock.quant"]._update_available_quantity(self.seal, self.stock, 2)
        request = self._assigned(equipment_id=asset.id)
        part = self._add_part(request, self.seal, 2)
        part.action_use_part()
        request.with_user(self.planner).analytic_distribution = self.on_2
        part.action_return_part(1)
        self.assertEqual(self._charged(self.line_2), [])

    def test_services_are_charged_by_their_bills(self):
        request = self._assigned().with_user(self.planner)
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.crane.id, "product_qty": 10, "price_unit": 90.0, "maintenance_request_id": request.id}
                    )
                ],
            }
        )
        self.assertEqual(order.order_line.analytic_distribution, self.on_1, "also where the buyer names the job by hand")
        order.button_confirm()
        order.order_line.qty_received = 10
        self._bill(order, [(order.order_line, 10, 95.0)])
        self._bill(order, [(order.order_line, 1, 95.0)], "in_refund")
        self.assertEqual(self._charged(self.line_1), [-950.0, 95.0])

    def test_hours_are_charged_in_step(self):
        """The technician books two hours at 40, corrects them to three, and takes them back."""
        request = self._assigned()
        request.sudo().request_date = "2026-11-02"
        labor = self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": request.id, "hours": 2.0, "date": "2026-11-02"}
        )
        self.assertEqual(self._charged(self.line_1), [-80.0])
        labor.write({"hours": 3.0, "date": "2026-11-03"})
        self.assertEqual(self._charged(self.line_1), [-120.0])
        item = labor.sudo().analytic_line_ids
        self.assertEqual(
            (item.user_id, item.unit_amount, str(item.date), item.ref),
            (self.technician, 3.0, "2026-11-03", request.reference),
        )
        self.assertEqual(
            (item.name, item.product_uom_id, item.company_id),
            (request.display_name, self.env.ref("uom.product_uom_hour"), self.company),
        )
        request.with_user(self.planner).analytic_distribution = self.on_2
        labor.hours = 1.0
        self.assertEqual(self._charged(self.line_1), [-40.0], "what is charged stays on its account")
        other = self._assigned()
        other.sudo().request_date = "2026-11-02"
        other.with_user(self.planner).analytic_distribution = self.on_3
        labor.maintenance_request_id = other
        self.assertEqual((self._charged(self.line_1), self._charged(self.line_3)), ([], [-40.0]))
        with self.assertRaises(AccessError):
            self.env["account.analytic.line"].with_user(self.technician).search([])
        labor.unlink()
        self.assertEqual(self._charged(self.line_3), [])

    def test_hours_of_somebody_else_are_charged_at_their_cost(self):
        """Who has no login is written by the contact alone."""
        labor = self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": self._assigned().id, "hours": 2.0}
        )
        welder = self.env["res.partner"].create({"name": "Welder", "maintenance_hourly_cost": 25.0})
        labor.with_user(self.planner).person_id = welder
        self.assertEqual(self._charged(self.line_1), [-50.0])

    def test_hours_shared_by_two_accounts(self):
        self.conveyor.with_user(self.planner).analytic_distribution = {
            str(self.line_1.id): 33.33, str(self.line_2.id): 66.67,
        }  # fmt: skip
        request = self._assigned()
        labor = self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": request.id, "hours": 0.25}
        )
        self.assertEqual(self._charged(self.line_1) + self._charged(self.line_2), [-3.33, -6.67])
        labor.hours = 0.5
        self.assertEqual(sum(self._charged(self.line_1) + self._charged(self.line_2)), -20.0)

    def test_timers_charge_when_they_stop(self):
        request = self._assigned()
        request.action_start()
        request.action_timer_start()
        self.assertEqual(self._charged(self.line_1), [])
        running = request.sudo().labor_ids
        running.timer_start = fields.Datetime.subtract(fields.Datetime.now(), hours=2)
        request.action_timer_pause()
        self.assertEqual(self._charged(self.line_1), [-80.0])

    def test_changes_flow_to_what_follows(self):
        request, _part, requisition = self._short_job()
        line = requisition.line_ids
        requisition.with_user(self.buyer).action_order()
        bought = requisition.sudo().purchase_order_ids.order_line
        self.conveyor.with_user(self.planner).analytic_distribution = self.on_2
        for document in (request, line, bought):
            self.assertEqual(document.sudo().analytic_distribution, self.on_2, document)
        bought.order_id.with_user(self.buyer).button_confirm()
        self.conveyor.with_user(self.planner).analytic_distribution = self.on_3
        self.assertEqual(request.sudo().analytic_distribution, self.on_3)
        self.assertEqual(line.sudo().analytic_distribution, self.on_2, "what is ordered stays")
        self.assertEqual(bought.analytic_distribution, self.on_2)

    def test_overrides_survive(self):
        request, part, requisition = self._short_job()
        line = requisition.line_ids
        line.with_user(self.buyer).analytic_distribution = self.on_2
        self.assertEqual(requisition.state, "approved", "it is no change of what was approved")
        self.conveyor.with_user(self.planner).analytic_distribution = self.on_3
        self.assertEqual(request.sudo().analytic_distribution, self.on_3)
        self.assertEqual(line.analytic_distribution, self.on_2)
        order = self._order(requisition)
        self.assertEqual(order.order_line.analytic_distribution, self.on_2)
        self._receive(order)
        part.action_use_part()
        self.assertEqual(self._charged(self.line_2), [-210.0], "the use is charged as it was bought")
        self.assertEqual(self._charged(self.line_3), [])

    def test_another_vendor_keeps_the_buyers_choice(self):
        request, _part, requisition = self._short_job()
        requisition.with_user(self.buyer).action_order()
        bought = requisition.sudo().purchase_order_ids.order_line.with_user(self.buyer)
        bought.analytic_distribution = self.on_3
        bought.order_id.partner_id = self.env["res.partner"].create({"name": "Other vendor"})
        self.assertEqual(bought.analytic_distribution, self.on_3)
        request.with_user(self.planner).analytic_distribution = self.on_2
        self.assertEqual(bought.analytic_distribution, self.on_3)

    def test_another_asset_brings_its_own(self):
        pump = self.conveyor.copy({"name": "Pump", "analytic_distribution": self.on_2})
        bare = self.conveyor.copy({"name": "Fan", "analytic_distribution": False})
        request = self._report().with_user(self.planner)
        request.equipment_id = pump
        self.assertEqual(request.analytic_distribution, self.on_2)
        request.equipment_id = bare
        self.assertFalse(request.analytic_distribution, "not that of an asset it is not for")
        request.analytic_distribution = self.on_3
        request.equipment_id = pump
        self.assertEqual(request.analytic_distribution, self.on_3)

    def test_form_of_a_purchase_follows_the_asset(self):
        form = Form(self.env["purchase.order"].with_user(self.buyer))
        form.partner_id = self.vendor
        with form.order_line.new() as line:
            line.product_id = self.crane
            line.equipment_id = self.conveyor
        order = form.save()
        self.assertEqual(order.order_line.analytic_distribution, self.on_1)

    def test_accounts_of_other_companies_are_left_out(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["account.analytic.account"].create(
            {"name": "Theirs", "plan_id": self.line_1.plan_id.id, "company_id": company.id}
        )
        self.conveyor.company_id = False
        self.conveyor.analytic_distribution = {str(theirs.id): 50.0, str(self.line_1.id): 50.0}
        request = self._assigned()
        self.assertEqual(request.sudo().analytic_distribution, {str(self.line_1.id): 50.0})
        self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": request.id, "hours": 1.0}
        )
        self.assertEqual(self._charged(self.line_1), [-20.0])
