from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .maintenance_meter_condition import COMBINED

#: Kept by the readings; nobody writes them by hand.
STATE_FIELDS = {
    "is_breached", "breach_date", "first_breach_date", "out_since", "open_request_id", "note_id", "breach_count",
    "later_count", "peak",
}  # fmt: skip

#: As many readings in a row as a rule may ask for.
MAX_CONSECUTIVE = 100


class MaintenanceMeterRule(models.Model):
    """Opens a work order when a meter, or what several meters of an asset show together, is too much or too little.

    It is breached by the last of ``consecutive`` readings in a row beyond ``threshold``, and beyond those of all
    ``condition_ids``, that also span ``minutes``, and stays so until one of the values comes back past its threshold by its
    ``hysteresis``. What is done then stands in ``maintenance_meter_rule_breach``.
    """

    _name = "maintenance.meter.rule"
    _inherit = ["maintenance.meter.condition.mixin", "maintenance.guard.mixin"]
    _description = "Meter Rule"
    _order = "meter_id, operator, threshold, id"
    _check_company_auto = True

    company_id = fields.Many2one(related="meter_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    condition_ids = fields.One2many(
        "maintenance.meter.condition", "rule_id", "And at the same time", copy=True,
        help="The rule is breached while all of them hold as well.",
    )  # fmt: skip
    watched_meter_ids = fields.Many2many(
        "maintenance.meter", "maintenance_meter_rule_watched_rel", "rule_id", "meter_id", "Meters",
        compute="_compute_watched_meter_ids", store=True, context={"active_test": False},
    )  # fmt: skip
    is_combined = fields.Boolean(
        "Several meters", compute="_compute_watched_meter_ids", store=True, help="It looks at several meters."
    )  # fmt: skip
    max_age = fields.Integer(
        "Readings count for minutes", default=60,
        help="With several meters: a reading counts for so many minutes after it was taken. Zero: for its own moment only.",
    )  # fmt: skip
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

    _consecutive_possible = models.Constraint(
        f"CHECK(consecutive BETWEEN 1 AND {MAX_CONSECUTIVE})",
        f"A rule can ask for 1 to {MAX_CONSECUTIVE} readings in a row.",
    )
    _minutes_possible = models.Constraint(
        "CHECK(COALESCE(minutes, 0) BETWEEN 0 AND 10080)", "A rule can ask for at most a week (10080 minutes)."
    )

    _max_age_possible = models.Constraint(
        "CHECK(COALESCE(max_age, 0) BETWEEN 0 AND 525600)", "A reading can count for at most a year (525600 minutes)."
    )

    @api.depends(
        "meter_id.name", "other_meter_id.name", "measure", "operator", "threshold", "unit", "value_name",
        "condition_ids.display_name",
    )  # fmt: skip
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = format_list(self.env, [condition._describe_limit() for condition in rule._get_conditions()])

    @api.depends("meter_id", "other_meter_id", "measure", "condition_ids.meter_id", "condition_ids.other_meter_id",
                 "condition_ids.measure")  # fmt: skip
    def _compute_watched_meter_ids(self):
        for rule in self:
            meters = rule.meter_id.browse()
            for condition in rule._get_conditions():
                meters |= condition.meter_id
                if condition.measure in COMBINED:
                    meters |= condition.other_meter_id
            rule.watched_meter_ids = meters
            rule.is_combined = len(meters) > 1

    @api.constrains("meter_id", "other_meter_id", "measure", "condition_ids")
    def _check_one_asset(self):
        for rule in self:
            strangers = rule.watched_meter_ids.filtered(lambda meter, rule=rule: meter.equipment_id != rule.equipment_id)
            if strangers:
                raise ValidationError(
                    self.env._(
                        "A rule looks at meters of one asset; %(meter)s is not on %(asset)s.",
                        meter=strangers[0].display_name,
                        asset=rule.equipment_id.display_name,
                    )
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

    # -- What the values mean ---------------------------------------------------------------------------

    def _get_conditions(self):
        """All that has to hold at once, the rule's own first."""
        self.ensure_one()
        return [self, *self.condition_ids]

    def _judge(self, values):
        """What the values of the conditions mean at a moment (None: not known).

        One value in range is enough to say that the rule is not breached; all have to be beyond to say that it is.

        :returns: whether the rule is over, and whether it is beyond (None: too little is known).
        """
        conditions = self._get_conditions()
        known = [(condition, value) for condition, value in zip(conditions, values, strict=True) if value is not None]
        is_clear = any(condition._is_clear(value) for condition, value in known)
        if not all(condition._is_beyond(value) for condition, value in known):
            return is_clear, False
        return is_clear, True if len(known) == len(conditions) else None
