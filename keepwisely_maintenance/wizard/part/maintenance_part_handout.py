from odoo import api, fields, models


class MaintenancePartHandout(models.TransientModel):
    """Another quantity than all of it: hand out, or take back, of one line at the storekeeper's counter."""

    _name = "maintenance.part.handout"
    _inherit = ["maintenance.named.mixin"]
    _description = "Hand Out or Take Back"

    move_line_id = fields.Many2one("stock.move.line", "Line", required=True, ondelete="cascade", readonly=True)
    product_id = fields.Many2one(related="move_line_id.product_id", related_sudo=False)
    location_id = fields.Many2one(related="move_line_id.location_id", related_sudo=False, string="Shelf")
    lot_id = fields.Many2one(related="move_line_id.lot_id", string="Lot or serial number", related_sudo=False)
    product_uom_id = fields.Many2one(related="move_line_id.product_uom_id", related_sudo=False)
    counter_state = fields.Selection(related="move_line_id.maintenance_counter_state", related_sudo=False)
    quantity = fields.Float(
        compute="_compute_quantity", store=True, readonly=False, digits="Product Unit", help="How many go over the counter."
    )

    @api.depends("move_line_id")
    def _compute_quantity(self):
        for handout in self:
            handout.quantity = handout.move_line_id.quantity

    def action_hand_out(self):
        return self._close(self.move_line_id.action_maintenance_hand_out(self.quantity))

    def action_hand_out_used(self):
        return self._close(self.move_line_id.action_maintenance_hand_out_used(self.quantity))

    def action_take_back(self):
        return self._close(self.move_line_id.action_maintenance_take_back(self.quantity))

    @api.model
    def _close(self, _done):
        return {"type": "ir.actions.act_window_close"}
