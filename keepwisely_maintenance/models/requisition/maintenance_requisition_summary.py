from odoo import api, fields, models

from ...const import COSTS_GROUP
from ...words import format_items


class MaintenanceRequisitionSummary(models.Model):
    """What a list says of a requisition: what, for which asset, from whom, and whether it comes in time."""

    _inherit = "maintenance.requisition"

    item_summary = fields.Char("What", compute="_compute_summary", compute_sudo=True)
    asset_summary = fields.Char("Asset", compute="_compute_summary", compute_sudo=True)
    vendor_summary = fields.Char("Vendor", compute="_compute_summary", compute_sudo=True, groups=COSTS_GROUP)
    date_expected = fields.Date(
        "Expected", compute="_compute_date_expected", compute_sudo=True,
        help="When the last of what is still to come is expected.",
    )  # fmt: skip
    is_late = fields.Boolean(
        "Expected too late", compute="_compute_date_expected", compute_sudo=True,
        help="Something is expected for a later day than it is needed.",
    )  # fmt: skip

    @api.depends(
        "line_ids.name", "line_ids.product_qty", "line_ids.is_cancelled", "line_ids.equipment_id.name", "line_ids.partner_id.name"
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        """“2 × Bearing 6204 and 3 more”: what is still asked for, else what was."""
        # read once for all: what several lines name together is read for these alone, and all people of a list at once
        self.line_ids.equipment_id.mapped("name")
        (self.line_ids.partner_id | (self.requester_id | self.activity_ids.user_id).partner_id).mapped("name")
        self.line_ids.product_id.mapped("default_code")
        for requisition in self:
            lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled) or requisition.line_ids
            requisition.item_summary = requisition._name_first([lines[:1]._describe_item()] if lines else [], len(lines))
            for name, records in (("asset_summary", lines.equipment_id), ("vendor_summary", lines.partner_id)):
                requisition[name] = requisition._name_first(records[:1].mapped("name"), len(records))

    def _name_first(self, names, count):
        """:param names: of the first of ``count``, if there is one."""
        if count < 2:
            return names[0] if names else False
        return self.env._("%(name)s and %(count)s more", name=names[0], count=count - 1)

    @api.depends("line_ids.date_expected", "line_ids.is_open", "line_ids.date_required", "date_required")
    def _compute_date_expected(self):
        for requisition in self:
            lines = requisition.line_ids.filtered(lambda line: line.is_open and line.date_expected)
            requisition.date_expected = max(lines.mapped("date_expected"), default=False)
            requisition.is_late = any(line._get_days_late() > 0 for line in lines)


class MaintenanceRequisitionLineSummary(models.Model):
    _inherit = "maintenance.requisition.line"

    def _describe_item(self):
        """“2 × Bearing 6204”, without the reference that a product's name begins with."""
        self.ensure_one()
        code = f"[{self.product_id.default_code}] "
        name = self.name or ""
        return format_items(self.env, self.product_qty, name.removeprefix(code))

    def _get_days_late(self):
        """By how many days it is expected after it is needed; negative when before, 0 when one of the days is not known."""
        self.ensure_one()
        needed = self.date_required or self.requisition_id.date_required
        return (self.date_expected - needed).days if needed and self.date_expected else 0
