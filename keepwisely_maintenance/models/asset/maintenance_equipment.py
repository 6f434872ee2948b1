import operator as compare
from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...const import COSTS_GROUP

#: What tells one asset from others.
PLATE = ("maintenance_number", "name", "serial_no", "partner_ref", "model", "maintenance_manufacturer", "maintenance_barcode")

#: Operators of searches for a count.
COMPARISONS = {
    "<": compare.lt,
    "<=": compare.le,
    ">": compare.gt,
    ">=": compare.ge,
    "in": lambda count, values: count in values or (not count and False in values),
    "not in": lambda count, values: count not in values and not (not count and False in values),
}


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
        total, still_open = self._maintenance_count_work_orders(Domain("equipment_id", "in", saved.ids))
        for equipment in saved:
            equipment.maintenance_count = total[equipment.id]
            equipment.maintenance_open_count = still_open[equipment.id]
        return result

    @api.model
    def _maintenance_count_work_orders(self, domain):
        """All work orders and open ones, each by the id of their asset."""
        total, still_open = Counter(), Counter()
        for equipment, stage, archived, count in self.env["maintenance.request"]._read_group(
            domain, ["equipment_id", "stage_id", "archive"], ["__count"]
        ):
            total[equipment.id] += count
            if not stage.done and not archived:
                still_open[equipment.id] += count
        return total, still_open

    @api.model
    def _search_maintenance_count(self, operator, value):
        return self._maintenance_search_counted(operator, value, 0)

    @api.model
    def _search_maintenance_open_count(self, operator, value):
        return self._maintenance_search_counted(operator, value, 1)

    @api.model
    def _maintenance_search_counted(self, operator, value, which):
        """:param which: 0 for all work orders, 1 for open ones."""
        if operator not in COMPARISONS:
            return NotImplemented
        # sudo: as they are counted
        counts = self.sudo()._maintenance_count_work_orders(Domain("equipment_id", "!=", False))[which]
        fits = COMPARISONS[operator]
        if fits(0, value):
            return Domain("id", "not in", [asset for asset, count in counts.items() if not fits(count, value)])
        return Domain("id", "in", [asset for asset, count in counts.items() if fits(count, value)])

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An asset cannot be part of itself."))
