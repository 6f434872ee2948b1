from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Kept by the readings; nobody writes them by hand.
STATE_FIELDS = {
    "is_breached", "breach_date", "first_breach_date", "out_since", "open_request_id", "note_id", "breach_count",
    "later_count", "peak",
}  # fmt: skip

#: As many readings in a row as a rule may ask for.
MAX_CONSECUTIVE = 100


class MaintenanceMeterRule(models.Model):
    """Opens a work order when a meter shows too much or too little.

    It is breached by the last of ``consecutive`` readings in a row beyond ``threshold`` that also span
    ``minutes``, and stays so until one comes back past ``threshold`` by ``hysteresis``. What is done then stands in
    ``maintenance_meter_rule_breach``.
    """

    _name = "maintenance.meter.rule"
    _inherit = ["maintenance.guard.mixin"]
    _description = "Meter Rule"
    _order = "meter_id, operator, threshold, id"
    _check_company_auto = True

    meter_id = fields.Many2one("maintenance.meter", required=True, index=True, ondelete="cascade", check_company=True)
    equipment_id = fields.Many2one(related="meter_id.equipment_id", string="Asset")
    company_id = fields.Many2one(related="meter_id.company_id", store=True, index=True)
    kind = fields.Selection(related="meter_id.kind")
    unit = fields.Char(related="meter_id.unit")
    active = fields.Boolean(default=True)
    measure = fields.Selection(
        [("value", "Value"), ("daily_use", "Use per day")],
        "Watches",
        required=True,
        default="value",
        help="What is read, or how much a counter counts in a day (over the last 24 hours, or since the reading "
        "before when that is longer ago).",
    )
    operator = fields.Selection([("above", "Above"), ("below", "Below")], "Is", required=True, default="above")
    threshold = fields.Float(required=True, help="Exactly this much is still good.")
    hysteresis = fields.Float(
        help="How far the value has to come back past the threshold before the rule can open another work order."
    )
    consecutive = fields.Integer(
        "Readings in a row", default=1, required=True, help="So many readings beyond the threshold open a work order."
    )
    minutes = fields.Integer("For minutes", help="And only when they span this many minutes.")
    follows_past = fields.Boolean(
        "Also for the past", help="Readings that are older than a week when they come open work orders as well."
    )
    request_title = fields.Char("Title", help="Of the work order; left empty, it says what the rule says.")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], required=True, default="1"
    )
    maintenance_team_id = fields.Many2one(
        "maintenance.team", "Team", check_company=True, help="Left empty, the team of the asset."
    )
    task_text = fields.Text("Tasks", help="Tasks of the work order, one a line.")

    is_breached = fields.Boolean("Out of range", readonly=True, copy=False)
    breach_date = fields.Datetime("Last breach", readonly=True, copy=False)
    first_breach_date = fields.Datetime(readonly=True, copy=False, help="The breach that opened the work order.")
    out_since = fields.Datetime("Beyond since", readonly=True, copy=False)
    open_request_id = fields.Many2one(
        "maintenance.request", "Work order", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    note_id = fields.Many2one("mail.message", readonly=True, copy=False, ondelete="set null")
    breach_count = fields.Integer(readonly=True, copy=False, help="Breaches that went into the work order.")
    later_count = fields.Integer(readonly=True, copy=False, help="Readings after the one that opened it.")
    peak = fields.Float(readonly=True, copy=False, help="The worst of them all.")

    _hysteresis_not_negative = models.Constraint("CHECK(hysteresis >= 0)", "The hysteresis cannot be negative.")
    _consecutive_possible = models.Constraint(
        f"CHECK(consecutive BETWEEN 1 AND {MAX_CONSECUTIVE})",
        f"A rule can ask for 1 to {MAX_CONSECUTIVE} readings in a row.",
    )
    _minutes_possible = models.Constraint(
        "CHECK(COALESCE(minutes, 0) BETWEEN 0 AND 10080)", "A rule can ask for at most a week (10080 minutes)."
    )

    @api.depends("meter_id.name", "measure", "operator", "threshold", "unit")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = self.env._(
                "%(meter)s %(operator)s %(threshold)s",
                meter=rule.meter_id.name,
                operator=dict(rule._fields["operator"]._description_selection(self.env)).get(rule.operator, "").lower(),
                threshold=rule._format_value(rule.threshold),
            )

    @api.constrains("measure", "meter_id")
    def _check_measure(self):
        for rule in self:
            if rule.measure == "daily_use" and rule.kind != "counter":
                raise ValidationError(
                    self.env._("%s is a gauge; use per day can be watched on counters only.", rule.meter_id.display_name)
                )

    @api.model
    def _get_guarded_fields(self):
        return STATE_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_state_untouched(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_state_untouched(vals)
        if "meter_id" in vals and any(rule.meter_id.id != vals["meter_id"] for rule in self):
            raise UserError(self.env._("A rule stays with its meter; make another one for the other meter."))
        return super().write(vals)

    @api.model
    def _check_state_untouched(self, vals):
        """:raises UserError: somebody writes what follows from the readings."""
        touched = STATE_FIELDS & vals.keys()
        if touched and not self.env.su:
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._("“%s” follows from the readings and cannot be written.", field._description_string(self.env))
            )

    def _format_value(self, value):
        """What the rule watches, with its unit."""
        self.ensure_one()
        text = self.meter_id._format_value(value)
        return self.env._("%s a day", text) if self.measure == "daily_use" else text

    # -- What a value means -----------------------------------------------------------------------------

    def _is_beyond(self, value):
        return value > self.threshold if self.operator == "above" else value < self.threshold

    def _is_clear(self, value):
        if self.operator == "above":
            return value <= self.threshold - self.hysteresis
        return value >= self.threshold + self.hysteresis

    def _get_worse(self, first, second):
        return max(first, second) if self.operator == "above" else min(first, second)

    def _get_measures(self, rows):
        """What the rule watches at each of ``rows`` (readings of the meter by time), in the same order."""
        if self.measure == "value":
            return [row.value for row in rows]
        measures, begin, use, day = [], 0, 0.0, timedelta(days=1)
        for position, row in enumerate(rows):
            use += row.delta if position else 0.0
            while begin < position and rows[begin + 1].date <= row.date - day:
                begin += 1
                use -= rows[begin].delta
            # rows[begin] is the last reading at least a day ago, or the first there is
            measures.append(use / max((row.date - rows[begin].date) / day, 1.0))
        return measures
