from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...const import COSTS_GROUP

#: What tells one asset from others.
PLATE = ("maintenance_number", "name", "serial_no", "partner_ref", "model", "maintenance_manufacturer", "maintenance_barcode")


class MaintenanceEquipment(models.Model):
    """An asset: what is maintained, what it is part of, what its standstill costs, and the parts that fit it."""

    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "analytic.mixin"]
    _parent_name = "parent_id"
    # what is printed on the plate finds the asset, typed or scanned, and so does where it stands
    _rec_names_search = [*PLATE, "location_id.complete_name", "parent_id.name"]

    category_id = fields.Many2one(string="Asset category")
    effective_date = fields.Date(
        "In use since", required=False, default=False,
        help="Empty when nobody knows: the asset is not new, and key figures leave its hours out.",
    )  # fmt: skip
    technician_user_id = fields.Many2one(domain="[('share', '=', False), ('partner_id.maintenance_can_work', '=', True)]")
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

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """What is on the plate comes first, then what stands at the place or is part of the asset."""
        if not name or operator in Domain.NEGATIVE_OPERATORS:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        plate = Domain.OR(Domain(field, operator, name) for field in PLATE)
        first = self.search_fetch(domain & plate, ["display_name"], limit=limit)
        found = [(equipment.id, equipment.display_name) for equipment in first.sudo()]
        if limit and len(found) >= limit:
            return found
        rest = limit and limit - len(found)
        return found + super().name_search(name, domain & Domain("id", "not in", first.ids), operator, rest)

    def _compute_maintenance_request(self):
        """Odoo's own figures in days from date to date, which nothing makes negative.

        Natively a failure before the asset was taken into use, and work that was completed before the day it was asked
        for, count as days below zero; they count as none here.
        """
        for equipment in self:
            repairs = equipment.maintenance_ids.filtered(
                lambda request: request.maintenance_type == "corrective" and request.stage_id.done
            )
            days = [
                max((request.close_date - request.request_date).days, 0)
                for request in repairs
                if request.close_date and request.request_date
            ]
            dates = [day for day in repairs.mapped("request_date") if day]
            failures = [day for day in dates if equipment.effective_date and day >= equipment.effective_date]
            equipment.mttr = sum(days) / len(repairs) if repairs else 0
            equipment.latest_failure_date = max(dates, default=False)
            equipment.mtbf = (max(failures) - equipment.effective_date).days / len(failures) if failures else 0
            equipment.estimated_next_failure = bool(equipment.mtbf) and max(failures) + relativedelta(days=equipment.mtbf)

    @api.depends("company_id")
    def _compute_currency_id(self):
        for equipment in self:
            equipment.currency_id = (equipment.company_id or self.env.company).currency_id

    def _compute_maintenance_count(self):
        """As native, counted by the database: native code reads every work order the asset ever had."""
        saved = self.filtered(lambda equipment: isinstance(equipment.id, int))
        result = super(MaintenanceEquipment, self - saved)._compute_maintenance_count()
        total, still_open = dict.fromkeys(saved.ids, 0), dict.fromkeys(saved.ids, 0)
        for equipment, stage, archived, count in self.env["maintenance.request"]._read_group(
            [("equipment_id", "in", saved.ids)], ["equipment_id", "stage_id", "archive"], ["__count"]
        ):
            total[equipment.id] += count
            if not stage.done and not archived:
                still_open[equipment.id] += count
        for equipment in saved:
            equipment.maintenance_count = total[equipment.id]
            equipment.maintenance_open_count = still_open[equipment.id]
        return result

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An asset cannot be part of itself."))
