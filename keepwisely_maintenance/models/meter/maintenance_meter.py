from datetime import timedelta
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare

#: Average use is taken over this many days up to the latest reading; see ``average_daily_use``.
AVERAGE_DAYS = 30

#: Units of a counter that counts hours of operation, in lower case.
HOUR_UNITS = {"h", "hr", "hrs", "hour", "hours", "std", "stunden", "heures", "horas", "uur", "ore", "godz"}

#: Kept by the readings; nobody writes them by hand.
DERIVED_FIELDS = {"value", "value_date", "counted", "total"}


class MaintenanceMeter(models.Model):
    """What is read on an asset: a counter, which only goes up (hours, cycles, cubic metres), or a gauge,
    which shows a state (temperature, pressure).

    What a meter shows follows from its readings (``maintenance.meter.reading``); gateways send them to
    ``ingest_readings`` (``maintenance_meter_ingest``), rules watch them (``maintenance.meter.rule``).
    """

    _name = "maintenance.meter"
    _description = "Meter"
    _inherit = ["mail.thread", "maintenance.guard.mixin"]
    _order = "equipment_id, name, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char("Meter", required=True, tracking=True)
    code = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        help="What gateways and imports call the meter. Unique in the company; upper and lower case are the same.",
    )
    active = fields.Boolean(default=True, tracking=True)
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, readonly=False, precompute=True, required=True, index=True
    )
    kind = fields.Selection(
        [("counter", "Counter"), ("gauge", "Gauge")],
        required=True,
        default="counter",
        help="A counter only goes up (hours, cycles, cubic metres); a gauge shows a state (temperature, pressure).",
    )
    unit = fields.Char(help="As it stands on the meter: h, km, °C, bar.")
    is_hours_counter = fields.Boolean(
        compute="_compute_is_hours_counter", store=True, help="It counts hours of operation, which key figures divide by."
    )
    rollover_value = fields.Float(
        "Starts again at", tracking=True,
        help="Where a counter starts again from zero: 100000 for five digits. Zero when it never does.",
    )  # fmt: skip
    falls_back = fields.Boolean(
        "Falls back by itself", tracking=True,
        help="A trip counter, or the wear of a tool: when it falls to a tenth or less of what it showed, it began anew at zero.",
    )  # fmt: skip
    min_value = fields.Float(
        "Lowest plausible", tracking=True, help="Readings outside the plausible range are refused; both zero for no range."
    )
    max_value = fields.Float(
        "Highest plausible", tracking=True, help="Readings outside the plausible range are refused; both zero for no range."
    )
    max_daily_use = fields.Float(
        "Most in a day", tracking=True, help="Readings that mean more use than this in a day are refused; zero for no limit."
    )
    reading_ids = fields.One2many("maintenance.meter.reading", "meter_id", "Readings")
    rule_ids = fields.One2many("maintenance.meter.rule", "meter_id", "Rules")
    value = fields.Float("Latest value", readonly=True, copy=False, help="Of the latest reading by its time.")
    value_date = fields.Datetime("Read on", readonly=True, copy=False)
    counted = fields.Float(
        readonly=True, copy=False, help="Use since the first reading, through resets and new starts from zero."
    )
    total = fields.Float(
        readonly=True, copy=False,
        help="What the counter would show had it never been reset, replaced or started again from zero.",
    )  # fmt: skip
    average_daily_use = fields.Float(
        "Use per day", compute="_compute_average_daily_use",
        help="Units a day over the 30 days up to the latest reading, or since the first reading when there are fewer.",
    )  # fmt: skip

    _code_company_uniq = models.UniqueIndex(
        "(company_id, upper(code))", "Another meter of this company already has this code."
    )

    # -- Computes ---------------------------------------------------------------------------------

    @api.depends("equipment_id.company_id")
    def _compute_company_id(self):
        for meter in self:
            meter.company_id = meter.equipment_id.company_id or meter.company_id or self.env.company

    @api.depends("kind", "unit")
    def _compute_is_hours_counter(self):
        for meter in self:
            meter.is_hours_counter = meter.kind == "counter" and (meter.unit or "").strip().lower() in HOUR_UNITS

    @api.depends("code", "name", "equipment_id.name")
    def _compute_display_name(self):
        for meter in self:
            meter.display_name = f"{meter.equipment_id.name}: {meter.name}" if meter.equipment_id else meter.name

    @api.depends("value", "value_date", "total", "kind")
    def _compute_average_daily_use(self):
        """Units a day, of counters.

        From the last reading before the window of ``AVERAGE_DAYS`` days that ends with the latest reading (or from
        the first reading, when none is older) up to the latest one. Zero when that is less than a day.
        """
        counters = self.filtered(lambda meter: meter.kind == "counter" and meter._origin.id)
        use = counters._get_recent_use(AVERAGE_DAYS)
        for meter in self:
            amount, days = use.get(meter._origin.id, (0.0, 0.0))
            meter.average_daily_use = amount / days if days >= 1 else 0.0

    def _get_recent_use(self, window_days):
        """``{meter id: (use, days it took)}`` up to the latest reading; see ``_compute_average_daily_use``."""
        if not self:
            return {}
        self.env["maintenance.meter.reading"].flush_model()
        self.flush_recordset(["value_date"])
        self.env.cr.execute(
            SQL(
                """
                SELECT meter.id, COALESCE(SUM(reading.delta), 0),
                       EXTRACT(EPOCH FROM meter.value_date - MIN(anchor.date)) / 86400
                  FROM maintenance_meter meter
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(
                              (SELECT date FROM maintenance_meter_reading
                                WHERE meter_id = meter.id AND date <= meter.value_date - %(window)s
                                ORDER BY date DESC LIMIT 1),
                              (SELECT date FROM maintenance_meter_reading
                                WHERE meter_id = meter.id ORDER BY date LIMIT 1)) AS date) anchor
                  LEFT JOIN maintenance_meter_reading reading
                         ON reading.meter_id = meter.id AND reading.date > anchor.date
                 WHERE meter.id = ANY(%(ids)s) AND meter.value_date IS NOT NULL
                 GROUP BY meter.id
                """,
                window=timedelta(days=window_days),
                ids=list(self._origin.ids),
            )
        )
        return {meter_id: (use, float(days)) for meter_id, use, days in self.env.cr.fetchall()}

    # -- Forecast -----------------------------------------------------------------------------------

    def _forecast_date(self, target_value):
        """The day (in the plant) on which the counter is expected to reach ``target_value``.

        ``target_value`` counts like ``total``, which is what the counter shows as long as it was never
        reset and did not start again from zero.

        :returns: a date, the day of the latest reading when it is reached already; False for gauges, without
            readings, and without average use.
        """
        self.ensure_one()
        if self.kind != "counter" or not self.value_date:
            return False
        days = 0.0
        if float_compare(target_value, self.total, precision_digits=6) > 0:
            if self.average_daily_use <= 0:
                return False
            days = (target_value - self.total) / self.average_daily_use
        try:
            moment = self.value_date + timedelta(days=days)
        except OverflowError:  # a use so small that it is never reached
            return False
        return self.company_id._get_plant_day(moment)

    # -- CRUD ---------------------------------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        return DERIVED_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
        return super().create(self._give_codes([dict(self._clean_code(vals)) for vals in vals_list]))

    def write(self, vals):
        self._check_derived(vals)
        if {"kind", "company_id", "equipment_id"} & vals.keys():
            self._check_changeable(vals)
        return super().write(self._clean_code(vals))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for meter, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", self.env._("%s (copy)", meter.code))
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_only_without_readings(self):
        for meter in self.filtered("value_date"):
            raise UserError(self.env._("%s has readings; archive it instead of deleting it.", meter.display_name))
        for rule in self._get_combined_rules().filtered(lambda rule: rule.meter_id not in self):
            raise UserError(self.env._("“%s” looks at the meter as well; take it out of that rule first.", rule.display_name))

    def _get_combined_rules(self):
        # sudo: a rule holds for whoever may change the meter
        rules = self.env["maintenance.meter.rule"].sudo().with_context(active_test=False)
        return rules.search([("is_combined", "=", True), ("watched_meter_ids", "in", self.ids)])

    @api.model
    def _clean_code(self, vals):
        return {**vals, "code": vals["code"].strip()} if isinstance(vals.get("code"), str) else vals

    @api.model
    def _give_codes(self, vals_list):
        """A meter without a code is called by the number of its asset and its own on that asset."""
        nameless = [vals for vals in vals_list if not vals.get("code") and vals.get("equipment_id")]
        if not nameless:
            return vals_list
        assets = self.env["maintenance.equipment"].browse({vals["equipment_id"] for vals in nameless}).exists()
        assets.check_access("read")
        # sudo: a code may be taken by a meter that the user does not see
        known = self.sudo().with_context(active_test=False).search(
            [("company_id", "in", (assets.company_id | self.env.company).ids), ("equipment_id", "in", assets.ids)]
        )
        taken = {code.upper() for code in [*known.mapped("code"), *(vals.get("code") or "" for vals in vals_list)]}
        for vals in nameless:
            asset = assets.browse(vals["equipment_id"])
            name = asset.maintenance_number or f"A{asset.id}"
            number = next(number for number in count(1) if f"{name}-{number}".upper() not in taken)
            vals["code"] = f"{name}-{number}"
            taken.add(vals["code"].upper())
        return vals_list

    @api.model
    def _check_derived(self, vals):
        """:raises UserError: somebody writes what follows from the readings."""
        touched = DERIVED_FIELDS & vals.keys()
        if touched and not self.env.su:
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._("“%s” follows from the readings; add a reading instead.", field._description_string(self.env))
            )

    def _check_changeable(self, vals):
        """:raises UserError: readings would change their meaning or their company."""
        for meter in self.filtered("value_date"):
            if "kind" in vals and vals["kind"] != meter.kind:
                raise UserError(
                    self.env._("%s has readings, so it stays what it is; make another meter.", meter.display_name)
                )
            company_id = vals.get("company_id", meter.company_id.id)
            if vals.get("equipment_id"):
                company_id = meter.equipment_id.browse(vals["equipment_id"]).company_id.id or company_id
            if company_id != meter.company_id.id:
                raise UserError(
                    self.env._("%s has readings, so it stays in its company; make another meter.", meter.display_name)
                )

    @api.constrains("equipment_id")
    def _check_rules_of_one_asset(self):
        self._get_combined_rules()._check_one_asset()

    @api.constrains("code")
    def _check_code(self):
        for meter in self:
            if not (meter.code or "").strip():
                raise ValidationError(self.env._("Give %s a code.", meter.name))

    @api.constrains("rollover_value", "falls_back", "min_value", "max_value", "max_daily_use", "kind")
    def _check_limits(self):
        for meter in self:
            if meter.min_value > meter.max_value:
                raise ValidationError(
                    self.env._("The lowest plausible value of %s is above the highest.", meter.name)
                )
            if meter.rollover_value < 0 or meter.max_daily_use < 0:
                raise ValidationError(self.env._("The limits of %s cannot be negative.", meter.name))
            if meter.rollover_value and meter.kind == "gauge":
                raise ValidationError(self.env._("%s is a gauge; only a counter starts again from zero.", meter.name))
            if meter.falls_back and (meter.kind == "gauge" or meter.rollover_value):
                raise ValidationError(
                    self.env._("%s falls back by itself only as a counter that does not start again from zero.", meter.name)
                )
            if 0 < meter.rollover_value <= max(meter.value, meter.max_value):
                raise ValidationError(
                    self.env._("%s shows or may show more than where it starts again from zero.", meter.name)
                )
