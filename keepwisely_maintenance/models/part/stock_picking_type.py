from odoo import api, fields, models


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    code = fields.Selection(
        selection_add=[("maintenance_operation", "Maintenance")],
        ondelete={"maintenance_operation": "cascade"},
    )
    count_maintenance_waiting = fields.Integer(
        "Work orders waiting for parts", compute="_compute_count_maintenance_waiting"
    )

    @api.depends("code")
    def _compute_count_maintenance_waiting(self):
        ours = self.filtered(lambda t: t.code == "maintenance_operation")
        waiting = self.env["stock.move"].sudo()._read_group(
            [*ours._get_maintenance_waiting_domain(), ("maintenance_request_id.archive", "=", False)],
            ["picking_type_id"],
            ["maintenance_request_id:count_distinct"],
        )
        counts = {picking_type.id: count for picking_type, count in waiting}
        for picking_type in self:
            picking_type.count_maintenance_waiting = counts.get(picking_type.id, 0)

    def _get_maintenance_waiting_domain(self):
        """Domain of the parts that are not all on the shelf."""
        return [("picking_type_id", "in", self.ids), ("state", "in", ("confirmed", "partially_available"))]

    @api.readonly
    def action_view_maintenance_waiting(self):
        """Open the work orders that wait for parts from this warehouse."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keepwisely_maintenance.action_work_orders"
        )
        action["domain"] = [("part_ids", "any", self._get_maintenance_waiting_domain()), ("archive", "=", False)]
        action["context"] = {}
        return action
