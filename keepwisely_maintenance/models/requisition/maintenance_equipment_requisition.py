from odoo import api, fields, models


class MaintenanceEquipmentRequisition(models.Model):
    """What was asked for and bought for an asset."""

    _inherit = "maintenance.equipment"

    requisition_count = fields.Integer(compute="_compute_maintenance_requisition_count")
    purchase_order_count = fields.Integer(compute="_compute_maintenance_purchase_order_count", compute_sudo=True)
    purchase_line_ids = fields.One2many("purchase.order.line", "equipment_id")

    @api.depends_context("uid")
    def _compute_maintenance_requisition_count(self):
        """Those that the user may read: the number leads to them."""
        requisitions = {
            equipment.id: count
            for equipment, count in self.env["maintenance.requisition.line"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["requisition_id:count_distinct"]
            )
        }
        for equipment in self:
            equipment.requisition_count = requisitions.get(equipment.id, 0)

    def _compute_maintenance_purchase_order_count(self):
        orders = {
            equipment.id: count
            for equipment, count in self.env["purchase.order.line"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["order_id:count_distinct"]
            )
        }
        for equipment in self:
            equipment.purchase_order_count = orders.get(equipment.id, 0)

    def _maintenance_describe_what_hangs(self):
        sentences = super()._maintenance_describe_what_hangs()
        # sudo: what hangs on an asset is counted whole
        lines = self.env["maintenance.requisition.line"].sudo()
        lines = lines.search([("equipment_id", "in", self.ids), ("is_open", "=", True)])
        if lines:
            sentences.append(
                self.env._(
                    "Asked for or ordered: %s; what is cancelled with its work order is withdrawn, buyers decide about the rest.",
                    self._maintenance_name_first(lines),
                )
            )
        return sentences

    def _maintenance_merge_into(self, winner):
        result = super()._maintenance_merge_into(winner)
        # what was bought for the asset itself, or put on it by hand
        self.purchase_line_ids.equipment_id = winner
        lines = self.env["maintenance.requisition.line"].search([("equipment_id", "=", self.id)])
        lines._write_by_system({"equipment_id": winner.id})
        return result

    @api.readonly
    def action_view_requisitions(self):
        lines = self.env["maintenance.requisition.line"].search([("equipment_id", "in", self.ids)])
        return lines.requisition_id._get_records_action(name=self.env._("Requisitions"))

    @api.readonly
    def action_view_purchase_orders(self):
        lines = self.env["purchase.order.line"].search([("equipment_id", "in", self.ids)])
        return lines.order_id._get_records_action(name=self.env._("Purchase orders"))
