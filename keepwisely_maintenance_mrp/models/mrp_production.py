from odoo import api, fields, models


class MrpProduction(models.Model):
    """An order that makes a part for a work order says so."""

    _inherit = "mrp.production"

    maintenance_work_order_count = fields.Integer(compute="_compute_maintenance_work_order_count", compute_sudo=True)

    @api.depends("move_finished_ids.supplied_part_id.maintenance_request_id")
    def _compute_maintenance_work_order_count(self):
        for order in self:
            order.maintenance_work_order_count = len(order._maintenance_get_work_orders())

    def _maintenance_get_work_orders(self):
        return self.move_finished_ids.supplied_part_id.maintenance_request_id

    @api.readonly
    def action_maintenance_view_work_orders(self):
        # sudo: which they are is no secret; opening them asks for rights
        requests = self.sudo()._maintenance_get_work_orders().with_env(self.env)
        return requests._get_records_action(name=self.env._("Work orders of maintenance"))
