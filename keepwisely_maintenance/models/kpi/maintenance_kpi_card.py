import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, formatLang
from odoo.tools.misc import format_duration, get_lang

from ...words import format_day
from .kpi_measure import EMPTY, without_jit
from .maintenance_kpi import MONTHS

#: How far from its target a figure is still near it.
NEAR = 0.1

#: Differences below this share of the value before are none.
FLAT = 0.005


class MaintenanceKpiCard(models.Model):
    """A key figure as the dashboard shows it: the number, how it was before, and the months."""

    _inherit = "maintenance.kpi"

    period_text = fields.Char("Period", compute="_compute_figures")
    is_measured = fields.Boolean(compute="_compute_figures", help="Something was counted; zero is a number, nothing is not.")
    is_refused = fields.Boolean(compute="_compute_figures", help="You may not see the records it is counted from.")
    value = fields.Float(compute="_compute_figures", aggregator=None)
    value_text = fields.Char("Figure", compute="_compute_figures")
    numerator = fields.Float(compute="_compute_figures", aggregator=None)
    denominator = fields.Float(compute="_compute_figures", aggregator=None)
    calculation = fields.Char(compute="_compute_figures", help="What is divided by what.")
    record_count = fields.Integer("Number of records", compute="_compute_figures", aggregator=None)
    previous_text = fields.Char("Before", compute="_compute_figures", help="In the period of the same length before.")
    change = fields.Selection(
        [("better", "Better"), ("same", "The same"), ("worse", "Worse")], compute="_compute_figures",
        help="Against the period of the same length before.",
    )  # fmt: skip
    direction = fields.Selection([("up", "Has risen"), ("down", "Has fallen")], compute="_compute_figures")
    rating = fields.Selection(
        [("good", "On target"), ("near", "Near target"), ("bad", "Off target")], compute="_compute_figures",
        help="Near: within a tenth of the target.",
    )  # fmt: skip
    target_text = fields.Char(compute="_compute_figures")
    left_out_text = fields.Char("Left out", compute="_compute_figures", help="What the figure is worked out without.")
    graph = fields.Text(compute="_compute_figures", help="The last twelve calendar months, the current one so far.")

    @api.depends("code", "unit", "better", "target", "is_today")
    @api.depends_context("uid", "lang", "allowed_company_ids", "kpi_months", "kpi_team_ids")
    def _compute_figures(self):
        period, months = self._get_period(), self._get_month_count()
        history = period.get_months(MONTHS)
        periods = [period, period.get_previous(months), *history]
        start, end = (format_day(self.env, day) for day in period)
        words = self.env._("%(start)s to %(end)s", start=start, end=end)
        with without_jit(self.env):
            found = {kpi: kpi._get_allowed_results(periods) for kpi in self}
        for kpi, (results, is_refused) in found.items():
            kpi.is_refused = is_refused
            value, before, *monthly = (kpi._get_value(result) for result in results)
            kpi.period_text = self.env._("Today") if kpi.is_today else words
            kpi.is_measured = value is not None
            kpi.value = value
            kpi.value_text = kpi._format(value)
            kpi.previous_text = kpi._format(before)
            kpi.numerator, kpi.denominator, kpi.record_count = results[0]
            kpi.calculation = kpi._describe_calculation(results[0])
            kpi.change, kpi.direction = kpi._compare(value, before)
            kpi.rating = kpi._rate(value)
            kpi.target_text = kpi._format(kpi.target or None)
            kpi.left_out_text = not is_refused and kpi._describe_left_out()
            kpi.graph = not kpi.is_today and kpi._draw(history, monthly)

    def _get_allowed_results(self, periods):
        """The results, and whether they are left empty because the user may not see what is counted."""
        try:
            return self._get_results(periods), False
        except AccessError:
            return [EMPTY] * len(periods), True

    def _format(self, value):
        """The number with its unit; nothing when there is none."""
        if value is None:
            return False
        size = abs(value)
        if self.unit == "hours" and size < 100:
            return self.env._("%s h", format_duration(value))
        number = formatLang(self.env, value, digits=0 if size >= 100 or not size else 1 if size >= 1 else 2)
        return {
            "hours": self.env._("%s h", number),
            "percent": self.env._("%s %%", number),
            "weeks": self.env._("%s weeks", number),
        }.get(self.unit, number)

    def _describe_calculation(self, result):
        if not result.denominator:
            return False
        # the label first, so that it need not be one or many
        return " ÷ ".join(
            f"{label or ''} {formatLang(self.env, number, digits=0 if number == int(number) or number >= 1000 else 1)}".strip()
            for number, label in ((result.numerator, self.numerator_label), (result.denominator, self.denominator_label))
        )

    def _compare(self, value, before):
        if value is None or before is None:
            return False, False
        if abs(value - before) <= FLAT * abs(before):
            return "same", False
        direction = "up" if value > before else "down"
        return ("better" if direction == self.better else "worse"), direction

    def _rate(self, value):
        """Against the target; nothing without one or without a value."""
        if value is None or not self.target:
            return False
        missing = (self.target - value) if self.better == "up" else (value - self.target)
        if missing <= 0:
            return "good"
        return "near" if missing <= NEAR * abs(self.target) else "bad"

    def _draw(self, history, values):
        """For the native widget of dashboards; a month without data leaves a gap."""
        if sum(value is not None for value in values) < 2:
            return False
        locale = get_lang(self.env).code
        return json.dumps(
            [
                {
                    "key": self.name,
                    "area": True,
                    "values": [
                        {
                            "x": format_date(self.env, month.start, date_format="MMM yyyy", lang_code=locale),
                            "y": value if value is None else round(value, 2),
                        }
                        for month, value in zip(history, values, strict=True)
                    ],
                }
            ]
        )

    @api.readonly
    def action_open_definition(self):
        """Open the figure with its definition, for the period and the teams looked at."""
        self.ensure_one()
        return {
            **self._get_records_action(name=self.name, views=[(False, "form")]),
            "context": {key: self.env.context[key] for key in ("kpi_months", "kpi_team_ids") if key in self.env.context},
        }

    @api.model
    def _get_history(self, codes=None, months=MONTHS):
        """The figures by calendar month, for reports.

        :param codes: which ones; all that the user may see by default.
        :returns: ``{kpi: [(Period, Result, value or None)]}``.
        """
        history = self._get_period().get_months(months)
        figures = self.search([("code", "in", codes)] if codes else [])
        return {
            kpi: [
                (month, result, kpi._get_value(result))
                for month, result in zip(history, kpi._get_allowed_results(history)[0], strict=True)
            ]
            for kpi in figures
        }
