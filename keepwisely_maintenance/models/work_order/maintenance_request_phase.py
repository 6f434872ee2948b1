from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: The parts of a work order's life, in the order in which they usually come.
PHASES = [
    ("acknowledge", "Acknowledge"),
    ("approve", "Approve the work"),
    ("ask", "Ask for parts"),
    ("money", "Approve the money"),
    ("buyer", "Buyer"),
    ("vendor", "Vendor"),
    ("receiving", "Receiving"),
    ("people", "People"),
    ("repair", "Repair"),
]

#: What is measured besides hours, by the aggregate that stands for it.
AVERAGES = {
    "hours_per_order:avg": "SUM(%(hours)s) / NULLIF(COUNT(DISTINCT %(order)s), 0)",
    "hours_median:avg": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(hours)s)",
}


class MaintenanceRequestPhase(models.Model):
    """The life of each work order, phase by phase: what its time went into.

    Rows follow each other without a gap, so their sum is the time from the report to the completion; work
    that was over and was opened again has a row for the time between. Hours are clock hours. The
    rows write themselves when a transaction commits, with one UPDATE and one INSERT for all work
    orders that it touched. The database deletes them with their work order.

    Work orders from before the module have rows from its installation on.
    """

    _name = "maintenance.request.phase"
    _inherit = ["maintenance.journal.mixin"]
    _description = "Time Line of Work Orders"
    _order = "date_from desc, id desc"
    _rec_name = "phase"
    _log_access = False

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, readonly=True, index=True, ondelete="cascade",
        aggregator="count_distinct",
    )  # fmt: skip
    phase = fields.Selection(
        [*PHASES, ("reopened", "Over, then opened again")], required=True, readonly=True,
        help="Acknowledge: until a planner or the team did anything with the report.\n"
        "Approve the work: until a planner approved it.\n"
        "Ask for parts: parts are missing and nobody asked for them.\n"
        "Approve the money: a requisition waits for its approvers.\n"
        "Buyer: approved, or waiting for a price, and not all is ordered.\n"
        "Vendor: ordered and not at the gate.\n"
        "Receiving: at the gate or on its way between own warehouses, and not on the shelf.\n"
        "People: nothing is missing and nobody works on it; planned work that is not due counts here.\n"
        "Repair: in progress.\n"
        "Over, then opened again: from completion or cancellation to the reopening.",
    )  # fmt: skip
    date_from = fields.Datetime("From", required=True, readonly=True)
    date_to = fields.Datetime("Ended", readonly=True, index=True, help="Empty while it lasts.")
    hours = fields.Float(readonly=True, help="Clock hours, nights and weekends included; until now while it lasts.")
    hours_per_order = fields.Float(
        "Hours per work order", related="hours", aggregator="avg", help="All hours by the number of work orders among them.",
    )  # fmt: skip
    hours_median = fields.Float(
        "Median hours", related="hours", aggregator="avg", help="Half of these phases took longer, half were shorter."
    )
    share = fields.Float(compute="_compute_share", help="Percent of the time of the work order.")
    maintenance_team_id = fields.Many2one(
        "maintenance.team", "Team", readonly=True, help="Whose the work order was then."
    )
    equipment_id = fields.Many2one(related="maintenance_request_id.equipment_id", store=True, string="Asset")
    company_id = fields.Many2one(related="maintenance_request_id.company_id", store=True)
    maintenance_type = fields.Selection(related="maintenance_request_id.maintenance_type", store=True)
    priority = fields.Selection(related="maintenance_request_id.priority", string="Urgency")

    _one_open = models.UniqueIndex("(maintenance_request_id) WHERE date_to IS NULL", "A work order is in one phase at a time.")
    _in_order = models.Constraint("CHECK(date_to >= date_from)", "A phase ends after it began.")

    @api.depends("hours", "maintenance_request_id.phase_ids")
    def _compute_share(self):
        totals = dict(
            self._read_group(
                [("maintenance_request_id", "in", self.maintenance_request_id.ids)], ["maintenance_request_id"], ["hours:sum"]
            )
        )
        for row in self:
            total = totals.get(row.maintenance_request_id)
            row.share = 100 * row.hours / total if total else 0.0

    @api.readonly
    def action_open(self):
        """Open the work order."""
        self.ensure_one()
        return self.maintenance_request_id._get_records_action()

    # -- In queries ---------------------------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """What still lasts counts until now."""
        sql = super()._field_to_sql(alias, field_expr, query)
        if field_expr != "hours":
            return sql
        begin = SQL.identifier(alias, "date_from")
        return SQL("COALESCE(%s, EXTRACT(EPOCH FROM %s - %s)::float8 / 3600)", sql, fields.Datetime.now(), begin)

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in AVERAGES:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            AVERAGES[aggregate_spec],
            hours=self._field_to_sql(self._table, "hours", query),
            order=self._field_to_sql(self._table, "maintenance_request_id", query),
        )

    def _read_group_orderby(self, order, groupby_terms, query):
        """Phases in the order in which they come, not in that of the alphabet."""
        terms = dict(groupby_terms)
        if "phase" in terms:
            names = [name for name, _label in self._fields["phase"].selection]
            terms["phase"] = SQL("ARRAY_POSITION(%s, %s::text)", names, terms["phase"])
        sql = super()._read_group_orderby(order, terms, query)
        groupby_terms.update((term, terms[term]) for term in terms if term != "phase")
        return sql

    # -- Writing ----------------------------------------------------------------------------------------

    @api.model
    def _refusal(self):
        return UserError(self.env._("The time line of a work order writes itself; move the work order instead."))

    @api.model
    def _write_pending(self):
        """Write down the phases of the work orders that the transaction touched, as ``{id: moment}``."""
        requests = self.env["maintenance.request"]
        requests.flush_model(
            ["phase", "state", "date_completed", "maintenance_team_id", "equipment_id", "company_id", "maintenance_type"]
        )
        touched = self._take_pending()
        if not touched:
            return
        self.flush_model()
        current = SQL(
            """
            SELECT request.*, touched.moment,
                   CASE WHEN request.phase IS NULL AND request.state IN ('completed', 'closed')
                        THEN COALESCE(request.date_completed, touched.moment) ELSE touched.moment END AS until
              FROM UNNEST(%s::int[], %s::timestamp[]) AS touched (id, moment)
              JOIN maintenance_request request ON request.id = touched.id
            """,
            list(touched),
            list(touched.values()),
        )
        self._end_rows(current)
        self._begin_rows(current)
        self.invalidate_model()
        requests.browse(touched).invalidate_recordset(["phase_ids"])

    def _end_rows(self, current):
        """End the open rows of work that is in another phase, or another team's; completed work ends when it was completed."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE maintenance_request_phase phase
                   SET date_to = GREATEST(current.until, phase.date_from),
                       hours = EXTRACT(EPOCH FROM GREATEST(current.until, phase.date_from) - phase.date_from) / 3600
                  FROM (%s) current
                 WHERE phase.maintenance_request_id = current.id AND phase.date_to IS NULL
                   AND (phase.phase, phase.maintenance_team_id) IS DISTINCT FROM (current.phase, current.maintenance_team_id)
                """,
                current,
            )
        )

    def _begin_rows(self, current):
        """Begin a row where none is open, after one for the time in which the work was over."""
        self.env.cr.execute(
            SQL(
                """
                WITH current AS (
                    SELECT request.*, last.date_to AS last
                      FROM (%s) request
                      LEFT JOIN LATERAL (
                          SELECT MAX(phase.date_to) AS date_to, BOOL_OR(phase.date_to IS NULL) AS is_open
                            FROM maintenance_request_phase phase WHERE phase.maintenance_request_id = request.id
                      ) last ON TRUE
                     WHERE last.is_open IS NOT TRUE AND (request.phase IS NOT NULL OR request.state != 'cancelled')
                )
                INSERT INTO maintenance_request_phase (
                    maintenance_request_id, phase, date_from, date_to, hours,
                    maintenance_team_id, equipment_id, company_id, maintenance_type
                )
                SELECT id, 'reopened', last, until, EXTRACT(EPOCH FROM until - last) / 3600,
                       maintenance_team_id, equipment_id, company_id, maintenance_type
                  FROM current WHERE last < until
                 UNION ALL
                SELECT id, phase, COALESCE(GREATEST(last, until), until), NULL, NULL,
                       maintenance_team_id, equipment_id, company_id, maintenance_type
                  FROM current WHERE phase IS NOT NULL
                """,
                current,
            )
        )

    @api.model
    def _begin_anew(self):
        """Forget all rows and begin one now for each work order that is open; for the installation only."""
        requests = self.env["maintenance.request"]
        requests.flush_model()
        self.env.cr.execute(SQL("DELETE FROM maintenance_request_phase"))
        self.invalidate_model()
        open_ids = requests.search([("phase", "!=", False)]).ids
        self._get_pending().update(dict.fromkeys(open_ids, fields.Datetime.now()))

    # -- Drawing anew -----------------------------------------------------------------------------------

    @api.model
    def _draw_from_stamps(self, request_ids):
        """Draw the time line of completed work orders, and of all that were brought in, anew from the dates on them.

        For work that was not entered as it happened, such as the history of another system: acknowledging until the
        approval, then people until the start, then the repair. What it waited for in between is not on the work order.
        Work that is open is in its phase since the last of these dates.
        """
        requests = self.env["maintenance.request"].browse(request_ids)
        requests.flush_model()
        for request in requests.filtered("maintenance_brought_in"):
            # nothing of it happens now
            self._get_pending().pop(request.id, None)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM maintenance_request_phase phase USING maintenance_request request
                 WHERE request.id = phase.maintenance_request_id AND request.id IN %(ids)s
                   AND (request.state IN ('completed', 'closed') OR request.maintenance_brought_in)
                """,
                ids=tuple(request_ids),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                WITH stamps AS (
                    SELECT request.*,
                           CASE WHEN maintenance_brought_in THEN create_date
                                ELSE LEAST(create_date, (request_date + TIME '08:00') AT TIME ZONE %(zone)s AT TIME ZONE 'UTC',
                                           date_approved) END AS reported,
                           LEAST(COALESCE(date_approved, date_started), date_started, date_completed) AS approved,
                           LEAST(COALESCE(date_started, date_completed), date_completed) AS started
                      FROM maintenance_request request
                     WHERE id IN %(ids)s
                       AND (state IN ('completed', 'closed') AND date_completed IS NOT NULL OR maintenance_brought_in)
                )
                INSERT INTO maintenance_request_phase (
                    maintenance_request_id, phase, date_from, date_to, hours,
                    maintenance_team_id, equipment_id, company_id, maintenance_type
                )
                SELECT stamps.id, line.phase, line.since, line.until, EXTRACT(EPOCH FROM line.until - line.since) / 3600,
                       maintenance_team_id, equipment_id, company_id, maintenance_type
                  FROM stamps,
                       LATERAL (VALUES
                           ('acknowledge', reported, approved),
                           ('people', approved, started),
                           ('repair', started, date_completed)
                       ) AS line (phase, since, until)
                 WHERE line.since < line.until
                 UNION ALL
                SELECT id, phase, GREATEST(reported, approved, started), NULL, NULL,
                       maintenance_team_id, equipment_id, company_id, maintenance_type
                  FROM stamps WHERE maintenance_brought_in AND phase IS NOT NULL
                """,
                ids=tuple(request_ids),
                zone=self.env["res.company"]._maintenance_plant_zone_sql(SQL("request.company_id")),
            )
        )
        self.invalidate_model()
        requests.invalidate_recordset(["phase_ids"])
