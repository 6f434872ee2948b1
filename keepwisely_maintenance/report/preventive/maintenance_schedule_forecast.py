from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...models.preventive.schedule_working_days import SEARCHED_DAYS

#: How far the forecast looks ahead.
FORECAST_DAYS = 366

#: Number a date of a line of a schedule: the line, and the days since this one.
FIRST_DAY, DAYS_OF_A_LINE = date(2000, 1, 1), 100_000

#: The unit of a schedule as `make_interval` takes it, and how many days it has at most and at least.
UNIT_DAYS = {"day": (1, 1), "week": (7, 7), "month": (31, 28), "year": (366, 365)}


class Asked(NamedTuple):
    """What a search can want: dates between two days, of the assets of some lines of schedules; None is no bound."""

    first: date | None = None
    last: date | None = None
    line_ids: tuple[int, ...] | None = None


class MaintenanceScheduleForecast(models.Model):
    """What schedules will bring within a year, without making it, and what they have made that is still open.

    The first date of an asset is the one its line knows. Later ones follow by the rule of
    ``schedule_dates``, which the database can count as well: multiples of an interval from one anchor. Only which
    day takes the place of a day off comes from working hours, so those days are handed in.
    """

    _name = "maintenance.schedule.forecast"
    _description = "Preventive Work Ahead"
    _inherit = ["maintenance.report.mixin"]
    _auto = False
    _order = "date, id"
    _rec_name = "schedule_id"
    _depends = {
        "maintenance.equipment": ["active", "category_id", "maintenance_team_id", "technician_user_id"],
        "maintenance.request": [
            "company_id", "equipment_id", "expected_hours", "maintenance_team_id", "priority", "schedule_asset_id",
            "schedule_date", "schedule_id", "state", "user_id",
        ],
        "maintenance.schedule": [
            "active", "basis", "company_id", "day_rule", "duration", "end_date", "included_ids", "interval",
            "interval_unit", "is_round", "maintenance_team_id", "priority", "resource_calendar_id", "season_from", "season_to",
            "trigger", "user_id",
        ],
        "maintenance.schedule.asset": [
            "active", "equipment_id", "handled_date", "last_due_date", "last_request_id", "meter_days", "next_date",
            "next_nominal_date", "schedule_id", "start_date",
        ],
        "res.users": ["active"],
    }  # fmt: skip

    date = fields.Date("Due", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    schedule_id = fields.Many2one("maintenance.schedule", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    category_id = fields.Many2one("maintenance.equipment.category", "Asset category", readonly=True)
    maintenance_team_id = fields.Many2one("maintenance.team", "Team", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    priority = fields.Selection([("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], readonly=True)
    hours = fields.Float(readonly=True, help="Expected hours.")
    kind = fields.Selection(
        [("open", "Open work order"), ("fixed", "Not made yet"), ("estimate", "Not made yet, depends on the work before"),
         ("included", "Done with a bigger service")],
        readonly=True,
    )

    @api.depends("schedule_id", "equipment_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " · ".join(filter(None, [row.equipment_id.name, row.schedule_id.name]))

    def _with_asked(self, conditions):
        """Only those dates are counted that ``conditions`` can want, of the assets that they can want."""
        earliest, latest, line_ids = [], [], None
        for name, operator, value in conditions:
            days = []
            if name == "date":
                days = [fields.Date.to_date(day) for day in (value if operator == "in" else [value]) if day]
            elif name == "id" and operator == "in":
                coming = [divmod(number // 2, DAYS_OF_A_LINE) for number in value if number % 2 == 0]
                line_ids = tuple(line for line, _days in coming)
                days = [FIRST_DAY + timedelta(days=number) for _line, number in coming]
            if days and operator in ("in", ">", ">="):
                earliest.append(min(days))
            if days and operator in ("in", "<", "<="):
                latest.append(max(days))
        asked = Asked(max(earliest, default=None), min(latest, default=None), line_ids)
        return self.with_context(maintenance_forecast_asked=asked)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH shift(calendar_id, rule, day, moved) AS (%(shifts)s),
                 unit_days(unit, longest, shortest) AS (VALUES %(units)s),
                 plant(company_id, zone, today) AS (VALUES %(plants)s)
            %(coming)s UNION ALL %(open)s
            """,
            shifts=self._shifts_sql(),
            units=SQL(", ").join(SQL("(%s, %s, %s)", unit, *days) for unit, days in UNIT_DAYS.items()),
            plants=SQL(", ").join(
                SQL("(%s, %s, %s::date)", company.id, company._get_plant_timezone().zone, company._get_plant_day())
                for company in self.env["res.company"].sudo().search([("active", "=", True)])
            ),
            coming=self._coming_or_included_sql(),
            open=self._open_sql(),
        )

    @api.model
    def _shifts_sql(self):
        """What takes the place of each day, by working hours and rule; nothing where the day is left out."""
        # sudo: everybody who reads the forecast sees it by the working hours of the plant
        schedules = self.env["maintenance.schedule"].sudo().search([("day_rule", "!=", "keep")])
        alike = {(schedule._get_calendar().id or 0, schedule.day_rule): schedule for schedule in schedules}
        days = schedules.browse().concat(*alike.values())._get_working_days()
        calendars, rules, dates, moved = [], [], [], []
        for (calendar_id, rule), schedule in alike.items():
            first = schedule.company_id._get_plant_day() - timedelta(days=SEARCHED_DAYS)
            for offset in range(FORECAST_DAYS + 2 * SEARCHED_DAYS):
                day = first + timedelta(days=offset)
                calendars.append(calendar_id)
                rules.append(rule)
                dates.append(day)
                moved.append(days[schedule].shift(day, rule))
        return SQL("SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], %s::date[])", calendars, rules, dates, moved)

    @api.model
    def _coming_or_included_sql(self):
        """What a bigger service of the same asset and day stands for takes no hours of its own."""
        # sudo: whether any schedule includes another is no secret
        if not self.env["maintenance.schedule"].sudo().search([("included_ids", "!=", False)], limit=1):
            return self._coming_sql()
        return SQL(
            """
            SELECT * FROM (
                WITH RECURSIVE includes(schedule_id, included_id) AS (
                    SELECT schedule_id, included_id FROM maintenance_schedule_include_rel
                     UNION
                    SELECT includes.schedule_id, rel.included_id
                      FROM includes JOIN maintenance_schedule_include_rel rel ON rel.schedule_id = includes.included_id
                ), coming AS (%s)
                SELECT coming.id, coming.date, coming.company_id, coming.schedule_id, coming.equipment_id, coming.category_id,
                       coming.maintenance_team_id, coming.user_id, coming.maintenance_request_id, coming.priority,
                       CASE WHEN bigger.found THEN 0 ELSE coming.hours END,
                       CASE WHEN bigger.found THEN 'included' ELSE coming.kind END
                  FROM coming
                 CROSS JOIN LATERAL (
                       SELECT EXISTS (
                              SELECT FROM includes JOIN coming big ON big.schedule_id = includes.schedule_id
                               WHERE includes.included_id = coming.schedule_id AND big.equipment_id = coming.equipment_id
                                 AND big.date = coming.date
                              ) OR EXISTS (
                              SELECT FROM includes JOIN maintenance_request request ON request.schedule_id = includes.schedule_id
                               WHERE includes.included_id = coming.schedule_id AND request.equipment_id = coming.equipment_id
                                 AND request.schedule_due_date = coming.date AND request.state != 'cancelled'
                              ) AS found
                       ) bigger
            ) ahead
            """,
            self._coming_sql(),
        )

    @api.model
    def _coming_sql(self):
        asked = self.env.context.get("maintenance_forecast_asked")
        # what is sent over the network is no object of ours
        first, last, line_ids = asked if isinstance(asked, Asked) else Asked()
        return SQL(
            """
            SELECT (line.id::bigint * %(line_days)s + (ahead.day - %(first_day)s)) * 2 AS id,
                   ahead.day AS date, schedule.company_id, schedule.id AS schedule_id, line.equipment_id,
                   equipment.category_id,
                   COALESCE(schedule.maintenance_team_id, equipment.maintenance_team_id) AS maintenance_team_id,
                   COALESCE(technician.id, keeper.id) AS user_id,
                   NULL::integer AS maintenance_request_id, schedule.priority,
                   CASE WHEN schedule.is_round
                        THEN schedule.duration / GREATEST((
                             SELECT COUNT(*) FROM maintenance_schedule_asset other
                              WHERE other.schedule_id = schedule.id AND other.active AND other.next_date = line.next_date
                             ), 1)
                        ELSE schedule.duration END AS hours,
                   CASE WHEN rule.is_counted OR rule.by_meter THEN 'estimate' ELSE 'fixed' END AS kind
              FROM maintenance_schedule_asset line
              JOIN maintenance_schedule schedule ON schedule.id = line.schedule_id
              JOIN maintenance_equipment equipment ON equipment.id = line.equipment_id
              LEFT JOIN res_users technician ON technician.id = schedule.user_id AND technician.active
              LEFT JOIN res_users keeper ON keeper.id = equipment.technician_user_id AND keeper.active
              JOIN plant ON plant.company_id = schedule.company_id
              JOIN res_company company ON company.id = schedule.company_id
              JOIN unit_days ON unit_days.unit = schedule.interval_unit
             CROSS JOIN LATERAL (
                   SELECT line.next_nominal_date IS NULL
                          OR (schedule.basis = 'completion' AND line.last_request_id IS NOT NULL
                              AND (line.last_due_date >= line.start_date OR line.handled_date IS NOT NULL)) AS is_counted,
                          (schedule.trigger = 'meter' OR (schedule.trigger = 'both' AND
                           line.meter_days < unit_days.shortest * schedule.interval)) AND line.meter_days > 0 AS by_meter,
                          COALESCE(schedule.resource_calendar_id, company.resource_calendar_id, 0) AS calendar_id,
                          plant.today + %(days)s AS until
                   ) rule
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN rule.is_counted THEN line.next_date ELSE line.start_date END AS anchor,
                          CASE WHEN rule.is_counted THEN line.next_date ELSE line.next_nominal_date END AS taken
                   ) grid
             CROSS JOIN LATERAL (
                   SELECT line.next_date AS day
                    UNION ALL
                   SELECT line.next_date + FLOOR(number * GREATEST(line.meter_days, 1))::integer
                     FROM generate_series(
                              1, FLOOR((rule.until - line.next_date) / GREATEST(line.meter_days, 1))::integer
                          ) AS number
                    WHERE rule.by_meter
                    UNION ALL
                   SELECT date.nominal FROM %(nominal)s
                    WHERE schedule.day_rule = 'keep' AND %(counts)s AND date.nominal > line.next_date
                    UNION ALL
                   SELECT DISTINCT shift.moved
                     FROM %(nominal)s
                     JOIN shift
                       ON shift.calendar_id = rule.calendar_id AND shift.rule = schedule.day_rule
                      AND shift.day = date.nominal
                    WHERE schedule.day_rule != 'keep' AND %(counts)s AND shift.moved > line.next_date
                   ) ahead
             WHERE line.active AND schedule.active AND equipment.active AND ahead.day <= rule.until %(asked)s
            """,
            days=FORECAST_DAYS,
            line_days=DAYS_OF_A_LINE,
            first_day=FIRST_DAY,
            # all of an asset, for what a bigger service of it stands for
            asked=SQL() if line_ids is None else SQL(
                """AND line.equipment_id IN (
                       SELECT asked.equipment_id FROM maintenance_schedule_asset asked WHERE asked.id = ANY(%s)
                   )""",
                list(line_ids),
            ),
            nominal=self._nominal_sql(first, last),
            counts=SQL(
                """schedule.trigger != 'meter' AND rule.by_meter IS NOT TRUE AND date.nominal > grid.taken
                   AND (schedule.end_date IS NULL OR date.nominal <= schedule.end_date)
                   AND (schedule.season_from IS NULL OR
                        CASE WHEN schedule.season_from::int <= schedule.season_to::int
                             THEN EXTRACT(MONTH FROM date.nominal)
                                  BETWEEN schedule.season_from::int AND schedule.season_to::int
                             ELSE EXTRACT(MONTH FROM date.nominal) >= schedule.season_from::int
                                  OR EXTRACT(MONTH FROM date.nominal) <= schedule.season_to::int END)"""
            ),
        )

    @api.model
    def _nominal_sql(self, first, last):
        """The dates on the grid of a line that can be wanted: what takes the place of a day off is not far away."""
        return SQL(
            """
            generate_series(
                GREATEST(
                    (GREATEST(grid.taken, %(first)s) - grid.anchor) / (unit_days.longest * schedule.interval), 0
                ),
                (LEAST(rule.until, %(last)s) - grid.anchor) / (unit_days.shortest * schedule.interval) + 1
            ) AS number
            CROSS JOIN LATERAL (
                  SELECT (grid.anchor + number * make_interval(
                              days => CASE schedule.interval_unit WHEN 'day' THEN schedule.interval
                                                                  WHEN 'week' THEN schedule.interval * 7 ELSE 0 END,
                              months => CASE schedule.interval_unit WHEN 'month' THEN schedule.interval
                                                                    WHEN 'year' THEN schedule.interval * 12 ELSE 0 END
                         ))::date AS nominal
                  ) date
            """,
            first=first and first - timedelta(days=SEARCHED_DAYS),
            last=last and last + timedelta(days=SEARCHED_DAYS),
        )

    @api.model
    def _open_sql(self):
        """Work orders of schedules that are still to be done, on the day they are planned for."""
        return SQL(
            """
            SELECT request.id::bigint * 2 + 1,
                   (request.schedule_date AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date,
                   request.company_id, request.schedule_id, request.equipment_id, request.category_id,
                   request.maintenance_team_id, request.user_id, request.id, request.priority, request.expected_hours, 'open'
              FROM maintenance_request request
              JOIN plant ON plant.company_id = request.company_id
             WHERE request.schedule_id IS NOT NULL AND request.schedule_date IS NOT NULL
               AND request.state NOT IN ('completed', 'closed', 'cancelled')
            """
        )

    # -- Actions ------------------------------------------------------------------------------------

    @api.readonly
    def action_open_document(self):
        """Open the work order, or the schedule that will make it."""
        self.ensure_one()
        return (self.maintenance_request_id or self.schedule_id)._get_records_action()
