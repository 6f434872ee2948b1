from dateutil.relativedelta import relativedelta

from odoo import fields, models


class MaintenanceRequestRecurrence(models.Model):
    """Native recurrence: what recurs makes its next occurrence when it is done, once."""

    _inherit = "maintenance.request"

    maintenance_next_request_id = fields.Many2one(
        "maintenance.request", "Next occurrence", readonly=True, copy=False, index="btree_not_null", ondelete="set null",
        help="Made when this one was completed; reopening and completing it again makes no other.",
    )  # fmt: skip

    def _set_stage(self, target, vals):
        open_before = self.filtered(lambda request: not request.stage_id.done)
        result = super()._set_stage(target, vals)
        if target.done:
            # sudo: who completes the work need not be able to plan any
            for request in open_before.sudo():
                if request._maintenance_is_next_due():
                    request.maintenance_next_request_id = request.copy(request._maintenance_prepare_next_vals())
        return result

    def _maintenance_is_next_due(self):
        if self.maintenance_type != "preventive" or not self.recurring_maintenance or self.maintenance_next_request_id:
            return False
        if self.repeat_type == "forever" or not self.repeat_until:
            return True
        return self.company_id._get_plant_day(self._maintenance_get_next_start()) <= self.repeat_until

    def _maintenance_get_next_start(self):
        """At the same time of day in the plant, also when the clocks change in between."""
        later = relativedelta(**{f"{self.repeat_unit}s": self.repeat_interval})
        return self.company_id._maintenance_shift_moment(self.schedule_date or fields.Datetime.now(), later)

    def _maintenance_prepare_next_vals(self):
        return {
            "request_date": self.company_id._get_plant_day(),
            "schedule_date": self._maintenance_get_next_start(),
            "stage_id": self._default_stage().id,
        }
