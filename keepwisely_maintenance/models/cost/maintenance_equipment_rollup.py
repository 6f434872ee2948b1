from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceEquipmentRollup(models.Model):
    """What an asset cost together with its components, and their components."""

    _name = "maintenance.equipment"
    _inherit = "maintenance.equipment"
    _parent_store = True

    parent_path = fields.Char(index=True)
    component_count = fields.Integer(compute="_compute_component_count", help="At every depth.")
    rollup_purchase_cost = fields.Monetary(
        "Purchase, with components", compute="_compute_rollup", compute_sudo=True, groups=COSTS_GROUP
    )
    rollup_maintenance_cost = fields.Monetary(
        "Maintenance, with components", compute="_compute_rollup", compute_sudo=True, groups=COSTS_GROUP
    )
    rollup_downtime_cost = fields.Monetary(
        "Downtime, with components", compute="_compute_rollup", compute_sudo=True, groups=COSTS_GROUP,
        help="Of the asset and of its components; a component that stops the whole asset is written down once, on either.",
    )  # fmt: skip
    rollup_total_cost = fields.Monetary(
        "Total, with components", compute="_compute_rollup", compute_sudo=True, groups=COSTS_GROUP,
        help="Purchase, maintenance and downtime of the asset and all of its components.",
    )  # fmt: skip

    def _get_descendants(self):
        """The assets with their components at every depth, archived ones included: their costs stay."""
        return self.with_context(active_test=False).search([("id", "child_of", self.ids)])

    @api.depends("child_ids", "parent_path")
    def _compute_component_count(self):
        members = self._group_descendants()
        for equipment in self:
            equipment.component_count = max(len(members[equipment]) - 1, 0)

    @api.depends("child_ids", "parent_path", "total_cost_of_ownership")
    def _compute_rollup(self):
        for equipment, members in self._group_descendants().items():
            equipment.rollup_purchase_cost = sum(members.mapped("cost"))
            equipment.rollup_maintenance_cost = sum(members.mapped("maintenance_cost"))
            equipment.rollup_downtime_cost = sum(members.mapped("downtime_cost"))
            equipment.rollup_total_cost = sum(members.mapped("total_cost_of_ownership"))

    def _group_descendants(self):
        """``{asset: it and its components}``, found in one query."""
        members = {equipment: equipment._origin for equipment in self}
        by_id = {equipment._origin.id: equipment for equipment in self}
        for descendant in self._origin._get_descendants():
            for ancestor in map(int, descendant.parent_path.split("/")[:-1]):
                if ancestor in by_id:
                    members[by_id[ancestor]] |= descendant
        return members

    @api.readonly
    def action_view_components(self):
        """Open the components at every depth."""
        action = self.env["ir.actions.act_window"]._for_xml_id("maintenance.hr_equipment_action")
        action["domain"] = [("id", "child_of", self.ids), ("id", "not in", self.ids)]
        action["context"] = {"default_parent_id": self.id if len(self) == 1 else False}
        return action

    @api.readonly
    def action_view_costs_with_components(self):
        """Open the ledger entries of the asset and its components."""
        action = self.action_view_costs()
        action["domain"] = [("equipment_id", "in", self._get_descendants().ids)]
        action["context"]["pivot_row_groupby"] = ["equipment_id", "kind"]
        return action

    @api.readonly
    def action_view_documents(self):
        """Open manuals, drawings and photos of the asset, to read and to add."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }
