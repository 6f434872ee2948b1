from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceRequestCost(models.Model):
    """What a work order cost, from the ledger, and what is committed and not yet a cost."""

    _inherit = "maintenance.request"

    currency_id = fields.Many2one(related="company_id.currency_id")
    labor_cost = fields.Monetary("Labour cost", compute="_compute_costs", compute_sudo=True, groups=COSTS_GROUP)
    parts_cost = fields.Monetary("Parts cost", compute="_compute_costs", compute_sudo=True, groups=COSTS_GROUP)
    service_cost = fields.Monetary("Service cost", compute="_compute_costs", compute_sudo=True, groups=COSTS_GROUP)
    total_cost = fields.Monetary("Total cost", compute="_compute_costs", compute_sudo=True, groups=COSTS_GROUP)
    committed_cost = fields.Monetary(
        "Committed cost", compute="_compute_committed_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Approved or ordered for this work order and not yet a cost.",
    )  # fmt: skip

    cost_entry_ids = fields.One2many("maintenance.cost.entry", "maintenance_request_id", groups=COSTS_GROUP)

    @api.depends(
        "labor_ids.amount",
        "part_ids.state",
        "part_ids.value",
        "returned_part_ids.state",
        "returned_part_ids.value",
        "cost_entry_ids.amount",
    )
    def _compute_costs(self):
        totals = self.env["maintenance.cost.report"]._get_totals("maintenance_request_id", self)
        for request in self:
            costs = totals.get(request._origin.id, {})
            request.labor_cost = costs.get("labor", 0.0)
            request.parts_cost = costs.get("part", 0.0)
            request.service_cost = costs.get("service", 0.0)
            request.total_cost = sum(costs.values())

    @api.depends(
        "requisition_line_ids.state",
        "requisition_line_ids.price_subtotal",
        "requisition_line_ids.qty_received",
        "requisition_line_ids.purchase_line_ids.order_id.state",
        "part_ids.state",
        "part_ids.product_uom_qty",
    )
    def _compute_committed_cost(self):
        for request in self:
            request.committed_cost = sum(
                line._get_committed_amount() for line in request.requisition_line_ids
            )

    @api.readonly
    def action_view_costs(self):
        """Open the ledger entries behind the totals."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keepwisely_maintenance.action_cost_report"
        )
        action["domain"] = [("maintenance_request_id", "in", self.ids)]
        action["context"] = {"pivot_row_groupby": ["kind", "entry"], "pivot_column_groupby": []}
        return action
