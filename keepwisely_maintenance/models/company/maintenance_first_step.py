import ast

from odoo import api, fields, models

from ...words import in_language_of

MODULE = "keepwisely_maintenance"
ROOT_MENU = "maintenance.menu_maintenance_title"
MENU = "keepwisely_maintenance.menu_first_steps"
HOME = "keepwisely_maintenance.action_work_orders"


class MaintenanceFirstStep(models.Model):
    """What planners and administrators do on the first day.

    Each step says by itself whether it is done, as far as records tell. The menu entry at the top of the app goes for
    good when everything is done or skipped, or when somebody closes it; the one below Configuration stays.
    """

    _name = "maintenance.first.step"
    _description = "First Step"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    icon = fields.Char(help="A class of Font Awesome.")
    action_id = fields.Many2one("ir.actions.act_window", "Screen", required=True, ondelete="cascade")
    for_administrators = fields.Boolean(help="Planners have no right to do it.")
    done_model = fields.Char("Done by records of", help="With such a record the step is done.")
    done_domain = fields.Char("Filter of what is done", default="[]")
    open_model = fields.Char("Open while there are records of")
    open_domain = fields.Char("Filter of what is open", default="[]")
    is_done_by_look = fields.Boolean("Done by looking at it")
    is_done = fields.Boolean("Was done", readonly=True)
    is_skipped = fields.Boolean("Was skipped", readonly=True)
    state = fields.Selection(
        [("open", "To do"), ("done", "Done"), ("skipped", "Skipped")], "Status", compute="_compute_state"
    )

    @api.depends("is_done", "is_skipped", "done_model", "done_domain", "open_model", "open_domain")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_state(self):
        for step in self:
            is_done = step.is_done or step._has_records(step.done_model, step.done_domain)
            if is_done and not step._has_records(step.open_model, step.open_domain):
                step.state = "done"
            else:
                step.state = "skipped" if step.is_skipped else "open"

    def _has_records(self, model, domain):
        if not model:
            return False
        records = self.env[model]
        return records.has_access("read") and bool(records.search(ast.literal_eval(domain), limit=1))

    # -- Buttons ------------------------------------------------------------------------------

    def action_open(self):
        """Open the screen of the step (planners and administrators, what they may do)."""
        self.ensure_one()
        self.check_access("read")
        # sudo: steps are marked by what people do, nobody writes them by hand; actions may be read by everybody
        step = self.sudo()
        if step.is_done_by_look:
            step._mark_done()
        return step.action_id._get_action_dict()

    def action_skip(self):
        """Leave it out, or take it up again (planners and administrators, what they may do)."""
        self.ensure_one()
        self.check_access("read")
        # sudo: see above; a tick of the system's own
        step = self.sudo()
        step.is_skipped = not step.is_skipped
        return self._go_home() if self._close_when_settled() else None

    def action_close(self):
        """Take the entry out of the menu for good (planners and administrators)."""
        self.check_access("read")
        self._close()
        return self._go_home()

    # -- Done ---------------------------------------------------------------------------------

    @api.model
    def _maintenance_tell(self, name):
        """What no record tells was done, for instance printed.

        :param str name: external id of the step, without the module.
        """
        # sudo: whoever does it need not see the steps
        step = self.sudo().env.ref(f"keepwisely_maintenance.{name}", raise_if_not_found=False)
        if step:
            step._mark_done()

    def _mark_done(self):
        if not self.is_done:
            self.is_done = True
            self._close_when_settled()

    @api.model
    def _maintenance_ask_administrators(self, name, get_words):
        """Give each administrator a to-do; it goes with the module, or when it is settled.

        :param str name: what `_maintenance_settle` knows it by.
        :param get_words: summary and note, in the language of an environment.
        """
        users = self.env.ref("base.group_system").user_ids.filtered(lambda user: user.active and not user.share)
        activity_type = self.env.ref("mail.mail_activity_data_todo").id
        vals_list = []
        for user in users:
            summary, note = get_words(in_language_of(self, user).env)
            vals_list.append({"activity_type_id": activity_type, "user_id": user.id, "summary": summary, "note": note})
        # sudo: whoever installs or sets up asks others; named, so that uninstalling takes the to-do along
        activities = self.env["mail.activity"].sudo().create(vals_list)
        self.env["ir.model.data"].sudo().create(
            [
                {
                    "module": MODULE,
                    "name": f"{name}_{activity.id}",
                    "model": activity._name,
                    "res_id": activity.id,
                    "noupdate": True,
                }
                for activity in activities
            ]
        )

    @api.model
    def _maintenance_settle(self, name):
        """What administrators were asked is answered: the to-dos of the others go."""
        # sudo: they are the system's, and each is another person's
        rows = self.env["ir.model.data"].sudo().search(
            [("module", "=", MODULE), ("model", "=", "mail.activity"), ("name", "=like", f"{name}\\_%")]
        )
        self.env["mail.activity"].sudo().browse(rows.mapped("res_id")).exists().unlink()
        rows.exists().unlink()

    @api.model
    def _close_when_settled(self):
        # sudo: what planners do not see has to be done as well
        settled = all(step.state != "open" for step in self.sudo().search([]))
        if settled:
            self._close()
        return settled

    @api.model
    def _close(self):
        # sudo: one entry of the menu, which nobody but administrators may change
        menu = self.sudo().env.ref(MENU, raise_if_not_found=False)
        if menu and menu.active:
            menu.active = False

    @api.model
    def _go_home(self):
        """Load the client anew, menus included, and open the work orders."""
        params = {"menu_id": self.env.ref(ROOT_MENU).id, "action_id": self.env.ref(HOME).id}
        return {"type": "ir.actions.client", "tag": "reload", "params": params}
