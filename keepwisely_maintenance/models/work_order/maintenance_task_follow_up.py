from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class MaintenanceTaskFollowUp(models.Model):
    """A failed check raises a work order of its own, once."""

    _inherit = "maintenance.task"

    follow_up_ids = fields.One2many("maintenance.request", "origin_task_id", "Follow-up")

    def action_follow_up(self):
        """Report what failed as a work order on the same asset, or open the one that was reported.

        :raises UserError: the check did not fail.
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever may see the check learns that it was reported, also to another team
        follow_up = self.sudo().follow_up_ids
        if not follow_up:
            self.check_access("write")
            if not self.is_failed:
                raise UserError(self.env._("“%s” did not fail, so there is nothing to follow up.", self.name))
            # sudo: where a work order comes from is not for hands
            follow_up = self.env["maintenance.request"].sudo().create(self._prepare_follow_up_vals())
            self.maintenance_request_id.message_post(
                body=self.env._("%(check)s failed: %(follow_up)s was reported.", check=self._describe_failure(),
                                follow_up=follow_up._get_html_link())
            )  # fmt: skip
        return follow_up.with_env(self.env)._get_records_action(name=self.env._("Follow-up"))

    def _prepare_follow_up_vals(self):
        self.ensure_one()
        request = self.maintenance_request_id
        return {
            "name": self._describe_failure(),
            "description": self.note and plaintext2html(self.note),
            "equipment_id": request.equipment_id.id,
            "maintenance_team_id": request.maintenance_team_id.id,
            "company_id": request.company_id.id,
            "maintenance_type": "corrective",
            "priority": "2" if self.is_mandatory else "1",
            "owner_user_id": self.env.uid,
            "origin_task_id": self.id,
            "origin_request_id": request.id,
        }

    def _describe_failure(self):
        """“Oil pressure: 1.2 bar (2 to 4 bar)”."""
        self.ensure_one()
        if self.kind != "number":
            return self.name
        return f"{self.name}: {self.answer_text} ({self.limits_text})"


class MaintenanceRequestFollowUp(models.Model):
    _inherit = "maintenance.request"

    origin_task_id = fields.Many2one(
        "maintenance.task", "Failed check", copy=False, readonly=True, index="btree_not_null", ondelete="set null"
    )
    origin_request_id = fields.Many2one(
        "maintenance.request", "Found on", copy=False, readonly=True, index="btree_not_null", ondelete="set null",
        help="The work order whose check failed.",
    )  # fmt: skip
    task_failed_count = fields.Integer("Failed checks", compute="_compute_task_progress")

    _origin_task_uniq = models.UniqueIndex(
        "(origin_task_id) WHERE origin_task_id IS NOT NULL", "This failed check already has its follow-up."
    )

    @api.depends("task_ids.is_failed")
    def _compute_task_progress(self):
        result = super()._compute_task_progress()
        for request in self:
            request.task_failed_count = len(request.task_ids.filtered("is_failed"))
        return result
