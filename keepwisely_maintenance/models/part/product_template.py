from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    is_spare_part = fields.Boolean(
        "Spare part",
        index=True,
        help="Needs of this product are held as requisitions until the spend is approved. Its inventory is tracked.",
    )
    maintenance_warning = fields.Char("Spare part warning", compute="_compute_maintenance_warning")
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

    # as superuser: beside Manufacturing Odoo asks for rights on bills of materials, which planners have no need of
    maintenance_qty_available = fields.Float(
        "On hand", compute="_compute_maintenance_quantities", compute_sudo=True, digits="Product Unit"
    )
    maintenance_qty_forecast = fields.Float(
        "Forecast", compute="_compute_maintenance_quantities", compute_sudo=True, digits="Product Unit"
    )

    @api.depends_context("allowed_company_ids", "warehouse_id", "location")
    def _compute_maintenance_quantities(self):
        for template in self:
            template.maintenance_qty_available = template.qty_available
            template.maintenance_qty_forecast = template.virtual_available

    @api.depends("is_spare_part", "is_storable", "type")
    def _compute_maintenance_warning(self):
        untracked = self.filtered(lambda template: template._maintenance_is_untracked_part())
        moved = untracked._maintenance_get_moved()
        for template in self:
            template.maintenance_warning = (
                False if template not in untracked
                else self.env._(
                    "This spare part is not tracked, and it has been moved before: until somebody ticks Track Inventory and "
                    "counts it, it is always ready, never bought and costs nothing."
                ) if template._origin in moved
                else self.env._(
                    "This spare part is not tracked: it is always ready, never bought and costs nothing. Tick Track Inventory."
                )
            )  # fmt: skip

    @api.onchange("is_spare_part")
    def _onchange_maintenance_is_spare_part(self):
        if self._maintenance_is_untracked_part() and not self._maintenance_get_moved():
            self.is_storable = True

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        silent = [
            template.id for template, vals in zip(templates, vals_list, strict=True) if "is_storable" not in vals
        ]
        templates.browse(silent)._maintenance_track()
        return templates

    def write(self, vals):
        result = super().write(vals)
        if {"is_spare_part", "type"} & vals.keys() and "is_storable" not in vals:
            self._maintenance_track()
        return result

    def _maintenance_track(self):
        """Track spare parts where nothing speaks against it; whoever says otherwise by hand is warned."""
        untracked = self.filtered(lambda template: template._maintenance_is_untracked_part())
        (untracked - untracked._maintenance_get_moved()).write({"is_storable": True})

    def _maintenance_is_untracked_part(self):
        self.ensure_one()
        return self.is_spare_part and self.type == "consu" and not self.is_storable

    def _maintenance_get_moved(self):
        """Of these, what has been moved or is about to be: its stock was not counted when that began."""
        # sudo: whoever keeps products need not read moves, nor those of other companies
        moves = self.env["stock.move"].sudo()
        products = self._origin.with_context(active_test=False).sudo().product_variant_ids
        groups = moves._read_group([("product_id", "in", products.ids), ("state", "not in", ("draft", "cancel"))], ["product_id"])
        return self.browse(self.env["product.product"].sudo().union(*(product for [product] in groups)).product_tmpl_id.ids)
