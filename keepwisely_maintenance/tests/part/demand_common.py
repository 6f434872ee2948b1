from odoo import Command

from ..common import MaintenanceCase


class DemandCase(MaintenanceCase):
    def _rows(self, product, user=None):
        demand = self.env["maintenance.part.demand"].with_user(user or self.technician)
        self.env.flush_all()
        demand.invalidate_model()
        rows = demand.search([("product_id", "=", product.id)])
        # of a few products the rows come by a plan that is kept, and are those of the view
        self.env.cr.execute(
            "SELECT id FROM maintenance_part_demand WHERE product_id = %s AND company_id = ANY(%s) ORDER BY date, id",
            (product.id, demand.env.companies.ids),
        )
        self.assertEqual(rows.ids, [row_id for [row_id] in self.env.cr.fetchall()])
        return rows

    def _quantities(self, product, user=None, **values):
        """``{kind: quantity}`` of the rows that have ``values``."""
        totals = {}
        for row in self._rows(product, user):
            if all(row[name] == value for name, value in values.items()):
                totals[row.kind] = totals.get(row.kind, 0.0) + row.quantity
        return {kind: quantity for kind, quantity in totals.items() if quantity}

    def _ask(self, product, quantity=1.0, user=None, submit=True, **line):
        """Asked for by hand."""
        requisition = (
            self.env["maintenance.requisition"]
            .with_user(user or self.planner)
            .create({"line_ids": [Command.create({"product_id": product.id, "product_qty": quantity, **line})]})
        )
        if submit:
            requisition.action_submit()
        return requisition

    def _buy(self, product, quantity, confirm=True, **line):
        """The buyer orders natively, without anybody having asked."""
        order = (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": self.vendor.id,
                    "order_line": [Command.create({"product_id": product.id, "product_qty": quantity, **line})],
                }
            )
        )
        if confirm:
            order.button_confirm()
        return order

    def _job(self, product, quantity, ask=True, **values):
        return self._create_job_part(product, quantity, ask, **values).maintenance_request_id

    def _deliver(self, product, quantity):
        """A delivery to a customer, confirmed and reserved as far as stock goes."""
        picking = self._create_transfer(self.warehouse.out_type_id, product, quantity)
        picking.action_assign()
        return picking
