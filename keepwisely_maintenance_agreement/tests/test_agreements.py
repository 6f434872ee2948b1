from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestAgreements(MaintenanceCase):
    """Requisitions call off blanket orders. The bearing costs 42 from *Bearings & Co*, its first vendor."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wholesaler = cls.env["res.partner"].create({"name": "Wholesale"})

    def _agree(self, price, vendor=None, product=None, confirm=True, user=None, **values):
        agreement = self.env["purchase.requisition"].with_user(user or self.buyer).create(
            {
                "vendor_id": (vendor or self.vendor).id,
                "line_ids": [
                    Command.create({"product_id": (product or self.bearing).id, "product_qty": 100, "price_unit": price})
                ],
                **values,
            }
        )
        if confirm:
            agreement.action_confirm()
        return agreement

    def _ask(self, quantity=4):
        part = self._create_job_part(self.bearing, quantity + 1)
        return part.sudo().maintenance_request_id.requisition_ids.line_ids

    def _ask_by_hand(self):
        return self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.bearing.id, "product_qty": 3})]}
        )

    def _get_terms(self, line):
        line = line.sudo()
        return line.partner_id, line.price_unit

    def _order_of(self, line):
        requisition = line.requisition_id
        if requisition.state == "to_approve":
            requisition.with_user(self.procurement).action_approve()
        return self._order(requisition).sudo()

    def test_without_an_agreement_nothing_changes(self):
        line = self._ask()
        self.assertEqual(self._get_terms(line), (self.vendor, 42.0))
        self.assertFalse(self._order_of(line).requisition_id)

    def test_price_and_call_off(self):
        agreement = self._agree(38.0)
        line = self._ask()
        self.assertEqual(self._get_terms(line), (self.vendor, 38.0))
        order = self._order_of(line)
        self.assertEqual(order.requisition_id, agreement)
        self.assertEqual((order.order_line.price_unit, order.order_line.product_qty), (38.0, 4.0))
        self.assertEqual(order.state, "purchase")
        agreement.invalidate_recordset()
        self.assertEqual(agreement.line_ids.qty_ordered, 4.0)

    def test_wins_over_a_cheaper_price_list(self):
        """What was agreed is called off, whatever the list says; the order costs what was approved."""
        agreement = self._agree(45.0)
        line = self._ask()
        self.assertEqual(self._get_terms(line), (self.vendor, 45.0))
        order = self._order_of(line)
        self.assertEqual((order.requisition_id, order.order_line.price_unit), (agreement, 45.0))

    def test_the_vendor_comes_from_the_agreement(self):
        agreement = self._agree(40.0, self.wholesaler)
        line = self._ask()
        self.assertEqual(self._get_terms(line), (self.wholesaler, 40.0))
        order = self._order_of(line)
        self.assertEqual((order.partner_id, order.requisition_id), (self.wholesaler, agreement))

    def test_by_hand_as_well(self):
        self._agree(40.0, self.wholesaler)
        requisition = self._ask_by_hand()
        self.assertEqual(self._get_terms(requisition.line_ids), (self.wholesaler, 40.0))
        requisition.with_user(self.planner).line_ids.partner_id = self.vendor
        self.assertEqual(self._get_terms(requisition.line_ids), (self.vendor, 42.0), "a vendor chosen by hand stays")

    def test_the_cheapest_of_several(self):
        self._agree(41.0)
        cheapest = self._agree(39.0, self.wholesaler)
        self._agree(40.0)
        order = self._order_of(self._ask())
        self.assertEqual((order.requisition_id, order.order_line.price_unit), (cheapest, 39.0))

    def test_only_while_in_force(self):
        today = self.company._get_plant_day()
        day = timedelta(days=1)
        self._agree(45.0, date_end=today - day)
        self._agree(46.0, date_start=today + day)
        self._agree(47.0, confirm=False)
        self.assertEqual(self._get_terms(self._ask()), (self.vendor, 42.0))
        self._agree(48.0, date_start=today, date_end=today)
        self.assertEqual(self._get_terms(self._ask()), (self.vendor, 48.0))

    def test_a_closed_agreement_is_over(self):
        agreement = self._agree(38.0)
        agreement.action_done()
        self.assertEqual(self._get_terms(self._ask()), (self.vendor, 42.0))

    def test_of_this_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        picking_type = self.env["stock.picking.type"].search([("company_id", "=", other.id), ("code", "=", "incoming")], limit=1)
        self._agree(45.0, user=self.env.user, company_id=other.id, picking_type_id=picking_type.id)
        self.assertEqual(self._get_terms(self._ask()), (self.vendor, 42.0))

    def test_a_price_by_hand_stays(self):
        agreement = self._agree(38.0)
        requisition = self._ask_by_hand()
        requisition.with_user(self.buyer).line_ids.price_unit = 36.0
        requisition.action_submit()
        order = self._order_of(requisition.line_ids)
        self.assertEqual((order.order_line.price_unit, order.requisition_id), (36.0, agreement))

    def test_dearer_than_approved_asks_again(self):
        """The rules of dearer orders are as ever: 38 was approved, 60 is agreed since."""
        agreement = self._agree(38.0)
        line = self._ask(quantity=20)
        requisition = line.requisition_id
        if requisition.state == "to_approve":
            requisition.with_user(self.procurement).action_approve()
        agreement.with_user(self.procurement).line_ids.price_unit = 60.0
        requisition.with_user(self.buyer).action_order()
        order = requisition.sudo().purchase_order_ids
        self.assertEqual((order.requisition_id, order.order_line.price_unit), (agreement, 60.0))
        with self.assertRaisesRegex(UserError, "ask for approval of the new price"):
            order.with_user(self.buyer).button_confirm()

    def test_needs_of_several_agreements_go_on_orders_of_their_own(self):
        seals = self._agree(4.0, product=self.seal)
        bearings = self._agree(38.0)
        request = self._assigned()
        self._add_part(request, self.seal, 12)
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        orders = self._order_of(request.sudo().requisition_ids.line_ids)
        self.assertEqual(orders.requisition_id, seals | bearings)
        self.assertEqual({order.requisition_id: order.order_line.price_unit for order in orders}, {seals: 4.0, bearings: 38.0})
