from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..common import MaintenanceCase


class KpiCase(MaintenanceCase):
    """Jobs with a past: they go through the lifecycle today, then their dates are moved back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.today = cls.now.date()
        cls.conveyor.effective_date = cls.today - timedelta(days=400)
        # what the database holds besides is not part of the examples
        others = cls.env["maintenance.equipment"].search([("id", "!=", cls.conveyor.id)])
        others.active = False

    def _ago(self, days, hours=0):
        return self.now - timedelta(days=days, hours=hours)

    def _kpi(self, code, user=None, **context):
        self._end_transaction()
        self.env.invalidate_all()
        kpi = self.env.ref(f"keepwisely_maintenance.kpi_{code}").with_context(**context)
        return kpi.with_user(user or self.planner)

    def _set(self, record, follow=True, **columns):
        """Write columns as they would stand had it happened then, and what follows from them."""
        self.env.flush_all()
        for name, value in columns.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s",
                    SQL.identifier(record._table), SQL.identifier(name), value, tuple(record.ids),
                )
            )  # fmt: skip
        record.invalidate_recordset()
        if follow:
            record.sudo().modified(list(columns))
            self.env.flush_all()

    def _repair(self, completed, hours=0.0, reported=None, **values):
        """A repair that was completed on the conveyor at ``completed``."""
        request = self._assigned(**values)
        self._set(request, create_date=reported or completed - timedelta(hours=10))
        if hours:
            self.env["maintenance.labor"].with_user(self.technician).create(
                {"maintenance_request_id": request.id, "hours": hours, "date": completed.date()}
            )
        request.action_start()
        request.action_complete()
        self._set(request, date_completed=completed)
        return request

    def _down(self, since, hours, equipment=None, **values):
        return self.env["maintenance.downtime"].create(
            {
                "equipment_id": (equipment or self.conveyor).id,
                "date_from": since,
                "date_to": since + timedelta(hours=hours),
                **values,
            }
        )

    def _open_records(self, kpi, side="records"):
        """The records that a click on the figure opens, as its user sees them."""
        action = kpi.action_view_records() if side == "records" else kpi.action_view_other()
        records = self.env[action["res_model"]].with_user(kpi.env.user)
        return records.with_context(**action["context"]).search(action["domain"])
