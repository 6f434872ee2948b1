from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import COSTS_GROUP


class MaintenanceEquipment(models.Model):
    """An asset: what is maintained, what it cost so far, and the parts that fit it."""

    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "analytic.mixin"]
    _parent_name = "parent_id"

    category_id = fields.Many2one(string="Asset category")
    parent_id = fields.Many2one(
        "maintenance.equipment", "Part of", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    child_ids = fields.One2many("maintenance.equipment", "parent_id", "Components")
    criticality = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("vital", "Vital")],
        default="medium",
        tracking=True,
        help="What it means for the plant when the asset is down.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    downtime_hourly_cost = fields.Monetary(groups=COSTS_GROUP, help="What an hour of standstill costs.")
    spare_part_ids = fields.Many2many(
        "product.template",
        "maintenance_equipment_spare_part_rel",
        "equipment_id",
        "template_id",
        "Spare parts",
        domain=[("is_spare_part", "=", True)],
    )
    maintenance_cost = fields.Monetary(
        compute="_compute_maintenance_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Labour, parts and services of all its work orders, and what was bought for it directly.",
    )  # fmt: skip
    total_cost_of_ownership = fields.Monetary(
        compute="_compute_maintenance_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Purchase, maintenance and downtime.",
    )  # fmt: skip
    requisition_count = fields.Integer(compute="_compute_supply_counts", compute_sudo=True)
    purchase_order_count = fields.Integer(compute="_compute_supply_counts", compute_sudo=True)
    purchase_line_ids = fields.One2many("purchase.order.line", "equipment_id")
    cost_entry_ids = fields.One2many("maintenance.cost.entry", "equipment_id", groups=COSTS_GROUP)

    @api.depends("company_id")
    def _compute_currency_id(self):
        for equipment in self:
            equipment.currency_id = (equipment.company_id or self.env.company).currency_id

    @api.depends("cost", "maintenance_ids.total_cost", "cost_entry_ids.amount", "downtime_cost")
    def _compute_maintenance_cost(self):
        totals = self.env["maintenance.cost.report"]._get_totals("equipment_id", self)
        for equipment in self:
            equipment.maintenance_cost = sum(totals.get(equipment._origin.id, {}).values())
            equipment.total_cost_of_ownership = equipment.cost + equipment.maintenance_cost + equipment.downtime_cost

    def _compute_supply_counts(self):
        requisitions = {
            equipment.id: count
            for equipment, count in self.env["maintenance.requisition.line"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["requisition_id:count_distinct"]
            )
        }
        orders = {
            equipment.id: count
            for equipment, count in self.env["purchase.order.line"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["order_id:count_distinct"]
            )
        }
        for equipment in self:
            equipment.requisition_count = requisitions.get(equipment.id, 0)
            equipment.purchase_order_count = orders.get(equipment.id, 0)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An asset cannot be part of itself."))

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

    def action_view_requisitions(self):
        lines = self.env["maintenance.requisition.line"].search([("equipment_id", "in", self.ids)])
        return lines.requisition_id._get_records_action(name=self.env._("Requisitions"))

    def action_view_purchase_orders(self):
        lines = self.env["purchase.order.line"].search([("equipment_id", "in", self.ids)])
        return lines.order_id._get_records_action(name=self.env._("Purchase orders"))
