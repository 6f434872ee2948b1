from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from ..common import MaintenanceCase


class ReorderCase(MaintenanceCase):
    """A part that is used now and then, from the shelf, in the last two years."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suggestions = cls.env["maintenance.reorder.suggestion"]
        cls.keeper = new_test_user(cls.env, login="kw_keeper", groups="stock.group_stock_manager", name="Keeper")
        cls.filter = cls._create_part("Filter", 20.0, on_hand=100, spare_criticality="high")
        cls.place = cls.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", cls.company.id)], limit=1
        )
        for days_ago in range(10, 700, 23):
            cls._use(cls.filter, 1, days_ago)

    @classmethod
    def _move(cls, product, quantity, days_ago, source, destination, **values):
        """Goods that went from one place to another so many days ago."""
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": cls.company.id,
                **values,
            }
        )
        move._action_confirm()
        move.write({"quantity": quantity, "picked": True})
        move._action_done()
        move.date = fields.Datetime.now() - timedelta(days=days_ago)
        return move

    @classmethod
    def _use(cls, product, quantity, days_ago, **values):
        return cls._move(product, quantity, days_ago, cls.stock, cls.place, **values)

    @classmethod
    def _set_point(cls, product, minimum, maximum):
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id, "location_id": cls.stock.id, "product_min_qty": minimum, "product_max_qty": maximum,
                "trigger": "manual",
            }
        )  # fmt: skip

    def _suggest(self, product=None):
        """What is suggested for ``product`` today."""
        self.suggestions._suggest_at_once()
        return self.suggestions.search([("product_id", "=", (product or self.filter).id), ("location_id", "=", self.stock.id)])

    def _fit(self, product, **values):
        """An asset that ``product`` fits."""
        return self.env["maintenance.equipment"].create(
            {"name": "Press", "spare_part_ids": [Command.link(product.product_tmpl_id.id)], **values}
        )
