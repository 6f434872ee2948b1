from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .test_external_reach import JOB, LINE, MOVE, ORDER, REQUISITION, REQUISITION_LINE, ReachCase

LABOR = "maintenance.labor"


@tagged("post_install", "-at_install")
class TestNumbersFromOutside(ReachCase):
    """Quantities and hours that cannot be, whichever program sends them."""

    def setUp(self):
        super().setUp()
        self.job = self._assigned()

    def _add(self, user=None, **values):
        values = {"maintenance_request_id": self.job.id, "product_id": self.seal.id, "product_uom_qty": 3, **values}
        return self.env[MOVE].browse(self._call(user or self.technician, MOVE, "create", vals_list=[values]))

    def test_hours(self):
        self.job.action_start()
        today = self.company._get_plant_day()
        for words, values in (
            ("1:30", {"hours": 90}),
            ("24 hours", {"hours": 1_000_000}),
            ("", {"hours": -1}),
            ("still to come", {"date": "2199-01-01"}),
            ("was asked for on", {"date": fields.Date.to_string(today - timedelta(days=9))}),
            ("", {"user_id": self.outsider.id}),
        ):
            with self.subTest(values=values):
                vals = {"maintenance_request_id": self.job.id, "hours": 1, **values}
                self._says(words, self.technician, LABOR, "create", vals_list=[vals])
        self._refused(self.outsider, LABOR, "create", vals_list=[{"maintenance_request_id": self.job.id, "hours": 1}])
        hours = {"maintenance_request_id": self.job.id, "hours": 2}
        booked = self.env[LABOR].browse(self._call(self.technician, LABOR, "create", vals_list=[hours]))
        self._write_refused(self.technician, booked, hours=25)
        self._write_refused(self.technician, booked, date="2199-01-01")
        self._write_refused(self.technician, self.job, labor_ids=[[0, 0, {"hours": 23}]])
        self.env.invalidate_all()
        self.assertEqual((booked.hours, self.job.sudo().labor_ids), (2, booked))

    def test_what_is_used_was_there(self):
        part = self._add()
        line = part.sudo().move_line_ids
        for quantity in (50, -5):
            self._write_refused(self.technician, part, quantity=quantity)
            self._write_refused(self.technician, part, move_line_ids=[[1, line.id, {"quantity": quantity}]])
        self._write_refused(self.storekeeper, line, quantity=-5)
        self._write_refused(self.storekeeper, part, quantity=-5)
        self.env.invalidate_all()
        self.assertEqual((part.quantity, part.picked), (3, False))
        self._write(self.technician, part, quantity=2)
        self._call(self.technician, JOB, "action_start", self.job.ids)
        self._call(self.technician, JOB, "action_complete", self.job.ids)
        self.assertEqual((part.state, part.quantity, self.seal.qty_available), ("done", 2, 8))

    def test_parts_follow_the_unit_of_the_product(self):
        dozen, gram = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_gram")
        part = self._add(product_uom=dozen.id, product_uom_qty=0.83)
        self.assertEqual((part.product_uom, part.product_uom_qty, part.quantity), (self.seal.uom_id, 10, 10))
        self._write(self.technician, part, product_uom=dozen.id, product_uom_qty=1)
        self.assertEqual((part.product_uom, part.product_uom_qty), (self.seal.uom_id, 12))
        grease = self._create_part("Grease", 9.0, on_hand=1, uom_id=self.env.ref("uom.product_uom_kgm").id)
        part = self._add(product_id=grease.id, product_uom=gram.id, product_uom_qty=333)
        self.assertEqual((part.product_uom, part.product_uom_qty, part.quantity), (grease.uom_id, 0.34, 0.34))

    def test_what_turns_up_is_not_bought(self):
        """Of six that are missing one is ordered; the five that are held go first when stock turns up."""
        part = self._add(product_uom_qty=11)
        self._call(self.technician, JOB, "action_request_parts", self.job.ids, offer=False)
        self._call(self.buyer, REQUISITION, "action_order", part.maintenance_requisition_line_ids.requisition_id.ids)
        self._write(self.technician, part, product_uom_qty=16)
        self.assertEqual(sorted(part.maintenance_requisition_line_ids.mapped("product_qty")), [1, 5])
        receipt = self._create_transfer(self.warehouse.in_type_id, self.seal, 5)
        self._call(self.storekeeper, "stock.picking", "button_validate", receipt.ids)
        self.env.invalidate_all()
        self.assertEqual(part.quantity, 15)
        lines = part.maintenance_requisition_line_ids.filtered("is_open")
        self.assertEqual([(line.product_qty, line.state) for line in lines], [(1, "ordered")])

    def test_a_line_that_the_storekeeper_ticks(self):
        part = self._add(product_uom_qty=12)
        self._call(self.technician, JOB, "action_request_parts", self.job.ids, offer=False)
        asked = part.maintenance_requisition_line_ids
        self.assertEqual((asked.product_qty, self.job.sudo().state), (2, "waiting_parts"))
        self._call(self.storekeeper, LINE, "write", part.move_line_ids.ids, vals={"quantity": 4, "picked": True})
        self.env.invalidate_all()
        self.assertEqual((asked.state, self.job.sudo().state, part.quantity), ("cancelled", "assigned", 4))


