from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceEquipmentCost(models.Model):
    """What an asset cost so far, from the ledger."""

    _inherit = "maintenance.equipment"

    maintenance_cost = fields.Monetary(
        "Maintenance cost", compute="_compute_maintenance_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Labour, parts and services of all its work orders, and what was bought for it directly.",
    )  # fmt: skip
    total_cost_of_ownership = fields.Monetary(
        "Total cost of ownership", compute="_compute_maintenance_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Purchase, maintenance and downtime.",
    )  # fmt: skip
    cost_entry_ids = fields.One2many("maintenance.cost.entry", "equipment_id", groups=COSTS_GROUP)

    @api.depends("cost", "maintenance_ids.total_cost", "cost_entry_ids.amount", "downtime_cost")
    def _compute_maintenance_cost(self):
        totals = self.env["maintenance.cost.report"]._get_totals("equipment_id", self)
        for equipment in self:
            equipment.maintenance_cost = sum(totals.get(equipment._origin.id, {}).values())
            equipment.total_cost_of_ownership = equipment.cost + equipment.maintenance_cost + equipment.downtime_cost

    @api.readonly
    def action_view_costs(self):
        """Open the ledger entries behind the total."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keepwisely_maintenance.action_cost_report"
        )
        action["domain"] = [("equipment_id", "in", self.ids)]
        action["context"] = {
            "pivot_row_groupby": ["kind"], "pivot_column_groupby": ["date:year"],
            "graph_groupbys": ["date:quarter", "kind"],
        }  # fmt: skip
        return action

    def _maintenance_merge_into(self, winner):
        result = super()._maintenance_merge_into(winner)
        self.env["maintenance.warranty.recovery"].search([("equipment_id", "=", self.id)]).equipment_id = winner
        self.env["maintenance.cost.entry"]._reassign([("equipment_id", "=", self.id)], winner)
        return result
