from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceMeterCost(models.Model):
    """What an asset costs for each hour, cycle or kilometre that a counter counts."""

    _inherit = "maintenance.meter"

    currency_id = fields.Many2one(related="company_id.currency_id")
    counted_cost = fields.Monetary(
        "Maintenance since the first reading", compute="_compute_cost_per_unit", compute_sudo=True, groups=COSTS_GROUP,
        help="From the ledger, from the day of the first reading to the day of the latest.",
    )  # fmt: skip
    cost_per_unit = fields.Float(
        "Cost per unit", compute="_compute_cost_per_unit", compute_sudo=True, groups=COSTS_GROUP, digits=(16, 4), aggregator=None,
        help="Maintenance of the asset while the counter was read ÷ what it counted; in the company's currency. "
        "Zero when nothing was counted.",
    )  # fmt: skip

    @api.depends("counted", "value_date", "kind", "equipment_id.maintenance_cost")
    def _compute_cost_per_unit(self):
        counters = self.filtered(lambda meter: meter.kind == "counter" and meter.counted > 0)
        first = dict(
            self.env["maintenance.meter.reading"]._read_group([("meter_id", "in", counters.ids)], ["meter_id"], ["date:min"])
        )
        days = {}
        for equipment, day, amount in self.env["maintenance.cost.report"]._read_group(
            [("equipment_id", "in", counters.equipment_id.ids)], ["equipment_id", "date:day"], ["amount:sum"]
        ):
            days.setdefault(equipment, []).append((day, amount))
        self.counted_cost = self.cost_per_unit = 0.0
        for meter in counters:
            begin, end = map(meter.company_id._get_plant_day, (first[meter._origin], meter.value_date))
            meter.counted_cost = sum(amount for day, amount in days.get(meter.equipment_id, ()) if begin <= day <= end)
            meter.cost_per_unit = meter.counted_cost / meter.counted