@tagged("post_install", "-at_install")
class TestSpentFromOutside(ReachCase):
    """One approval is spent once, and what a job or stock comes to is decided on, whichever program asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tier = cls.env["maintenance.approval.tier"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.tier.write({"group_id": False, "user_ids": [Command.set(cls.procurement.ids)]})
        cls.pump, cls.gear = cls._create_part("Pump", 800.0), cls._create_part("Gear", 450.0)

    def _ask(self, product, **values):
        """A technician asks for it; the buyer has it on a request for quotation."""
        values = {"product_id": product.id, "maintenance_request_id": self._assigned().id, **values}
        asked = self.env[REQUISITION].browse(
            self._call(self.technician, REQUISITION, "create", vals_list=[{"line_ids": [[0, 0, values]]}])
        )
        self._call(self.technician, REQUISITION, "action_submit", asked.ids)
        if asked.state == "to_approve":
            self._call(self.procurement, REQUISITION, "action_approve", asked.ids)
        self._call(self.buyer, REQUISITION, "action_order", asked.ids)
        return asked.line_ids

    def test_sent_back_without_refund(self):
        line = self._ask(self.pump)
        first = line.purchase_line_ids
        self._call(self.buyer, ORDER, "button_confirm", first.order_id.ids)
        picking = self._receive(first.order_id)
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": self.company._get_plant_day(),
                "invoice_line_ids": [
                    Command.create({"purchase_line_id": first.id, "product_id": self.pump.id, "quantity": 1, "price_unit": 800.0})
                ],
            }
        ).action_post()
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper).with_context(
            active_id=picking.id, active_model="stock.picking"
        ).create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": False})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._call(self.storekeeper, MOVE, "write", back.move_ids.ids, vals={"quantity": 1, "picked": True})
        self._call(self.storekeeper, "stock.picking", "button_validate", back.ids)
        self._call(self.buyer, REQUISITION, "action_order", line.requisition_id.ids)
        again = (line.purchase_line_ids - first).order_id
        self._says("800.00", self.buyer, ORDER, "button_confirm", again.ids)
        self._write_refused(self.buyer, again, "800.00", state="purchase")
        self.assertEqual(again.state, "draft")

    def test_ten_jobs_kept_for_stock(self):
        lines = self._ask(self.gear) | self._ask(self.gear)
        for line in lines:
            self._call(self.buyer, REQUISITION_LINE, "action_keep_for_stock", line.ids)
        self.env.invalidate_all()
        self.assertFalse(lines[0].maintenance_request_id, "450 is below the lowest tier")
        self.assertTrue(lines[1].maintenance_request_id, "what stock comes to is decided on first")
        self.assertEqual(lines[1].requisition_id.state, "to_approve")
        self._refused(self.buyer, ORDER, "button_confirm", lines[1].purchase_line_ids.order_id.ids)
        self._call(self.procurement, REQUISITION, "action_approve", lines[1].requisition_id.ids)
        self.env.invalidate_all()
        self.assertFalse(lines[1].maintenance_request_id)

    def test_a_negotiated_price_stays(self):
        """When the rest is ordered into an open request for quotation."""
        line = self._ask(self.pump, product_qty=2)
        purchase = line.purchase_line_ids
        self._write(self.buyer, purchase, price_unit=650.0)
        self._write(self.buyer, purchase, product_qty=1)
        self._call(self.buyer, REQUISITION, "action_order", line.requisition_id.ids)
        self.env.invalidate_all()
        self.assertEqual(set(line.purchase_line_ids.mapped("price_unit")), {650.0})
        self.assertEqual(sum(line.purchase_line_ids.mapped("product_qty")), 2)
