from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """A vendor's bill names the work orders and assets that it is for."""

    _name = "account.move"
    _inherit = ["account.move", "maintenance.trace.mixin"]

    maintenance_request_ids = fields.Many2many(
        "maintenance.request", compute="_compute_maintenance_documents", search="_search_maintenance_request_ids",
        string="Work orders",
    )  # fmt: skip
    equipment_ids = fields.Many2many(
        "maintenance.equipment", compute="_compute_maintenance_documents", search="_search_equipment_ids", string="Assets"
    )
    maintenance_request_count = fields.Integer(compute="_compute_maintenance_documents")
    equipment_count = fields.Integer(compute="_compute_maintenance_documents")
    is_for_maintenance = fields.Boolean(
        compute="_compute_maintenance_documents", help="Whether a line was bought for a work order, an asset or a requisition."
    )

    # on which day a bill stands in the chain from request to payment; of all moves, as PostgreSQL counts on no part of them
    _maintenance_trace_idx = models.Index("(COALESCE(invoice_date, date))")

    @api.depends(
        "invoice_line_ids.purchase_line_id.maintenance_request_id",
        "invoice_line_ids.purchase_line_id.equipment_id",
        "invoice_line_ids.purchase_line_id.requisition_line_id",
    )
    def _compute_maintenance_documents(self):
        for move in self:
            # sudo: accountants see what they pay for; opening a work order asks for rights on it
            bought = move.sudo().invoice_line_ids.purchase_line_id
            move.maintenance_request_ids = bought.maintenance_request_id
            move.equipment_ids = bought.equipment_id
            move.maintenance_request_count = len(move.maintenance_request_ids)
            move.equipment_count = len(move.equipment_ids)
            move.is_for_maintenance = bool(
                bought.requisition_line_id or bought.maintenance_request_id or bought.equipment_id
            )

    def _search_maintenance_request_ids(self, operator, value):
        return [("invoice_line_ids.purchase_line_id.maintenance_request_id", operator, value)]

    def _search_equipment_ids(self, operator, value):
        return [("invoice_line_ids.purchase_line_id.equipment_id", operator, value)]

    @api.readonly
    def action_view_work_orders(self):
        return self.maintenance_request_ids._get_records_action(name=self.env._("Work orders"))

    @api.readonly
    def action_maintenance_assets(self):
        return self.equipment_ids._get_records_action(name=self.env._("Assets"))

    def _get_trace_domain(self):
        """The bills and their payments, and what led to the lines that they bill."""
        bought = self.invoice_line_ids.purchase_line_id
        upstream = self._get_upstream_trace_domain(bought.requisition_line_id, bought.maintenance_request_id)
        orders = Domain("step", "in", ("order", "receipt")) & Domain("purchase_line_id", "in", bought.ids)
        return Domain("bill_id", "in", self.ids) | orders | upstream


class AccountMoveLine(models.Model):
    """A line of a vendor's bill leads back to the work order and the asset that it was bought for.

    Both follow from the purchase line and are stored nowhere else, so they cannot disagree with it.
    """

    _inherit = "account.move.line"

    # related fields are read by the system, so accountants need no rights on purchase orders
    maintenance_request_id = fields.Many2one(
        related="purchase_line_id.maintenance_request_id", string="Work order", related_sudo=True
    )
    equipment_id = fields.Many2one(related="purchase_line_id.equipment_id", string="Asset", related_sudo=True)

    def _prepare_analytic_lines(self):
        """Stock-valued goods of maintenance cost a job when they are used, so that is when they are charged.

        Their bill shows the distribution and charges nothing; what is never used stays stock.
        """
        bought = self.purchase_line_id
        for_maintenance = bought.requisition_line_id or bought.maintenance_request_id or bought.equipment_id
        if for_maintenance and bought.product_id.is_storable:
            return []
        return super()._prepare_analytic_lines()
