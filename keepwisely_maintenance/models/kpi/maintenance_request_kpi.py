from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import DONE_STATES

#: Days of an interval, for the tolerance of preventive work.
INTERVAL_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

#: The share of its interval by which preventive work may be early or late (the 10 % rule).
TOLERANCE = 0.1

#: For so many days a repair has to hold to count as fixed the first time.
FIRST_TIME_FIX_DAYS = 30


class MaintenanceRequestKpi(models.Model):
    """What key figures say about a single work order: was it done in time, as planned, and did it hold?"""

    _inherit = "maintenance.request"

    schedule_tolerance = fields.Integer(
        "Tolerance in days", compute="_compute_schedule_tolerance", store=True,
        help="A tenth of the interval of its schedule when the work order was made, in whole days.",
    )  # fmt: skip
    schedule_latest_date = fields.Date(
        "In time until", compute="_compute_is_done_in_time", store=True, help="Due by schedule, and its tolerance."
    )
    is_done_in_time = fields.Boolean(
        "Done in time", compute="_compute_is_done_in_time", store=True,
        help="Preventive work that was completed within a tenth of its interval of the day it was due.",
    )  # fmt: skip
    is_done_as_planned = fields.Boolean(
        "Done as planned", compute="_compute_is_done_as_planned", store=True,
        help="Completed by the end of the day it was planned for, as the plan stood last.",
    )  # fmt: skip
    is_fixed_first_time = fields.Boolean(
        "Fixed the first time", compute="_compute_is_fixed_first_time", search="_search_is_fixed_first_time",
        help="Nothing was reported about the asset again for 30 days after the repair.",
    )  # fmt: skip

    _completed_idx = models.Index("(date_completed, maintenance_type) WHERE date_completed IS NOT NULL")
    _due_idx = models.Index("(schedule_due_date) WHERE schedule_due_date IS NOT NULL")
    # what the ledger reads of work orders, without reading them
    _ledger_idx = models.Index("(id) INCLUDE (equipment_id, maintenance_team_id, user_id)")
    _created_idx = models.Index("(create_date)")
    _asset_repairs_idx = models.Index("(equipment_id, create_date) WHERE maintenance_type = 'corrective'")

    @api.depends("schedule_id")
    def _compute_schedule_tolerance(self):
        """Not dependent on the interval: a schedule that changes does not judge past work anew."""
        for request in self:
            schedule = request.schedule_id
            days = schedule.interval * INTERVAL_DAYS.get(schedule.interval_unit, 0)
            request.schedule_tolerance = int(days * TOLERANCE)

    @api.depends("schedule_due_date", "schedule_tolerance", "date_completed", "company_id")
    def _compute_is_done_in_time(self):
        for request in self:
            due, tolerance = request.schedule_due_date, timedelta(days=request.schedule_tolerance)
            request.schedule_latest_date = due and due + tolerance
            done = request.date_completed and request.company_id._get_plant_day(request.date_completed)
            request.is_done_in_time = bool(due and done and abs(done - due) <= tolerance)

    @api.depends("schedule_date", "schedule_end", "date_completed", "company_id")
    def _compute_is_done_as_planned(self):
        for request in self:
            planned = request.schedule_end or request.schedule_date
            request.is_done_as_planned = bool(
                request.schedule_date
                and request.date_completed
                and request.company_id._get_plant_day(request.date_completed) <= request.company_id._get_plant_day(planned)
            )

    # -- Fixed the first time -------------------------------------------------------------------------

    @api.depends("maintenance_type", "equipment_id", "date_completed", "not_fixed_count")
    def _compute_is_fixed_first_time(self):
        fixed = self.search([("id", "in", self.ids), ("is_fixed_first_time", "=", True)])
        for request in self:
            request.is_fixed_first_time = request._origin in fixed

    def _search_is_fixed_first_time(self, operator, value):
        if operator != "in":
            return NotImplemented
        fixed = (
            Domain("maintenance_type", "=", "corrective")
            & Domain("state", "in", DONE_STATES)
            & Domain("equipment_id", "!=", False)
            & Domain("not_fixed_count", "=", 0)
            & Domain("date_completed", "<", self._get_first_time_fix_limit())
            & Domain.custom(to_sql=self._sql_nothing_reported_again)
        )
        return fixed if True in value else ~fixed

    @api.model
    def _sql_nothing_reported_again(self, model, alias, query):
        """No other repair of the asset was asked for within the days, whoever may see it."""
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM maintenance_request again
                 WHERE again.equipment_id = %(asset)s AND again.id <> %(id)s
                   AND again.maintenance_type = 'corrective' AND again.state IS DISTINCT FROM 'cancelled'
                   AND again.create_date > %(completed)s
                   AND again.create_date <= %(completed)s + %(days)s * INTERVAL '1 day'
            )
            """,
            asset=model._field_to_sql(alias, "equipment_id", query),
            id=SQL.identifier(alias, "id"),
            completed=model._field_to_sql(alias, "date_completed", query),
            days=FIRST_TIME_FIX_DAYS,
        )

    @api.model
    def _get_first_time_fix_limit(self):
        """Repairs completed before have held or not; the others are too young to say."""
        return fields.Datetime.subtract(fields.Datetime.now(), days=FIRST_TIME_FIX_DAYS)
