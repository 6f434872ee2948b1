from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import COSTS_GROUP


class MaintenanceEquipment(models.Model):
    """An asset: what is maintained, what it is part of, what its standstill costs, and the parts that fit it."""

    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "analytic.mixin"]
    _parent_name = "parent_id"
    # what is printed on the plate finds the asset, typed or scanned
    _rec_names_search = ["name", "serial_no", "partner_ref"]

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

    @api.depends("company_id")
    def _compute_currency_id(self):
        for equipment in self:
            equipment.currency_id = (equipment.company_id or self.env.company).currency_id

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An asset cannot be part of itself."))
