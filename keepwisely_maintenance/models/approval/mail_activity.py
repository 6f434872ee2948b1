from odoo import api, fields, models


class MailActivity(models.Model):
    """A to-do to approve is answered by approving or rejecting.

    Marking it done decides nothing: what still waits comes back with the next reminder.
    """

    _inherit = "mail.activity"

    can_decide_requisition = fields.Boolean(compute="_compute_can_decide_requisition")

    @api.model
    def _maintenance_create(self, xmlid, todos):
        """Give to-dos of one type in a single INSERT.

        :param xmlid: of the type.
        :param todos: pairs of a record and a dict of values.
        """
        if not todos:
            return self.browse()
        activity_type = self.env.ref(xmlid)
        return self.create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "summary": activity_type.summary,
                    "date_deadline": (record.company_id or self.env.company)._get_plant_day(),
                    **vals,
                }
                for record, vals in todos
            ]
        )

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
