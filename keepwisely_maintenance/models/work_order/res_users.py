from odoo import api, fields, models

#: Planners have it too, by their own group.
TECHNICIANS = "keepwisely_maintenance.group_maintenance_technician"
PLANNERS = "maintenance.group_equipment_manager"

#: Technicians and planners, for fields that name one; those of a company where the record has one.
TECHNICIANS_DOMAIN = "[('share', '=', False), ('partner_id.maintenance_can_work', '=', True)]"
COMPANY_TECHNICIANS_DOMAIN = TECHNICIANS_DOMAIN.replace("]", ", ('company_ids', 'in', company_id)]")


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_home_id = fields.Many2one(
        "ir.actions.actions", "Proposed start", compute="_compute_maintenance_home_id",
        help="Where the work of the role begins. Nobody starts there unless it is chosen.",
    )  # fmt: skip

    @api.depends("group_ids")
    def _compute_maintenance_home_id(self):
        for user in self:
            user.maintenance_home_id = user._maintenance_get_home()

    def _maintenance_get_home(self):
        """The action on which the user's work begins; none where the role does not say."""
        self.ensure_one()
        # sudo: who looks at a user need not be able to read groups
        groups = self.sudo().all_group_ids._origin
        works = self.env.ref(TECHNICIANS) in groups and self.env.ref(PLANNERS) not in groups
        actions = self.env["ir.actions.actions"].sudo()
        return actions.browse(self.env.ref("keepwisely_maintenance.action_my_work_orders").id if works else [])

    @api.onchange("group_ids")
    def _onchange_maintenance_home(self):
        """With the role its start is filled in, unless there is one."""
        if not self.action_id:
            self.action_id = self.maintenance_home_id

    def action_maintenance_use_home(self):
        """Start where the role's work begins, where no other start was chosen."""
        for user in self.filtered(lambda user: not user.action_id):
            user.action_id = user.maintenance_home_id
        return True

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever is new starts where the work of the role begins; those who are there already are not moved unasked."""
        users = super().create(vals_list)
        silent = [user.id for user, vals in zip(users, vals_list, strict=True) if "action_id" not in vals]
        users.browse(silent).action_maintenance_use_home()
        return users

    def write(self, vals):
        leaving = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        result = super().write(vals)
        # sudo: whoever archives users need not be able to see work orders
        leaving.sudo().partner_id._maintenance_leave()
        return result
