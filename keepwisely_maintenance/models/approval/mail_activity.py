import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

from ...context import BY_SYSTEM
from ...words import in_language_of

_logger = logging.getLogger(__name__)


class MailActivity(models.Model):
    """A to-do to approve is answered by approving or rejecting.

    Marking it done decides nothing: what still waits comes back with the next reminder.
    """

    _inherit = "mail.activity"

    can_decide_requisition = fields.Boolean(compute="_compute_can_decide_requisition")
    maintenance_is_untold = fields.Boolean(
        readonly=True, copy=False, groups=fields.NO_ACCESS,
        help="The e-mail about it is to be written yet; not in the click that gave it.",
    )
    maintenance_is_answered = fields.Boolean(
        readonly=True, copy=False, groups=fields.NO_ACCESS, help="The scheduler is to delete it; nobody waits for that."
    )
    _maintenance_untold = models.Index("(id) WHERE maintenance_is_untold")
    _maintenance_answered = models.Index("(id) WHERE maintenance_is_answered")

    @api.model
    def _maintenance_create(self, xmlid, todos):
        """Give to-dos of one type in a single INSERT, each in the language of whom it is for.

        :param xmlid: of the type.
        :param todos: pairs of a record and a dict of values.
        """
        if not todos:
            return self.browse()
        activity_type = self._maintenance_get_type(xmlid)
        kinds = self.env["ir.model"]
        for name in {record._name for record, _vals in todos}:
            # what would be read from there otherwise
            kinds._fields["model"]._insert_cache(kinds.browse(kinds._get_id(name)), [name])
        return self.create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": kinds._get_id(record._name),
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "date_deadline": (record.company_id or self.env.company)._get_plant_day(),
                    **({} if "summary" in vals else {"summary": self._maintenance_get_summary(activity_type, vals["user_id"])}),
                    **vals,
                }
                for record, vals in todos
            ]
        )

    @api.model
    def _maintenance_get_summary(self, activity_type, user_id):
        return in_language_of(activity_type, self.env["res.users"].browse(user_id)).summary

    @api.model
    def _maintenance_get_type(self, xmlid):
        """As `env.ref`, without asking the database whether it is there."""
        return self.env["mail.activity.type"].browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=True))

    @api.model
    def _maintenance_create_told_later(self, xmlid, todos):
        """The same as `_maintenance_create`; the e-mails are made a little later, of what is not answered by then."""
        if not todos:
            return self.browse()
        # one query for everybody whom the click names
        self.env["res.users"].browse({self.env.uid, *(vals["user_id"] for _record, vals in todos)}).partner_id.mapped("tz")
        for users, pairs in self._maintenance_group_by_users(todos).items():
            records = pairs[0].union(*pairs)
            self.env["mail.followers"]._insert_followers(records._name, records.ids, users.partner_id.ids, customer_ids=[])
        quiet = self.with_context(mail_activity_quick_update=True, maintenance_subscribed=BY_SYSTEM)
        # who gives it to themselves needs no e-mail
        made = quiet._maintenance_create(
            xmlid, [(record, {"maintenance_is_untold": vals["user_id"] != self.env.uid, **vals}) for record, vals in todos]
        ).with_env(self.env)
        if any(made.mapped("maintenance_is_untold")):
            cron = self.env["ir.model.data"]._xmlid_to_res_id("keepwisely_maintenance.ir_cron_todo_mails")
            # sudo: whoever acts lets the scheduler run
            self.env["ir.cron"].sudo().browse(cron)._maintenance_call()
        return made

    @api.model
    def _maintenance_group_by_users(self, todos):
        """The records of ``todos`` by who gets one, so that the same people follow many records in one go."""
        by_record = {}
        for record, vals in todos:
            by_record.setdefault(record, set()).add(vals["user_id"])
        by_users = {}
        for record, user_ids in by_record.items():
            by_users.setdefault(self.env["res.users"].browse(sorted(user_ids)), []).append(record)
        return by_users

    @api.model
    def _cron_maintenance_tell(self, limit=50):
        """Write the e-mails about to-dos that were given a moment ago, and delete those that were answered."""
        answered = self.search([("maintenance_is_answered", "=", True), ("active", "=", False)], order="id")
        untold = self.search([("maintenance_is_untold", "=", True)], order="id")
        self.env["ir.cron"]._maintenance_work_through(
            (answered, lambda todos: todos.unlink()), (untold, lambda todos: todos._maintenance_tell()), limit=limit
        )

    def _maintenance_tell(self):
        untold = self.try_lock_for_update()
        untold.maintenance_is_untold = False
        for giver, todos in untold.grouped("create_uid").items():
            # sudo: in the name of whoever gave it, who need not be able to read it; here nobody waits for e-mails
            todos.with_user(giver).sudo().with_context(maintenance_written_later=BY_SYSTEM)._maintenance_notify_safely()

    def _maintenance_answer(self):
        """Take to-dos off the lists of their people; deleting asks more tables than the click, and empties its cache."""
        self.write({"active": False, "maintenance_is_answered": True})

    def _maintenance_notify_safely(self):
        """An e-mail that cannot be written stops no other one; the to-do stands without it, and administrators are told."""
        try:
            with self.env.cr.savepoint():
                self.action_notify()
        except OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                _logger.exception("The e-mail about the to-do %s could not be written", self.display_name)
                self.env["ir.cron"]._maintenance_tell_administrators(self, error)
                return
            for todo in self:
                todo._maintenance_notify_safely()

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
