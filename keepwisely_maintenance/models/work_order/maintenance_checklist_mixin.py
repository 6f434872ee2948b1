from odoo import api, fields, models
from odoo.tools.misc import formatLang

CHECK_KINDS = [
    ("tick", "Tick"),
    ("pass_fail", "Pass or fail"),
    ("number", "A number"),
    ("text", "Text"),
    ("photo", "Photo"),
    ("signature", "Signature"),
]
CHECK_LIMITS = [
    ("none", "No limits"),
    ("min", "At least"),
    ("max", "At most"),
    ("range", "From … to …"),
]

#: Decimals of measured values and their limits.
CHECK_DIGITS = (16, 4)


class MaintenanceChecklistMixin(models.AbstractModel):
    """What a step of a checklist asks for, shared by the tasks of work orders and of templates."""

    _name = "maintenance.checklist.mixin"
    _description = "Checklist Step"

    kind = fields.Selection(
        CHECK_KINDS, "Answer", required=True, default="tick",
        help="How the step is answered: a tick, pass or fail, a measured number, a text, a photo or a signature.",
    )  # fmt: skip
    unit = fields.Char(help="Unit of the measured number, e.g. bar, °C or mm.")
    limits = fields.Selection(
        CHECK_LIMITS, required=True, default="none",
        help="A number outside its limits fails; the limits themselves pass.",
    )  # fmt: skip
    limit_min = fields.Float("Lowest", digits=CHECK_DIGITS, help="In the unit of the number.")
    limit_max = fields.Float("Highest", digits=CHECK_DIGITS, help="In the unit of the number.")
    is_mandatory = fields.Boolean(
        "Mandatory", help="The work order cannot be completed before this task is done."
    )
    instructions = fields.Text(help="How it is done and what to look for.")
    limits_text = fields.Char("Expected", compute="_compute_limits_text")

    _limits_in_order = models.Constraint(
        "CHECK(limits != 'range' OR limit_min <= limit_max)",
        "The lowest value of a check cannot be above its highest.",
    )

    @api.depends("kind", "unit", "limits", "limit_min", "limit_max")
    def _compute_limits_text(self):
        """“2 to 4 bar”, “at most 60 °C”; empty for what has no limits."""
        for step in self:
            step.limits_text = step.kind == "number" and step._describe_limits()

    def _describe_limits(self):
        self.ensure_one()
        lowest, highest = self._format_value(self.limit_min), self._format_value(self.limit_max)
        if self.limits == "min":
            words = self.env._("at least %s", lowest)
        elif self.limits == "max":
            words = self.env._("at most %s", highest)
        elif self.limits == "range":
            words = self.env._("%(lowest)s to %(highest)s", lowest=lowest, highest=highest)
        else:
            return False
        return " ".join(filter(None, [words, self.unit]))

    def _format_value(self, value):
        """``value`` in the user's language, without decimals that say nothing."""
        decimals = next(n for n in range(CHECK_DIGITS[1] + 1) if n == CHECK_DIGITS[1] or round(value, n) == value)
        return formatLang(self.env, value, digits=decimals)

    def _is_within_limits(self, value):
        """Whether ``value`` passes; the limits themselves do."""
        self.ensure_one()
        too_low = self.limits in ("min", "range") and value < self.limit_min
        too_high = self.limits in ("max", "range") and value > self.limit_max
        return not too_low and not too_high

    @api.model
    def _get_checklist_fields(self):
        """The fields that say what a step asks for, as opposed to what was answered."""
        return ["kind", "unit", "limits", "limit_min", "limit_max", "is_mandatory", "instructions"]

    def _prepare_checklist_vals(self):
        """What a step made from this one asks for."""
        self.ensure_one()
        return {name: self[name] for name in self._get_checklist_fields()}
