from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import DONE_STATES

#: Of work orders that are over.
OVER_STATES = (*DONE_STATES, "cancelled")

#: Written when something is taken over, and never again.
ORIGIN_FIELDS = {"origin_id", "origin_model", "origin_name"}


class MaintenanceOriginMixin(models.AbstractModel):
    """What a record was made of that Odoo or another module had before; it is made of that once."""

    _name = "maintenance.origin.mixin"
    _description = "Taken Over"

    origin_name = fields.Char("Taken over from", readonly=True, copy=False)
    origin_model = fields.Char(readonly=True, copy=False)
    # no reference: the module that had it may go
    origin_id = fields.Integer(readonly=True, copy=False)

    def _find_taken_over(self, records):
        """What these were made into before, by their id."""
        # sudo: what was taken over is, whoever may see what became of it
        found = self.sudo().with_context(active_test=False).search_fetch(
            [("origin_model", "=", records._name), ("origin_id", "in", records.ids)], ["origin_id", "name"]
        )
        return {record.origin_id: record for record in found}

    def _tell_origin(self, origin):
        """Say on both where it comes from and where it went."""
        self.ensure_one()
        self.message_post(body=self.env._("Taken over from %s.", origin._get_html_link()))
        origin.message_post(body=self.env._("Goes on as %s.", self._get_html_link()))


class MaintenanceScheduleOrigin(models.Model):
    _name = "maintenance.schedule"
    _inherit = ["maintenance.schedule", "maintenance.origin.mixin"]

    def _take_in(self, requests):
        """Make work orders from before the schedule its own: they recur no more, and their days are taken.

        :param requests: of the assets of the schedule; over or open.
        """
        self.ensure_one()
        # sudo: what the system says about its own work orders, also those that are closed
        schedule, requests = self.sudo(), requests.sudo()
        lines = {line.equipment_id: line for line in schedule.asset_ids}
        own = schedule.request_ids
        days, done, over = defaultdict(dict), defaultdict(list), []
        for request in own:
            days[request.schedule_asset_id][request.schedule_due_date] = request
        for request in (requests - own).sorted("id"):
            day = self.company_id._get_plant_day(request.schedule_date) if request.schedule_date else request.request_date
            line = lines.get(request.equipment_id, schedule.asset_ids.browse())
            if line and request.state in DONE_STATES:
                # native code knows the day only
                moment = request.date_completed
                done[line].append(self.company_id._get_plant_day(moment) if moment else request.close_date)
            if not day or day in days[line]:
                line = line.browse()
            days[line][day] = request
            vals = {"schedule_id": self.id, "schedule_asset_id": line.id, "schedule_due_date": bool(line) and day}
            if request.state in OVER_STATES:
                over.append((request.id, line.id or None, day if line else None))
            else:
                request.with_context(mail_notrack=True).write({"recurring_maintenance": False, **vals})
        self._take_in_over(over)
        for line, dated in days.items():
            if line:
                last = max(dated)
                line._begin_after(last, dated[last], max(filter(None, done[line]), default=False))

    def _take_in_over(self, rows):
        """In SQL: there may be very many, and nothing else of what is over changes."""
        if not rows:
            return
        self.env.flush_all()
        ids, lines, days = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE maintenance_request request
                   SET recurring_maintenance = FALSE, schedule_id = %s, schedule_asset_id = past.line,
                       schedule_due_date = past.day
                  FROM UNNEST(%s::int[], %s::int[], %s::date[]) AS past (id, line, day)
                 WHERE request.id = past.id
                """,
                self.id, ids, lines, days,
            )
        )  # fmt: skip
        self.env["maintenance.request"].invalidate_model(
            ["recurring_maintenance", "schedule_id", "schedule_asset_id", "schedule_due_date"]
        )
        (self | self.sudo()).invalidate_recordset(["request_ids"])
        self.asset_ids.invalidate_recordset(["request_ids"])


class MaintenanceScheduleAssetOrigin(models.Model):
    _inherit = "maintenance.schedule.asset"

    def _begin_after(self, day, request, done):
        """Go on after the last of the work orders that were there before.

        :param day: when ``request`` was due.
        :param done: when the work was done last; False when it never was.
        """
        self.ensure_one()
        self.write(
            {"handled_date": day, "last_due_date": day, "last_request_id": request.id, "done_before_date": done}
        )


class MaintenanceRequisitionOrigin(models.Model):
    _name = "maintenance.requisition"
    _inherit = ["maintenance.requisition", "maintenance.origin.mixin"]

    def _check_protected(self, vals):
        if ORIGIN_FIELDS & vals.keys() and not self.env.su:
            raise UserError(self.env._("Where a requisition was taken over from is written when that happens."))
        return super()._check_protected(vals)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | ORIGIN_FIELDS
