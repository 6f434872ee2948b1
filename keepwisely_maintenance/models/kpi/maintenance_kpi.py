from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .kpi_measure import Measure, Period

#: The figures; each has a method ``_measure_<code>``, or ``_compute_<code>`` and ``_get_sources_<code>``.
CODES = [
    ("mtbf", "Mean time between failures"),
    ("mttr", "Mean time to repair"),
    ("mean_downtime", "Mean downtime"),
    ("availability", "Availability"),
    ("acknowledge", "Time to acknowledge"),
    ("pm_compliance", "PM compliance"),
    ("schedule_compliance", "Schedule compliance"),
    ("planned_hours", "Planned hours"),
    ("backlog_ready", "Ready backlog"),
    ("backlog_total", "Total backlog"),
    ("stock_out", "Stock-outs of spares"),
    ("first_time_fix", "First-time fix"),
    ("cost_share", "Cost of replacement value"),
    ("emergency_purchases", "Emergency purchases"),
]

#: Months of a period unless the context says otherwise.
MONTHS = 12


class MaintenanceKpi(models.Model):
    """A key figure of maintenance: how it is defined, and what it is now.

    The records hold the definition and the target; the numbers are worked out when they are looked at, from the
    records that the user may see and in the companies chosen, and never stored. The context says for what:

    - ``kpi_months``: the period, months up to today, twelve by default;
    - ``kpi_team_ids``: these teams alone.

    What has no data has no value: `is_measured` is false and the text is empty, it is never zero.
    """

    _name = "maintenance.kpi"
    _description = "Maintenance Key Figure"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CODES, required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    definition = fields.Text(required=True, translate=True, readonly=True)
    exclusions = fields.Text(translate=True, readonly=True, help="What is left out, and why.")
    source = fields.Text(translate=True, readonly=True, help="The standard or practice it follows.")
    unit = fields.Selection(
        [("hours", "Hours"), ("percent", "Percent"), ("weeks", "Weeks"), ("number", "A number")],
        required=True, readonly=True,
    )  # fmt: skip
    better = fields.Selection([("up", "Higher is better"), ("down", "Lower is better")], required=True, readonly=True)
    target = fields.Float(help="What you aim for, in the unit of the figure; zero for none.")
    numerator_label = fields.Char("Divided", translate=True, readonly=True)
    denominator_label = fields.Char("Divided by", translate=True, readonly=True)
    records_label = fields.Char("Records", translate=True, readonly=True, help="What is counted.")
    other_label = fields.Char("Other records", translate=True, readonly=True, help="The other side of the division.")
    is_cost = fields.Boolean("About money", readonly=True, help="Shown to those alone who see costs.")
    is_purchase = fields.Boolean("About orders", readonly=True, help="Shown to those alone who read purchase orders.")
    is_today = fields.Boolean("As of today", readonly=True, help="Of what is open now, whatever the period.")
    team_id = fields.Many2one(
        "maintenance.team", compute="_compute_team_id", search="_search_team_id", help="Count this team alone."
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "This key figure exists already.")

    def _compute_team_id(self):
        """A search field for the dashboard: what is chosen goes into the context, not into the domain."""
        self.team_id = False

    def _search_team_id(self, operator, value):
        return Domain.TRUE

    # -- What is asked for ------------------------------------------------------------------------

    @api.model
    def _get_period(self):
        return Period.of_last_months(self.env.company._get_plant_day(), self._get_month_count())

    @api.model
    def _get_month_count(self):
        """:raises UserError: the context does not say a number of months."""
        months = self.env.context.get("kpi_months") or MONTHS
        if not isinstance(months, int) or not 0 < months <= 120:
            raise UserError(self.env._("Choose a period of 1 to 120 months."))
        return months

    @api.model
    def _get_teams(self):
        """The teams to count; none for all."""
        wanted = self.env.context.get("kpi_team_ids") or []
        return self.env["maintenance.team"].browse([team for team in wanted if isinstance(team, int)])

    @api.model
    def _get_scope(self, team_field, company_field="company_id", shared=False):
        """The companies chosen, and the teams.

        :param bool shared: records without a company belong to all.
        """
        companies = [*self.env.companies.ids, *([False] if shared else [])]
        teams = self._get_teams()
        domain = Domain(company_field, "in", companies)
        return domain & Domain(team_field, "in", teams.ids) if teams else domain

    # -- Working it out ---------------------------------------------------------------------------

    def _get_results(self, periods):
        """What the figure is made of in each of ``periods``; in one or few queries for all of them.

        :returns: a `Result` for each period.
        :raises AccessError: the user may not see what is counted.
        """
        self.ensure_one()
        compute = getattr(self, f"_compute_{self.code}", None)
        return compute(periods) if compute else self._get_measure().compute(self.env.company, periods)

    def _get_measure(self) -> Measure:
        return getattr(self, f"_measure_{self.code}")()

    def _get_value(self, result):
        """The figure, None when nothing was counted."""
        if not result.denominator:
            return None
        return (100 if self.unit == "percent" else 1) * result.numerator / result.denominator

    def _describe_left_out(self):
        """What this figure had to leave out of the records as they are, in a sentence; False when nothing."""
        return False

    # -- Records behind it --------------------------------------------------------------------------

    @api.readonly
    def action_view_records(self):
        """Open exactly what is counted."""
        return self._open_source("records", self.records_label)

    @api.readonly
    def action_view_other(self):
        """Open the other side of the division: the part of a share, the assets, the hours."""
        return self._open_source("other", self.other_label)

    def _open_source(self, side, label):
        self.ensure_one()
        self.check_access("read")
        model, domain = self._get_sources(self._get_period())[side]
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {label}",
            "res_model": model,
            "views": [(False, view) for view in ("list", "pivot", "graph", "form")],
            "domain": list(domain),
            "context": {"active_test": False, "create": False},
        }

    def _get_sources(self, period):
        """Model and domain of the records that are counted, and of those on the other side of the division."""
        self.ensure_one()
        find = getattr(self, f"_get_sources_{self.code}", None)
        if find:
            return find(period)
        measure = self._get_measure()
        domain = measure.get_domain(self.env.company, period)
        return {
            "records": (measure.model._name, domain),
            "other": (measure.model._name, domain & measure.part if measure.part else domain),
        }
