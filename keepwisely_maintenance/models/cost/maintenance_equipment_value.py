from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceEquipmentValue(models.Model):
    """What an asset is still worth, what came back from vendors, and what owning it cost after that."""

    _inherit = "maintenance.equipment"

    useful_life_years = fields.Float(
        "Useful life", groups=COSTS_GROUP, help="Years in service after which it is worth its salvage value; zero when not known."
    )
    salvage_value = fields.Monetary(groups=COSTS_GROUP, help="What it can be sold for at the end of its useful life.")
    replacement_value = fields.Monetary(
        groups=COSTS_GROUP, help="What a new one that does the same costs today; the purchase price when empty."
    )
    residual_value = fields.Monetary(
        "Residual value", compute="_compute_residual_value", compute_sudo=True, groups=COSTS_GROUP,
        help="Straight line from the purchase price on the day it went into service to the salvage value at the end of its "
        "useful life; the salvage value when no useful life is set.",
    )  # fmt: skip
    recovery_ids = fields.One2many("maintenance.warranty.recovery", "equipment_id", groups=COSTS_GROUP)
    recovered_cost = fields.Monetary(
        "Recovered", compute="_compute_net_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="What vendors gave back under warranty and no credit note took out of the costs.",
    )  # fmt: skip
    net_cost_of_ownership = fields.Monetary(
        "Net cost of ownership", compute="_compute_net_cost", compute_sudo=True, groups=COSTS_GROUP,
        help="Purchase, maintenance and downtime, less what vendors gave back and what the asset is still worth.",
    )  # fmt: skip

    _useful_life_not_negative = models.Constraint("CHECK(useful_life_years >= 0)", "A useful life cannot be negative.")
    _salvage_not_negative = models.Constraint("CHECK(salvage_value >= 0)", "A salvage value cannot be negative.")
    _replacement_not_negative = models.Constraint("CHECK(replacement_value >= 0)", "A replacement value cannot be negative.")

    @api.depends("cost", "salvage_value", "useful_life_years", "effective_date")
    def _compute_residual_value(self):
        for company, assets in self.grouped(lambda asset: asset.company_id or self.env.company).items():
            today = company._get_plant_day()
            for equipment in assets:
                equipment.residual_value = equipment._get_residual_value(today)

    @api.depends("recovery_ids.amount", "total_cost_of_ownership", "residual_value")
    def _compute_net_cost(self):
        recovered = dict(
            self.env["maintenance.warranty.recovery"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["amount:sum"]
            )
        )
        for equipment in self:
            equipment.recovered_cost = recovered.get(equipment._origin, 0.0)
            equipment.net_cost_of_ownership = (
                equipment.total_cost_of_ownership - equipment.recovered_cost - equipment.residual_value
            )

    def _get_residual_value(self, day):
        """What the asset is worth on ``day``, in the currency of its company."""
        self.ensure_one()
        salvage = min(self.salvage_value, self.cost)
        if not self.useful_life_years or not self.effective_date:
            return salvage
        end = self.effective_date + relativedelta(months=max(round(self.useful_life_years * 12), 1))
        used = min(max((day - self.effective_date) / (end - self.effective_date), 0), 1)
        return self.currency_id.round(self.cost - (self.cost - salvage) * used)

    @api.readonly
    def action_view_ownership(self):
        """Open what the asset cost and brought back, year by year."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_ownership_report")
        action["domain"] = [("equipment_id", "in", self.ids)]
        action["context"] = {}
        return action
