import math

from odoo import api, fields, models
from odoo.tools import float_compare

from ...words import format_number


class MaintenanceScheduleMeter(models.Model):
    _inherit = "maintenance.schedule"

    meter_unit = fields.Char(
        "Counted in", help="Of several counters of an asset, the one that counts in this unit. Empty where there is one."
    )

    def _uses_meter(self):
        self.ensure_one()
        return self.trigger in ("meter", "both")

    @api.depends("meter_interval", "meter_unit")
    def _compute_rhythm(self):
        result = super()._compute_rhythm()
        for schedule in self.filtered(lambda schedule: schedule._uses_meter()):
            use = f"{format_number(self.env, schedule.meter_interval)} {schedule.meter_unit or ''}".strip()
            schedule.rhythm = (
                self.env._("%(rhythm)s or every %(use)s", rhythm=schedule.rhythm, use=use)
                if schedule.trigger == "both"
                else self.env._("Every %s", use)
            )
        return result

    def write(self, vals):
        result = super().write(vals)
        if {"trigger", "meter_unit"} & vals.keys():
            self.asset_ids.sudo()._find_meters()
        return result


class MaintenanceScheduleAssetMeter(models.Model):
    """Work that is due when a counter has counted so much.

    Counted is what the meter's ``total`` says, through resets and new starts from zero. The day on which it will
    be due is forecast from the average use, and moves with every reading.
    """

    _inherit = "maintenance.schedule.asset"

    meter_id = fields.Many2one(
        "maintenance.meter", index="btree_not_null", ondelete="set null",
        domain="[('equipment_id', '=', equipment_id), ('kind', '=', 'counter')]",
    )  # fmt: skip
    meter_base = fields.Float("Counted from", help="What the counter had counted when the work was due or done last.")
    next_meter_value = fields.Float(
        "Next due at", compute="_compute_next_meter_value", store=True, readonly=False,
        help="As the counter counts, through resets and new starts from zero.",
    )  # fmt: skip
    meter_days = fields.Float(
        "Days per interval", compute="_compute_dates", store=True, help="How long an interval lasts at the average use."
    )

    @api.depends("meter_base", "schedule_id.meter_interval", "meter_id")
    def _compute_next_meter_value(self):
        for line in self:
            line.next_meter_value = line.meter_base + line.schedule_id.meter_interval if line.meter_id else 0.0

    @api.depends("meter_id.total", "meter_id.value_date", "meter_base", "schedule_id.meter_interval")
    def _compute_dates(self):
        for line in self:
            use = line._counts() and line.meter_id.average_daily_use
            line.meter_days = line.schedule_id.meter_interval / use if use and use > 0 else 0.0
        return super()._compute_dates()

    def _counts(self):
        self.ensure_one()
        return bool(self.meter_id) and self.schedule_id._uses_meter()

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._find_meters()
        return lines

    def write(self, vals):
        vals = dict(vals)
        target = vals.pop("next_meter_value", None)
        if "meter_id" in vals and "meter_base" not in vals:
            # sudo: whoever chooses the meter may read it
            vals["meter_base"] = self.env["maintenance.meter"].sudo().browse(vals["meter_id"] or []).total
        result = super().write(vals)
        if target is not None:
            for line in self:
                super(MaintenanceScheduleAssetMeter, line).write(
                    {"meter_base": target - line.schedule_id.meter_interval}
                )
        return result

    def _find_meters(self):
        """Take the counter of the asset where it can be told which one; counting begins with what it shows."""
        lines = self.filtered(lambda line: not line.meter_id and line.schedule_id._uses_meter())
        for schedule, waiting in lines.grouped("schedule_id").items():
            fitting = schedule._get_fitting_meters(waiting.equipment_id)
            for line in waiting:
                if len(fitting[line.equipment_id]) == 1:
                    line.write({"meter_id": fitting[line.equipment_id].id})

    def _refresh_dates(self):
        self._find_meters()
        return super()._refresh_dates()

    # -- When it is due ------------------------------------------------------------------------

    def _get_next_date(self, rule, taken):
        """Time or meter, whichever comes first; a day that the meter says has no date on the grid."""
        nominal, due = super()._get_next_date(rule, taken)
        day = self._counts() and self.meter_id._forecast_date(self.next_meter_value)
        if not day:
            return nominal, due
        day = rule.move_into_season(day)
        day = rule.shift(day) or day
        while day in taken or day == self.last_due_date:
            day = fields.Date.add(day, days=1)
        if due and due <= day:
            return nominal, due
        ended = self.schedule_id.end_date and day > self.schedule_id.end_date
        return (None, None) if ended else (None, day)

    def _is_by_meter(self):
        """Whether the meter, not time, says when the work is due next."""
        self.ensure_one()
        return bool(self.next_date and not self.next_nominal_date)

    def _get_days_between(self):
        """Days between two jobs by the meter, where that is what decides; otherwise 0."""
        self.ensure_one()
        shortest = {"day": 1, "week": 7, "month": 28, "year": 365}[self.schedule_id.interval_unit] * self.schedule_id.interval
        decides = self.schedule_id.trigger == "meter" or (self.schedule_id.trigger == "both" and self.meter_days < shortest)
        return max(self.meter_days, 1.0) if decides and self.meter_days else 0.0

    # -- What is done with -----------------------------------------------------------------------

    def _prepare_handled_vals(self, nominal, due):
        """Whichever came first, the other one begins anew."""
        vals = super()._prepare_handled_vals(nominal, due)
        if not self._counts():
            return vals
        if self._is_by_meter():
            interval, base, total = self.schedule_id.meter_interval, self.meter_base, self.meter_id.total
            reached = float_compare(total, base + interval, precision_digits=6) >= 0
            vals["meter_base"] = base + interval * (math.floor((total - base) / interval) if reached else 1)
            if self.schedule_id.trigger == "both":
                vals.update(start_date=due, handled_date=due)
        elif self.schedule_id.trigger == "both":
            vals["meter_base"] = self.meter_id.total
        return vals

    def _on_done(self):
        """Counted from completion, the meter counts on from what it shows when the work is done."""
        for line in self:
            if line._counts() and line.schedule_id.basis == "completion":
                line.write({"meter_base": line.meter_id.total})
