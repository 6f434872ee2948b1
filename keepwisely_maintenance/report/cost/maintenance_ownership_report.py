from odoo import api, fields, models
from odoo.tools import SQL


class MaintenanceOwnershipReport(models.Model):
    """All that owning an asset cost, on the day it did: its purchase, the ledger of maintenance, downtime, and what
    vendors gave back, which counts against it.

    The sum of an asset is its total cost of ownership less what was recovered. Downtime is dated when it ended, and
    today while it lasts; its hours and amount then grow with time. Days are those of the plant.
    """

    _name = "maintenance.ownership.report"
    _inherit = ["maintenance.report.mixin"]
    _description = "Cost of Ownership"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "equipment_id"
    _depends = {
        "maintenance.equipment": ["cost", "effective_date", "company_id", "category_id", "location_id"],
        "maintenance.downtime": ["equipment_id", "date_from", "date_to", "status", "hourly_cost", "cost", "company_id"],
        "maintenance.warranty.recovery": ["equipment_id", "date", "amount", "company_id", "maintenance_request_id"],
        "maintenance.cost.report": ["date", "company_id", "equipment_id", "maintenance_request_id", "kind", "amount"],
        "res.company": ["currency_id", "partner_id", "resource_calendar_id"],
    }  # fmt: skip

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    category_id = fields.Many2one("maintenance.equipment.category", "Asset category", readonly=True)
    location_id = fields.Many2one("stock.location", "Place", readonly=True, help="Where the asset is today.")
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    kind = fields.Selection(
        [
            ("purchase", "Purchase"), ("labor", "Labour"), ("part", "Parts"), ("service", "Services"),
            ("downtime", "Downtime"), ("recovery", "Recovered"),
        ],
        readonly=True,
    )  # fmt: skip
    year_in_service = fields.Integer(
        "Year in service",
        readonly=True, aggregator=None,
        help="1 for the first twelve months since it went into service, and what was before; empty when nobody knows that day.",
    )  # fmt: skip
    amount = fields.Monetary(readonly=True, help="In the company's currency, taxes excluded; what was recovered is negative.")
    res_model = fields.Char("Source model", readonly=True)
    res_id = fields.Many2oneReference("Source", model_field="res_model", readonly=True)

    @property
    def _table_query(self):
        """Plain columns of the sources, so that the database filters each of them by its indexes; ids are those of
        the sources times four plus the part of the union.
        """
        return SQL(
            """
            SELECT facts.*, equipment.category_id, equipment.location_id,
                   COALESCE(owner.currency_id, %s) AS currency_id,
                   CASE WHEN equipment.effective_date IS NOT NULL
                        THEN GREATEST(EXTRACT(YEAR FROM AGE(facts.date, equipment.effective_date)), 0)::integer + 1
                    END AS year_in_service
              FROM (%s UNION ALL %s UNION ALL %s UNION ALL %s) AS facts
              JOIN maintenance_equipment equipment ON equipment.id = facts.equipment_id
              LEFT JOIN res_company owner ON owner.id = facts.company_id
            """,
            # of assets that all companies share
            self.env.company.currency_id.id,
            self._purchase_sql(),
            self._maintenance_sql(),
            self._downtime_sql(),
            self._recovery_sql(),
        )

    @api.model
    def _purchase_sql(self):
        return SQL(
            """
            SELECT id::bigint * 4 AS id, effective_date AS date, company_id, id AS equipment_id,
                   NULL::integer AS maintenance_request_id, 'purchase' AS kind,
                   'maintenance.equipment' AS res_model, id AS res_id, cost::numeric AS amount
              FROM maintenance_equipment WHERE cost <> 0
            """
        )

    @api.model
    def _maintenance_sql(self):
        return SQL(
            """
            SELECT id * 4 + 1, date, company_id, equipment_id, maintenance_request_id, kind, res_model, res_id, amount::numeric
              FROM maintenance_cost_report WHERE equipment_id IS NOT NULL
            """
        )

    @api.model
    def _downtime_sql(self):
        """Rounded to the cent for those that last, as ``maintenance.downtime`` rounds what is over."""
        return SQL(
            """
            SELECT downtime.id::bigint * 4 + 2,
                   (COALESCE(downtime.date_to, %(now)s) AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(calendar.tz, partner.tz, 'UTC'))::date,
                   downtime.company_id, downtime.equipment_id, downtime.maintenance_request_id, 'downtime',
                   'maintenance.downtime', downtime.id,
                   CASE WHEN downtime.date_to IS NULL
                        THEN ROUND((%(lasting)s)::numeric, 2)
                        ELSE downtime.cost::numeric END
              FROM maintenance_downtime downtime
              LEFT JOIN res_company company ON company.id = downtime.company_id
              LEFT JOIN res_partner partner ON partner.id = company.partner_id
              LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
             WHERE downtime.status = 'down' AND (downtime.cost <> 0 OR downtime.date_to IS NULL AND (%(lasting)s) <> 0)
            """,
            now=fields.Datetime.now(),
            lasting=self._lasting_downtime_sql(),
        )

    @api.model
    def _lasting_downtime_sql(self):
        """What a standstill that lasts has cost until now."""
        return SQL("EXTRACT(EPOCH FROM %s - downtime.date_from) / 3600 * downtime.hourly_cost", fields.Datetime.now())

    @api.model
    def _recovery_sql(self):
        return SQL(
            """
            SELECT id::bigint * 4 + 3, date, company_id, equipment_id, maintenance_request_id, 'recovery',
                   'maintenance.warranty.recovery', id, -amount::numeric
              FROM maintenance_warranty_recovery
            """
        )

    @api.readonly
    def action_open_source(self):
        """Open what a row was made from: the asset, the entry of the ledger, the downtime or the recovery."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
