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
