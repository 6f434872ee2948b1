from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.keepwisely_maintenance.const import DONE_STATES


class MrpWorkcenterProductivityLoss(models.Model):
    _inherit = "mrp.workcenter.productivity.loss"

    maintenance_reports_problem = fields.Boolean(
        "Reports a problem", help="Whoever blocks a work center for this reason reports a problem with its asset."
    )


class MrpWorkcenterProductivity(models.Model):
    """A stop on the shop floor is a report to maintenance, once; who goes on there says that the asset runs again."""

    _inherit = "mrp.workcenter.productivity"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Reported as", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        times = super().create(vals_list)
        # asked of the records, as a value may have come as a default
        if not self.env.su and times.sudo().maintenance_request_id:
            self._maintenance_refuse_link()
        times._maintenance_report_problems()
        return times

    def write(self, vals):
        if "maintenance_request_id" in vals and not self.env.su:
            self._maintenance_refuse_link()
        ending = self.browse()
        if vals.get("date_end"):
            ending = self.filtered(lambda time: not time.date_end and time.maintenance_request_id)
        result = super().write(vals)
        if "loss_id" in vals:
            self._maintenance_report_problems()
        for time in ending:
            time._maintenance_end_standstill()
        return result

    def _maintenance_refuse_link(self):
        raise UserError(self.env._("What a stop is reported as is set by the system; block the work center for that reason."))

    def _maintenance_report_problems(self):
        for time in self.filtered(
            lambda time: not time.date_end and not time.maintenance_request_id and time.loss_id.maintenance_reports_problem
        ):
            asset = time.workcenter_id._maintenance_get_asset()
            if asset:
                # sudo: the link is the system's to set
                time.sudo().maintenance_request_id = time._maintenance_get_report(asset) or time._maintenance_report(asset)

    def _maintenance_get_report(self, asset):
        """The open work order that says already that ``asset`` stands still; it is told of the stop."""
        # sudo: whoever stops the work center need not see what others reported
        report = self.env["maintenance.request"].sudo().search(
            [
                ("equipment_id", "=", asset.id),
                ("reported_status", "=", "down"),
                ("state", "not in", (*DONE_STATES, "cancelled")),
            ],
            order="id", limit=1,
        )  # fmt: skip
        if report:
            report.message_post(body=self._maintenance_get_words(), author_id=self.env.user.partner_id.id)
            report._report_status(moment=self.date_start.replace(microsecond=0))
        return report

    def _maintenance_report(self, asset):
        """Whoever stops the work center reports the problem, as any user may."""
        return self.env["maintenance.request"].create(
            {
                "name": self._maintenance_get_words(),
                "description": plaintext2html(self.description) if self.description else False,
                "equipment_id": asset.id,
                "company_id": (asset.company_id or self.company_id).id,
                "reported_status": "down",
                "date_failure": self.date_start.replace(microsecond=0),
            }
        )

    def _maintenance_get_words(self):
        return self.env._(
            "%(workcenter)s is blocked: %(reason)s", workcenter=self.workcenter_id.display_name, reason=self.loss_id.display_name
        )

    def _maintenance_end_standstill(self):
        """The asset runs again; what is to be done there still, the work order says."""
        self.ensure_one()
        # sudo: whoever unblocks the work center need not see downtimes
        request = self.sudo().maintenance_request_id
        lasting = request.downtime_ids.filtered(lambda period: not period.date_to and period.status == "down")
        if lasting:
            lasting.equipment_id._set_status("running", moment=self.date_end.replace(microsecond=0))
