from ..common import MaintenanceCase


class WhoGetsCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _job(self, quantity, ask=False, product=None, **values):
        """A waiting part of an assigned work order."""
        return self._create_job_part(product or self.belt, quantity, ask=ask, **values)

    def _coming(self, quantity, product=None):
        """Goods that nobody asked for, in a receipt of their own that is not validated yet."""
        return self._create_transfer(self.warehouse.in_type_id, product or self.belt, quantity)

    def _deliver(self, quantity, **values):
        """A delivery that waits for the same goods."""
        return self._create_transfer(self.warehouse.out_type_id, self.belt, quantity, **values).move_ids

    def _ordered(self, *parts):
        """The open receipt of what was asked for ``parts``."""
        lines = self.env["maintenance.requisition.line"].union(
            *(part.sudo().maintenance_request_id.requisition_line_ids for part in parts)
        )
        for requisition in lines.requisition_id:
            requisition.with_user(self.buyer).action_order()
        orders = lines.purchase_line_ids.order_id
        orders.with_user(self.buyer).button_confirm()
        return orders.picking_ids

    def _open(self, source, user=None):
        action = source.with_user(user or self.planner).sudo(False).action_who_gets_parts()
        return self.env[action["res_model"]].with_user(user or self.planner).browse(action["res_id"])

    def _planner_with_stock(self):
        """A planner who also opens transfers."""
        self.planner.group_ids += self.env.ref("stock.group_stock_user")
        return self.planner

    def _shares(self, allocation):
        return {line.part_id.sudo(): line.qty_share for line in allocation.line_ids}

    def _validate(self, picking):
        picking.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()

    def _assert_foretold(self, allocation, validate):
        """What the rows say is what happens."""
        nobody = self.env["stock.move"]
        foretold = self._shares(allocation)
        others = self.env["stock.move"].search(
            [
                ("product_id", "in", allocation.line_ids.product_id.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("maintenance_request_id", "=", False),
                ("location_id", "=", self.stock.id),
            ]
        )
        before = {part: part.quantity for part in foretold}
        others_before = sum(others.mapped("quantity"))
        validate()
        for part, share in foretold.items():
            if part:
                self.assertEqual(part.quantity - before[part], share, part.maintenance_request_id.display_name)
        self.assertEqual(sum(others.mapped("quantity")) - others_before, foretold.get(nobody, 0.0))
