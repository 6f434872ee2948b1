from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_spare_part = fields.Boolean(
        "Spare part",
        index=True,
        help="Needs of this product are held as requisitions until the spend is approved.",
    )
    spare_criticality = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("vital", "Vital")],
        "Criticality",
        help="How badly the plant needs the part to be there.",
    )
    alternate_product_ids = fields.Many2many(
        "product.product",
        "product_template_alternate_rel",
        "template_id",
        "product_id",
        "Alternates",
        domain="[('product_tmpl_id', '!=', id), ('type', '=', 'consu')]",
        help="Parts that may be used instead of this one.",
    )
    fits_equipment_ids = fields.Many2many(
        "maintenance.equipment",
        "maintenance_equipment_spare_part_rel",
        "template_id",
        "equipment_id",
        "Fits",
        help="The assets this part fits.",
    )
