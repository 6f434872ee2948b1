from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestSharedLine(MaintenanceCase):
    """Two jobs share a requisition line; what one of them needs less, the other may still need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _shared(self, mine, less, theirs):
        """A line for ``mine``, of which the job needs ``less`` fewer, given to the other job for ``theirs``."""
        part = self._create_job_part(self.belt, mine)
        line = part.maintenance_request_id.sudo().requisition_line_ids
        line.requisition_id.with_user(self.buyer).action_order()
        line.purchase_line_ids.order_id.with_user(self.buyer).button_confirm()
        part.with_user(self.technician).product_uom_qty = mine - less
        other = self._add_part(self._assigned(), self.belt, theirs)
        line.with_user(self.buyer).action_redirect(other.id)
        self.assertEqual(line.part_move_ids, (part | other).sudo())
        return part, other, line

    def _not_needed(self, line):
        """How much buyers were told that no job needs, by to-do."""
        todos = line.purchase_line_ids.order_id.activity_search(["keepwisely_maintenance.mail_activity_not_needed"])
        return [html2plaintext(todo.note).split(": ")[1].split(" ")[0] for todo in todos.sorted("id")]

    def test_lowered_by_what_the_other_job_needs(self):
        part, other, line = self._shared(10, 2, 3)
        self.assertEqual(self._not_needed(line), ["2"])
        # 10 come, and the other job lacks 3
        part.with_user(self.technician).product_uom_qty = 7
        self.assertEqual((line.product_qty, self._not_needed(line)), (10, ["2"]), "what is left over the other job needs")
        part.with_user(self.technician).product_uom_qty = 4
        self.assertEqual(self._not_needed(line), ["2", "3"])
        self.assertEqual(other.maintenance_request_id.sudo().parts_state, "ordered")

    def test_cancelled_while_the_other_job_needs_it(self):
        part, other, line = self._shared(10, 4, 4)
        part.maintenance_request_id.with_user(self.planner).archive_equipment_request()
        self.assertEqual(self._not_needed(line), ["4", "6"])
        self.assertFalse(line.is_cancelled)
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual(other.sudo().state, "assigned")

    def test_on_a_request_for_quotation(self):
        first = self._create_job_part(self.belt, 10)
        line = first.maintenance_request_id.sudo().requisition_line_ids
        line.requisition_id.with_user(self.buyer).action_order()
        second = self._add_part(self._assigned(), self.belt, 3)
        line.with_user(self.buyer).action_redirect(second.id)
        first.with_user(self.technician).product_uom_qty = 5
        self.assertEqual((line.product_qty, line.purchase_line_ids.product_qty), (8, 8), "5, and 3 for the other job")
        second.with_user(self.technician).product_uom_qty = 1
        self.assertEqual(first.maintenance_request_id.sudo().parts_state, "ordered")

    def _held_and_ordered(self):
        """Of 13 for the first job 10 are on a request for quotation; 3 of those go to another job, which leaves 10."""
        first = self._create_job_part(self.belt, 10)
        line = first.maintenance_request_id.sudo().requisition_line_ids
        line.requisition_id.with_user(self.buyer).action_order()
        first.with_user(self.technician).product_uom_qty = 13
        held = first.maintenance_request_id.sudo().requisition_line_ids - line
        second = self._add_part(self._assigned(), self.belt, 3)
        line.with_user(self.buyer).action_redirect(second.id)
        first.with_user(self.technician).product_uom_qty = 10
        self.assertEqual((line.product_qty, held.product_qty, held.qty_ordered), (10, 3, 0))
        return second, line, held

    def test_the_other_job_takes_another_part(self):
        second, line, held = self._held_and_ordered()
        second.with_user(self.technician).product_id = self._create_part("Chain", 9.0)
        self.assertTrue(held.is_cancelled or not held.product_qty, "what is on no order yet goes first")
        self.assertEqual((line.product_qty, line.purchase_line_ids.product_qty), (10, 10))

    def test_the_other_job_is_cancelled(self):
        second, line, held = self._held_and_ordered()
        second.maintenance_request_id.with_user(self.planner).archive_equipment_request()
        self.assertTrue(held.is_cancelled or not held.product_qty)
        self.assertEqual((line.product_qty, line.purchase_line_ids.product_qty), (10, 10))

    def test_the_other_job_has_all_when_the_first_takes_another_part(self):
        first = self._create_job_part(self.belt, 10)
        line = first.maintenance_request_id.sudo().requisition_line_ids
        second = self._add_part(self._assigned(), self.belt, 3)
        line.with_user(self.buyer).action_redirect(second.id)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 3)
        second.sudo()._action_assign()
        self.assertEqual(second.sudo().state, "assigned")
        first.with_user(self.technician).product_id = self._create_part("Chain", 9.0)
        self.assertTrue(line.is_cancelled, "nobody needs it")
