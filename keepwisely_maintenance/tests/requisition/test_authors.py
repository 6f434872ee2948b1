from odoo import Command
from odoo.tests import tagged

from ...const import UNATTENDED
from .requisition_common import RequisitionCase

AUTHORS = ["item_author_id", "quantity_author_id", "vendor_author_id", "price_author_id"]


@tagged("post_install", "-at_install")
class TestAuthors(RequisitionCase):
    """Whose values stand on a line: people's own, and nobody's where the system acted by itself."""

    def _authors(self, line):
        line = line.sudo()
        return [line[name] for name in AUTHORS]

    def test_who_asks_is_the_author_of_everything(self):
        line = self._draft(user=self.technician).line_ids
        self.assertEqual(self._authors(line), [self.technician] * 4)
        self.assertFalse(line.sudo().new_price_author_id | line.sudo().raised_by_ids)

    def test_the_system_is_nobody(self):
        """Neither by itself nor in a job that runs in the name of somebody who pressed no button."""
        nobody = self.env["res.users"]
        requisitions = self.env["maintenance.requisition"]
        vals = {"line_ids": [Command.create({"product_id": self.seal.id, "product_qty": 2})]}
        self.assertEqual(self._authors(requisitions.create(vals).line_ids), [nobody] * 4)
        unattended = requisitions.with_user(self.planner).with_context(maintenance_unattended=UNATTENDED)
        self.assertEqual(self._authors(unattended.create(vals).line_ids), [nobody] * 4)

    def test_whoever_writes_anew_takes_the_place(self):
        line = self._draft(user=self.planner).line_ids
        line.with_user(self.buyer).write({"price_unit": 4.0})
        line.with_user(self.buyer).write({"product_qty": line.product_qty})
        self.assertEqual(self._authors(line), [self.planner, self.planner, self.planner, self.buyer])
        line.with_user(self.buyer).write({"product_qty": 3})
        self.assertEqual(self._authors(line), [self.planner, self.buyer, self.planner, self.buyer])

    def test_what_the_system_raises_is_the_doing_of_who_caused_it(self):
        line = self._draft(user=self.planner).line_ids
        line.with_user(self.technician).sudo()._write_by_system({"product_qty": 0.5})
        self.assertFalse(line.sudo().raised_by_ids, "less is nobody's doing")
        line.with_user(self.technician).sudo()._write_by_system({"product_qty": 5})
        self.assertEqual(line.sudo().raised_by_ids, self.technician)
        self.assertEqual(line.sudo().quantity_author_id, self.planner)
        line.with_user(self.buyer).write({"product_qty": 6})
        self.assertFalse(line.sudo().raised_by_ids, "who writes the quantity is its author, whoever raised it before")
        self.assertEqual(line.sudo().quantity_author_id, self.buyer)

    def test_who_asks_for_another_price(self):
        line = self._draft(user=self.planner).line_ids
        line.with_user(self.buyer).sudo()._write_by_system({"new_price_unit": 9.0})
        self.assertEqual(line.sudo().new_price_author_id, self.buyer)
        line.with_user(self.planner).sudo()._write_by_system({"new_price_unit": 0.0})
        self.assertFalse(line.sudo().new_price_author_id, "nothing is asked for any more")
