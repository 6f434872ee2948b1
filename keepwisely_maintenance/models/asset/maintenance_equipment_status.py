from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import COSTS_GROUP

STATUS = [("running", "Running"), ("degraded", "Degraded"), ("down", "Down")]

#: The worse, the later.
SEVERITY = {status: number for number, (status, _label) in enumerate(STATUS)}


class MaintenanceEquipmentStatus(models.Model):
    """Whether the asset produces, and for how long it did not."""

    _inherit = "maintenance.equipment"

    downtime_ids = fields.One2many("maintenance.downtime", "equipment_id")
    status = fields.Selection(
        STATUS, compute="_compute_status", store=True, index=True,
        help="From the downtime that lasts; running when there is none.",
    )  # fmt: skip
    status_since = fields.Datetime(compute="_compute_status", store=True)
    downtime_hours = fields.Float(
        "Downtime hours", compute="_compute_downtime", compute_sudo=True, help="Hours of standstill so far, clock time."
    )
    downtime_cost = fields.Monetary(
        compute="_compute_downtime", compute_sudo=True, groups=COSTS_GROUP,
        help="Hours of standstill × what an hour cost when each began.",
    )  # fmt: skip

    @api.depends("downtime_ids.date_from", "downtime_ids.date_to", "downtime_ids.status")
    def _compute_status(self):
        for equipment in self:
            lasting = equipment.downtime_ids.filtered(lambda downtime: not downtime.date_to)[:1]
            equipment.status = lasting.status or "running"
            equipment.status_since = lasting.date_from or max(
                equipment.downtime_ids.mapped("date_to"), default=False
            )

    @api.depends("downtime_ids.cost", "downtime_ids.hours", "downtime_ids.status")
    def _compute_downtime(self):
        periods = self.env["maintenance.downtime"]
        domain = [("equipment_id", "in", self.ids), ("status", "=", "down")]
        totals = {
            equipment.id: (hours, cost)
            for equipment, hours, cost in periods._read_group(domain, ["equipment_id"], ["hours:sum", "cost:sum"])
        }
        lasting = {period.equipment_id.id: period for period in periods.search([*domain, ("date_to", "=", False)])}
        for equipment in self:
            hours, cost = totals.get(equipment._origin.id, (0.0, 0.0))
            period = lasting.get(equipment._origin.id)
            if period:
                hours += period.hours_so_far
                cost += period._get_cost(period.hours_so_far)
            equipment.downtime_hours = hours
            equipment.downtime_cost = cost

    # -- Changing it --------------------------------------------------------------------------------

    def action_down(self, reason=None):
        """Write down that the assets stand still from now on."""
        return self._set_status("down", reason=reason)

    def action_degraded(self, reason=None):
        """Write down that the assets run worse than they should from now on."""
        return self._set_status("degraded", reason=reason)

    def action_running(self):
        """Write down that the assets are back in production.

        :raises UserError: nothing was written down that could end.
        """
        running = self.filtered(lambda equipment: equipment.status == "running")
        if running:
            raise UserError(self.env._("%s is running already.", running[0].display_name))
        return self._set_status("running")

    def _set_status(self, status, moment=None, request=None, reason=None):
        """End what lasts and begin what is said, both at ``moment`` (now unless given)."""
        moment = moment or fields.Datetime.now()
        changing = self.filtered(lambda equipment: equipment.status != status)
        lasting = changing.downtime_ids.filtered(lambda downtime: not downtime.date_to)
        for downtime in lasting:
            downtime.date_to = max(moment, downtime.date_from)
        if status != "running":
            self.env["maintenance.downtime"].create(
                [
                    {
                        "equipment_id": equipment.id,
                        "status": status,
                        "date_from": moment,
                        "maintenance_request_id": request and request.id,
                        "reason": reason,
                    }
                    for equipment in changing
                ]
            )
        return True

    @api.readonly
    def action_view_downtime(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_downtime")
        action["domain"] = [("equipment_id", "in", self.ids)]
        action["context"] = {"default_equipment_id": self.id if len(self) == 1 else False}
        return action
