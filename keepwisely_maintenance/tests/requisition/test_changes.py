from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestChanges(MaintenanceCase):
    """Quantity, product or job change after asking: what was asked for follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)
        cls.chain = cls._create_part("Chain", 9.0)

    def _asked(self, quantity=10, price=7.0, **values):
        self._set_price(self.belt, price)
        part = self._create_job_part(self.belt, quantity, **values)
        request = part.maintenance_request_id
        return request, part, request.sudo().requisition_line_ids.with_user(self.buyer)

    def _rfq(self, quantity=10, **kwargs):
        request, part, line = self._asked(quantity, **kwargs)
        line.requisition_id.action_order()
        return request, part, line

    def _confirmed(self, quantity=10, **kwargs):
        request, part, line = self._rfq(quantity, **kwargs)
        line.purchase_line_ids.order_id.button_confirm()
        return request, part, line

    def _choices(self, line):
        """Activities that ask the buyer what shall become of what is on order."""
        return line.purchase_line_ids.order_id.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("keepwisely_maintenance.mail_activity_not_needed")
        )

    # -- Only asked for -----------------------------------------------------------------------------

    def test_lowered_while_it_waits_for_approval(self):
        _request, part, line = self._asked(10, price=100)
        requisition = line.requisition_id
        self.assertEqual(requisition.state, "to_approve")
        part.product_uom_qty = 6
        self.assertEqual((line.product_qty, requisition.state, requisition.sudo().amount_total), (6, "to_approve", 600))
        self.assertIn("lowered from 10 to 6", requisition.message_ids[0].body)
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual(requisition.decision_ids.sudo().amount, 600)

    def test_raised_while_it_waits_for_approval(self):
        _request, part, line = self._asked(10, price=100)
        requisition = line.requisition_id
        part.product_uom_qty = 60
        self.assertEqual((line.product_qty, requisition.state), (60, "to_approve"))
        self.assertEqual(len(requisition.sudo().tier_ids), 2, "6,000 meet Finance too")
        self.assertEqual(len(_request.sudo().requisition_line_ids), 1)

    def test_the_same_quantity_once_more(self):
        _request, part, line = self._asked(10, price=100)
        requisition = line.requisition_id.sudo()
        before = (requisition.revision, requisition.message_ids)
        part.product_uom_qty = 10
        self.assertEqual((requisition.revision, requisition.message_ids), before)

    def test_raised_after_approval_asks_for_the_difference(self):
        request, part, line = self._asked(10, price=100)
        line.requisition_id.with_user(self.procurement).action_approve()
        part.product_uom_qty = 13
        more = request.sudo().requisition_line_ids - line
        self.assertEqual((line.product_qty, more.product_qty, more.state), (10, 3, "to_approve"))
        self.assertEqual(more.requisition_id.job_amount, 1300)

    def test_nothing_is_asked_for_before_somebody_asks(self):
        request = self._assigned()
        part = self._add_part(request, self.belt, 2)
        part.product_uom_qty = 5
        self.assertFalse(request.sudo().requisition_line_ids)

    def test_lowered_below_what_is_here(self):
        request, part, line = self._asked(10)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 4)
        part.product_uom_qty = 3
        self.assertEqual((line.state, line.requisition_id.state), ("cancelled", "cancelled"))
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def test_dropped_deleted_and_cancelled(self):
        for how in ("drop", "delete", "cancel"):
            with self.subTest(how=how):
                request, part, line = self._asked(10, price=100)
                if how == "drop":
                    part.action_drop_part()
                elif how == "delete":
                    part.unlink()
                else:
                    request.with_user(self.planner).archive_equipment_request()
                self.assertEqual((line.state, line.requisition_id.state), ("cancelled", "cancelled"))
                self.assertFalse(line.requisition_id.activity_ids)

    def test_what_comes_from_elsewhere_is_not_bought(self):
        """Stock that turns up while the requisition waits makes it superfluous."""
        request, _part, line = self._asked(10, price=100)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 4)
        request.part_ids.sudo()._action_assign()
        self.assertEqual((line.product_qty, line.state), (6, "to_approve"))
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 6)
        request.part_ids.sudo()._action_assign()
        self.assertEqual((line.state, request.state), ("cancelled", "assigned"))

    # -- On a request for quotation --------------------------------------------------------------------

    def test_request_for_quotation_is_adjusted(self):
        request, part, line = self._rfq(10)
        purchase = line.purchase_line_ids
        part.product_uom_qty = 6
        self.assertEqual((purchase.product_qty, line.product_qty, line.state), (6, 6, "ordered"))
        self.assertIn("lowered from 10 to 6", purchase.order_id.message_ids[0].body)
        part.product_uom_qty = 8
        self.assertEqual((purchase.product_qty, line.product_qty), (6, 6), "more is asked for, not slipped in")
        more = request.sudo().requisition_line_ids - line
        self.assertEqual((more.product_qty, more.state), (2, "approved"))
        part.product_uom_qty = 5
        self.assertEqual((more.state, purchase.product_qty, line.product_qty), ("cancelled", 5, 5))

    def test_request_for_quotation_with_a_minimum(self):
        self.belt.seller_ids.min_qty = 8
        _request, part, line = self._rfq(10)
        part.product_uom_qty = 5
        self.assertEqual((line.purchase_line_ids.product_qty, line.product_qty), (8, 5))
        part.action_drop_part()
        self.assertFalse(line.purchase_line_ids)
        self.assertEqual(line.state, "cancelled")

    def test_request_for_quotation_goes_with_its_last_line(self):
        request, _part, line = self._rfq(10)
        order = line.purchase_line_ids.order_id
        order.order_line = [Command.create({"product_id": self.seal.id, "product_qty": 1})]
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual((order.state, order.order_line.product_id), ("draft", self.seal))
        request, _part, line = self._rfq(10)
        order = line.purchase_line_ids.order_id
        (order.order_line - line.purchase_line_ids).unlink()
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(order.state, "cancel")

    def test_lowered_on_the_request_for_quotation(self):
        """The buyer takes off it what came from elsewhere meanwhile: nobody asks for that again."""
        _request, part, line = self._rfq(10)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 4)
        part.sudo()._action_assign()
        self.assertEqual((part.quantity, line.product_qty, line.purchase_line_ids.product_qty), (4, 10, 10))
        purchase = line.purchase_line_ids.with_user(self.buyer)
        for quantity in (8, 6):
            purchase.product_qty = quantity
            self.assertEqual((line.product_qty, line.state), (quantity, "ordered"))

    # -- On a confirmed order ----------------------------------------------------------------------------

    def test_confirmed_order_asks_the_buyer(self):
        request, part, line = self._confirmed(10)
        part.product_uom_qty = 6
        self.assertEqual((line.purchase_line_ids.product_qty, line.product_qty, line.state), (10, 10, "ordered"))
        choice = self._choices(line)
        self.assertEqual(len(choice), 1)
        for words in ("4 Units of Belt", "Keep that for stock", "cancel it", "redirect it", request.reference):
            self.assertIn(words, choice.note)
        part.product_uom_qty = 6
        self.assertEqual(len(self._choices(line)), 1, "asked once")
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual((part.quantity, self.belt.free_qty, line.state), (6, 4, "done"))

    def test_a_cancelled_order_is_not_asked_about(self):
        _request, part, line = self._confirmed(10)
        cancelled = line.purchase_line_ids.order_id
        cancelled.button_cancel()
        line.requisition_id.action_order()
        again = line.purchase_line_ids.order_id - cancelled
        again.button_confirm()
        part.product_uom_qty = 6
        self.assertEqual(self._choices(line).mapped("res_id"), again.ids)

    def test_lowered_on_the_order(self):
        """The buyer takes off the order what the job needs no more: nobody asks for it again."""
        _request, part, line = self._confirmed(10)
        part.product_uom_qty = 6
        self.assertEqual((line.product_qty, line.state), (10, "ordered"))
        line.purchase_line_ids.product_qty = 6
        self.assertEqual((line.product_qty, line.state), (6, "ordered"))

    def test_keep_for_stock(self):
        request, _part, line = self._confirmed(10)
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(len(self._choices(line)), 1)
        with self.assertRaises(UserError):
            line.with_user(self.technician).action_keep_for_stock()
        line.action_keep_for_stock()
        self.assertFalse(line.maintenance_request_id or line.equipment_id or line.part_move_ids)
        self.assertFalse(line.purchase_line_ids.maintenance_request_id)
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual((line.state, self.belt.free_qty), ("done", 10))

    def test_cancel_on_the_order(self):
        request, part, line = self._confirmed(10)
        part.action_drop_part()
        line.purchase_line_ids.order_id.button_cancel()
        self.assertIn(line.state, ("done", "cancelled"))
        self.assertFalse(line.is_open)
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()

    def test_redirect_to_another_job(self):
        request, _part, line = self._confirmed(10)
        request.with_user(self.planner).archive_equipment_request()
        other = self._assigned()
        theirs = self._add_part(other, self.belt, 8)
        wrong = self._add_part(other, self.chain, 8)
        for bad in (wrong, _part):
            with self.assertRaises(UserError):
                line.action_redirect(bad.id)
        line.action_redirect(theirs.id)
        self.assertEqual(line.maintenance_request_id.id, other.id)
        self.assertEqual(line.purchase_line_ids.maintenance_request_id.id, other.id)
        self.assertEqual(other.parts_state, "to_request", "the chain is still missing")
        wrong.action_drop_part()
        self.assertEqual(other.parts_state, "ordered")
        other.action_request_parts()
        self.assertEqual(other.sudo().requisition_line_ids, line.sudo(), "nothing is bought twice")
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual((theirs.state, other.state, self.belt.free_qty), ("assigned", "assigned", 2))

    def test_redirect_a_part_of_it(self):
        """What one job does not need any more goes to another, the rest stays."""
        _request, part, line = self._confirmed(10)
        part.product_uom_qty = 6
        other = self._assigned()
        theirs = self._add_part(other, self.belt, 4)
        line.action_redirect(theirs.id)
        self.assertEqual((_request.parts_state, other.parts_state), ("ordered", "ordered"))
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual((part.state, theirs.state), ("assigned", "assigned"))

    # -- Another product ------------------------------------------------------------------------------------

    def test_replaced_part(self):
        request, part, line = self._asked(10, price=100)
        part.product_id = self.chain
        self.assertEqual((line.state, line.requisition_id.state), ("cancelled", "cancelled"))
        new = request.sudo().requisition_line_ids - line
        self.assertEqual((new.product_id, new.product_qty, new.state), (self.chain, 10, "approved"))
        self.assertEqual(part.sudo().maintenance_requisition_line_ids, new)
        self.assertTrue(any("Part replaced" in message.body for message in request.message_ids))

    def test_replaced_by_what_is_here(self):
        request, part, line = self._confirmed(3)
        self.assertEqual(request.state, "waiting_parts")
        part.product_id = self.seal
        self.assertEqual((part.state, request.state, request.parts_state), ("assigned", "assigned", "ready"))
        self.assertEqual(len(self._choices(line)), 1)

    def test_replaced_reserved_part_frees_the_old_one(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 1)
        waiting = self._assigned()
        theirs = self._add_part(waiting, self.bearing, 1)
        waiting.action_request_parts()
        self.assertEqual(waiting.state, "waiting_parts")
        part.product_id = self.seal
        self.assertEqual((part.state, theirs.state, waiting.state), ("assigned", "assigned", "assigned"))
        self.assertEqual(waiting.sudo().requisition_line_ids.state, "cancelled")

    def test_used_part_is_not_replaced(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 1)
        part.action_use_part()
        for user in (self.technician, self.planner):
            with self.assertRaises(UserError):
                part.with_user(user).product_id = self.bearing

    def test_archived_product(self):
        request, _part, line = self._asked(10, price=100)
        _other, _part2, ordered = self._confirmed(3, price=7)
        _third, _part3, on_rfq = self._rfq(5)
        self.belt.active = False
        self.assertEqual((line.state, request.parts_state), ("cancelled", "to_request"))
        self.assertEqual((on_rfq.state, ordered.state), ("cancelled", "ordered"))
        self.assertEqual(len(self._choices(ordered)), 1)
        with self.assertRaises(UserError) as caught:
            request.action_request_parts()
        self.assertIn("archived", str(caught.exception))
        self.assertIn("Belt", str(caught.exception))
