from odoo import api, fields, models

from ...const import DONE_STATES
from .maintenance_equipment_status import STATUS

#: The worse, the later.
SEVERITY = {status: number for number, (status, _label) in enumerate(STATUS)}


class MaintenanceRequestDowntime(models.Model):
    """A report says how its asset is; work that is done brings it back."""

    _inherit = "maintenance.request"

    reported_status = fields.Selection(
        STATUS, "The asset is", default="running", required=True, tracking=True,
        help="Down: it stands still. Degraded: it runs worse than it should.",
    )  # fmt: skip
    date_failure = fields.Datetime("Since", help="When it failed; the moment of the report unless said otherwise.")
    equipment_status = fields.Selection(related="equipment_id.status", string="Asset now")
    downtime_ids = fields.One2many("maintenance.downtime", "maintenance_request_id")
    downtime_hours = fields.Float(
        compute="_compute_downtime_hours", compute_sudo=True, help="Hours the asset stood still for it, so far."
    )

    @api.depends("downtime_ids.hours", "downtime_ids.status")
    def _compute_downtime_hours(self):
        for request in self:
            request.downtime_hours = sum(
                downtime.hours_so_far for downtime in request.downtime_ids if downtime.status == "down"
            )

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._report_status()
        return requests

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"reported_status", "date_failure", "equipment_id"}:
            self._report_status()
        return result

    def _report_status(self):
        """Begin the downtime that is reported; what is known as worse stays."""
        now = fields.Datetime.now()
        for request in self.filtered(lambda request: request.state not in (*DONE_STATES, "cancelled")):
            # sudo: whoever may report says how the asset is, and need not see downtimes
            equipment = request.equipment_id.sudo()
            if equipment and SEVERITY[request.reported_status] > SEVERITY[equipment.status]:
                since = max(filter(None, [min(request.date_failure or now, now), equipment.status_since]))
                equipment._set_status(request.reported_status, moment=since, request=request)

    def _follow_move(self, before):
        result = super()._follow_move(before)
        over = (*DONE_STATES, "cancelled")
        self.filtered(lambda request: request.state in over and before[request.id] not in over)._end_downtime()
        return result

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
                    moment = max(requests.filtered(lambda r, e=equipment: r.equipment_id == e).mapped(
                        lambda request: request.date_completed or fields.Datetime.now()
                    ))
                    equipment._set_status(worst.reported_status or "running", moment=moment, request=worst)
