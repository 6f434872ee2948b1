from odoo import api, fields, models


class MailActivity(models.Model):
    """A to-do to approve is answered by approving or rejecting.

    Marking it done decides nothing: what still waits comes back with the next reminder.
    """

    _inherit = "mail.activity"

    can_decide_requisition = fields.Boolean(compute="_compute_can_decide_requisition")

    @api.depends_context("uid")
    @api.depends("active", "activity_type_id", "res_id")
    def _compute_can_decide_requisition(self):
        approve = self.env.ref("keepwisely_maintenance.mail_activity_approve", raise_if_not_found=False)
        asking = self.filtered(lambda todo: todo.active and todo.activity_type_id == approve)
        # sudo: a to-do may be seen by who cannot read the requisition; only a yes or no is given out
        requisitions = self.env["maintenance.requisition"].sudo().browse(asking.mapped("res_id")).exists()
        decidable = requisitions.filtered("user_can_decide")
        for todo in self:
            todo.can_decide_requisition = todo in asking and todo.res_id in decidable.ids

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "can_decide_requisition"]
