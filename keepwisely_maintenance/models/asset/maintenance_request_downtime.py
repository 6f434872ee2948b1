from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import DONE_STATES
from ...context import BY_SYSTEM, get_moment, is_bringing_in, is_by_system
from .maintenance_equipment_status import SEVERITY, STATUS

#: What a report says about its asset.
SAID = {"reported_status", "date_failure", "equipment_id"}


class MaintenanceRequestDowntime(models.Model):
    """A report says how its asset is; work that is done brings it back.

    What becomes of the downtime when the report is corrected stands in ``maintenance_request_downtime_corrected``.
    """

    _inherit = "maintenance.request"

    reported_status = fields.Selection(
        STATUS, "The asset is", default="running", required=True, tracking=True, copy=False,
        help="Down: it stands still. Degraded: it runs worse than it should. A planner who corrects it corrects the downtime "
        "from its beginning; what has changed since is said on the asset.",
    )  # fmt: skip
    date_failure = fields.Datetime(
        "Since", copy=False, help="When it failed; the moment of the report unless said otherwise."
    )
    maintenance_reported_at = fields.Datetime(
        "Status reported on", readonly=True, copy=False, help="From when on the status holds where nothing else is said."
    )
    equipment_status = fields.Selection(related="equipment_id.status", string="Asset now")
    downtime_ids = fields.One2many("maintenance.downtime", "maintenance_request_id")
    downtime_hours = fields.Float(
        "Downtime hours", compute="_compute_downtime_hours", compute_sudo=True, help="Hours the asset stood still for it, so far."
    )

    @api.depends("downtime_ids.hours", "downtime_ids.status")
    def _compute_downtime_hours(self):
        for request in self:
            request.downtime_hours = sum(
                downtime.hours_so_far for downtime in request.downtime_ids if downtime.status == "down"
            )

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        now = get_moment(self.env)
        requests = super().create([{**vals, "maintenance_reported_at": now} for vals in vals_list])
        requests._report_status()
        return requests

    def write(self, vals):
        if "maintenance_reported_at" in vals and not self.env.su:
            raise UserError(self.env._("When a status was reported is written by the system; enter “Since” instead."))
        if not SAID & vals.keys() or {"stage_id", "archive"} & vals.keys():
            # what comes with a move comes back here on its own
            return super().write(vals)
        # sudo: whoever may report says how the asset is, and need not see downtimes
        before = [(request, *(request[name] for name in sorted(SAID))) for request in self.sudo()]
        result = super().write(vals)
        # who may only begin and end a downtime says how the asset is from now on
        is_planner = self._user_is_planner()
        for request, since, asset, status in before:
            request._maintenance_correct_downtime(since, asset, status, from_the_start=is_planner)
        return result

    def _maintenance_get_asked_moment(self):
        """What was reported on a phone without a signal was asked for when it was written."""
        asked = super()._maintenance_get_asked_moment()
        return min(asked, self.sudo().maintenance_reported_at or asked)

    def _maintenance_get_reported_moment(self):
        """From when on the report says how the asset is."""
        self.ensure_one()
        moment = self.date_failure or self.maintenance_reported_at or self.create_date
        return min(moment, fields.Datetime.now())

    def _report_status(self, moment=None):
        """Begin the downtime that is reported; what is known as worse stays.

        :param moment: when it began; what the report says, else now.
        """
        now = get_moment(self.env)
        for request in self.filtered(lambda request: request.state not in (*DONE_STATES, "cancelled")):
            # sudo: whoever may report says how the asset is, and need not see downtimes
            equipment = request.equipment_id.sudo()
            if equipment and SEVERITY[request.reported_status] > SEVERITY[equipment.status]:
                since = max(filter(None, [min(moment or request.date_failure or now, now), equipment.status_since]))
                equipment._set_status(request.reported_status, moment=since, request=request)

    def _follow_move(self, before):
        result = super()._follow_move(before)
        over = (*DONE_STATES, "cancelled")
        self.filtered(lambda request: request.state in over and before[request.id] not in over)._end_downtime()
        opened = self.filtered(lambda request: request.state not in over and before[request.id] in over)
        opened._report_status(moment=fields.Datetime.now())
        return result

    def _set_stage(self, target, vals):
        """Work that was completed or cancelled by mistake, and goes on, has never brought its asset back."""
        undone = self.browse()
        if target.state not in (*DONE_STATES, "cancelled") and not is_by_system(self.env, "maintenance_not_fixed"):
            undone = self.filtered(lambda request: request.state in ("completed", "cancelled"))
        ended = undone.sudo()._maintenance_get_downtime_ended_by_move()
        result = super()._set_stage(target, vals)
        ended.write({"date_to": False})
        return result

    def _open_not_fixed(self, reason):
        """From now on: whether it stood still meanwhile, nobody said."""
        return super(MaintenanceRequestDowntime, self.with_context(maintenance_not_fixed=BY_SYSTEM))._open_not_fixed(reason)

    def _prepare_not_fixed_vals(self, reason):
        return {**super()._prepare_not_fixed_vals(reason), "reported_status": self.reported_status}

    def _end_downtime(self):
        """The asset is as bad as the worst work order still open says, once this one is over.

        What somebody wrote down on the asset itself is left to them.
        """
        # sudo: who completes the work need not see the other work orders of the asset
        requests = self.sudo()
        lasting = requests.equipment_id.downtime_ids.filtered(
            lambda downtime: not downtime.date_to and downtime.maintenance_request_id
        )
        if not lasting:
            return
        others = self.env["maintenance.request"].sudo().search(
            [
                ("equipment_id", "in", lasting.equipment_id.ids),
                ("state", "not in", (*DONE_STATES, "cancelled")),
                ("reported_status", "!=", "running"),
            ]
        ).grouped("equipment_id")
        for downtime in lasting:
            equipment = downtime.equipment_id
            worst = max(
                others.get(equipment, requests.browse()),
                key=lambda request: SEVERITY[request.reported_status],
                default=requests.browse(),
            )
            if downtime.maintenance_request_id in requests or not worst:
                if worst.reported_status == downtime.status:
                    downtime.maintenance_request_id = worst
                else:
                    mine = requests.filtered(lambda r, e=equipment: r.equipment_id == e)
                    moment = max(request.date_completed or fields.Datetime.now() for request in mine)
                    equipment._set_status(worst.reported_status or "running", moment=moment, request=worst)
                    downtime.is_ended_by_work = not downtime.maintenance_request_id._is_work_open()
