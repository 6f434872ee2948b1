from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .test_spent_once import SpentCase


@tagged("post_install", "-at_install")
class TestSpentMoves(SpentCase):
    """What a job or stock ends up with is compared with what was decided, whatever moved it there.

    Procurement decides from 500.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gear = cls._create_part("Gear", 450.0)

    def _decoys(self, number):
        """Jobs that need a gear of 450 each, ordered; their lines as the buyer sees them."""
        lines = self.env["maintenance.requisition.line"]
        for _n in range(number):
            part = self._create_job_part(self.gear, 1)
            line = part.maintenance_requisition_line_ids
            self.assertEqual(line.state, "approved")
            lines |= line
        for requisition in lines.requisition_id:
            requisition.with_user(self.buyer).action_order()
        self.env.flush_all()
        self.env.invalidate_all()
        return lines.with_user(self.buyer)

    def _decide(self, requisition, decision="action_approve"):
        self.env.invalidate_all()
        getattr(requisition.with_user(self.procurement), decision)("Seen")
        self.env.flush_all()
        self.env.invalidate_all()

    def test_ten_decoys_kept_for_stock(self):
        first, second, third = self._decoys(3)
        first.action_keep_for_stock()
        self.assertFalse(first.maintenance_request_id, "450 is below the lowest tier")
        self.env.invalidate_all()
        second.action_keep_for_stock()
        self.assertTrue(second.maintenance_request_id, "it waits for the decision")
        requisition = second.requisition_id
        self.assertEqual((requisition.state, requisition.sudo().job_amount), ("to_approve", 900))
        self.assertEqual(requisition.sudo().current_tier_id, self.tier)
        self._refused(second.purchase_line_ids.order_id.button_confirm)
        self._decide(requisition, "action_reject")
        self.assertTrue(second.maintenance_request_id)
        self.assertFalse(second.sudo().is_move_asked)
        second.action_keep_for_stock()
        self._decide(requisition)
        self.assertFalse(second.maintenance_request_id)
        third.action_keep_for_stock()
        self.assertEqual(third.requisition_id.sudo().job_amount, 1350, "each counts with the others")
        self.assertEqual(third.requisition_id.state, "to_approve")

    def test_they_all_wait_together(self):
        lines = self._decoys(3)
        for line in lines:
            line.action_keep_for_stock()
        self.assertEqual(lines.requisition_id.sudo().mapped("job_amount"), [450, 900, 1350])

    def test_decoys_that_are_old(self):
        with freeze_time("2026-01-05 08:00:00"):
            lines = self._decoys(2)
        for line in lines:
            line.action_keep_for_stock()
        self.assertEqual(lines[1].requisition_id.state, "to_approve")

    def test_decoys_redirected_to_one_job(self):
        lines = self._decoys(2)
        target = self._create_job_part(self.gear, 3, ask=False)
        for line in lines:
            line.part_move_ids.sudo()._action_cancel()
            wizard = self.env["maintenance.line.redirect"].with_user(self.buyer).create(
                {"line_id": line.id, "maintenance_request_id": target.maintenance_request_id.id}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            wizard.action_redirect()
        first, second = lines
        self.assertEqual(first.maintenance_request_id, target.maintenance_request_id)
        self.assertNotEqual(second.maintenance_request_id, target.maintenance_request_id)
        self.assertEqual((second.requisition_id.state, second.requisition_id.sudo().job_amount), ("to_approve", 900))
        self._decide(second.requisition_id)
        self.assertEqual(second.maintenance_request_id, target.maintenance_request_id)
        self.assertEqual(second.part_move_ids, target)

    def _await_move(self):
        """A line that goes to the part of another job once that is decided on, and the part."""
        lines = self._decoys(2)
        target = self._create_job_part(self.gear, 3, ask=False)
        for line in lines:
            line.part_move_ids.sudo()._action_cancel()
            line.action_redirect(target.id)
        return lines[1], target

    def test_a_part_that_is_gone_when_the_decision_comes_gets_nothing(self):
        second, target = self._await_move()
        own = second.maintenance_request_id
        self.assertEqual((second.requisition_id.state, second.sudo().new_part_id), ("to_approve", target.sudo()))
        target.unlink()
        self._decide(second.requisition_id)
        self.assertEqual((second.maintenance_request_id, second.requisition_id.state), (own, "ordered"))
        self.assertFalse(second.sudo().is_move_asked)
        self.assertIn("not needed there any more", "".join(second.requisition_id.sudo().message_ids.mapped("body")))

    def test_a_job_that_takes_another_part_meanwhile_gets_nothing(self):
        """The decision gave it gears for a part that was a seal by then."""
        second, target = self._await_move()
        own = second.maintenance_request_id
        target.product_id = self._create_part("Spindle", 20.0)
        self.assertEqual(second.sudo().new_part_id, target.sudo())
        self._decide(second.requisition_id)
        self.assertEqual((second.maintenance_request_id, second.sudo().part_move_ids & target.sudo()), (own, target.browse()))
        self.assertIn("not needed there any more", "".join(second.requisition_id.sudo().message_ids.mapped("body")))

    def test_what_was_to_go_to_a_deleted_job_is_not_kept_for_stock(self):
        line = self._decoys(1).sudo()
        target = self._create_job_part(self.gear, 3, ask=False)
        request = target.maintenance_request_id.with_user(self.planner)
        line._write_by_system({"is_move_asked": True, "new_request_id": request.id, "new_part_id": target.id})
        request.archive_equipment_request()
        request.unlink()
        self.assertFalse(line.is_move_asked, "an empty work order would mean stock")
        self.assertIn("not needed there any more", "".join(line.requisition_id.message_ids.mapped("body")))

    def test_shared_with_one_job_counts_there(self):
        """The first jobs still lack theirs, so that the line is shared."""
        lines = self._decoys(2)
        target = self._create_job_part(self.gear, 3, ask=False)
        for line in lines:
            line.action_redirect(target.id)
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(lines[1].requisition_id.state, "to_approve")
        self.assertNotIn(target, lines[1].part_move_ids)

    def test_what_was_shared_and_is_cancelled_counts_nowhere(self):
        first, second = self._decoys(2)
        target = self._create_job_part(self.gear, 3, ask=False)
        first.action_redirect(target.id)
        self.assertIn(target, first.part_move_ids)
        first.purchase_line_ids.order_id.button_cancel()
        first.requisition_id.action_cancel()
        self.env.flush_all()
        self.env.invalidate_all()
        second.action_redirect(target.id)
        self.assertIn(target, second.part_move_ids)
        self.assertEqual(second.requisition_id.state, "approved", "nobody is asked")

    def test_what_was_decided_moves_freely(self):
        part = self._create_job_part(self.pump, 1)
        line = part.maintenance_requisition_line_ids.with_user(self.buyer)
        self._decide(line.requisition_id)
        line.action_keep_for_stock()
        self.assertEqual((line.requisition_id.state, line.maintenance_request_id.ids), ("approved", []))

    def test_two_decided_apart_come_together(self):
        """4,000 for each of two jobs is Procurement's; 8,000 of stock is Finance's too."""
        motor = self._create_part("Motor", 4000.0)
        lines = self.env["maintenance.requisition.line"]
        for _n in range(2):
            line = self._create_job_part(motor, 1).maintenance_requisition_line_ids
            self._decide(line.requisition_id)
            lines |= line.with_user(self.buyer)
        first, second = lines
        first.action_keep_for_stock()
        self.assertEqual(first.requisition_id.state, "approved")
        second.action_keep_for_stock()
        self.assertEqual(second.requisition_id.sudo().tier_ids, self.tier | self.finance_tier)

    def test_old_orders_raised_on_one_day(self):
        """Orders of 40, raised to 480 on one day: more of the same, each below the tier."""
        nail = self._create_part("Nails", 40.0)
        purchases = self.env["purchase.order.line"]
        for month in (1, 2, 3):
            with freeze_time(f"2026-0{month}-05 08:00:00"):
                line = self._approved({"product_id": nail.id})
                purchase = self._rfq(line)
                self._confirm(purchase)
                purchases |= purchase
        first, second, third = purchases
        first.product_qty = 12
        self._refused(lambda: second.write({"product_qty": 12}), "480.00", "40.00")
        self.assertEqual(second.product_qty, 1)
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": nail.id})]}
        )
        requisition.action_submit()
        self.assertEqual(requisition.sudo().job_amount, 520, "what was raised counts with what is asked for")
        first.product_qty = 1
        self.env.flush_all()
        self.env.invalidate_all()
        third.product_qty = 9
        self.assertEqual(third.requisition_line_id.sudo().amount_raised, 320)
        third.order_id.button_cancel()
        self.assertEqual(third.requisition_line_id.sudo().amount_raised, 0, "what is not bought counts no more")

    def test_planned_parts_that_come_together_on_a_job(self):
        """What moves by itself is asked for again."""
        lines = self.env["maintenance.requisition.line"]
        for n in range(2):
            vendor = self.env["res.partner"].create({"name": f"Vendor {n}"})
            requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
                {"line_ids": [Command.create({"product_id": self.gear.id, "partner_id": vendor.id, "price_unit": 300.0})]}
            )
            requisition.action_submit()
            lines |= requisition.line_ids
        request = self._assigned()
        lines[0].sudo()._set_job(request, self.env["stock.move"])
        self.assertEqual(lines.requisition_id.mapped("state"), ["approved", "approved"])
        lines[1].sudo()._set_job(request, self.env["stock.move"])
        self.assertEqual(lines.requisition_id.mapped("state"), ["approved", "to_approve"])
        self._decide(lines[1].requisition_id, "action_reject")
        self.assertEqual(lines[1].requisition_id.state, "rejected", "what was decided before was for something else")

    def test_what_is_billed_counts_although_less_is_wanted(self):
        """The vendor bills what was ordered; what does not come makes no room for something else until it is refunded."""
        for came in (0, 1):
            with self.subTest(came=came):
                gear = self._create_part(f"Gear {came}", 45.0, purchase_method="purchase")
                part = self._create_job_part(gear, 10)
                request, line = part.maintenance_request_id, part.sudo().maintenance_requisition_line_ids
                order = self._order(line.requisition_id)
                self._bill(order)
                part.product_uom_qty = 1
                if came:
                    picking = order.sudo().picking_ids.with_user(self.storekeeper)
                    picking.move_ids.write({"quantity": 1, "picked": True})
                    picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
                    self.assertEqual((line.product_qty, line.state), (1, "done"))
                else:
                    self.env["stock.quant"]._update_available_quantity(gear, self.stock, 1)
                    part.sudo()._action_assign()
                    order.sudo().picking_ids.with_user(self.storekeeper).action_cancel()
                    self.assertEqual(line.state, "cancelled")
                self.env.flush_all()
                self.env.invalidate_all()
                more = self._approved({"product_id": self.seal.id, "product_qty": 20}, request=request).requisition_id
                self.assertEqual((more.sudo().job_amount, more.sudo().tier_ids), (550, self.tier))
                refund = order.sudo().invoice_ids._reverse_moves([{"invoice_date": self.today}])
                refund.action_post()
                self.env.invalidate_all()
                more = self._approved({"product_id": self.seal.id, "product_qty": 1}, request=request).requisition_id
                self.assertEqual(more.sudo().job_amount, (45 if came else 0) + 105, "the refund made room")
