from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Measures that look at two meters.
COMBINED = ("difference", "product")


class MaintenanceMeterConditionMixin(models.AbstractModel):
    """A value that follows from one meter or two, and what it must not be."""

    _name = "maintenance.meter.condition.mixin"
    _description = "What a meter rule looks at"

    meter_id = fields.Many2one("maintenance.meter", required=True, index=True, ondelete="cascade", check_company=True)
    equipment_id = fields.Many2one(related="meter_id.equipment_id", string="Asset")
    kind = fields.Selection(related="meter_id.kind")
    measure = fields.Selection(
        [
            ("value", "Value"),
            ("daily_use", "Use per day"),
            ("difference", "Difference to another meter"),
            ("product", "Product with another meter"),
        ],
        "Watches",
        required=True,
        default="value",
        help="What is read, or how much a counter counts in a day (over the last 24 hours, or since the reading "
        "before when that is longer ago), or what two meters of the asset show: the first less the other, or the first "
        "times the other.",
    )
    other_meter_id = fields.Many2one(
        "maintenance.meter", "Other meter", index="btree_not_null", ondelete="restrict", check_company=True,
        help="The difference is the first meter less this one.",
    )  # fmt: skip
    factor = fields.Float(
        digits=(20, 12), default=1.0,
        help="The difference or product is multiplied by it: 0.104719755120 (2π/60) makes watts of newton metres and rpm.",
    )  # fmt: skip
    value_name = fields.Char("Name of the value", help="What a difference or product is: Temperature difference, Power.")
    value_unit = fields.Char("Its unit", help="Of a difference or product: K, W.")
    unit = fields.Char(compute="_compute_unit")
    operator = fields.Selection([("above", "Above"), ("below", "Below")], "Comparison", required=True, default="above")
    threshold = fields.Float(required=True, help="Exactly this much is still good.")
    hysteresis = fields.Float(
        help="How far the value has to come back past the threshold before the rule can open another work order."
    )

    _hysteresis_not_negative = models.Constraint("CHECK(hysteresis >= 0)", "The hysteresis cannot be negative.")

    @api.depends("measure", "meter_id.unit", "other_meter_id.unit", "value_unit")
    def _compute_unit(self):
        for condition in self:
            own, other = condition.meter_id.unit, condition.other_meter_id.unit
            if condition.measure == "product":
                condition.unit = condition.value_unit or (own and other and f"{own}·{other}")
            else:
                condition.unit = (condition.measure == "difference" and condition.value_unit) or own

    @api.constrains("measure", "meter_id", "other_meter_id", "factor")
    def _check_measure(self):
        for condition in self:
            if condition.measure == "daily_use" and condition.kind != "counter":
                raise ValidationError(
                    self.env._(
                        "%s is a gauge; use per day can be watched on counters only.", condition.meter_id.display_name
                    )
                )
            if condition.measure not in COMBINED:
                continue
            if not condition.other_meter_id:
                raise ValidationError(
                    self.env._("Say which other meter %s is combined with.", condition.meter_id.display_name)
                )
            if condition.other_meter_id == condition.meter_id:
                raise ValidationError(
                    self.env._("%s cannot be combined with itself; choose another meter.", condition.meter_id.display_name)
                )
            if not condition.factor:
                raise ValidationError(self.env._("The factor of %s cannot be zero.", condition._name_value()))

    # -- Words ------------------------------------------------------------------------------------------

    def _name_value(self):
        self.ensure_one()
        if self.measure not in COMBINED:
            return self.meter_id.name or ""
        sign = "−" if self.measure == "difference" else "×"
        return self.value_name or f"{self.meter_id.name} {sign} {self.other_meter_id.name}"

    def _format_value(self, value):
        """What is watched, with its unit."""
        self.ensure_one()
        text = self.env["maintenance.meter"]._format_number(value, self.unit)
        return self.env._("%s a day", text) if self.measure == "daily_use" else text

    def _describe_limit(self):
        words = {"name": self._name_value(), "limit": self._format_value(self.threshold)}
        if self.operator == "above":
            return self.env._("%(name)s above %(limit)s", **words)
        return self.env._("%(name)s below %(limit)s", **words)

    def _describe_value(self, value):
        """What ``value`` means, in words."""
        words = {"name": self._name_value(), "value": self._format_value(value), "limit": self._format_value(self.threshold)}
        if self.operator == "above":
            return self.env._("%(name)s %(value)s is above %(limit)s", **words)
        return self.env._("%(name)s %(value)s is below %(limit)s", **words)

    # -- What a value means -----------------------------------------------------------------------------

    def _is_beyond(self, value):
        return value > self.threshold if self.operator == "above" else value < self.threshold

    def _is_clear(self, value):
        if self.operator == "above":
            return value <= self.threshold - self.hysteresis
        return value >= self.threshold + self.hysteresis

    def _get_worse(self, first, second):
        return max(first, second) if self.operator == "above" else min(first, second)

    def _get_values(self, moments, rows):
        """What the condition watches at each of ``moments``; None where too little is known.

        :param rows: ``{meter id: its readings by time}``
        """
        meter_id, other_id = self.meter_id.id, self.other_meter_id.id
        if self.measure in COMBINED:
            return [self._combine(moment.rows.get(meter_id), moment.rows.get(other_id)) for moment in moments]
        if self.measure == "value":
            return [row and row.value for row in (moment.rows.get(meter_id) for moment in moments)]
        use = self._get_daily_use(rows.get(meter_id, []))
        return [row and use[row.id] for row in (moment.rows.get(meter_id) for moment in moments)]

    def _combine(self, row, other):
        if not row or not other:
            return None
        if self.measure == "product":
            value = scale = row.value * other.value * self.factor
        else:
            value = (row.value - other.value) * self.factor
            scale = max(abs(row.value), abs(other.value)) * self.factor
        # 306.7 - 298.1 is 8.6, which no binary number is; twelve digits of what was read are exact
        return round(value, 12 - len(str(int(abs(scale)))))

    @api.model
    def _get_daily_use(self, rows):
        """``{reading id: use of the day up to it}`` of ``rows`` (readings of a counter by time)."""
        measures, begin, use, day = {}, 0, 0.0, timedelta(days=1)
        for position, row in enumerate(rows):
            use += row.delta if position else 0.0
            while begin < position and rows[begin + 1].date <= row.date - day:
                begin += 1
                use -= rows[begin].delta
            # rows[begin] is the last reading at least a day ago, or the first there is
            measures[row.id] = use / max((row.date - rows[begin].date) / day, 1.0)
        return measures


class MaintenanceMeterCondition(models.Model):
    """What must hold as well before a rule is breached."""

    _name = "maintenance.meter.condition"
    _inherit = ["maintenance.meter.condition.mixin"]
    _description = "Condition of a Meter Rule"
    _order = "rule_id, id"
    _check_company_auto = True

    rule_id = fields.Many2one("maintenance.meter.rule", required=True, index=True, ondelete="cascade", check_company=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    # a rule that lost a condition would open work more often
    meter_id = fields.Many2one(ondelete="restrict")

    @api.depends("meter_id.name", "other_meter_id.name", "measure", "operator", "threshold", "unit", "value_name")
    def _compute_display_name(self):
        for condition in self:
            condition.display_name = condition._describe_limit()

    @api.constrains("meter_id", "other_meter_id", "measure")
    def _check_one_asset(self):
        self.rule_id._check_one_asset()

    def write(self, vals):
        if "rule_id" in vals and any(condition.rule_id.id != vals["rule_id"] for condition in self):
            raise UserError(self.env._("A condition stays with its rule; make another one for the other rule."))
        return super().write(vals)
