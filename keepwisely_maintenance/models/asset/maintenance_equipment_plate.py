from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class MaintenanceEquipmentPlate(models.Model):
    """What the plant and the maker call the asset: its number, maker and warranty, condition, area and tags."""

    _inherit = "maintenance.equipment"

    maintenance_number = fields.Char(
        "Asset number", copy=False, tracking=True, index="trigram",
        help="Unique in the company, as it stands on the label. Drawn from the sequence of assets where it is left empty.",
    )  # fmt: skip
    maintenance_manufacturer = fields.Char("Manufacturer", help="Who made it; the vendor is who sold it.")
    maintenance_barcode = fields.Char(
        "Barcode", copy=False, index="btree_not_null",
        help="On a sticker of somebody else; it finds the asset when it is scanned.",
    )  # fmt: skip
    maintenance_warranty_start = fields.Date("Warranty from")
    maintenance_warranty_months = fields.Integer("Warranty months")
    warranty_date = fields.Date(
        "Warranty until", compute="_compute_maintenance_warranty_date", store=True, readonly=False,
        help="The last day. Follows from start and months where both are known.",
    )  # fmt: skip
    maintenance_condition = fields.Selection(
        [("new", "As new"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor"), ("unusable", "Not usable")],
        "Condition", tracking=True,
    )  # fmt: skip
    maintenance_area = fields.Char("Area", help="The part of the plant or the process that the asset belongs to.")
    maintenance_tag_ids = fields.Many2many("maintenance.asset.tag", string="Tags")

    _maintenance_number_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), upper(maintenance_number))", "Another asset of the company has this asset number."
    )
    _maintenance_warranty_months_check = models.Constraint(
        "CHECK(maintenance_warranty_months >= 0)", "A warranty lasts for no less than zero months."
    )

    @api.depends("maintenance_warranty_start", "maintenance_warranty_months")
    def _compute_maintenance_warranty_date(self):
        """60 months from 1 October 2022 end on 30 September 2027."""
        for equipment in self:
            start, months = equipment.maintenance_warranty_start, equipment.maintenance_warranty_months
            if start and months:
                equipment.warranty_date = start + relativedelta(months=months, days=-1)
            else:
                equipment.warranty_date = equipment.warranty_date

    @api.depends("maintenance_number", "company_id.maintenance_number_in_names")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for equipment in self:
            # sudo: how assets are called is no secret of the company
            company = equipment.company_id.sudo() or self.env.company
            if equipment.maintenance_number and company.maintenance_number_in_names:
                equipment.display_name = f"[{equipment.maintenance_number}] {equipment.display_name}"
        return result

    # -- Numbers ----------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._maintenance_clean_number(vals) for vals in vals_list]
        default = self.default_get(["company_id"]).get("company_id")
        wanting = defaultdict(list)
        for vals in vals_list:
            if not vals.get("maintenance_number"):
                wanting[vals.get("company_id", default)].append(vals)
        for company_id, numberless in wanting.items():
            for vals, number in zip(numberless, self._maintenance_draw_numbers(company_id, len(numberless)), strict=False):
                vals["maintenance_number"] = number
        return super().create(vals_list)

    def write(self, vals):
        vals = self._maintenance_clean_number(vals)
        if vals.get("maintenance_number", True):
            return super().write(vals)
        for company, assets in self.grouped("company_id").items():
            drawn = self._maintenance_draw_numbers(vals.get("company_id", company.id), len(assets))
            for asset, number in zip(assets, drawn or [False] * len(assets), strict=True):
                super(MaintenanceEquipmentPlate, asset).write({**vals, "maintenance_number": number})
        return True

    @api.model
    def _maintenance_clean_number(self, vals):
        """A copy of ``vals``; blanks around a number are no part of it."""
        if "maintenance_number" not in vals:
            return dict(vals)
        return {**vals, "maintenance_number": (vals["maintenance_number"] or "").strip() or False}

    @api.model
    def _maintenance_draw_numbers(self, company_id, count):
        """The next ``count`` numbers that no asset of the company has, whoever typed it; none without a sequence."""
        # sudo: who keeps assets keeps no sequences, and a number is taken, whoever may see its asset
        sequences = self.env["ir.sequence"].sudo().with_company(company_id)
        assets = self.sudo().with_context(active_test=False)
        drawn = []
        while len(drawn) < count:
            numbers = [sequences.next_by_code("maintenance.equipment") for _number in range(count - len(drawn))]
            if not all(numbers):
                return []
            same = assets.search([("company_id", "=", company_id), ("maintenance_number", "in", numbers)])
            taken = set(same.mapped("maintenance_number"))
            drawn += [number for number in numbers if number not in taken]
        return drawn


class MaintenanceAssetTag(models.Model):
    _name = "maintenance.asset.tag"
    _description = "Asset Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_uniq = models.UniqueIndex("(name)", "There is a tag with this name.")
