from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestNeeds(MaintenanceCase):
    """No more is bought than is missing, and the days shown are those of what they come from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)
        cls.pump = cls._create_part("Pump", 900.0)
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _turn_up(self, product, quantity, part):
        self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity)
        part.sudo()._action_assign()
        self.env.invalidate_all()

    def _asked(self, product, quantity):
        part = self._create_job_part(product, quantity)
        return part, part.maintenance_request_id.sudo().requisition_line_ids

    # -- Held before ordered ------------------------------------------------------------------------

    def test_what_is_held_goes_before_what_is_ordered(self):
        """One is ordered on the later line, five are held on the earlier one: five turn up."""
        part, early = self._asked(self.belt, 5)
        part.product_uom_qty = 6
        late = part.maintenance_request_id.sudo().requisition_line_ids - early
        self.assertEqual((early.product_qty, late.product_qty), (5, 1))
        order = self._order(late.requisition_id)
        self._turn_up(self.belt, 5, part)
        self.assertEqual((part.qty_missing, late.qty_ordered), (1, 1))
        self.assertEqual((early.state, late.product_qty), ("cancelled", 1))
        self.assertFalse(order.activity_ids, "nobody is asked about what is needed")

    def test_held_on_the_line_that_is_partly_ordered(self):
        part, line = self._asked(self.belt, 6)
        line.requisition_id.with_user(self.buyer).action_order()
        order = line.purchase_line_ids.order_id.with_user(self.buyer)
        order.order_line.product_qty = 1
        order.button_confirm()
        self.assertEqual((line.qty_ordered, part._get_held_qty()), (1, 5))
        self._turn_up(self.belt, 5, part)
        self.assertEqual((line.product_qty, line.state, part.qty_missing), (1, "ordered", 1))
        self.assertFalse(order.activity_ids)

    def test_requests_for_quotation_go_before_orders(self):
        part, first = self._asked(self.belt, 2)
        self._order(first.requisition_id)
        part.product_uom_qty = 5
        second = part.maintenance_request_id.sudo().requisition_line_ids - first
        second.requisition_id.with_user(self.buyer).action_order()
        part.product_uom_qty = 2
        self.env.invalidate_all()
        self.assertEqual((first.product_qty, first.state, second.state), (2, "ordered", "cancelled"))
        self.assertFalse(first.purchase_line_ids.order_id.activity_ids)

    # -- Refused and taken back ------------------------------------------------------------------------

    def _refuse(self, product, quantity):
        part, line = self._asked(product, quantity)
        self.assertEqual(line.requisition_id.state, "to_approve")
        line.requisition_id.with_user(self.procurement).action_reject("Not now")
        self.assertEqual(line.state, "rejected")
        return part, line

    def test_refused_and_needed_less(self):
        part, line = self._refuse(self.pump, 3)
        self._turn_up(self.pump, 2, part)
        line.requisition_id.with_user(self.technician).action_draft()
        self.env.invalidate_all()
        self.assertEqual((line.product_qty, line.requisition_id.state), (1, "draft"))

    def test_refused_and_needed_more(self):
        part, line = self._refuse(self.pump, 1)
        part.product_uom_qty = 3
        line.requisition_id.with_user(self.technician).action_draft()
        self.env.invalidate_all()
        self.assertEqual((line.product_qty, line.requisition_id.state), (3, "draft"))

    def test_refused_and_not_needed_any_more(self):
        for how in ("there", "dropped", "replaced"):
            with self.subTest(how=how):
                part, line = self._refuse(self.pump, 1)
                if how == "there":
                    self._turn_up(self.pump, 1, part)
                elif how == "dropped":
                    part.action_drop_part()
                else:
                    part.product_id = self.seal
                line.requisition_id.with_user(self.technician).action_draft()
                self.env.invalidate_all()
                self.assertEqual((line.state, line.requisition_id.state), ("cancelled", "cancelled"))

    def test_refused_and_asked_for_again(self):
        """What was asked for again meanwhile stands; the refused one has nothing left to ask for."""
        part, line = self._refuse(self.pump, 1)
        request = part.maintenance_request_id
        request.action_request_parts(offer=False)
        again = request.sudo().requisition_line_ids - line
        self.assertEqual(again.product_qty, 1)
        line.requisition_id.with_user(self.technician).action_draft()
        self.env.invalidate_all()
        self.assertEqual((line.state, again.state, again.product_qty), ("cancelled", "to_approve", 1))

    def test_a_reorder_that_was_refused(self):
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.pump.id, "location_id": self.stock.id, "product_min_qty": 2, "product_max_qty": 3}
        )
        orderpoint._procure_orderpoint_confirm()
        line = self.env["maintenance.requisition.line"].search([("orderpoint_id", "=", orderpoint.id)])
        self.assertEqual((line.product_qty, line.state), (3, "to_approve"))
        line.requisition_id.with_user(self.procurement).action_reject("Not now")
        self.env["stock.quant"]._update_available_quantity(self.pump, self.stock, 1)
        self.env.invalidate_all()
        line.requisition_id.with_user(self.buyer).action_draft()
        self.env.invalidate_all()
        self.assertEqual((line.product_qty, line.state), (2, "draft"))

    # -- What the vendor sells ----------------------------------------------------------------------------

    def test_half_a_dozen_from_a_vendor_of_dozens(self):
        self.belt.seller_ids.write({"product_uom_id": self.dozen.id, "price": 60.0})
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {"line_ids": [Command.create({"product_id": self.belt.id, "product_qty": 0.5, "product_uom_id": self.dozen.id})]}
        )
        line = requisition.line_ids
        self.assertEqual((line.qty_to_buy, line.price_subtotal), (1, 60))
        requisition.action_submit()
        order = self._order(requisition)
        self.assertEqual((order.order_line.product_qty, order.order_line.product_uom_id), (1, self.dozen))

    def test_what_is_measured_is_sold_in_parts(self):
        litre = self.env.ref("uom.product_uom_litre")
        oil = self._create_part("Oil", 4.0, uom_id=litre.id)
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {"line_ids": [Command.create({"product_id": oil.id, "product_qty": 0.5})]}
        )
        self.assertEqual(requisition.line_ids.qty_to_buy, 0.5)

    # -- Days -------------------------------------------------------------------------------------------

    def _day(self, days):
        return fields.Date.today() + timedelta(days=days)

    def test_the_day_of_a_shared_line(self):
        """A buyer gives what is on its way for one job to another as well: both follow the promise."""
        part, line = self._asked(self.belt, 4)
        order = self._order(line.requisition_id)
        other = self._create_job_part(self.belt, 2, ask=False)
        part.product_uom_qty = 2
        line.with_user(self.buyer).action_redirect(other.id)
        self.env.flush_all()
        request = other.maintenance_request_id
        for days in (20, 9):
            order.order_line.date_planned = fields.Datetime.now() + timedelta(days=days)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(
                (part.maintenance_request_id.parts_ready_date, request.parts_ready_date), (self._day(days), self._day(days))
            )

    def test_the_day_when_the_other_job_needs_more(self):
        """What is left for the job that shares the line is not enough: nobody knows a day any more."""
        part, line = self._asked(self.belt, 4)
        self._order(line.requisition_id)
        other = self._create_job_part(self.belt, 2, ask=False)
        part.product_uom_qty = 2
        line.with_user(self.buyer).action_redirect(other.id)
        request = other.maintenance_request_id
        self.env.flush_all()
        self.assertEqual(request.parts_ready_date, self._day(3))
        part.product_uom_qty = 4
        self.env.flush_all()
        self.env.invalidate_all()
        shown = (request.parts_state, request.parts_ready_date, line.date_expected)
        for record, names in ((request, ("parts_state", "parts_ready_date")), (line, ("date_expected",))):
            for name in names:
                self.env.add_to_compute(record._fields[name], record.sudo())
        self.assertEqual(shown, (request.parts_state, request.parts_ready_date, line.date_expected))

    def test_the_day_follows_the_lead_time(self):
        part, line = self._asked(self.belt, 2)
        self.belt.seller_ids.delay = 11
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((line.date_expected, part.maintenance_request_id.parts_ready_date), (self._day(11), self._day(11)))
