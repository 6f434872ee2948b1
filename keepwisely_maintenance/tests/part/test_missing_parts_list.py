from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .who_gets_common import WhoGetsCase


@tagged("post_install", "-at_install")
class TestMissingPartsList(WhoGetsCase):
    """What *Missing Parts* says of each part."""

    def _plan(self, part, days):
        part.sudo().maintenance_request_id.with_user(self.planner).schedule_date = fields.Datetime.now() + timedelta(days=days)

    def _read(self, part, user=None):
        names = ["asked_state", "coming_with", "coming_from", "is_late"]
        names = [*(f"maintenance_{name}" for name in names), "can_ask"]
        (values,) = part.with_user(user or self.technician).read(names)
        return [values[name] for name in names]

    def test_from_the_need_to_the_order(self):
        part = self._job(2)
        self._plan(part, 10)
        self.assertEqual(self._read(part), ["to_request", False, False, False, True])
        part.with_user(self.technician).maintenance_request_id.action_request_parts(offer=False)
        requisition = part.sudo().maintenance_request_id.requisition_ids
        self.assertEqual(self._read(part), ["requested", requisition.name, "Bearings & Co", False, False])
        order = self._order(requisition)
        for user in (self.technician, self.planner, self.storekeeper, self.buyer):
            self.assertEqual(self._read(part, user), ["ordered", order.name, "Bearings & Co", False, False])
        expected = self.company._get_plant_day(order.order_line.date_planned)
        self.assertEqual(part.with_user(self.technician).maintenance_expected_date, expected)
        self._receive(order)
        self.assertEqual(self._read(part), [False, False, False, False, False])

    def test_late_is_expected_after_it_is_needed_or_missing_on_the_day(self):
        part, other = self._job(2, ask=True), self._job(2)
        self._plan(part, 1)
        self._plan(other, 1)
        self.assertTrue(self._read(part)[3], "three days of lead time")
        self.assertFalse(self._read(other)[3], "not asked for, and not yet needed")
        self._plan(part, 8)
        self._plan(other, -1)
        moves = self.env["stock.move"].with_user(self.planner)
        self.assertEqual(moves.search([("maintenance_is_late", "=", True), ("id", "in", (part | other).ids)]).ids, other.ids)
        self.assertIn(part, moves.search([("maintenance_is_late", "=", False), ("id", "in", (part | other).ids)]))

    def test_what_was_joined_is_on_its_way(self):
        part = self._job(2)
        order = self.env["purchase.order"].create(
            {"partner_id": self.vendor.id, "order_line": [(0, 0, {"product_id": self.belt.id, "product_qty": 5})]}
        )
        order.button_confirm()
        self.env["maintenance.part.join"].create({"part_id": part.id, "purchase_line_id": order.order_line.id, "quantity": 2})
        self.assertEqual(self._read(part)[:3], ["ordered", order.name, "Bearings & Co"])
