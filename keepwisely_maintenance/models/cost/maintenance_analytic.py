from collections import defaultdict

from odoo import api, models

from ...const import RFQ_STATES


class MaintenanceEquipment(models.Model):
    """The asset: where the analytic distribution begins."""

    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "maintenance.analytic.mixin"]

    def _get_distribution_followers(self):
        bought = [("equipment_id", "in", self.ids), ("maintenance_request_id", "=", False)]
        return [
            self.env["maintenance.request"].search(
                [("equipment_id", "in", self.ids), ("state", "not in", ("closed", "cancelled"))]
            ),
            self.env["maintenance.requisition.line"].search(bought)._get_not_ordered(),
            self.env["purchase.order.line"].search([*bought, ("requisition_line_id", "=", False)])._get_not_placed(),
        ]


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = ["maintenance.request", "maintenance.analytic.mixin"]

    @api.model
    def _get_distribution_links(self):
        return {"equipment_id", "maintenance_round_line_ids"}

    def _get_default_distribution(self):
        """What the asset says; on a round what each of its assets says, by its share."""
        # sudo: the accounts of assets, whoever may write the work order
        lines = self.sudo().maintenance_round_line_ids
        if not lines:
            return self.equipment_id.analytic_distribution
        shares = defaultdict(float)
        for line in lines:
            for account, percent in (line.equipment_id.analytic_distribution or {}).items():
                shares[account] += percent * line.share
        return {account: round(percent, 2) for account, percent in shares.items() if percent} or False

    def _get_distribution_followers(self):
        return [self.requisition_line_ids._get_not_ordered(), self.purchase_line_ids._get_not_placed()]

    @api.depends("equipment_id", "maintenance_round_line_ids.weight")
    def _compute_analytic_distribution(self):
        """What the asset says; the mixin says nothing."""
        self._compute_default_distribution()


class MaintenanceRequisitionLine(models.Model):
    _name = "maintenance.requisition.line"
    _inherit = ["maintenance.requisition.line", "maintenance.analytic.mixin"]

    @api.model
    def _get_distribution_links(self):
        return {"equipment_id", "maintenance_request_id"}

    def _get_default_distribution(self):
        return self.maintenance_request_id.analytic_distribution or self.equipment_id.analytic_distribution

    def _get_distribution_followers(self):
        return [self.purchase_line_ids._get_not_placed()]

    def _get_not_ordered(self):
        return self.filtered(lambda line: not line._is_confirmed() and line.state not in ("done", "rejected", "cancelled"))

    @api.depends("maintenance_request_id", "equipment_id")
    def _compute_analytic_distribution(self):
        self._compute_default_distribution()


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "maintenance.analytic.mixin"]

    @api.model
    def _get_distribution_links(self):
        return {"equipment_id", "maintenance_request_id"}

    def _get_default_distribution(self):
        if self.requisition_line_id:
            return self.requisition_line_id.analytic_distribution
        return self.maintenance_request_id.analytic_distribution or self.equipment_id.analytic_distribution

    def _get_not_placed(self):
        return self.filtered(lambda line: line.order_id.state in RFQ_STATES)

    @api.depends("requisition_line_id", "maintenance_request_id", "equipment_id")
    def _compute_analytic_distribution(self):
        """What the job says stands; elsewhere Odoo's distribution models decide."""
        jobs = self.filtered(lambda line: line._get_default_distribution())
        # natively this is computed after the line is saved
        jobs.filtered(lambda line: line.id and not line.analytic_distribution)._take_default_distribution()
        jobs._compute_default_distribution()
        return super(PurchaseOrderLine, self - jobs)._compute_analytic_distribution()
