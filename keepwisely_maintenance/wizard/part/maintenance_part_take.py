from odoo import api, fields, models


class MaintenancePartTake(models.TransientModel):
    """Take a part from less urgent work, seeing first who would lose it."""

    _name = "maintenance.part.take"
    _inherit = ["maintenance.named.mixin"]
    _description = "Take From Another Job"

    part_id = fields.Many2one("stock.move", "Part of a work order", required=True, ondelete="cascade", readonly=True)
    product_id = fields.Many2one(related="part_id.product_id", related_sudo=False)
    maintenance_request_id = fields.Many2one(related="part_id.maintenance_request_id", related_sudo=False)
    priority = fields.Selection(related="part_id.maintenance_request_id.priority", related_sudo=False)
    qty_missing = fields.Float("Missing", digits="Product Unit", compute="_compute_qty_missing")
    line_ids = fields.One2many("maintenance.part.take.line", "take_id", "Who loses it", readonly=True)
    reason = fields.Char(help="Kept in the history of both work orders.")

    @api.depends("part_id")
    def _compute_qty_missing(self):
        for take in self:
            take.qty_missing = take.part_id._get_missing_qty()

    @api.model_create_multi
    def create(self, vals_list):
        takes = super().create(vals_list)
        # who may change the part may know whom they take it from
        takes.part_id._require_open_work_order()
        # sudo: one job's technician sees what another's has reserved; nobody makes such rows by hand
        takes.sudo().line_ids.create(
            [
                {"take_id": take.id, "part_id": part.id, "qty_lost": quantity}
                for take in takes.sudo()
                for part, quantity in take.part_id._get_losses()
            ]
        )
        return takes

    def action_take(self):
        self.ensure_one()
        self.part_id.action_take_part(self.reason)
        return {"type": "ir.actions.act_window_close"}


class MaintenancePartTakeLine(models.TransientModel):
    _name = "maintenance.part.take.line"
    _description = "Take From Another Job: Who Loses It"

    take_id = fields.Many2one("maintenance.part.take", "Wizard", required=True, ondelete="cascade", index=True)
    part_id = fields.Many2one("stock.move", required=True, ondelete="cascade")
    name = fields.Char("Work order", related="part_id.maintenance_request_id.display_name")
    equipment_id = fields.Many2one(related="part_id.maintenance_request_id.equipment_id")
    priority = fields.Selection(related="part_id.maintenance_request_id.priority")
    user_id = fields.Many2one("res.users", "Technician", related="part_id.maintenance_request_id.user_id")
    date = fields.Datetime("Needed by", related="part_id.date")
    quantity = fields.Float("Reserved", digits="Product Unit", related="part_id.quantity")
    qty_lost = fields.Float("Loses", digits="Product Unit")
