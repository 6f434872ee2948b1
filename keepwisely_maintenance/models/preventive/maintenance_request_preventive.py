from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import DONE_STATES
from ...context import is_bringing_in, is_by_system
from ...words import format_day

#: Said by the schedule, not by people.
SCHEDULE_FIELDS = {"schedule_id", "schedule_asset_id", "schedule_due_date", "maintenance_included_ids"}


class MaintenanceRequestPreventive(models.Model):
    """Work orders that a schedule made, and native recurrences that become schedules."""

    _inherit = "maintenance.request"

    schedule_id = fields.Many2one(
        "maintenance.schedule", readonly=True, copy=False, index="btree_not_null", ondelete="restrict",
        check_company=True,
    )  # fmt: skip
    schedule_asset_id = fields.Many2one(
        "maintenance.schedule.asset", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    # read once per move instead of being searched for every field that a move writes
    last_of_schedule_ids = fields.One2many("maintenance.schedule.asset", "last_request_id", "Last of schedules")
    schedule_due_date = fields.Date(
        "Due by schedule", readonly=True, copy=False, help="What the schedule says, whatever it is planned for."
    )

    _schedule_due_uniq = models.UniqueIndex(
        "(schedule_asset_id, schedule_due_date) WHERE schedule_asset_id IS NOT NULL",
        "The schedule has made a work order for this asset and day already.",
    )
    _maintenance_ahead_idx = models.Index(
        "(schedule_date) WHERE schedule_id IS NOT NULL AND state NOT IN ('completed', 'closed', 'cancelled')"
    )

    # -- CRUD --------------------------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | SCHEDULE_FIELDS

    @api.model
    def _check_protected(self, vals):
        touched = SCHEDULE_FIELDS & vals.keys()
        if touched and any(vals[name] for name in touched) and not self.env.su:
            raise UserError(self.env._("Work orders get their schedule from the schedule that makes them, not by hand."))
        return super()._check_protected(vals)

    def _follow_move(self, before):
        result = super()._follow_move(before)
        done = self.filtered(lambda request: request.state in DONE_STATES and before[request.id] not in DONE_STATES)
        # sudo: technicians complete work, and with it what schedules count from
        (done.sudo().schedule_asset_id | done.sudo().last_of_schedule_ids)._on_done()
        return result

    def _add_followers(self):
        """Those who make many work orders at once let them be followed afterwards, see `_follow_at_once`."""
        if is_by_system(self.env, "maintenance_follow_at_once") or is_bringing_in(self.env):
            return None
        return super()._add_followers()

    def _follow_at_once(self):
        """Followers of many new work orders, in a few queries for all of them."""
        for partners, requests in self.grouped(
            lambda request: (request.owner_user_id | request.user_id).filtered("active").partner_id
        ).items():
            if partners:
                requests.message_subscribe(partner_ids=partners.ids)

    def _format_plant_date(self, day):
        return format_day(self.env, day)

    # -- Native recurrence ------------------------------------------------------------------------

    def action_make_schedule(self):
        """Turn native recurrences into schedules that know what the requests know (planners).

        The work orders stay as they are and become the first ones of their schedules; from then on the
        schedule makes the next ones.

        :returns: an action that opens the schedules.
        :raises UserError: the user does not plan, or a work order does not recur or has no asset.
        """
        self._require_planner(self.env._("Schedules are kept by planners."))
        schedules = self.env["maintenance.schedule"]
        for request in self:
            if not request.recurring_maintenance:
                raise UserError(self.env._("%s does not recur; make a schedule by hand instead.", request.display_name))
            if request.state in (*DONE_STATES, "cancelled"):
                raise UserError(self.env._("%s is over; make a schedule of the one that came after it.", request.display_name))
            if not request.equipment_id:
                raise UserError(self.env._("Choose the asset of %s first; schedules are for assets.", request.display_name))
            schedule = schedules.create(request._prepare_schedule_vals())
            request._join_schedule(schedule)
            schedules |= schedule
        return schedules._get_records_action(name=self.env._("Schedules"))

    def _prepare_schedule_vals(self):
        self.ensure_one()
        day = self.company_id._get_plant_day(self.schedule_date)
        parts = self.sudo().part_ids.filtered(lambda move: move.state != "cancel")
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "equipment_ids": [fields.Command.set(self.equipment_id.ids)],
            "interval": self.repeat_interval,
            "interval_unit": self.repeat_unit,
            # as natively: from the planned day, when the work is done
            "basis": "fixed",
            "start_date": day,
            "end_date": self.repeat_type == "until" and self.repeat_until and max(self.repeat_until, day),
            "maintenance_team_id": self.maintenance_team_id.id,
            "user_id": self._maintenance_has_responsible() and self.user_id.id,
            "work_type_id": self.maintenance_work_type_id.filtered(lambda kind: kind.maintenance_type == "preventive").id,
            "priority": min(self.priority or "0", "2"),
            "duration": self.expected_hours or 1.0,
            "description": self.description,
            "instruction_type": self.instruction_type,
            "instruction_pdf": self.instruction_pdf,
            "instruction_google_slide": self.instruction_google_slide,
            "instruction_text": self.instruction_text,
            "task_ids": [
                fields.Command.create({"sequence": task.sequence, "name": task.name, **task._prepare_checklist_vals()})
                for task in self.task_ids
            ],
            "part_ids": [
                fields.Command.create(
                    {
                        "product_id": move.product_id.id,
                        "product_uom": move.product_uom.id,
                        "product_uom_qty": move.product_uom_qty,
                    }
                )
                for move in parts
            ],
        }

    def _join_schedule(self, schedule):
        self.ensure_one()
        line = schedule.asset_ids
        # sudo: what the system says about its own work orders
        self.sudo().write(
            {
                "recurring_maintenance": False,
                "schedule_id": schedule.id,
                "schedule_asset_id": line.id,
                "schedule_due_date": schedule.start_date,
            }
        )
        line.sudo().write(
            {"handled_date": schedule.start_date, "last_due_date": schedule.start_date, "last_request_id": self.id}
        )
        self.message_post(body=self.env._("Repeats by the schedule %s from now on.", schedule.name))
