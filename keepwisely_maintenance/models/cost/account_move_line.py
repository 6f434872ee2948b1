from odoo import fields, models


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
        # sudo: accountants need no rights on purchase orders
        bought = self.sudo().purchase_line_id
        for_maintenance = bought.requisition_line_id or bought.maintenance_request_id or bought.equipment_id
        if for_maintenance and bought.product_id.is_storable:
            return []
        return super()._prepare_analytic_lines()
